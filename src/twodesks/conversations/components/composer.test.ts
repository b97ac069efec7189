import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import "./composer";
import { begunAt } from "./composer/completion";
import { forgetDraft, keepDraft, readDraft } from "./composer/draft";

beforeEach(() => localStorage.clear());

describe("draft", () => {
  it("keeps words with their key, and nothing of an empty box", () => {
    keepDraft("7", { body: "Half a thought", key: "k", reply_to: 3 });
    expect(readDraft("7")).toMatchObject({ body: "Half a thought", key: "k", reply_to: 3 });
    expect(readDraft("8")).toBeUndefined();
    keepDraft("7", { body: "  ", key: "k", reply_to: 0 });
    expect(readDraft("7")).toBeUndefined();
  });

  it("is gone once it was sent, and never trips over what it does not know", () => {
    keepDraft("7", { body: "Words", key: "k", reply_to: 0 });
    forgetDraft("7");
    expect(readDraft("7")).toBeUndefined();
    localStorage.setItem("td-draft-7", "{broken");
    expect(readDraft("7")).toBeUndefined();
  });
});

describe("completion", () => {
  it.each([
    ["Ask @bo", "@bo", 4],
    ["@Siobhán Ní", "@Siobhán Ní", 0],
    ["see (#plat", "#plat", 5],
    ["@", "@", 0],
  ])("finds the name that is being written in %j", (text, found, start) => {
    expect(begunAt(text, text.length)).toEqual({ text: found, start });
  });

  it.each(["bob@example.org", "no name", "C# is fine"])("finds none in %j", (text) => {
    expect(begunAt(text, text.length)).toBeUndefined();
  });
});

describe("sending", () => {
  afterEach(() => vi.unstubAllGlobals());

  const build = () => {
    const composer = document.createElement("td-composer");
    composer.dataset.conversation = "7";
    composer.innerHTML =
      '<form action="/conversations/7/messages/"><input name="reply_to" value=""><textarea name="body"></textarea><div data-extras></div><button type="button" data-record="voice" disabled>Voice</button><button data-send>Send</button></form>';
    document.body.replaceChildren(composer);
    const form = document.querySelector("form") as HTMLFormElement;
    const area = document.querySelector("textarea") as HTMLTextAreaElement;
    const send = () => form.dispatchEvent(new Event("submit", { cancelable: true }));
    return { area, send };
  };

  it("keeps what is written while a message is on its way, and its draft", async () => {
    let answer = (_: Response) => {};
    vi.stubGlobal("fetch", vi.fn(() => new Promise<Response>((resolve) => (answer = resolve))));
    const { area, send } = build();
    area.value = "First.";
    send();
    area.value = "First. And then this.";
    answer(new Response("", { status: 200 }));
    await vi.waitFor(() => expect(area.value).toBe("And then this."));
    expect(readDraft("7")?.body).toBe("And then this.");
  });

  it("tries again what was sent under its key, not what was written since", async () => {
    vi.useFakeTimers();
    const sent: FormData[] = [];
    vi.stubGlobal(
      "fetch",
      vi.fn(async (_: string, init: RequestInit) => {
        sent.push(init.body as FormData);
        if (sent.length === 1) throw new TypeError("no network");
        return new Response("", { status: 200 });
      }),
    );
    const { area, send } = build();
    area.value = "First.";
    send();
    await vi.advanceTimersByTimeAsync(10);
    area.value = "Something else.";
    await vi.advanceTimersByTimeAsync(3_000);
    vi.useRealTimers();
    expect(sent.map((body) => [body.get("body"), body.get("key")])).toEqual(
      Array(2).fill(["First.", sent[0]?.get("key")]),
    );
    expect(area.value).toBe("Something else.");
  });

  it("lets nobody press Voice before it listens", () => {
    build();
    expect(document.querySelector<HTMLButtonElement>("[data-record]")?.disabled).toBe(false);
  });
});
