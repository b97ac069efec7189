import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LocalCopy } from "./local-copy";
import { type Answer, type Saved, Saver, type State, savedWords, type Words } from "./saver";

const words = (body: string): Words => ({ title: "T", body, topics: "", channel: "" });
const saved = (version: number, body: string): Saved => ({
  insight_id: 1,
  version,
  saved_at: "",
  body,
  address: "/insights/1/edit/",
  newer: null,
});

describe("Saver", () => {
  let body: string;
  let answers: ((version: number, known: string) => Answer | Promise<Answer>)[];
  let sent: [string, number, string][];
  let said: State["name"][];
  let saver: Saver;
  let isShown: boolean;

  beforeEach(() => {
    vi.useFakeTimers();
    body = "a";
    answers = [];
    sent = [];
    said = [];
    isShown = true;
    saver = new Saver(
      {
        words: () => words(body),
        send: async (given, version, known) => {
          sent.push([given.body, version, known]);
          const answer = answers.shift() ?? (() => ({ saved: saved(version + 1, given.body) }));
          return answer(version, known);
        },
        say: (state) => said.push(state.name),
        saved: () => isShown,
      },
      3,
      "before",
    );
  });
  afterEach(() => vi.useRealTimers());

  it("waits for a pause, then saves once", async () => {
    saver.changed();
    await vi.advanceTimersByTimeAsync(1_500);
    saver.changed();
    await vi.advanceTimersByTimeAsync(1_900);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(sent).toEqual([["a", 3, "before"]]);
    expect(said).toEqual(["writing", "writing", "saving", "saved"]);
  });

  it("saves at the latest after ten seconds of typing", async () => {
    for (let n = 0; n < 12; n++) {
      saver.changed();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(sent.length).toBe(1);
  });

  it("sends one after another, each on what the last one left", async () => {
    let release = () => {};
    answers.push(
      (version) =>
        new Promise((done) => {
          release = () => done({ saved: saved(version + 1, "a") });
        }),
    );
    saver.changed();
    await vi.advanceTimersByTimeAsync(2_000);
    body = "ab";
    saver.changed();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sent.length).toBe(1);
    release();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sent).toEqual([
      ["a", 3, "before"],
      ["ab", 4, "a"],
    ]);
    expect(saver.isDirty).toBe(false);
  });

  it("does not take words for known that came along while somebody typed, and so were not shown", async () => {
    answers.push(() => ({ saved: saved(5, "a\n\nfrom the other window") }));
    isShown = false;
    saver.changed();
    await vi.advanceTimersByTimeAsync(2_000);
    isShown = true;
    body = "ab";
    answers.push(() => ({ saved: saved(6, "ab\n\nfrom the other window") }));
    saver.changed();
    await vi.advanceTimersByTimeAsync(2_000);
    body = "ab\n\nfrom the other window, and on";
    saver.changed();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sent).toEqual([
      ["a", 3, "before"],
      ["ab", 3, "a"],
      ["ab\n\nfrom the other window, and on", 6, "ab\n\nfrom the other window"],
    ]);
  });

  it("says that it is offline, stays dirty and tries again", async () => {
    answers.push(
      () => ({ offline: true }),
      () => ({ refused: { status: 503, detail: "x" } }),
    );
    saver.changed();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(saver.state.name).toBe("offline");
    expect(saver.isDirty).toBe(true);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(saver.state.name).toBe("saved");
    expect(sent.length).toBe(3);
  });

  it("stops for another window until somebody chooses", async () => {
    answers.push(() => ({ refused: { status: 409, detail: "x", theirs: "other", version: 9 } }));
    saver.changed();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(saver.state).toEqual({ name: "other-window", theirs: "other", version: 9 });
    saver.changed();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(sent.length).toBe(1);
    saver.settle(9);
    await vi.advanceTimersByTimeAsync(100);
    expect(sent[1]?.[1]).toBe(9);
  });

  it("keeps what was refused, with the reason", async () => {
    answers.push(() => ({ refused: { status: 413, detail: "Too long." } }));
    saver.changed();
    await saver.flush();
    expect(saver.state).toEqual({ name: "refused", detail: "Too long." });
    expect(saver.isDirty).toBe(true);
  });

  it("tells somebody who may no longer write here so, and does not send them to sign in", async () => {
    answers.push(() => ({ refused: { status: 403, detail: "Ask a steward." } }));
    saver.changed();
    await saver.flush();
    expect(saver.state).toEqual({ name: "refused", detail: "Ask a steward." });
    expect(saver.isDirty).toBe(true);
  });

  it("asks for signing in when the session is over, and goes on after it", async () => {
    answers.push(() => ({ refused: { status: 401, detail: "x" } }));
    saver.changed();
    await saver.flush();
    expect(saver.state.name).toBe("signed-out");
    saver.retry();
    await vi.advanceTimersByTimeAsync(10);
    expect(saver.state.name).toBe("saved");
  });
});

describe("savedWords", () => {
  it.each([
    [0, "Saved"],
    [4_000, "Saved 4 s ago"],
    [150_000, "Saved 3 min ago"],
  ])("after %i ms", (ms, said) => expect(savedWords(1_000, 1_000 + ms)).toBe(said));
});

describe("LocalCopy", () => {
  const copy = { title: "T", body: "b", topics: "", at: 5, version: 2 };

  it("is one member's and one draft's", () => {
    new LocalCopy("1", "7").keep(copy);
    expect(new LocalCopy("1", "7").found()).toEqual(copy);
    expect(new LocalCopy("2", "7").found()).toBeNull();
    expect(new LocalCopy("1", "8").found()).toBeNull();
  });

  it("bears a store that is broken or full", () => {
    const broken = {
      getItem: () => "{nonsense",
      setItem: () => {
        throw new Error("full");
      },
    } as unknown as Storage;
    expect(new LocalCopy("1", "7", broken).found()).toBeNull();
    expect(new LocalCopy("1", "7", broken).keep(copy)).toBe(false);
  });
});
