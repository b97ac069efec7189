/** Calls of a conversation's page: parts of the page come back, as `_parts.html` draws them. */
import { csrfHeaders } from "~/lib/csrf";

/** The server would not. `part` is what it says about that, drawn; `status` 0 stands for no answer at all. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly part: string,
  ) {
    super(`refused: ${status}`);
  }
}

export async function parts(address: string, body?: FormData | URLSearchParams): Promise<string> {
  let response: Response;
  try {
    response = await fetch(address, {
      credentials: "same-origin",
      redirect: "manual",
      method: body ? "POST" : "GET",
      headers: { "HX-Request": "true", Accept: "text/html", ...csrfHeaders() },
      ...(body ? { body } : {}),
    });
  } catch {
    throw new Refused(0, "");
  }
  // Pages lead to the way in when somebody has been signed out.
  if (response.type === "opaqueredirect") throw new Refused(401, "");
  const text = await response.text();
  if (!response.ok) throw new Refused(response.status, response.status === 422 ? text : "");
  return text;
}

export function fragment(html: string): DocumentFragment {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/** The words that the server says in a refusal. */
export function wordsIn(part: string): string {
  return fragment(part).textContent?.replace(/\s+/g, " ").trim() ?? "";
}
