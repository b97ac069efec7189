/**
 * Recordings that were begun and never ended: the tab was closed, the machine went down. What this browser still has is
 * sent first; what the server knows of besides is offered as it is.
 */
import { ask, Refusal, send } from "~/lib/api";
import { discardOnServer, isGone } from "./gone";
import { PieceSender } from "./piece-sender";
import type { Kept, PieceStore } from "./piece-store";
import { holdRecording } from "./session";
import { tus, type Wire } from "./tus";

export interface Unfinished {
  recording_id: number;
  title: string;
  seconds: number;
  bytes: number;
  started_at: string;
  /** A piece came a moment ago: somebody is recording this now, perhaps on another computer. */
  is_live: boolean;
}

export interface Found {
  id: number;
  title: string;
  duration_ms: number;
  started_at: Date;
  /** Pieces that only this browser has, on their way now. */
  sender?: PieceSender;
  letGo: () => void;
}

export async function unfinishedOnServer(): Promise<Unfinished[]> {
  const answer = await ask<{ recordings: Unfinished[] }>("/recordings/unfinished");
  return answer.recordings;
}

/** What can be brought back here; what another tab is recording right now is not touched. */
export async function findUnfinished(
  store: PieceStore,
  onServer: Unfinished[],
  wire: Wire = tus,
  hold: typeof holdRecording = holdRecording,
): Promise<Found[]> {
  const here = new Map((await store.recordings()).map((kept) => [kept.id, kept]));
  const ids = new Set([...here.keys(), ...onServer.map((row) => row.recording_id)]);
  const found: Found[] = [];
  for (const id of ids) {
    const letGo = await hold(id);
    if (!letGo) continue;
    const row = onServer.find((one) => one.recording_id === id);
    const one = await take(here.get(id), row, store, wire);
    if (one) found.push({ ...one, id, letGo });
    else letGo();
  }
  return found.sort((a, b) => b.started_at.getTime() - a.started_at.getTime());
}

async function take(
  kept: Kept | undefined,
  row: Unfinished | undefined,
  store: PieceStore,
  wire: Wire,
): Promise<Omit<Found, "id" | "letGo"> | undefined> {
  if (!kept && row && !row.is_live)
    return { title: row.title, duration_ms: row.seconds * 1000, started_at: new Date(row.started_at) };
  if (!kept) return undefined;
  // Begun and closed before the first second, or gone from the server: there is nothing to offer.
  if (!row && (kept.bytes === 0 || (await isGone(kept.id)))) {
    await store.forget(kept.id);
    return undefined;
  }
  const sender = new PieceSender(kept, store, wire);
  await sender.resume();
  const { title, duration_ms } = kept;
  return { title, duration_ms, started_at: new Date(kept.started_at), sender };
}

/** It was discarded elsewhere, so there is nothing to keep; what this browser had of it is forgotten. */
export class Gone extends Refusal {
  constructor() {
    super(404, "not-found", "This recording was discarded in another window, so it cannot be kept here.");
  }
}

/** Keeps what was found: sends what is missing, then ends it like any recording. Answers where it is. Throws `Gone`. */
export async function keep(found: Found, store: PieceStore): Promise<string> {
  let url: string;
  try {
    await found.sender?.drained();
    const duration_ms = found.duration_ms;
    ({ url } = await send<{ url: string }>(`/recordings/${found.id}/finish`, { duration_ms }));
  } catch (error) {
    if (!(error instanceof Refusal) || !(await isGone(found.id))) throw error;
    await letGoOf(found, store);
    throw new Gone();
  }
  await letGoOf(found, store);
  return url;
}

export async function throwAway(found: Found, store: PieceStore): Promise<void> {
  found.sender?.close();
  await discardOnServer(found.id);
  await letGoOf(found, store);
}

async function letGoOf(found: Found, store: PieceStore): Promise<void> {
  found.sender?.close();
  await store.forget(found.id);
  found.letGo();
}
