/**
 * A recording that was made for a message and is not in one yet: the page was closed in the middle of it, or the last step
 * was lost. What this browser still has of it is sent first.
 */
import { findUnfinished, keep, throwAway, unfinishedOnServer } from "../../../recordings/components/capture/recovery";
import { openStore } from "../../../recordings/components/capture/piece-store";
import { ask, Refusal, send } from "~/lib/api";
import type { Status } from "../../../recordings/components/kit/status";

export interface Unsent {
  id: number;
  duration_ms: number;
  /** Ends it, once all of it is on the server. */
  finish(): Promise<void>;
  discard(): Promise<void>;
}

const nameOf = (conversation: string) => `td-note-${conversation}`;

export function rememberNote(conversation: string, id: number, storage: Storage = localStorage): void {
  try {
    storage.setItem(nameOf(conversation), String(id));
  } catch {
    // The recording itself is safe; it is offered on the record page.
  }
}

export function forgetNote(conversation: string, storage: Storage = localStorage): void {
  try {
    storage.removeItem(nameOf(conversation));
  } catch {
    // Nothing was kept then.
  }
}

export function rememberedNote(conversation: string, storage: Storage = localStorage): number {
  try {
    return Number(storage.getItem(nameOf(conversation))) || 0;
  } catch {
    return 0;
  }
}

/** Undefined when there is none any more, or when another tab is still recording it. */
export async function findUnsent(id: number): Promise<Unsent | undefined> {
  let status: Status;
  try {
    status = await ask<Status>(`/recordings/${id}/status`);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
  if (status.state !== "recording")
    return {
      id,
      duration_ms: status.duration_ms ?? 0,
      finish: async () => undefined,
      discard: () => send(`/recordings/${id}/discard`),
    };
  const { store } = await openStore();
  const all = await findUnfinished(store, await unfinishedOnServer());
  for (const other of all) {
    if (other.id === id) continue;
    other.sender?.close();
    other.letGo();
  }
  const found = all.find((one) => one.id === id);
  if (!found) return undefined;
  return {
    id,
    duration_ms: found.duration_ms,
    finish: async () => {
      await keep(found, store);
    },
    discard: () => throwAway(found, store),
  };
}
