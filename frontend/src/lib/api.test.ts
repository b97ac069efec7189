import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Refusal, reach, send, Unreachable } from "./api";

const problem = (status: number, code: string, detail = "No.") =>
  new Response(JSON.stringify({ type: `urn:twodesks:problem:${code}`, status, detail }), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });
const page = (token: string) => new Response(`<meta name="csrf-token" content="${token}">`);

describe("calls to the server", () => {
  let answers: (Response | Error)[];
  let asked: { address: string; token: string | null; body: unknown }[];

  beforeEach(() => {
    document.head.innerHTML = '<meta name="csrf-token" content="old">';
    document.body.innerHTML = '<form><input name="csrfmiddlewaretoken" value="old"></form>';
    answers = [];
    asked = [];
    vi.stubGlobal("fetch", async (address: string, init: RequestInit) => {
      const body = init.body instanceof FormData ? [...init.body.keys()] : init.body;
      asked.push({ address, token: new Headers(init.headers).get("X-CSRFToken"), body });
      const answer = answers.shift();
      if (!answer || answer instanceof Error) throw answer ?? new TypeError("Failed to fetch");
      return answer;
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  test("a token that signing in elsewhere made stale is renewed, and the call goes through", async () => {
    answers = [problem(403, "stale-token"), page("new"), Response.json({ kept: true })];
    expect(await send("/things", { name: "x" })).toEqual({ kept: true });
    expect(asked.map((one) => [one.address, one.token])).toEqual([
      ["/things", "old"],
      ["/record/", "old"],
      ["/things", "new"],
    ]);
    expect(asked[2]?.body).toBe(asked[0]?.body);
    expect(document.querySelector("input")?.value).toBe("new");
    expect(document.body.getAttribute("hx-headers")).toBe('{"X-CSRFToken":"new"}');
  });

  test("a form's own token, which is as old as its page, is left out", async () => {
    answers = [Response.json({})];
    const form = document.querySelector("form");
    if (form) await reach("/things", { method: "POST", body: new FormData(form) });
    expect(asked[0]?.body).toEqual([]);
  });

  test("what is not one's own to do is said at once", async () => {
    answers = [problem(403, "denied", "Ask a steward.")];
    await expect(send("/things")).rejects.toMatchObject({
      status: 403,
      code: "denied",
      detail: "Ask a steward.",
    });
    expect(asked).toHaveLength(1);
  });

  test("a token that stays stale is not renewed for ever", async () => {
    answers = [problem(403, "stale-token"), page("new"), problem(403, "stale-token")];
    await expect(send("/things")).rejects.toBeInstanceOf(Refusal);
    expect(asked).toHaveLength(3);
  });

  test("no answer is told apart from a refusal", async () => {
    await expect(send("/things")).rejects.toBeInstanceOf(Unreachable);
  });
});
