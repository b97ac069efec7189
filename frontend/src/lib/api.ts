/** Calls to the server: JSON both ways, refusals as `Refusal` with the words that the server says to people. */
import { csrfHeaders, setToken } from "./csrf";

/** The server answered, and would not. `detail` is for people and shown as it stands. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly extra: Record<string, unknown> = {},
  ) {
    super(detail || `The server answered ${status}.`);
  }
}

/** No answer at all: no network, or the server is away. */
export class Unreachable extends Error {
  constructor() {
    super("The server did not answer.");
  }
}

const FALLBACK: Record<number, string> = {
  401: "You have been signed out.",
  403: "This is not yours to change.",
  404: "This is no longer there.",
  413: "This is larger than the server takes.",
  429: "That was a lot at once. Wait a minute, then try again.",
};

export async function refusal(response: Response): Promise<Refusal> {
  const { status } = response;
  const fallback =
    FALLBACK[status] ?? "The server could not do that just now. Nothing was lost; try again in a moment.";
  if (!response.headers.get("Content-Type")?.includes("json")) return new Refusal(status, "", fallback);
  try {
    const problem = (await response.json()) as Record<string, unknown>;
    const code = String(problem.type ?? "").replace(/^urn:twodesks:problem:/, "");
    return new Refusal(status, code, String(problem.detail ?? fallback), problem);
  } catch {
    return new Refusal(status, "", fallback);
  }
}

/** Signing in, here or in another tab, changes the token that changes must carry; this fetches the new one. */
export async function renewToken(): Promise<void> {
  const response = await plainFetch("/record/", { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  if (fresh) setToken(fresh);
}

/** `fetch` that throws `Unreachable` or `Refusal`, takes a page to sign in at for what it is, and outlives a new token. */
export async function reach(address: string, init: RequestInit = {}): Promise<Response> {
  // A form carries the token of the time when its page was made, which Django would believe before the header's.
  if (init.body instanceof FormData) init.body.delete("csrfmiddlewaretoken");
  const first = await plainFetch(address, init);
  if (first.ok) return first;
  const refused = await refusal(first);
  if (refused.code !== "stale-token") throw refused;
  await renewToken();
  const second = await plainFetch(address, init);
  if (second.ok) return second;
  throw await refusal(second);
}

async function plainFetch(address: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, {
      credentials: "same-origin",
      redirect: "manual",
      ...init,
      headers: { Accept: "application/json", ...csrfHeaders(), ...init.headers },
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Unreachable();
  }
  if (response.type === "opaqueredirect")
    throw new Refusal(401, "sign-in-needed", "You have been signed out.");
  return response;
}

export async function ask<T>(address: string): Promise<T> {
  return (await (await reach(address)).json()) as T;
}

export async function send<T>(address: string, body: Record<string, unknown> = {}): Promise<T> {
  const response = await reach(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return (text ? JSON.parse(text) : {}) as T;
}
