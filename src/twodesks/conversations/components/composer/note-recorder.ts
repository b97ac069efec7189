/**
 * Records a voice or a screen inside the composer: level, clock, the words as they are heard, and one button that sends.
 * The devices, the recorder and the sender are those of the record page, so nothing said is lost when a tab, the network
 * or the server goes away.
 */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { cannotRecord, NoDevice } from "../../../recordings/components/capture/devices";
import { Meter } from "../../../recordings/components/capture/meter";
import { openStore } from "../../../recordings/components/capture/piece-store";
import { Session } from "../../../recordings/components/capture/session";
import { alarm, safeLine } from "../../../recordings/components/capture/words";
import { Refusal } from "~/lib/api";
import { glyph } from "../../../recordings/components/kit/glyph";
import { type Cue, StatusWatch } from "../../../recordings/components/kit/status";
import { clock } from "../../../recordings/components/kit/time";

const TICK_MS = 200;
const WORDS_SHOWN = 2;

export type NoteKind = "voice" | "screen";

export class NoteRecorder extends LitElement {
  kind: NoteKind = "voice";
  heading = "";
  /** It has begun, under this number. */
  began: (id: number) => void = () => undefined;
  /** All of it is on the server. */
  done: (id: number) => void = () => undefined;
  /** There is none, or no more. */
  closed: (id: number) => void = () => undefined;
  /** Somebody is recording, now and then while it lasts. */
  busy: () => void = () => undefined;

