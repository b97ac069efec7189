/**
 * A stretch of a recording inside an insight: plays just that stretch, with its captions.
 *
 *     <td-clip class="clip" src="/media/…" start="252000" end="293000" duration="872000" captions="/recordings/4/captions.vtt"
 *              recording-href="/recordings/4/#t=252,293" poster="…" title="…" kind="video">
 *       <a href="/recordings/4/?t=252">Wren 3 calibration, start to finish, 4:12 to 4:53</a>
 *     </td-clip>
 *
 * Times are milliseconds. Without script the link inside opens the recording at that second.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { createRef, ref } from "lit/directives/ref.js";
import { glyph } from "./kit/glyph";
import { clock, spoken } from "./kit/time";
import { remembered } from "./watch/remembered";
import { timeAt } from "./watch/timeline";

const PLAY = html`<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4.500 2.300v11.400c0 .6.7 1 1.200.6l8-5.700a.75.75 0 0 0 0-1.200l-8-5.700c-.5-.4-1.200 0-1.200.6z" /></svg>`;

export class Clip extends LitElement {
  private readonly media = createRef<HTMLMediaElement>();
  private readonly link = { href: "", words: "" };
  private at_ms = 0;
  private begun = false;
  private playing = false;
  private failed = false;
  private caption = "";

  protected override createRenderRoot(): HTMLElement {
    const inside = this.querySelector("a");
    this.link.href = this.getAttribute("recording-href") ?? inside?.getAttribute("href") ?? "";
    this.link.words = this.getAttribute("title") ?? inside?.textContent?.trim() ?? "";
    // The browser would show a title as a tip over all of the clip.
    this.removeAttribute("title");
    this.replaceChildren();
    return this;
  }

  private get start_ms(): number {
    return Number(this.getAttribute("start")) || 0;
  }

  private get end_ms(): number {
    return Number(this.getAttribute("end")) || this.start_ms;
  }

  private get duration_ms(): number {
    return Math.max(Number(this.getAttribute("duration")) || 0, this.end_ms);
  }

  protected override render(): TemplateResult {
    const src = this.getAttribute("src");
    return html`${src ? this.screen(src) : nothing} ${this.failed ? this.failure() : nothing}
      <div class="bar">
        <span class="kind kind-insight">${glyph("scissors", "i-s")}Clip</span>
        ${src ? this.line() : html`<span class="grow"></span>`}
        <span class="stamp">${this.begun ? html`${clock(this.at_ms)} of ` : nothing}${clock(this.start_ms)} to ${clock(this.end_ms)}</span>
        <a class="clip1" href=${this.link.href}>${this.link.words}</a>
      </div>`;
  }

  private screen(src: string): TemplateResult {
    const handlers = {
      time: () => this.onTime(),
      state: () => this.onState(),
      error: () => this.onError(),
    };
    const captions = this.getAttribute("captions");
    const track = captions
      ? html`<track kind="captions" srclang="en" label="Captions" src=${captions} />`
      : nothing;
    const sound = this.getAttribute("kind") === "audio";
    // #t= makes the browser fetch the picture of that second, and not the first, as what one sees before playing.
    const at = `${src}#t=${this.start_ms / 1000}`;
    const media = sound
      ? html`<audio ${ref(this.media)} preload="none" src=${src} @timeupdate=${handlers.time} @play=${handlers.state} @pause=${handlers.state} @error=${handlers.error}>${track}</audio>`
      : html`<video ${ref(this.media)} playsinline preload=${this.getAttribute("poster") ? "none" : "metadata"} poster=${this.getAttribute("poster") ?? nothing}
          src=${at} @timeupdate=${handlers.time} @play=${handlers.state} @pause=${handlers.state} @error=${handlers.error}>${track}</video>`;
    return html`<div class="screen ${sound ? "sound" : ""}" @click=${(event: Event) => this.onScreen(event)}>
      ${media}
      <button type="button" class="play play-over ${this.playing ? "going" : ""}" aria-label="${this.playing ? "Pause" : "Play"} the clip ${this.link.words}, ${spoken(this.end_ms - this.start_ms)}" @click=${() => this.toggle()}>
        ${this.playing ? glyph("pause") : PLAY}</button>
      ${this.caption ? html`<span class="caption">${this.caption}</span>` : nothing}
    </div>`;
  }

  /** The whole recording as a line, with the clip as its gold part: where in it this is. */
  private line(): TemplateResult {
    const percent = (ms: number) => `${(100 * ms) / Math.max(this.duration_ms, 1)}%`;
    const seek = (event: PointerEvent) => {
      const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
      this.seek(timeAt(event.clientX, box, this.duration_ms));
    };
    return html`<span class="track grow" aria-hidden="true" @pointerdown=${seek}>
      <i class="part" .style=${`left:${percent(this.start_ms)};width:max(.5rem, ${percent(this.end_ms - this.start_ms)})`}></i>
      ${this.begun ? html`<i class="at" .style=${`left:${percent(this.at_ms)}`}></i>` : nothing}
    </span>`;
  }

  private failure(): TemplateResult {
    return html`<p class="note note-warn" role="alert">${glyph("cloud-alert")}<span>This clip did not play here. <a href=${this.link.href}>Open the recording</a> at its second instead.</span></p>`;
  }

  private onScreen(event: Event): void {
    if (!(event.target as Element).closest("button")) this.toggle();
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
    for (const track of media.textTracks) track.mode = "hidden";
    const outside = this.at_ms < this.start_ms || this.at_ms >= this.end_ms - 100;
    if (!this.begun || outside) this.seek(this.start_ms);
    this.begun = true;
    media.playbackRate = remembered("speed", 1);
    void media.play().catch(() => this.onError());
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
    if (!media || !this.begun || media.seeking) return;
    this.at_ms = media.currentTime * 1000;
    if (this.at_ms >= this.end_ms) media.pause();
    const cues = media.textTracks[0]?.activeCues;
    const cue = cues?.[cues.length - 1] as VTTCue | undefined;
    this.caption = remembered("captions", true) ? (cue?.text ?? "") : "";
    this.requestUpdate();
  }

  private onState(): void {
    this.playing = this.media.value?.paused === false;
    this.requestUpdate();
  }

  private onError(): void {
    this.failed = this.media.value?.error !== null;
    this.requestUpdate();
  }
}

customElements.define("td-clip", Clip);
