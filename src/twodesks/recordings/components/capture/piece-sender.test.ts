import { beforeEach, describe, expect, test, vi } from "vitest";
import { Refusal, Unreachable } from "~/lib/api";
import { Backoff } from "./backoff";
import { PieceSender, troubleOf } from "./piece-sender";
import { type Kept, TabStore } from "./piece-store";
import { Ended, LARGEST_PIECE, OffsetDiffers, type Wire } from "./tus";

const recording = (): Kept => ({
  id: 7,
  member: "2",
  kind: "voice",
  title: "",
  upload_url: "/media/uploads/u",
  url: "/recordings/7/",
  content_type: "audio/webm",
  started_at: 0,
  duration_ms: 0,
  bytes: 0,
  stopped: false,
});

/** A server that keeps bytes as tus asks, and fails as it is told, one failure a request. */
class Server implements Wire {
  body = "";
  failures: (Error | undefined)[] = [];
  requests: string[] = [];
  /** The answer to an accepted piece is lost on the way. */
  loseAnswer = false;
  ended = false;
  reopens = true;

  async offset(): Promise<number> {
    this.requests.push("HEAD");
    this.fail();
    return this.body.length;
  }

  async append(_address: string, offset: number, piece: Blob): Promise<number> {
    this.requests.push(`PATCH ${offset}+${piece.size}`);
    this.fail();
    if (this.ended) throw new Ended();
    if (offset !== this.body.length) throw new OffsetDiffers();
    this.body += await piece.text();
    if (this.loseAnswer) {
      this.loseAnswer = false;
      throw new Unreachable();
    }
    return this.body.length;
  }

  async reopen(recording: number): Promise<void> {
    this.requests.push(`reopen ${recording}`);
    this.fail();
    if (!this.reopens) throw new Refusal(409, "conflict", "This came as one file.");
    this.ended = false;
  }

  private fail(): void {
    const failure = this.failures.shift();
    if (failure) throw failure;
  }
}

const text = (words: string) => new Blob([words]);

