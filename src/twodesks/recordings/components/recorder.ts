/**
 * Records the screen, a camera or a voice, or takes a file; what is recorded travels to the server at once.
 *
 *     <td-recorder class="recpage stage" data-uploads="/media/uploads/" data-max-bytes="4294967296"
 *                  data-title="" data-channel="3" data-home="/">
 *       {{ channels|json_script:"record-channels" }}
 *       … what is shown without script …
 *     </td-recorder>
 */
import { html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { showToast } from "~/lib/toasts";
import {
  cannotRecord,
  canShareScreen,
  type Device,
  type Kind,
  listDevices,
  NoDevice,
  sharedWhat,
} from "./capture/devices";
import { type Desk, FileDesk, wordsOf } from "./capture/file-desk";
import { forgetUpload, memories } from "./capture/file-upload";
import { Meter } from "./capture/meter";
import { openStore, type PieceStore } from "./capture/piece-store";
import { type Found, findUnfinished, Gone, keep, throwAway, unfinishedOnServer } from "./capture/recovery";
import { recordingsElsewhere, Session } from "./capture/session";
import { type LevelWord, levelWord } from "./capture/sound-desk";
import { chooseView } from "./capture/view-choose";
import { type Channel, dialogOf, discardDialog, recordHeader, signInDialog } from "./capture/view-chrome";
import { stageView } from "./capture/view-stage";
import { alarm, safeLine } from "./capture/words";
import { reach } from "~/lib/api";
import { type Cue, StatusWatch } from "./kit/status";

const TICK_MS = 200;
const COUNT_FROM = 3;

export class Recorder extends LitElement implements Desk {
  private channels: Channel[] = [];
  wish = { title: "", channel_id: null as number | null };
  private readonly opened = openStore();
  private store: PieceStore | undefined;
  private outlives = true;
  private session: Session | undefined;
  private readonly files = new FileDesk(this, () => !this.session && !this.files.upload);
  private found: Found[] = [];
  private finding: number | undefined;
  private opening: Kind | undefined;
  private deviceTrouble: NoDevice | undefined;
  private trouble = "";
  private count = 0;
  private starting = false;
  private elsewhere = false;
  private microphones: Device[] = [];
  private cameras: Device[] = [];
  private microphone = "";
  private camera = "";
  private cues: Cue[] = [];
  private settled = 0;
  private level: LevelWord = "silent";
  private troubleSince = 0;
  private hadTrouble = false;
  private meter: Meter | undefined;
  private meterCanvas: HTMLCanvasElement | null = null;
  private watch: StatusWatch | undefined;
  private ticker: ReturnType<typeof setInterval> | undefined;
  private leaving = false;

  protected override createRenderRoot(): HTMLElement {
    const json = this.querySelector('script[type="application/json"]')?.textContent;
    this.channels = json ? (JSON.parse(json) as Channel[]) : [];
    this.replaceChildren();
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.wish = {
      title: this.dataset.title ?? "",
      channel_id: Number(this.dataset.channel) || null,
    };
    this.ticker = setInterval(() => this.tick(), TICK_MS);
    addEventListener("beforeunload", this.onLeave);
    addEventListener("online", this.onOnline);
    addEventListener("focus", this.onFocus);
    navigator.mediaDevices?.addEventListener?.("devicechange", this.onDevices);
    void this.lookBack();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.ticker);
    removeEventListener("beforeunload", this.onLeave);
    removeEventListener("online", this.onOnline);
    removeEventListener("focus", this.onFocus);
    navigator.mediaDevices?.removeEventListener?.("devicechange", this.onDevices);
    this.meter?.stop();
    this.watch?.stop();
  }

  /** Something is on this page that is not yet on the server. */
  get unsafe(): boolean {
    const stage = this.session?.stage;
    const recording = stage === "recording" || stage === "paused" || stage === "stopping";
    return (recording || this.files.upload?.state === "sending") && !this.leaving;
  }

  // What was left by an earlier page.

  private async lookBack(): Promise<void> {
    const { store, outlives } = await this.opened;
    this.store = store;
    this.outlives = outlives;
    try {
      this.found = await findUnfinished(store, await unfinishedOnServer());
    } catch {
      // The server is away: what this browser has is offered all the same, and waits.
      this.found = await findUnfinished(store, []);
    }
    for (const one of this.found) one.sender?.addEventListener("progress", () => this.requestUpdate());
    this.requestUpdate();
  }

  private async keepFound(found: Found): Promise<void> {
    if (!this.store) return;
    this.finding = found.id;
    this.requestUpdate();
    try {
      this.go(await keep(found, this.store));
    } catch (error) {
      if (error instanceof Gone) this.found = this.found.filter((one) => one !== found);
      this.finding = undefined;
      this.fail(error);
    }
  }

  private async discardFound(found: Found): Promise<void> {
    const sure = await dialogOf(this, "discard-recording");
    if (!sure || !this.store) return;
    try {
      await throwAway(found, this.store);
      this.found = this.found.filter((one) => one !== found);
      this.requestUpdate();
    } catch (error) {
      this.fail(error);
    }
  }

  // Getting ready.

  private async choose(kind: Kind): Promise<void> {
    if (this.session || this.opening) return;
    this.opening = kind;
    this.deviceTrouble = undefined;
    this.requestUpdate();
    // Somebody may choose before the store is open; their wish waits for it.
    const session = new Session(kind, (await this.opened).store);
    try {
      await session.open(this.microphone, this.camera);
      session.addEventListener("change", () => this.onSession());
      session.addEventListener("progress", () => this.onProgress());
      this.session = session;
      this.elsewhere = (await recordingsElsewhere()).length > 0;
      await this.refreshDevices();
    } catch (error) {
      session.abandon();
      this.deviceTrouble =
        error instanceof NoDevice
          ? error
          : new NoDevice("other", "That could not be started.", wordsOf(error));
    }
    this.opening = undefined;
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector<HTMLElement>(".start")?.focus();
  }

  private async refreshDevices(): Promise<void> {
    this.microphones = await listDevices("audioinput");
    this.cameras = await listDevices("videoinput");
    this.requestUpdate();
  }

  private async setMicrophone(id: string): Promise<void> {
    const wasLost = this.session?.lost === "microphone";
    try {
      await this.session?.setMicrophone(id);
      this.microphone = id;
      this.trouble = "";
      if (wasLost) this.session?.resume();
    } catch (error) {
      this.trouble = error instanceof NoDevice ? `${error.what} ${error.todo}` : wordsOf(error);
    }
    this.requestUpdate();
  }

  private async setCamera(id: string): Promise<void> {
    try {
      await this.session?.setCamera(id);
      this.camera = id;
    } catch (error) {
      this.trouble = error instanceof NoDevice ? `${error.what} ${error.todo}` : wordsOf(error);
    }
    this.requestUpdate();
  }

  private back(): void {
    this.session?.abandon();
    this.session = undefined;
    this.trouble = "";
    this.requestUpdate();
  }

  // Recording.

  private async start(): Promise<void> {
    const { session } = this;
    if (!session || this.starting || this.count > 0) return;
    this.starting = true;
    this.trouble = "";
    this.requestUpdate();
    try {
      if (!session.kept) await session.announce({ kind: session.kind, ...this.wish });
      this.elsewhere = (await recordingsElsewhere()).some((id) => id !== session.kept?.id);
      await this.countDown();
      if (session.stage !== "ready" || this.session !== session) return;
      session.begin();
      this.watchCaptions(session.kept?.id ?? 0);
      void navigator.wakeLock?.request("screen").catch(() => undefined);
    } catch (error) {
      this.fail(error);
    } finally {
      this.starting = false;
      this.count = 0;
      this.requestUpdate();
    }
    await this.updateComplete;
    this.querySelector<HTMLElement>(".stop")?.focus();
  }

  private async countDown(): Promise<void> {
    for (this.count = COUNT_FROM; this.count > 0; this.count -= 1) {
      this.requestUpdate();
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, 1000);
        this.addEventListener(
          "skip-count",
          () => {
            clearTimeout(timer);
            this.count = 1;
            resolve(undefined);
          },
          { once: true },
        );
      });
    }
  }

  private watchCaptions(id: number): void {
    this.watch = new StatusWatch(this, id, (status) => {
      this.cues = status.captions.cues;
      this.settled = status.captions.settled ?? this.cues.length;
      this.requestUpdate();
    });
    this.watch.start();
  }

  private async stop(): Promise<void> {
    const { session } = this;
    if (!session) return;
    this.trouble = "";
    try {
      this.go(await (session.stage === "stopping" ? session.finish() : session.stop()));
    } catch (error) {
      this.fail(error);
    }
  }

  private async discard(): Promise<void> {
    const { session } = this;
    if (!session?.kept) return this.back();
    if (!(await dialogOf(this, "discard-recording"))) return;
    try {
      await session.discard();
      showToast({ text: "The recording is gone." });
    } catch (error) {
      this.fail(error);
    }
    this.watch?.stop();
    this.cues = [];
    this.session = undefined;
    this.requestUpdate();
  }

  private async rename(title: string): Promise<void> {
    this.wish.title = title;
    await this.tellServer({ title });
  }

  private async file(channel_id: number | null): Promise<void> {
    this.wish.channel_id = channel_id;
    await this.tellServer({ channel_id });
  }

  /** A recording that has begun learns of a new title or channel at once. */
  private async tellServer(change: Record<string, unknown>): Promise<void> {
    const id = this.session?.kept?.id;
    if (!id) return;
    const headers = { "Content-Type": "application/json" };
    try {
      await reach(`/recordings/${id}`, { method: "PATCH", headers, body: JSON.stringify(change) });
    } catch (error) {
      this.fail(error);
    }
  }

  /** Asks to sign in again, here; answers whether somebody did. */
  async signIn(): Promise<boolean> {
    if (!(await dialogOf(this, "sign-in-again"))) return false;
    this.onOnline();
    this.requestUpdate();
    return true;
  }

  // The page.

  /** Leaves for a page of the product, without being asked whether. */
  go(url: string): void {
    this.leaving = true;
    location.assign(url);
  }

  private fail(error: unknown): void {
    if (error instanceof DOMException && error.name === "AbortError") return;
    this.trouble = wordsOf(error);
    this.requestUpdate();
  }

  private tick(): void {
    if (!this.session) return;
    if (this.meter) this.level = levelWord(this.meter.lately);
    this.requestUpdate();
  }

  private onSession(): void {
    if (this.session?.lost) this.troubleSince = this.session.elapsed_ms;
    this.requestUpdate();
  }

  private onProgress(): void {
    const progress = this.session?.progress;
    const has = progress !== undefined && progress.trouble !== "none";
    if (has && !this.hadTrouble) this.troubleSince = progress.safe_ms;
    this.hadTrouble = has;
    this.requestUpdate();
  }

  private readonly onLeave = (event: BeforeUnloadEvent): void => {
    if (this.unsafe) event.preventDefault();
  };

  private readonly onOnline = (): void => {
    this.session?.retry();
    for (const one of this.found) one.sender?.retry();
  };

  /** Back from another tab, where somebody may have signed in. */
  private readonly onFocus = (): void => {
    const senders = [this.session?.progress, ...this.found.map((one) => one.sender?.progress)];
    if (senders.some((progress) => progress?.trouble === "signed-out")) this.onOnline();
  };

  private readonly onDevices = (): void => {
    if (this.session) void this.refreshDevices();
  };

  protected override render(): TemplateResult {
    const running = this.session !== undefined && this.session.stage !== "ready";
    return html`
      ${recordHeader({
        ...this.wish,
        home: this.dataset.home ?? "/",
        channels: this.channels,
        discard: running ? () => void this.discard() : undefined,
        rename: (title) => void this.rename(title),
        file: (channel) => void this.file(channel),
      })}
      <main id="main" class="rmain" tabindex="-1">${this.middle()}</main>
      ${discardDialog()} ${signInDialog()}`;
  }

  private middle(): TemplateResult {
    if (this.files.upload) return this.files.view(this.files.upload);
    return this.session ? this.onStage(this.session) : this.choosing();
  }

  private choosing(): TemplateResult {
    return html`${chooseView({
      cannot: cannotRecord(),
      canShare: canShareScreen(),
      found: this.found,
      finding: this.finding,
      begun: memories(),
      trouble: this.deviceTrouble,
      fileTrouble: this.files.objection || this.trouble,
      limit: this.files.limit,
      dragging: this.files.dragging,
      opening: this.opening,
      choose: (kind) => void this.choose(kind),
      takeFiles: (files) => this.files.takeAll(files),
      keepFound: (found) => void this.keepFound(found),
      discardFound: (found) => void this.discardFound(found),
      forgetBegun: (memory) => {
        forgetUpload(memory.fingerprint);
        this.requestUpdate();
      },
    })}`;
  }

  private onStage(session: Session): TemplateResult {
    const [picture] = session.preview?.getVideoTracks() ?? [];
    return stageView({
      kind: session.kind,
      stage: session.stage,
      count: this.count,
      starting: this.starting && this.count === 0,
      elapsed_ms: session.elapsed_ms,
      shared: session.kind === "screen" && picture ? sharedWhat(picture) : "",
      cues: this.cues,
      settled: this.settled,
      level: this.level,
      safe: safeLine(session.progress, session.stage),
      alarm: alarm({
        stage: session.stage,
        lost: session.lost,
        progress: session.progress,
        since_ms: this.troubleSince,
        outlives: this.outlives,
      }),
      trouble: this.trouble,
      elsewhere: this.elsewhere,
      microphones: this.microphones,
      microphone: this.microphone,
      cameras: this.cameras,
      camera: this.camera,
      setMicrophone: (id) => void this.setMicrophone(id),
      setCamera: (id) => void this.setCamera(id),
      start: () => void this.start(),
      skipCount: () => this.dispatchEvent(new Event("skip-count")),
      back: () => this.back(),
      pause: () => session.pause(),
      resume: () => session.resume(),
      stop: () => void this.stop(),
      signIn: () => void this.signIn(),
    });
  }

  protected override updated(_changed: PropertyValues): void {
    const video = this.querySelector<HTMLVideoElement>("video.preview");
    const stream = this.session?.preview;
    if (video && stream && video.srcObject !== stream) video.srcObject = stream;
    const canvas = this.querySelector<HTMLCanvasElement>("canvas.meter");
    if (canvas === this.meterCanvas) return;
    this.meterCanvas = canvas;
    this.meter?.stop();
    const { session } = this;
    this.meter =
      canvas && session
        ? new Meter(
            canvas,
            () => session.level(),
            () => session.stage === "ready" || session.stage === "recording",
          )
        : undefined;
    this.meter?.start();
  }
}

customElements.define("td-recorder", Recorder);
