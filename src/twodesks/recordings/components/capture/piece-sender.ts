/**
 * Sends the pieces of one recording, in order, while they are made; goes on by itself after any trouble.
 *
 * Trouble is told apart by what a person can do about it: `offline` and `away` mend themselves, `signed-out` needs a
 * sign-in here, `refused` needs a decision. In each the pieces stay in the store, so nothing is lost by waiting.
 */
import { Refusal } from "~/lib/api";
import { Backoff } from "./backoff";
import type { Kept, Piece, PieceStore } from "./piece-store";
import { Ended, LARGEST_PIECE, OffsetDiffers, type Wire } from "./tus";

export type Trouble = "none" | "offline" | "away" | "full" | "signed-out" | "refused";

export interface Progress {
  trouble: Trouble;
  /** In words, when the server said some. */
  detail: string;
  /** The recording is on the server up to here. */
  safe_ms: number;
  recorded_ms: number;
  safe_bytes: number;
  recorded_bytes: number;
  /** The browser would not keep a piece, so what is waiting goes with the tab. */
  held_by_tab: boolean;
}

interface Marker {
  end_ms: number;
  end: number;
}

/** After so many answers that the bytes do not fit, they never will. */
const HOPELESS = 6;
const ENDED = "The server takes no more of this recording; it was ended elsewhere. What it has is safe.";
const PERMANENT = new Set([400, 403, 404, 410, 413, 415, 422]);

export class PieceSender extends EventTarget {
  private waiting: Piece[] = [];
  private markers: Marker[] = [];
  private readonly backoff: Backoff;
  private running = false;
  private wake: (() => void) | undefined;
  private closed = false;
  private known = false;
  private stop = new AbortController();
  private state: Progress;

  constructor(
    private readonly recording: Kept,
    private readonly store: PieceStore,
    private readonly wire: Wire,
    backoff = new Backoff(),
  ) {
    super();
    this.backoff = backoff;
    this.state = {
      trouble: "none",
      detail: "",
      safe_ms: 0,
      recorded_ms: recording.duration_ms,
      safe_bytes: 0,
      recorded_bytes: recording.bytes,
      held_by_tab: false,
    };
  }

  get progress(): Readonly<Progress> {
    return this.state;
  }

  get allSafe(): boolean {
    return this.waiting.length === 0 && this.state.trouble === "none";
  }

  /** Takes what MediaRecorder made; it is in the store before it is on its way. */
  async add(data: Blob, endMs: number): Promise<void> {
    const piece: Piece = { recording: this.recording.id, offset: this.recording.bytes, end_ms: endMs, data };
    this.recording.bytes += data.size;
    this.recording.duration_ms = endMs;
    try {
      await this.store.add(piece, this.recording);
    } catch {
      // The browser's own disk is full: what is waiting is held by this tab alone, and the page says so.
      this.tell({ held_by_tab: true });
    }
    this.queue([piece]);
    this.tell({ recorded_ms: endMs, recorded_bytes: this.recording.bytes });
    this.start();
  }

  /** Takes up what an earlier page left in the store, and asks the server where it stands. */
  async resume(): Promise<void> {
    this.known = false;
    this.queue(await this.store.pieces(this.recording.id));
    this.start();
  }

  /** Tries again now: the network is back, or somebody signed in. */
  retry(): void {
    this.backoff.reset();
    if (this.state.trouble === "signed-out" || this.state.trouble === "refused")
      this.tell({ trouble: "none", detail: "" });
    this.wake?.();
    this.start();
  }

  /** Nothing is recorded now, but it goes on: a sign of life, without which the server ends what was left behind. */
  async keepAlive(): Promise<void> {
    if (this.running || this.closed || !this.known || this.waiting.length > 0) return;
    const { upload_url } = this.recording;
    // Should it fail, the next piece finds out why, and mends it.
    await this.wire
      .append(upload_url, this.state.safe_bytes, new Blob([]), this.stop.signal)
      .catch(() => undefined);
  }

  /** Resolves when the server has everything, or rejects when it never will; trouble that can pass is waited out. */
  async drained(): Promise<void> {
    while (!this.allSafe) {
      if (this.state.trouble === "refused") throw new Refusal(0, "refused", this.state.detail);
      if (this.closed) throw new DOMException("closed", "AbortError");
      await new Promise((resolve) => this.addEventListener("progress", resolve, { once: true }));
    }
  }

