/**
 * A file on its way to the server: in pieces, with a pause, and going on after a reload once the same file is chosen
 * again (browsers do not let a page keep a file).
 */
import { send } from "~/lib/api";
import { memberHere } from "~/lib/member";
import { megabytes } from "../kit/time";
import { Backoff } from "./backoff";
import { type Trouble, troubleOf } from "./piece-sender";
import { createUpload, deleteUpload, OffsetDiffers, tus, type Wire } from "./tus";

export const ENDINGS = ["mp4", "mov", "webm", "mkv", "mp3", "m4a", "wav", "ogg", "flac"] as const;
const PIECE = 4 * 1024 * 1024;

/** What is wrong with a file before a byte of it is sent; "" if nothing is. */
export function objection(file: { name: string; size: number; type: string }, limit: number): string {
  if (file.size === 0) return `“${file.name}” is empty, so there is nothing to send. Choose another file.`;
  if (file.size > limit)
    return `“${file.name}” has ${megabytes(file.size)}, and this server takes up to ${megabytes(limit)}. Nothing was sent. Make it smaller, or send it in parts.`;
  const ending = file.name.split(".").at(-1)?.toLowerCase() ?? "";
  const known = (ENDINGS as readonly string[]).includes(ending) || /^(audio|video)\//.test(file.type);
  if (!known)
    return `“${file.name}” does not look like sound or film. Choose one of these: ${ENDINGS.join(", ")}. Nothing was sent.`;
  return "";
}

/** The forms in which meeting tools write transcripts. */
export const TRANSCRIPT_ENDINGS = ["vtt", "srt", "txt", "docx"] as const;

export const isTranscript = (file: { name: string }): boolean =>
  (TRANSCRIPT_ENDINGS as readonly string[]).includes(file.name.split(".").at(-1)?.toLowerCase() ?? "");

/** What is remembered of a member's upload, so that the same file goes on where it was. */
export interface Memory {
  fingerprint: string;
  name: string;
  size: number;
  address: string;
  sent: number;
  at: number;
}

const key = () => `twodesks-uploads-${memberHere()}`;
const KEPT_MS = 24 * 60 * 60 * 1000;

export function fingerprint(file: File): string {
  return `${file.name}:${file.size}:${file.lastModified}`;
}

export function memories(storage: Storage = localStorage): Memory[] {
  try {
    const rows: unknown = JSON.parse(storage.getItem(key()) ?? "[]");
    return Array.isArray(rows) ? (rows as Memory[]).filter((row) => Date.now() - row.at < KEPT_MS) : [];
  } catch {
    return [];
  }
}

function write(rows: Memory[], storage: Storage): void {
  try {
    storage.setItem(key(), JSON.stringify(rows));
  } catch {
    // A full or forbidden store only means that a reload starts this upload afresh.
  }
}

export function remember(memory: Memory, storage: Storage = localStorage): void {
  write([memory, ...memories(storage).filter((row) => row.fingerprint !== memory.fingerprint)], storage);
}

export function forgetUpload(print: string, storage: Storage = localStorage): void {
  write(
    memories(storage).filter((row) => row.fingerprint !== print),
    storage,
  );
}

export type UploadState = "sending" | "paused" | "waiting" | "signed-out" | "refused" | "sent" | "cancelled";

export class FileUpload extends EventTarget {
  state: UploadState = "sending";
  trouble: Trouble = "none";
  detail = "";
  sent = 0;
  private address = "";
  private stop = new AbortController();
  private wake: (() => void) | undefined;
  private since = 0;
  private sentBefore = 0;

  constructor(
    readonly file: File,
    private readonly endpoint: string,
    private readonly wire: Wire = tus,
    private readonly backoff = new Backoff(),
    private readonly create = createUpload,
  ) {
    super();
  }

  /** Sends until all is there, it is paused, or only a person can help. */
  async run(): Promise<void> {
    this.stop = new AbortController();
    this.change("sending");
    this.since = performance.now();
    while (this.state === "sending" || this.state === "waiting") {
      try {
        await this.step();
      } catch (error) {
        await this.stumble(error);
      }
    }
  }

  pause(): void {
    if (this.state !== "sending" && this.state !== "waiting") return;
    this.change("paused");
    this.halt();
  }

  async cancel(): Promise<void> {
    this.change("cancelled");
    this.halt();
    forgetUpload(fingerprint(this.file));
    if (this.address) await deleteUpload(this.address).catch(() => undefined);
  }

  /** Makes a recording of what was sent; answers where it is. */
  async finish(wish: { title: string; channel_id: number | null }): Promise<string> {
    const { url } = await send<{ url: string }>("/recordings/from-upload", {
      upload_id: this.address.split("/").filter(Boolean).at(-1),
      title: wish.title,
      ...(wish.channel_id === null ? {} : { channel_id: wish.channel_id }),
    });
    forgetUpload(fingerprint(this.file));
    return url;
  }

  /** Milliseconds that are left at the speed so far; undefined while that is anybody's guess. */
  get left_ms(): number | undefined {
    const took = performance.now() - this.since;
    const done = this.sent - this.sentBefore;
    if (this.state !== "sending" || done <= 0 || took < 1500) return undefined;
    return ((this.file.size - this.sent) / done) * took;
  }

  private async step(): Promise<void> {
    if (!this.address) await this.locate();
    const piece = this.file.slice(this.sent, this.sent + PIECE);
    if (piece.size > 0) {
      this.sent = await this.wire.append(this.address, this.sent, piece, this.stop.signal);
      this.remember();
    }
    this.backoff.reset();
    this.trouble = "none";
    if (this.state === "waiting" || this.state === "sending")
      this.change(this.sent >= this.file.size ? "sent" : "sending");
  }

  /** Finds what the server has of this file from an earlier try, or begins. */
  private async locate(): Promise<void> {
    const known = memories().find((row) => row.fingerprint === fingerprint(this.file));
    if (known) {
      try {
        this.sent = await this.wire.offset(known.address, this.stop.signal);
        this.address = known.address;
      } catch (error) {
        if (troubleOf(error) !== "refused") throw error;
        forgetUpload(known.fingerprint);
      }
    }
    if (!this.address) {
      const { name, type, size } = this.file;
      this.address = await this.create(this.endpoint, { name, type, size });
      this.sent = 0;
    }
    this.sentBefore = this.sent;
    this.remember();
  }

  private remember(): void {
    const { name, size } = this.file;
    remember({
      fingerprint: fingerprint(this.file),
      name,
      size,
      address: this.address,
      sent: this.sent,
      at: Date.now(),
    });
  }

  private async stumble(error: unknown): Promise<void> {
    if (this.state === "paused" || this.state === "cancelled") return;
    if (error instanceof OffsetDiffers && this.backoff.tries < 6) {
      this.address = "";
      this.backoff.next();
      return;
    }
    this.trouble = troubleOf(error);
    this.detail = error instanceof Error ? error.message : "";
    if (this.trouble === "signed-out" || this.trouble === "refused") {
      this.change(this.trouble);
      return;
    }
    this.change("waiting");
    await this.sleep(this.backoff.next());
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

  private halt(): void {
    this.stop.abort();
    this.wake?.();
  }

  private change(state: UploadState): void {
    this.state = state;
    this.dispatchEvent(new Event("progress"));
  }
}