  private session: Session | undefined;
  private outlives = true;
  private device: NoDevice | undefined;
  private trouble = "";
  private cues: Cue[] = [];
  private watch: StatusWatch | undefined;
  private meter: Meter | undefined;
  private ticker: ReturnType<typeof setInterval> | undefined;
  private since_ms = 0;
  private sure = false;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("beforeunload", this.onLeave);
    addEventListener("online", this.onOnline);
    this.ticker = setInterval(() => this.tick(), TICK_MS);
    void this.begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("beforeunload", this.onLeave);
    removeEventListener("online", this.onOnline);
    clearInterval(this.ticker);
    this.meter?.stop();
    this.watch?.stop();
  }

  get isRunning(): boolean {
    const stage = this.session?.stage;
    return stage === "recording" || stage === "paused" || stage === "stopping";
  }

  private async begin(): Promise<void> {
    const cannot = cannotRecord();
    if (cannot) {
      this.device = new NoDevice("unsupported", cannot, "");
      return this.requestUpdate();
    }
    const { store, outlives } = await openStore();
    this.outlives = outlives;
    const session = new Session(this.kind, store);
    try {
      await session.open("", "");
      // Its own until it is sent: nobody reads along in a channel while it is being made.
      await session.announce({ kind: this.kind, title: this.heading, channel_id: null });
      if (!this.isConnected) return session.abandon();
      session.addEventListener("change", () => this.onChange());
      session.addEventListener("progress", () => this.requestUpdate());
      this.session = session;
      session.begin();
      this.began(session.kept?.id ?? 0);
      this.watchWords(session.kept?.id ?? 0);
    } catch (error) {
      session.abandon();
      if (error instanceof NoDevice) this.device = error;
      else this.device = new NoDevice("other", "Recording could not begin.", words(error));
    }
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector<HTMLElement>(".note-send, .note-close")?.focus();
  }

  private watchWords(id: number): void {
    this.watch = new StatusWatch(this, id, (status) => {
      this.cues = status.captions.cues;
      this.requestUpdate();
    });
    this.watch.start();
  }

  private onChange(): void {
    if (this.session?.lost) this.since_ms = this.session.elapsed_ms;
    this.requestUpdate();
  }

  private tick(): void {
    if (!this.session) return;
    if (this.session.stage === "recording") this.busy();
    this.requestUpdate();
  }

  private readonly onLeave = (event: BeforeUnloadEvent): void => {
    if (this.isRunning) event.preventDefault();
  };

  private readonly onOnline = (): void => this.session?.retry();

  private async send(): Promise<void> {
    const { session } = this;
    if (!session?.kept) return;
    this.trouble = "";
    try {
      if (session.stage === "stopping") await session.finish();
      else await session.stop();
      this.watch?.stop();
      this.done(session.kept.id);
    } catch (error) {
      this.trouble = words(error);
      this.requestUpdate();
    }
  }

  private async discard(): Promise<void> {
    const { session } = this;
    if (!session?.kept) return this.closed(0);
    if (!this.sure) {
      this.sure = true;
      return this.requestUpdate();
    }
    try {
      await session.discard();
      this.closed(session.kept.id);
    } catch (error) {
      this.trouble = words(error);
      this.requestUpdate();
    }
  }

  private async again(): Promise<void> {
    const { session } = this;
    this.trouble = "";
    if (session?.lost === "microphone") {
      try {
        await session.setMicrophone("");
      } catch (error) {
        this.trouble = error instanceof NoDevice ? `${error.what} ${error.todo}` : words(error);
        return this.requestUpdate();
      }
    }
    session?.retry();
    session?.resume();
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    if (this.device) return this.noDevice(this.device);
    const { session } = this;
    if (!session)
      return html`<div class="note-rec"><span class="sm muted" role="status">${this.kind === "screen" ? "Choose what to show" : "Waiting for the microphone"}</span></div>`;
    return html`<div class="note-rec ${session.stage}" role="group" aria-label=${this.kind === "screen" ? "Screen recording" : "Voice note"}>
      ${this.kind === "screen" ? html`<video class="note-preview" muted autoplay playsinline aria-label="What is being recorded"></video>` : nothing}
      <div class="row">
        <span class="rec-dot" aria-hidden="true"></span>
        <span class="stamp" role="timer" aria-label="Recorded">${clock(session.elapsed_ms)}</span>
        <canvas class="meter" aria-hidden="true"></canvas>
        ${this.pauseButton(session)}
        <button type="button" class="btn btn-bare btn-sq btn-s" aria-label="Throw it away" @click=${() => void this.discard()}>${glyph("trash-2")}</button>
        <button type="button" class="btn btn-coral btn-s note-send" ?disabled=${session.stage === "stopping" && !this.trouble} @click=${() => void this.send()}>
          ${session.stage === "stopping" && !this.trouble ? "Sending the last seconds" : "Stop and send"}</button>
      </div>
      ${this.heard()} ${this.sure ? this.asking() : nothing} ${this.alarmed(session)}
    </div>`;
  }

  private pauseButton(session: Session): TemplateResult | typeof nothing {
    if (session.lost || (session.stage !== "recording" && session.stage !== "paused")) return nothing;
    const paused = session.stage === "paused";
    return html`<button type="button" class="btn btn-line btn-s" @click=${() => (paused ? session.resume() : session.pause())}>${glyph(paused ? "mic" : "pause")}${paused ? "Go on" : "Pause"}</button>`;
  }

  /** One's own words are silent for a screen reader: whoever speaks has just said them. */
  private heard(): TemplateResult {
    const said = this.cues.slice(-WORDS_SHOWN);
    return html`<p class="note-words" aria-hidden="true">${
      said.length > 0 ? said.map((cue) => html`<span>${cue.text} </span>`) : html`<span class="muted">Your words appear here while you talk.</span>`
    }</p>`;
  }

  private asking(): TemplateResult {
    const no = () => {
      this.sure = false;
      this.requestUpdate();
    };
    return html`<p class="row wrap sm" role="alert">Throw this recording away? It cannot be brought back here.
      <button type="button" class="btn btn-line btn-s" @click=${no}>Keep it</button>
      <button type="button" class="btn btn-bad btn-s" @click=${() => void this.discard()}>Throw it away</button></p>`;
  }

  private alarmed(session: Session): TemplateResult {
    const safe = safeLine(session.progress, session.stage);
    const { progress } = session;
    const now = alarm({
      stage: session.stage,
      lost: session.lost,
      progress,
      since_ms: session.lost ? this.since_ms : (progress?.safe_ms ?? 0),
      outlives: this.outlives,
    });
    if (!now && !this.trouble)
      return html`<p class="sm muted note-safe">${safe.strong}</p>`;
    const again = session.lost === "microphone" ? "Try the microphone again" : "Go on with voice alone";
    return html`<div class="note note-warn" role="alert">${glyph(now?.icon ?? "cloud-alert")}<div class="grow">
      ${now ? html`<b class="strong">${now.title}</b> ${now.text}` : this.trouble}
      ${session.lost ? html`<button type="button" class="btn btn-line btn-s" @click=${() => void this.again()}>${again}</button>` : nothing}
      ${now?.action === "sign-in" ? html`<a class="btn btn-line btn-s" href="/sign-in/" target="_blank">Sign in in another tab</a> <button type="button" class="btn btn-line btn-s" @click=${() => session.retry()}>Go on</button>` : nothing}
    </div></div>`;
  }

  private noDevice(device: NoDevice): TemplateResult {
    return html`<div class="note note-warn" role="alert">${glyph("mic-off")}<div class="grow">${device.what} ${device.todo}</div>
      <button type="button" class="btn btn-bare btn-s note-close" @click=${() => this.closed(0)}>Close</button></div>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const { session } = this;
    const video = this.querySelector<HTMLVideoElement>("video");
    if (video && session?.preview && video.srcObject !== session.preview) video.srcObject = session.preview;
    const canvas = this.querySelector<HTMLCanvasElement>("canvas");
    if (!canvas || !session || this.meter) return;
    this.meter = new Meter(
      canvas,
      () => session.level(),
      () => session.stage === "recording",
    );
    this.meter.start();
  }
}

function words(error: unknown): string {
  if (error instanceof Refusal) return error.detail;
  return "The server did not answer. What you said is safe in this browser; try again in a moment.";
}

customElements.define("td-note-recorder", NoteRecorder);