  close(): void {
    this.closed = true;
    this.stop.abort();
    this.wake?.();
    this.dispatchEvent(new Event("progress"));
  }

  private queue(pieces: Piece[]): void {
    this.waiting.push(...pieces);
    this.markers.push(
      ...pieces.map((piece) => ({ end_ms: piece.end_ms, end: piece.offset + piece.data.size })),
    );
  }

  private start(): void {
    if (this.running || this.closed) return;
    this.running = true;
    void this.run();
  }

  private async run(): Promise<void> {
    let going = true;
    while (going && this.waiting.length > 0 && !this.closed) {
      try {
        await this.sendNext();
        this.backoff.reset();
        if (this.state.trouble !== "none") this.tell({ trouble: "none", detail: "" });
      } catch (error) {
        going = await this.waitOut(error);
      }
    }
    this.running = false;
    if (going && !this.closed) this.tell({ trouble: "none", detail: "" });
  }

  private async sendNext(): Promise<void> {
    const { upload_url } = this.recording;
    if (!this.known) {
      await this.accept(await this.wire.offset(upload_url, this.stop.signal));
      this.known = true;
      if (this.waiting.length === 0) return;
    }
    const from = this.state.safe_bytes;
    const bundle = this.bundle(from);
    try {
      await this.accept(await this.wire.append(upload_url, from, bundle, this.stop.signal));
    } catch (error) {
      this.known = false;
      if (!(error instanceof Ended)) throw error;
      await this.reopen();
    }
  }

  /** It was taken for abandoned while this browser was away. What is waiting here belongs to it all the same. */
  private async reopen(): Promise<void> {
    try {
      await this.wire.reopen(this.recording.id);
    } catch (error) {
      if (error instanceof Refusal && error.status === 409) throw new Refusal(410, "ended", ENDED);
      throw error;
    }
  }

  /** As many waiting bytes as the server takes at once, from `from` on; a gap can never be sent. */
  private bundle(from: number): Blob {
    const first = this.waiting[0];
    if (!first || first.offset > from)
      throw new Refusal(
        410,
        "gap",
        "A part of this recording is no longer in this browser. What the server has is safe.",
      );
    const parts: Blob[] = [];
    let size = 0;
    for (const piece of this.waiting) {
      const data = parts.length === 0 ? piece.data.slice(from - piece.offset) : piece.data;
      if (size + data.size > LARGEST_PIECE) {
        if (parts.length === 0) parts.push(data.slice(0, LARGEST_PIECE));
        break;
      }
      parts.push(data);
      size += data.size;
    }
    return new Blob(parts, { type: this.recording.content_type });
  }

  private async accept(bytes: number): Promise<void> {
    this.waiting = this.waiting.filter((piece) => piece.offset + piece.data.size > bytes);
    let safe_ms = this.state.safe_ms;
    while (this.markers[0] && this.markers[0].end <= bytes) safe_ms = this.markers.shift()?.end_ms ?? safe_ms;
    if (bytes === this.recording.bytes) safe_ms = this.recording.duration_ms;
    await this.store.sent(this.recording.id, bytes);
    this.tell({ safe_bytes: bytes, safe_ms });
  }

  /** False when only a person can help. */
  private async waitOut(error: unknown): Promise<boolean> {
    if (this.closed) return false;
    if (error instanceof OffsetDiffers && this.backoff.tries < HOPELESS) {
      await this.sleep(this.backoff.next());
      return true;
    }
    const trouble = troubleOf(error);
    this.tell({ trouble, detail: detailOf(error) });
    if (trouble === "signed-out" || trouble === "refused") return false;
    await this.sleep(this.backoff.next());
    return true;
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private tell(change: Partial<Progress>): void {
    this.state = { ...this.state, ...change };
    this.dispatchEvent(new Event("progress"));
  }
}

function detailOf(error: unknown): string {
  if (error instanceof OffsetDiffers) return ENDED;
  return error instanceof Refusal ? error.detail : "";
}

export function troubleOf(error: unknown): Trouble {
  if (error instanceof OffsetDiffers) return "refused";
  if (!(error instanceof Refusal)) return navigator.onLine ? "away" : "offline";
  if (error.status === 401) return "signed-out";
  if (error.status === 507) return "full";
  if (PERMANENT.has(error.status)) return "refused";
  return error.status === 503 && error.code === "unavailable" ? "full" : "away";
}
