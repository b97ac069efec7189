/** How far a recording is: its steps and captions, as the server tells them, asked again when there is news. */
import { ask } from "~/lib/api";

export interface Cue {
  start_ms: number;
  end_ms: number;
  text: string;
  /** Who speaks in a call, as it was given; and which member that is. */
  speaker?: string;
  member_id?: number;
}

export interface Word extends Cue {
  probability: number;
}

export interface Step {
  name: string;
  state: "waiting" | "running" | "finished" | "failed";
  progress: number;
  failure: string;
}

export interface Status {
  title: string;
  state: "recording" | "processing" | "ready" | "failed";
  steps: Step[];
  /** Cues from `settled` on may still change with what is said next. */
  captions: { version: number | null; final: boolean; settled?: number; cues: Cue[] };
  duration_ms: number | null;
  failure: string;
}

/** News may come many times a second; a page has seen enough with this many answers. */
const APART_MS = 700;
/** Where no news comes through (a proxy that holds them back), asking now and then does. */
const POLL_MS = 4000;

/** Asks for the status of a recording at each piece of news about it, until `over` says that nothing more will come. */
export class StatusWatch {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking = false;
  private again = false;
  private last = 0;
  private stopped = false;

  constructor(
    private readonly host: HTMLElement,
    private readonly id: number,
    private readonly tell: (status: Status) => void,
    private readonly over: (status: Status) => boolean = () => false,
  ) {}

  start(): void {
    this.host.dataset.live = `recording:${this.id}`;
    this.host.addEventListener("live", this.onNews);
    document.dispatchEvent(new Event("td:live-changed"));
    this.later(0);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.host.removeEventListener("live", this.onNews);
    delete this.host.dataset.live;
    document.dispatchEvent(new Event("td:live-changed"));
  }

  private readonly onNews = (): void => {
    if (this.asking) this.again = true;
    else this.later(Math.max(0, this.last + APART_MS - performance.now()));
  };

  private later(ms: number): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => void this.look(), ms);
  }

  private async look(): Promise<void> {
    this.asking = true;
    this.again = false;
    this.last = performance.now();
    try {
      const status = await ask<Status>(`/recordings/${this.id}/status`);
      if (this.stopped) return;
      this.tell(status);
      if (this.over(status)) return this.stop();
    } catch {
      // The next piece of news, or the next look, may do better; nothing on the page depends on this one.
    } finally {
      this.asking = false;
    }
    this.later(this.again ? APART_MS : POLL_MS);
  }
}
