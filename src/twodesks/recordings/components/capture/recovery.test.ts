import { beforeEach, expect, test, vi } from "vitest";
import { type Kept, TabStore } from "./piece-store";
import { findUnfinished, Gone, keep, throwAway, type Unfinished } from "./recovery";
import type { Wire } from "./tus";

const kept = (id: number, bytes = 4, member = "2"): Kept => ({
  id,
  member,
  kind: "voice",
  title: "Torque",
  upload_url: `/media/uploads/${id}`,
  url: `/recordings/${id}/`,
  content_type: "audio/webm",
  started_at: 1000 * id,
  duration_ms: 252_000,
  bytes,
  stopped: false,
});
const row = (id: number, is_live = false): Unfinished => ({
  recording_id: id,
  title: "Elsewhere",
  seconds: 61,
  bytes: 10,
  started_at: "2026-05-14T10:00:00Z",
  is_live,
});

let store: TabStore;
let body: string;
const wire: Wire = {
  offset: async () => body.length,
  append: async (_address, _offset, piece) => {
    body += await piece.text();
    return body.length;
  },
  reopen: async () => undefined,
};
const free = async () => () => undefined;
const posts: [string, unknown][] = [];
/** Recordings that the server does not have, or not for this member. */
let hidden: number[];
let signedIn: number;

beforeEach(() => {
  document.body.dataset.member = "2";
  store = new TabStore();
  body = "";
  posts.length = 0;
  hidden = [];
  signedIn = 2;
  vi.stubGlobal("fetch", async (address: string, init: RequestInit) => {
    if (init.method === "POST") posts.push([address, JSON.parse(String(init.body))]);
    if (address === "/recordings/unfinished") return Response.json({ member_id: signedIn, recordings: [] });
    const id = Number(address.split("/")[2]);
    const answer = { type: "urn:twodesks:problem:not-found", detail: "There is nothing at this address." };
    return hidden.includes(id) ? Response.json(answer, { status: 404 }) : Response.json({});
  });
  return () => vi.unstubAllGlobals();
});

test("a recording that a closed tab left is sent on, and then kept with its length", async () => {
  await store.add({ recording: 1, offset: 0, end_ms: 252_000, data: new Blob(["left"]) }, kept(1));
  const [found] = await findUnfinished(store, [row(1)], wire, free);
  expect(found).toMatchObject({ id: 1, title: "Torque", duration_ms: 252_000 });
  if (found) await keep(found, store);
  expect(body).toBe("left");
  expect(posts).toEqual([["/recordings/1/finish", { duration_ms: 252_000 }]]);
  expect(await store.recordings()).toEqual([]);
});

test("one that only the server knows of is offered too", async () => {
  const [found] = await findUnfinished(store, [row(5)], wire, free);
  expect(found).toMatchObject({ id: 5, title: "Elsewhere", duration_ms: 61_000 });
  expect(found?.sender).toBeUndefined();
});

test("one that another tab is making is left alone", async () => {
  await store.put(kept(1));
  expect(await findUnfinished(store, [row(1)], wire, async () => undefined)).toEqual([]);
  expect(await store.recordings()).toHaveLength(1);
});

test("one that another computer is recording is left alone", async () => {
  expect(await findUnfinished(store, [row(5, true)], wire, free)).toEqual([]);
});

test("one that was closed before its first second is forgotten without a word", async () => {
  await store.put(kept(1, 0));
  expect(await findUnfinished(store, [], wire, free)).toEqual([]);
  expect(await store.recordings()).toEqual([]);
});

test("the latest comes first, and discarding one forgets it here and there", async () => {
  await store.put(kept(1));
  await store.put(kept(2));
  const found = await findUnfinished(store, [], wire, free);
  expect(found.map((one) => one.id)).toEqual([2, 1]);
  if (found[0]) await throwAway(found[0], store);
  expect(posts).toEqual([["/recordings/2/discard", {}]]);
  expect((await store.recordings()).map((one) => one.id)).toEqual([1]);
});

test("what another member said in this browser is neither offered nor touched", async () => {
  await store.add({ recording: 1, offset: 0, end_ms: 900, data: new Blob(["hers"]) }, kept(1, 4, "1"));
  hidden = [1];
  expect(await findUnfinished(store, [], wire, free)).toEqual([]);
  expect(body).toBe("");
  expect(await store.pieces(1)).toHaveLength(1);
});

test("one that was discarded elsewhere is forgotten, not offered for ever", async () => {
  await store.put(kept(1));
  hidden = [1];
  expect(await findUnfinished(store, [], wire, free)).toEqual([]);
  expect(await store.recordings()).toEqual([]);
});

test("one that is discarded elsewhere before it is kept is said to be gone, and forgotten", async () => {
  await store.put(kept(1));
  const [found] = await findUnfinished(store, [row(1)], wire, free);
  hidden = [1];
  await expect(found && keep(found, store)).rejects.toBeInstanceOf(Gone);
  expect(await store.recordings()).toEqual([]);
});

test("one that is gone already can be thrown away", async () => {
  await store.put(kept(1));
  const [found] = await findUnfinished(store, [row(1)], wire, free);
  hidden = [1];
  if (found) await throwAway(found, store);
  expect(await store.recordings()).toEqual([]);
});

test("when somebody else signed in meanwhile, nothing is taken for gone", async () => {
  await store.put(kept(1));
  const [found] = await findUnfinished(store, [row(1)], wire, free);
  hidden = [1];
  signedIn = 3;
  await expect(found && keep(found, store)).rejects.not.toBeInstanceOf(Gone);
  await expect(found && throwAway(found, store)).rejects.toMatchObject({ status: 404 });
  expect(await store.recordings()).toHaveLength(1);
});
