/**
 * A stretch of a recording inside an insight: plays just that stretch, with its captions.
 *
 *     <td-clip recording="12" start="252000" end="293000" label="Two degrees is what a swap gives">
 *       <a class="screen clip-still" href="/recordings/12/#t=252,293"> … </a>
 *     </td-clip>
 *
 * Times are milliseconds. The link is what one sees until it plays; without script it opens the recording at that second.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { createRef, ref } from "lit/directives/ref.js";
import { Refusal, reach } from "~/lib/api";
import { glyph } from "./kit/glyph";
import type { Cue } from "./kit/status";
import { clock, indexAt, spoken } from "./kit/time";
import { remembered } from "./watch/remembered";
import { timeAt } from "./watch/timeline";

interface Source {
  src: string;
  kind: "video" | "audio";
  /** A picture of that second, for what one sees before it plays. */
  picture: string;
  cues: Cue[];
}

const PLAY =
  "M4.500 2.300v11.400c0 .6.7 1 1.200.6l8-5.700a.75.75 0 0 0 0-1.200l-8-5.700c-.5-.4-1.200 0-1.200.6z";
const PAUSE = "M3.500 2h2.500v12H3.500zM10 2h2.500v12H10z";
const AN_HOUR_MS = 3_600_000;
const AWAY = "The server did not answer. Try again, or open the recording at its second.";

export class Clip extends LitElement {
  private readonly media = createRef<HTMLMediaElement>();
  private still: HTMLElement | null = null;
  private source: Source | undefined;
  /** When its address was asked for, by the browser's clock. */
  private asked = 0;
  private shown = false;
  private busy = false;
  private playing = false;
  private at_ms = 0;
  private problem = "";
  private leaving = new AbortController();

  protected override createRenderRoot(): HTMLElement {
    const place = document.createElement("div");
    this.append(place);
    return place;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.still = this.querySelector("a");
    this.still?.addEventListener("click", (event) => this.onStill(event), { signal });
    const near = new IntersectionObserver((seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      near.disconnect();
      void this.load().then(() => this.showPicture());
    });
    near.observe(this);
    signal.addEventListener("abort", () => near.disconnect());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.leaving.abort();
  }

  private get start_ms(): number {
    return Number(this.getAttribute("start")) || 0;
  }

  private get end_ms(): number {
    return Math.max(Number(this.getAttribute("end")) || 0, this.start_ms + 1);
  }

  private get label(): string {
    return this.getAttribute("label") ?? "";
  }

  private async load(): Promise<boolean> {
    if (this.source) return true;
    // Asked once more, it is because what came the first time does not play any more.
    const wish: RequestInit = this.asked ? { cache: "reload" } : {};
    this.asked = Date.now();
    const address = `/recordings/${this.getAttribute("recording")}/media?start_ms=${this.start_ms}`;
    try {
      this.source = (await (await reach(address, wish)).json()) as Source;
      this.problem = "";
    } catch (error) {
      this.problem = error instanceof Refusal ? error.detail : AWAY;
    }
    return this.source !== undefined;
  }

  private showPicture(): void {
    const { still, source } = this;
    if (!still || !source?.picture || still.querySelector("img")) return;
    const picture = document.createElement("img");
    picture.src = source.picture;
    picture.alt = "";
    picture.decoding = "async";
    still.prepend(picture);
  }

  private onStill(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void this.open();
  }