describe("sending the pieces of a recording", () => {
  let server: Server;
  let store: TabStore;
  let kept: Kept;
  let sender: PieceSender;

  beforeEach(() => {
    vi.useFakeTimers();
    server = new Server();
    store = new TabStore("2");
    kept = recording();
    sender = new PieceSender(kept, store, server, new Backoff(() => 0.5));
    return () => vi.useRealTimers();
  });

  const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

  test("pieces arrive in order and are then forgotten here", async () => {
    await sender.add(text("one "), 1000);
    await sender.add(text("two "), 2000);
    await sender.add(text("three"), 3000);
    await settle();
    expect(server.body).toBe("one two three");
    expect(sender.allSafe).toBe(true);
    expect(sender.progress).toMatchObject({ safe_ms: 3000, safe_bytes: 13, recorded_ms: 3000 });
    expect(await store.pieces(7)).toEqual([]);
  });

  test("without a network nothing is lost, and all of it goes in one piece when it is back", async () => {
    server.failures = Array.from({ length: 3 }, () => new Unreachable());
    await sender.add(text("a"), 1000);
    await settle();
    expect(sender.progress).toMatchObject({ trouble: "away", safe_ms: 0, recorded_ms: 1000 });
    await sender.add(text("b"), 2000);
    await sender.add(text("c"), 3000);
    expect((await store.pieces(7)).length).toBe(3);
    await settle(500 + 1000 + 2000);
    expect(server.body).toBe("abc");
    expect(server.requests.at(-1)).toBe("PATCH 0+3");
    expect(sender.progress.trouble).toBe("none");
  });

  test("an answer lost on the way does not double the bytes", async () => {
    server.loseAnswer = true;
    await sender.add(text("once"), 1000);
    await settle();
    expect(sender.progress.trouble).toBe("away");
    await settle(500);
    expect(server.body).toBe("once");
    expect(sender.allSafe).toBe(true);
    expect(server.requests.filter((request) => request.startsWith("PATCH"))).toHaveLength(1);
  });

  test("a server that has only half of a piece gets the other half", async () => {
    server.body = "ha";
    await sender.add(text("half"), 1000);
    await settle();
    expect(server.body).toBe("half");
    expect(server.requests).toEqual(["HEAD", "PATCH 2+2"]);
  });

  test("a session that expired stops the sending until somebody has signed in, not the recording", async () => {
    server.failures = [undefined, new Refusal(401, "sign-in-needed", "Sign in to go on.")];
    await sender.add(text("a"), 1000);
    await settle(120_000);
    expect(sender.progress.trouble).toBe("signed-out");
    await sender.add(text("b"), 2000);
    expect(sender.progress.recorded_ms).toBe(2000);
    sender.retry();
    await settle();
    expect(server.body).toBe("ab");
    expect(sender.progress.trouble).toBe("none");
  });

  test("a refusal is said in the server's words, and waiting for the end says so too", async () => {
    server.failures = [undefined, new Refusal(413, "too-large", "This is more than 4 GiB.")];
    await sender.add(text("a"), 1000);
    const end = expect(sender.drained()).rejects.toMatchObject({ detail: "This is more than 4 GiB." });
    await settle();
    await end;
    expect((await store.pieces(7)).length).toBe(1);
  });

  test("a full disk is waited out", async () => {
    server.failures = [undefined, new Refusal(507, "full", "The server's disk is full.")];
    await sender.add(text("a"), 1000);
    await settle();
    expect(sender.progress).toMatchObject({ trouble: "full", detail: "The server's disk is full." });
    await settle(500);
    expect(server.body).toBe("a");
  });

  test("a later page goes on with what an earlier one left", async () => {
    server.failures = Array.from({ length: 50 }, () => new Unreachable());
    await sender.add(text("one "), 1000);
    await sender.add(text("two"), 2000);
    sender.close();
    server.failures = [];
    server.body = "on";
    const rows = await store.recordings();
    const again = new PieceSender(rows[0] as Kept, store, server, new Backoff(() => 0.5));
    await again.resume();
    await again.drained();
    expect(server.body).toBe("one two");
    expect(again.progress).toMatchObject({ safe_ms: 2000, safe_bytes: 7 });
  });

  test("a piece that the browser lost is never skipped over", async () => {
    kept.bytes = 10;
    await sender.add(text("later"), 9000);
    await settle();
    expect(sender.progress.trouble).toBe("refused");
    expect(server.body).toBe("");
  });

  test("a recording that was ended while this browser was away is reopened, and the rest of it goes there", async () => {
    await sender.add(text("before "), 1000);
    await settle();
    server.ended = true;
    await sender.add(text("after"), 700_000);
    await settle(1000);
    expect(server.body).toBe("before after");
    expect(server.requests).toEqual(["HEAD", "PATCH 0+7", "PATCH 7+5", "reopen 7", "HEAD", "PATCH 7+5"]);
    expect(sender.progress).toMatchObject({ trouble: "none", safe_ms: 700_000 });
  });

  test("what cannot be reopened is said, and what is waiting stays here", async () => {
    server.ended = true;
    server.reopens = false;
    await sender.add(text("a"), 1000);
    await settle(120_000);
    expect(sender.progress).toMatchObject({ trouble: "refused" });
    expect(sender.progress.detail).toMatch(/ended elsewhere. What it has is safe/);
    expect((await store.pieces(7)).length).toBe(1);
  });

  test("a pause gives signs of life, and adds nothing by them", async () => {
    await sender.add(text("one"), 1000);
    await settle();
    await sender.keepAlive();
    expect(server.requests.at(-1)).toBe("PATCH 3+0");
    expect(server.body).toBe("one");
    server.failures = [new Unreachable()];
    await sender.keepAlive();
    expect(sender.progress.trouble).toBe("none");
  });

  test("an upload in which pieces never fit is said, not tried for ever", async () => {
    server.failures = Array.from({ length: 40 }, (_, i) => (i % 2 ? new OffsetDiffers() : undefined));
    await sender.add(text("a"), 1000);
    await settle(120_000);
    expect(sender.progress).toMatchObject({ trouble: "refused" });
    expect(sender.progress.detail).toMatch(/ended elsewhere. What it has is safe/);
  });

  test("no request carries more than the server takes", async () => {
    const large = new Blob([new Uint8Array(LARGEST_PIECE + 5)]);
    await sender.add(large, 1000);
    vi.useRealTimers();
    await sender.drained();
    expect(server.requests).toEqual(["HEAD", `PATCH 0+${LARGEST_PIECE}`, `PATCH ${LARGEST_PIECE}+5`]);
  });
});

test("trouble is named by what one can do about it", () => {
  expect(troubleOf(new Unreachable())).toBe("away");
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  expect(troubleOf(new Unreachable())).toBe("offline");
  expect(troubleOf(new Refusal(401, "", ""))).toBe("signed-out");
  expect(troubleOf(new Refusal(500, "", ""))).toBe("away");
  expect(troubleOf(new Refusal(502, "", ""))).toBe("away");
  expect(troubleOf(new Refusal(503, "unavailable", ""))).toBe("full");
  expect(troubleOf(new Refusal(404, "not-found", ""))).toBe("refused");
});
