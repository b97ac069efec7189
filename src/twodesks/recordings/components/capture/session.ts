/**
 * One recording, from the first sound to the last piece: the devices, the recorder, the clock and the sender together.
 * It knows nothing of the page; `td-recorder` draws what it says.
 */
import { send } from "~/lib/api";
import { Backoff } from "./backoff";
import { discardOnServer } from "./gone";
import { bestType, type Kind, openCamera, openMicrophone, openScreen } from "./devices";
import { PieceSender, type Progress } from "./piece-sender";
import type { Kept, PieceStore } from "./piece-store";
import { SoundDesk } from "./sound-desk";
import { tus } from "./tus";

/** A piece a second: what a crash can cost is this and the way to the store. */
const PIECE_MS = 1000;
/** The server ends a recording of which it hears nothing for ten minutes. */
const ALIVE_MS = 120_000;

export type Stage = "ready" | "recording" | "paused" | "stopping" | "stopped";
export type Loss = "microphone" | "camera" | "screen";

interface Started {
  recording_id: number;
  member_id: number;
  upload_url: string;
  url: string;
}

export interface Wish {
  kind: Kind;
  title: string;
  channel_id: number | null;
}

export class Session extends EventTarget {
  stage: Stage = "ready";
  /** What was unplugged or switched off, until somebody decided what to do about it. */
  lost: Loss | undefined;
  kept: Kept | undefined;
  private readonly desk = new SoundDesk();
  private picture: MediaStream | undefined;
  private recorder: MediaRecorder | undefined;
  private sender: PieceSender | undefined;
  private before_ms = 0;
  private since = 0;
  private alive: ReturnType<typeof setInterval> | undefined;
  private adding: Promise<void> = Promise.resolve();
  private releaseLock: (() => void) | undefined;

  constructor(
    readonly kind: Kind,
    private readonly store: PieceStore,
  ) {
    super();
  }

  /** Asks for the devices. Throws `NoDevice`. */
  async open(microphoneId: string, cameraId: string): Promise<void> {
    if (this.kind === "screen") this.setPicture(await openScreen(), "screen");
    if (this.kind === "camera") this.setPicture(await openCamera(cameraId), "camera");
    await this.setMicrophone(microphoneId);
    await this.desk.start();
  }

  get preview(): MediaStream | undefined {
    return this.picture;
  }

  get progress(): Readonly<Progress> | undefined {
    return this.sender?.progress;
  }

  get elapsed_ms(): number {
    return this.before_ms + (this.stage === "recording" ? performance.now() - this.since : 0);
  }

  level(): number {
    return this.desk.level();
  }

  /** Another microphone, before or in the middle of a recording. */
  async setMicrophone(deviceId: string): Promise<void> {
    const stream = await openMicrophone(deviceId);
    this.desk.setMicrophone(stream);
    const [track] = stream.getAudioTracks();
    track?.addEventListener("ended", () => this.lose("microphone"));
    if (this.lost === "microphone") this.mend();
  }

  async setCamera(deviceId: string): Promise<void> {
    const stream = await openCamera(deviceId);
    for (const track of this.picture?.getTracks() ?? []) track.stop();
    this.setPicture(stream, "camera");
  }

  /** Tells the server that a recording comes. Throws `Refusal` or `Unreachable`; nothing has begun then. */
  async announce(wish: Wish): Promise<void> {
    const content_type = bestType(this.picture !== undefined);
    const started = await send<Started>("/recordings/start", {
      kind: wish.kind,
      title: wish.title,
      content_type: content_type.split(";")[0] ?? "",
      ...(wish.channel_id === null ? {} : { channel_id: wish.channel_id }),
    });
    this.kept = {
      id: started.recording_id,
      member: String(started.member_id),
      kind: wish.kind,
      title: wish.title,
      upload_url: new URL(started.upload_url, location.href).pathname,
      url: started.url,
      content_type,
      started_at: Date.now(),
      duration_ms: 0,
      bytes: 0,
      stopped: false,
    };
    await this.holdLock(this.kept.id);
    await this.store.put(this.kept).catch(() => undefined);
    this.sender = new PieceSender(this.kept, this.store, tus, new Backoff());
    this.sender.addEventListener("progress", () => this.tell("progress"));
  }

  pause(): void {
    if (this.stage !== "recording") return;
    this.before_ms = this.elapsed_ms;
    this.setStage("paused");
    this.recorder?.pause();
    // What was said up to the pause goes to the server now, not with the first words after it.
    this.recorder?.requestData();
  }

  resume(): void {
    if (this.stage !== "paused") return;
    this.lost = undefined;
    this.since = performance.now();
    this.recorder?.resume();
    this.setStage("recording");
  }

  retry(): void {
    this.sender?.retry();
  }