  private async open(from_ms = this.start_ms): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.shown = await this.load();
    this.busy = false;
    if (this.still) this.still.hidden = this.shown;
    this.requestUpdate();
    await this.updateComplete;
    if (!this.shown) return;
    this.at_ms = from_ms;
    this.querySelector<HTMLElement>(".play")?.focus({ preventScroll: true });
    this.toggle();
  }

  toggle(): void {
    const media = this.media.value;
    if (!media) return;
    if (!media.paused) {
      media.pause();
      return;
    }
    for (const other of document.querySelectorAll<HTMLMediaElement>("video, audio"))
      if (other !== media) other.pause();
    if (this.at_ms < this.start_ms || this.at_ms >= this.end_ms - 100) this.at_ms = this.start_ms;
    this.seek(this.at_ms);
    media.playbackRate = remembered<number>("speed", 1);
    void media.play().catch(() => this.failed());
  }

  private seek(ms: number): void {
    const media = this.media.value;
    if (!media) return;
    this.at_ms = Math.min(Math.max(ms, this.start_ms), this.end_ms);
    const go = () => {
      media.currentTime = this.at_ms / 1000;
    };
    if (media.readyState >= HTMLMediaElement.HAVE_METADATA) go();
    else media.addEventListener("loadedmetadata", go, { once: true });
    this.requestUpdate();
  }

  private onTime(): void {
    const media = this.media.value;
    if (!media || media.seeking || media.readyState < HTMLMediaElement.HAVE_METADATA) return;
    this.at_ms = media.currentTime * 1000;
    if (this.at_ms >= this.end_ms) media.pause();
    this.requestUpdate();
  }

  private onState(): void {
    this.playing = this.media.value?.paused === false;
    this.requestUpdate();
  }

  private failed(): void {
    if (this.media.value?.error && Date.now() - this.asked > AN_HOUR_MS) {
      // The page has been open for long, and addresses run out after half a day.
      this.source = undefined;
      void this.open(this.at_ms);
      return;
    }
    if (this.media.value?.error)
      this.problem = "This clip did not play here. Open the recording at its second instead.";
    this.requestUpdate();
  }

  private get caption(): string {
    const cues = this.source?.cues ?? [];
    const cue = cues[indexAt(cues, this.at_ms)];
    return cue && this.at_ms < cue.end_ms + 500 && remembered<boolean>("captions", true) ? cue.text : "";
  }

  protected override render(): TemplateResult {
    const href = this.still?.getAttribute("href") ?? "";
    return html`${this.shown && this.source ? this.player(this.source) : nothing}
      ${
        this.problem
          ? html`<p class="note note-warn" role="alert">${glyph("cloud-alert")}<span>${this.problem} <a href=${href}>Open it</a></span></p>`
          : nothing
      }`;
  }

  private player(source: Source): TemplateResult {
    const time = () => this.onTime();
    const state = () => this.onState();
    const failed = () => this.failed();
    const media =
      source.kind === "audio"
        ? html`<audio ${ref(this.media)} preload="metadata" src=${source.src} @timeupdate=${time} @play=${state} @pause=${state} @error=${failed}></audio>`
        : html`<video ${ref(this.media)} playsinline preload="metadata" poster=${source.picture || nothing} src=${source.src} @timeupdate=${time} @play=${state} @pause=${state} @error=${failed}></video>`;
    return html`<div class="screen clip-playing ${source.kind === "audio" ? "sound" : ""}" @click=${(event: Event) => this.onScreen(event)}>
        ${media} ${this.caption ? html`<span class="caption">${this.caption}</span>` : nothing}
      </div>
      <div class="clip-ctl">
        <button type="button" class="play play-s" aria-label="${this.playing ? "Pause" : "Play"} the clip ${this.label}, ${spoken(this.end_ms - this.start_ms)}" @click=${() => this.toggle()}>
          <svg viewBox="0 0 16 16" aria-hidden="true"><path d=${this.playing ? PAUSE : PLAY}></path></svg></button>
        ${this.line()}
        <span class="stamp">${clock(this.at_ms - this.start_ms)} / ${clock(this.end_ms - this.start_ms)}</span>
      </div>`;
  }

  private line(): TemplateResult {
    const lasts = this.end_ms - this.start_ms;
    const at = this.at_ms - this.start_ms;
    const seek = (event: PointerEvent) => {
      const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
      this.seek(this.start_ms + timeAt(event.clientX, box, lasts));
    };
    const key = (event: KeyboardEvent) => {
      const by = {
        ArrowLeft: -2000,
        ArrowDown: -2000,
        ArrowRight: 2000,
        ArrowUp: 2000,
        Home: -lasts,
        End: lasts,
      }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      this.seek(this.at_ms + by);
    };
    return html`<span class="clip-line grow" role="slider" tabindex="0" aria-label="Position in the clip" aria-valuemin="0" aria-valuemax=${Math.round(lasts / 1000)}
      aria-valuenow=${Math.round(at / 1000)} aria-valuetext="${spoken(at)} of ${spoken(lasts)}" @pointerdown=${seek} @keydown=${key}>
      <i .style=${`width:${(100 * at) / lasts}%`}></i></span>`;
  }

  private onScreen(event: Event): void {
    if (!(event.target as Element).closest("button")) this.toggle();
  }
}

customElements.define("td-clip", Clip);
