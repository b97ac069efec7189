import { beforeEach, describe, expect, it } from "vitest";
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
