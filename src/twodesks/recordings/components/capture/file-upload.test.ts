import { beforeEach, expect, test, vi } from "vitest";
import { Refusal, Unreachable } from "~/lib/api";
import { Backoff } from "./backoff";
import { FileUpload, fingerprint, memories, objection, remember } from "./file-upload";
import { Ended, type Wire } from "./tus";

const LIMIT = 4 * 1024 ** 3;
const MB = 1024 * 1024;

test.each([
  [{ name: "talk.mp4", size: 10, type: "" }, ""],
  [{ name: "TALK.MOV", size: 10, type: "" }, ""],
  [{ name: "voice", size: 10, type: "audio/x-own" }, ""],
  [{ name: "talk.mp4", size: LIMIT, type: "" }, ""],
  [{ name: "talk.mp4", size: LIMIT + 1, type: "" }, "takes up to 4 GB"],
  [{ name: "talk.mp4", size: 0, type: "" }, "is empty"],
  [{ name: "notes.pdf", size: 10, type: "application/pdf" }, "does not look like sound or film"],
])("before a byte is sent, %o: %s", (file, words) => {
  if (words) expect(objection(file, LIMIT)).toContain(words);
  else expect(objection(file, LIMIT)).toBe("");
});

class Server implements Wire {
  has = 0;
  sizes: number[] = [];
  failures: (Error | undefined)[] = [];
  gate: Promise<void> = Promise.resolve();
  /** The answer to the last piece never arrives. */
  losesLast = false;

  async offset(address: string): Promise<number> {
    if (address !== "/media/uploads/1") throw new Refusal(404, "not-found", "");
    return this.has;
  }

  async append(_address: string, offset: number, piece: Blob): Promise<number> {
    await this.gate;
    const failure = this.failures.shift();
    if (failure) throw failure;
    if (this.has === file.size) throw new Ended();
    expect(offset).toBe(this.has);
    this.sizes.push(piece.size);
    this.has += piece.size;
    if (this.losesLast && this.has === file.size) throw new Unreachable();
    return this.has;
  }

  async reopen(): Promise<void> {
    throw new Refusal(409, "conflict", "This came as one file.");
  }
}

let server: Server;
let made: number;
const file = new File([new Uint8Array(9 * MB)], "talk.mp4", { lastModified: 1 });
const upload = () =>
  new FileUpload(file, "/media/uploads/", server, new Backoff(() => 0), async () => {
    made += 1;
    return "/media/uploads/1";
  });

beforeEach(() => {
  localStorage.clear();
  server = new Server();
  made = 0;
});

test("a file goes in pieces until all of it is there", async () => {
  const one = upload();
  await one.run();
  expect(server.sizes).toEqual([4 * MB, 4 * MB, MB]);
  expect(one.state).toBe("sent");
  expect(memories()[0]).toMatchObject({ name: "talk.mp4", sent: 9 * MB });
});

test("the same file goes on where an earlier page stopped", async () => {
  server.has = 4 * MB;
  remember({
    fingerprint: fingerprint(file),
    name: file.name,
    size: file.size,
    address: "/media/uploads/1",
    sent: 0,
    at: Date.now(),
  });
  await upload().run();
  expect(made).toBe(0);
  expect(server.sizes).toEqual([4 * MB, MB]);
});

test("an upload that the server has forgotten starts afresh", async () => {
  remember({
    fingerprint: fingerprint(file),
    name: "",
    size: 1,
    address: "/media/uploads/gone",
    sent: 5,
    at: Date.now(),
  });
  const one = upload();
  await one.run();
  expect(made).toBe(1);
  expect(one.state).toBe("sent");
});

test("it waits out a lost network and says so meanwhile", async () => {
  server.failures = [new Unreachable()];
  const one = upload();
  const states: string[] = [];
  one.addEventListener("progress", () => states.push(one.state));
  await one.run();
  expect(states).toContain("waiting");
  expect(one.state).toBe("sent");
});

test("a file is whole though the answer to its last piece was lost", async () => {
  server.losesLast = true;
  const one = upload();
  await one.run();
  expect(one.state).toBe("sent");
  expect(server.sizes).toEqual([4 * MB, 4 * MB, MB]);
  expect(made).toBe(1);
});

test("a pause keeps what is there, and going on sends the rest", async () => {
  let open = (): void => undefined;
  server.gate = new Promise((resolve) => {
    open = resolve;
  });
  const one = upload();
  const running = one.run();
  await vi.waitFor(() => expect(made).toBe(1));
  one.pause();
  open();
  await running;
  expect(one.state).toBe("paused");
  await one.run();
  expect(one.state).toBe("sent");
  expect(server.has).toBe(9 * MB);
});

test("a refusal stops it with the server's words", async () => {
  server.failures = [new Refusal(413, "too-large", "This is larger than the server takes.")];
  const one = upload();
  await one.run();
  expect(one.state).toBe("refused");
  expect(one.detail).toBe("This is larger than the server takes.");
});
