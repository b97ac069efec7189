/** What the parts of a recording's page share: where the recording is, what it says, and what somebody has selected. */
import type { Cue } from "../kit/status";
import { indexAt, type Range } from "../kit/time";
import type { Captions } from "./transcript-model";

export interface Chapter extends Cue {
  thumbnail?: string;
}

export interface ClipRow extends Range {
  id: number;
  title: string;
  made_by: string;
  is_mine: boolean;
}

/** What the server writes into the page, `{{ data|json_script:"recording-data" }}`. */
export interface RecordingData {
  id: number;
  title: string;
  state: string;
  duration_ms: number;
  captions: Captions;
  can_undo: boolean;
  can_redo: boolean;
  chapters: Chapter[];
  chapters_version: number | null;
  clips: ClipRow[];
  peaks: number[];
  may_caption: boolean;
  speakers: Speaker[];
}

/** Somebody who speaks: a member, or a guest without a `member_id`. */
export interface Speaker {
  name: string;
  member_id: number | null;
  photo: string;
  initials: string;
  percent: number;
  length: string;
  turns: number;
}

type News = "data" | "time" | "state" | "frame" | "speaker";

/** One for the page: `td-player` moves the time, the others read it and ask it to seek. */
export class Watching extends EventTarget {
  data: RecordingData;
  time_ms = 0;
  playing = false;
  /** The stretch in the gold frame: what is selected, or what the address asked for. */
  frame: Range | undefined;
  /** Whose words alone are shown, as `whoIs` tells people apart. */
  only: string | undefined;
  private seeker: ((ms: number) => void) | undefined;
  private pauser: (() => void) | undefined;

  constructor(data: RecordingData) {
    super();
    this.data = data;
  }

  get cue(): number {
    const { cues } = this.data.captions;
    const at = indexAt(cues, this.time_ms);
    const cue = cues[at];
    // Between two cues nothing is said; half a second later the last one leaves.
    return cue && this.time_ms < cue.end_ms + 500 ? at : -1;
  }

  get chapter(): number {
    return indexAt(this.data.chapters, this.time_ms);
  }

  drivenBy(seek: (ms: number) => void, pause: () => void): void {
    this.seeker = seek;
    this.pauser = pause;
  }

  seek(ms: number): void {
    this.seeker?.(Math.max(0, ms));
  }

  pause(): void {
    this.pauser?.();
  }

  moved(time_ms: number): void {
    this.time_ms = time_ms;
    this.tell("time");
  }

  change(data: Partial<RecordingData>): void {
    this.data = { ...this.data, ...data };
    this.tell("data");
  }

  setPlaying(playing: boolean): void {
    this.playing = playing;
    this.tell("state");
  }

  setFrame(frame: Range | undefined): void {
    this.frame = frame;
    this.tell("frame");
  }

  showOnly(who: string | undefined): void {
    this.only = who;
    this.tell("speaker");
  }

  on(news: News, listener: () => void, signal: AbortSignal): void {
    this.addEventListener(news, listener, { signal });
  }

  private tell(news: News): void {
    this.dispatchEvent(new Event(news));
  }
}

let current: Watching | undefined;

export function readData(root: ParentNode): RecordingData {
  const json = root.querySelector("#recording-data")?.textContent;
  if (!json) throw new Error("the page of a recording needs #recording-data");
  return JSON.parse(json) as RecordingData;
}

export function watching(): Watching {
  current ??= new Watching(readData(document));
  return current;
}
