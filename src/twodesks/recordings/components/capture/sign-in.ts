/** Signing in again in the middle of something: the page stays, so nothing that it holds is lost. */
import { refusal, renewToken } from "~/lib/api";

const ADDRESS = "/sign-in/";

/** Answers "" when it worked, else what to say. */
export async function signIn(email: string, password: string): Promise<string> {
  try {
    const token = await guestToken();
    const response = await fetch(ADDRESS, {
      method: "POST",
      credentials: "same-origin",
      redirect: "manual",
      headers: { "X-CSRFToken": token },
      body: new URLSearchParams({ email, password }),
    });
    if (response.type !== "opaqueredirect" && !response.ok) return await complaint(response);
    await renewToken();
    return "";
  } catch {
    return "The server did not answer. Your recording goes on; try again in a moment.";
  }
}

async function guestToken(): Promise<string> {
  const page = await pageOf(await fetch(ADDRESS, { credentials: "same-origin" }));
  const field = page.querySelector<HTMLInputElement>('input[name="csrfmiddlewaretoken"]');
  return field?.value ?? page.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

async function pageOf(response: Response): Promise<Document> {
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

async function complaint(response: Response): Promise<string> {
  if (response.status !== 422) return (await refusal(response)).detail;
  const page = await pageOf(response);
  const said = page.querySelector(".problem, .errorlist")?.textContent?.replace(/\s+/g, " ").trim();
  return said || "That e-mail address and password do not belong together. Try again.";
}