  /** Ends the recording and waits until the server has all of it. Throws what only a person can mend. */
  async stop(): Promise<string> {
    const { recorder, sender, kept } = this;
    if (!recorder || !sender || !kept) throw new Error("stop comes after start");
    this.before_ms = this.elapsed_ms;
    this.setStage("stopping");
    if (recorder.state !== "inactive") {
      const over = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
      recorder.stop();
      await over;
    }
    await this.adding;
    this.release();
    kept.stopped = true;
    kept.duration_ms = Math.round(this.before_ms);
    await this.store.put(kept).catch(() => undefined);
    return this.finish();
  }

  /** The last part of `stop`, by itself when it has to be tried again. */
  async finish(): Promise<string> {
    const { sender, kept } = this;
    if (!sender || !kept) throw new Error("finish comes after stop");
    await sender.drained();
    await send(`/recordings/${kept.id}/finish`, { duration_ms: kept.duration_ms });
    await this.store.forget(kept.id).catch(() => undefined);
    this.setStage("stopped");
    this.releaseLock?.();
    return kept.url;
  }

  async discard(): Promise<void> {
    this.abandon();
    if (!this.kept) return;
    // What was recorded stays in the store until the server has agreed.
    await discardOnServer(this.kept.id);
    await this.store.forget(this.kept.id).catch(() => undefined);
  }

  /** Lets go of the devices without ending the recording on the server. */
  abandon(): void {
    this.sender?.close();
    if (this.recorder && this.recorder.state !== "inactive") this.recorder.stop();
    this.release();
    this.setStage("stopped");
    this.releaseLock?.();
  }

  /** Begins to record; after `announce`. */
  begin(): void {
    const content_type = this.kept?.content_type ?? "";
    const tracks = [...(this.picture?.getVideoTracks() ?? []), this.desk.track];
    const options = content_type ? { mimeType: content_type } : {};
    const recorder = new MediaRecorder(new MediaStream(tracks), {
      ...options,
      audioBitsPerSecond: 64_000,
      ...(this.picture ? { videoBitsPerSecond: 2_500_000 } : {}),
    });
    recorder.addEventListener("dataavailable", (event) => this.take(event.data));
    recorder.start(PIECE_MS);
    this.recorder = recorder;
    this.since = performance.now();
    this.setStage("recording");
  }

  private take(data: Blob): void {
    const { sender } = this;
    if (!sender || data.size === 0 || this.stage === "stopped") return;
    const at = Math.round(this.elapsed_ms);
    this.adding = this.adding.then(() => sender.add(data, at));
  }

  private setPicture(stream: MediaStream, what: "screen" | "camera"): void {
    this.picture = stream;
    this.desk.addShared(stream);
    const [track] = stream.getVideoTracks();
    track?.addEventListener("ended", () => {
      if (this.picture === stream) this.lose(what);
    });
  }

  /** Something went away: stop the clock at once, and let the person say how to go on. */
  private lose(what: Loss): void {
    if (this.stage === "stopped" || this.stage === "stopping") return;
    this.lost = what;
    if (what === "microphone") this.desk.dropMicrophone();
    this.pause();
    this.tell("change");
  }

  private mend(): void {
    this.lost = undefined;
    this.tell("change");
  }

  private release(): void {
    this.desk.close();
    for (const track of this.picture?.getTracks() ?? []) track.stop();
  }

  private async holdLock(id: number): Promise<void> {
    this.releaseLock = await holdRecording(id);
  }

  private setStage(stage: Stage): void {
    this.stage = stage;
    clearInterval(this.alive);
    if (stage === "paused") this.alive = setInterval(() => void this.sender?.keepAlive(), ALIVE_MS);
    this.tell("change");
  }

  private tell(type: "change" | "progress"): void {
    this.dispatchEvent(new Event(type));
  }
}

const lockName = (id: number) => `twodesks-recording-${id}`;

/** Other tabs see that this recording is being made, for as long as this one lives. Answers how to let go. */
export async function holdRecording(id: number): Promise<(() => void) | undefined> {
  if (!navigator.locks) return () => undefined;
  return new Promise((held) => {
    void navigator.locks.request(lockName(id), { ifAvailable: true }, (lock) => {
      if (!lock) {
        held(undefined);
        return undefined;
      }
      return new Promise<void>((letGo) => held(letGo));
    });
  });
}

/** The recordings that other tabs of this browser are making now. */
export async function recordingsElsewhere(): Promise<number[]> {
  const held = (await navigator.locks?.query())?.held ?? [];
  return held.flatMap((lock) => {
    const match = /^twodesks-recording-(\d+)$/.exec(lock.name ?? "");
    return match ? [Number(match[1])] : [];
  });
}
