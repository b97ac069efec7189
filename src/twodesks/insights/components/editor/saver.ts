/**
 * Saves while somebody writes: two seconds after the last key, at the latest every ten. One save at a time; what was
 * typed meanwhile goes with the next. It knows nothing of the page: `send` brings the words to the server.
 */
export interface Words {
  title: string;
  body: string;
  topics: string;
  channel: string;
}
export interface Saved {
  insight_id: number;
  version: number;
  saved_at: string;
  body: string;
  address: string;
  newer: { by: string; at: string; number: number } | null;
}
export interface Refusal {
  status: number;
  detail: string;
  theirs?: string;
  version?: number;
}
export type Answer = { saved: Saved } | { refused: Refusal } | { offline: true };
export type State =
  | { name: "clean" }
  | { name: "writing" }
  | { name: "saving" }
  | { name: "saved"; at: number }
  | { name: "offline" }
  | { name: "signed-out" }
  | { name: "refused"; detail: string }
  | { name: "other-window"; theirs: string; version: number };

interface Desk {
  words: () => Words;
  send: (words: Words, version: number, known: string) => Promise<Answer>;
  say: (state: State) => void;
  /** False when what another window wrote came along and is not shown, since somebody is typing. */
  saved: (saved: Saved, sent: Words) => boolean;
}

export const WAIT_MS = 2_000;
const LONGEST_MS = 10_000;
const AGAIN_MS = 5_000;

export class Saver {
  state: State = { name: "clean" };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private dirtySince = 0;
  private running: Promise<void> | undefined;
  private known: string;

  constructor(
    private readonly desk: Desk,
    private version: number,
    body: string,
    private readonly now: () => number = Date.now,
  ) {
    this.known = body;
  }

  get isDirty(): boolean {
    return this.dirtySince > 0;
  }

  changed(): void {
    if (this.state.name === "other-window") return;
    this.dirtySince ||= this.now();
    if (this.state.name !== "saving" && this.state.name !== "offline") this.say({ name: "writing" });
    const left = Math.max(0, LONGEST_MS - (this.now() - this.dirtySince));
    this.later(Math.min(WAIT_MS, left));
  }

  /** Saves at once what there is to save. Afterwards `isDirty` says whether it went well. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    await this.running;
    if (this.dirtySince) await this.save();
  }

  /** Somebody chose between this window and the other: from now on the other's version is known. */
  settle(version: number): void {
    this.version = version;
    this.say({ name: "writing" });
    this.dirtySince = this.now();
    this.later(0);
  }

  /** The network or the session is back. */
  retry(): void {
    if (this.dirtySince) this.later(0);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), ms);
  }

  private save(): Promise<void> {
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async run(): Promise<void> {
    const words = this.desk.words();
    this.dirtySince = 0;
    this.say({ name: "saving" });
    const answer = await this.desk.send(words, this.version, this.known);
    if ("saved" in answer) {
      // Said first: what came along from another window is told below, and stays.
      if (!this.dirtySince) this.say({ name: "saved", at: this.now() });
      if (this.desk.saved(answer.saved, words)) {
        this.version = answer.saved.version;
        this.known = answer.saved.body;
      } else {
        // Whoever has not seen the other window's words must not write over them: the next save is of a version that the
        // server knows as old, so that it puts the two together again, from what both have in common now.
        this.known = words.body;
      }
      if (this.dirtySince) this.later(WAIT_MS);
      return;
    }
    this.dirtySince ||= this.now();
    if ("offline" in answer) {
      this.say({ name: "offline" });
      this.later(AGAIN_MS);
    } else this.refused(answer.refused);
  }

  private refused({ status, detail, theirs, version }: Refusal): void {
    if (status === 409 && theirs !== undefined && version !== undefined) {
      clearTimeout(this.timer);
      this.say({ name: "other-window", theirs, version });
    } else if (status === 401) this.say({ name: "signed-out" });
    else if (status >= 500) {
      this.say({ name: "offline" });
      this.later(AGAIN_MS);
    } else this.say({ name: "refused", detail });
  }

  private say(state: State): void {
    this.state = state;
    this.desk.say(state);
  }
}

/** "Saved 4 s ago", for as long as seconds matter. */
export function savedWords(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 2) return "Saved";
  if (seconds < 60) return `Saved ${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `Saved ${minutes} min ago`;
  return `Saved at ${new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
}
