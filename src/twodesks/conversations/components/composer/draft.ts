/**
 * What was begun and not sent, kept by this browser: the words, what they answer, and the key by which the server knows
 * a message that it has already, so that sending once more after a lost answer adds nothing.
 */
export interface Draft {
  body: string;
  key: string;
  reply_to: number;
  at: number;
}

const KEPT_MS = 30 * 24 * 60 * 60 * 1000;
const nameOf = (conversation: string) => `td-draft-${conversation}`;

export function newKey(): string {
  return crypto.randomUUID();
}

export function readDraft(conversation: string, storage: Storage = localStorage): Draft | undefined {
  try {
    const kept = JSON.parse(storage.getItem(nameOf(conversation)) ?? "null") as Partial<Draft> | null;
    if (!kept || typeof kept.body !== "string" || typeof kept.key !== "string") return undefined;
    if (Date.now() - Number(kept.at) > KEPT_MS) return undefined;
    return { body: kept.body, key: kept.key, reply_to: Number(kept.reply_to) || 0, at: Number(kept.at) };
  } catch {
    return undefined;
  }
}

export function keepDraft(
  conversation: string,
  draft: Omit<Draft, "at">,
  storage: Storage = localStorage,
): void {
  try {
    if (draft.body.trim() === "") storage.removeItem(nameOf(conversation));
    else storage.setItem(nameOf(conversation), JSON.stringify({ ...draft, at: Date.now() }));
  } catch {
    // Without a store the words last as long as the page.
  }
}

export function forgetDraft(conversation: string, storage: Storage = localStorage): void {
  try {
    storage.removeItem(nameOf(conversation));
  } catch {
    // Nothing was kept then.
  }
}

/** What is left of a box when some of it was sent while one went on writing. */
export function withoutSent(now: string, sent: string): string {
  if (now === sent) return "";
  return now.startsWith(sent) ? now.slice(sent.length).replace(/^\s+/, "") : now;
}
