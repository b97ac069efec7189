/**
 * The player of a recording's page: chapters on the time line, captions on, everything by keyboard.
 *
 *     <td-player class="player stage">
 *       <div class="screen"><video controls playsinline preload="metadata" src="…" poster="…"><track …></video></div>
 *     </td-player>
 *
 * Without script the browser's own controls play the same file with the same captions.
 */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { Refusal } from "~/lib/api";
import { glyph } from "./kit/glyph";
import { askedTime, clock, type Range } from "./kit/time";
import { refresh } from "./watch/edits";
import { type Command, commandOf, HELP, SPEEDS, speedNext } from "./watch/player-keys";
import { keepInMind, remembered } from "./watch/remembered";
import { type Segment, segmentsOf, slideTo, timeAt, timelineView } from "./watch/timeline";
import { type Watching, watching } from "./watch/watching";

const PLAY = html`<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4.500 2.300v11.400c0 .6.7 1 1.200.6l8-5.700a.75.75 0 0 0 0-1.200l-8-5.700c-.5-.4-1.200 0-1.200.6z" /></svg>`;
const PAUSE = html`<svg viewBox="0 0 16 16" aria-hidden="true"><rect x="3" y="2" width="3.600" height="12" rx="1" /><rect x="9.400" y="2" width="3.600" height="12" rx="1" /></svg>`;

export class Player extends LitElement {
  private media!: HTMLMediaElement;
  private screen!: HTMLElement;
  private caption!: HTMLElement;
  private watching!: Watching;
  private captionsOn: boolean = remembered<boolean>("captions", true);
  private speed: number = remembered<number>("speed", 1);
  private buffering = false;
  /** Why it does not play, in words. */
  private trouble = "";
  private peek: { ms: number; title: string } | undefined;
  private dragging = false;
  private stopAt: number | undefined;
  private frame = 0;
  private heard = -1;
  private leaving = new AbortController();

  /** The controls stand under the screen that the server wrote. */
  protected override createRenderRoot(): HTMLElement {
    const controls = document.createElement("div");
    controls.className = "ctl";
    this.append(controls);
    return controls;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.leaving = new AbortController();
    const media = this.querySelector<HTMLMediaElement>("video, audio");
    const screen = this.querySelector<HTMLElement>(".screen");
    if (!media || !screen) throw new Error("td-player needs a .screen with a video or audio in it");
    this.media = media;
    this.screen = screen;
    this.watching = watching();
    this.caption = document.createElement("span");
    this.caption.className = "caption";
    this.caption.hidden = true;
    screen.append(this.caption);
    this.takeOver();
    this.listen();
    this.openAtAsked();
    // What went wrong before this script was there is told all the same.
    if (this.media.error) this.fail();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.leaving.abort();
    cancelAnimationFrame(this.frame);
    this.caption.remove();
  }

  private takeOver(): void {
    this.media.controls = false;
    this.media.playbackRate = this.speed;
    this.media.volume = remembered("volume", 1);
    this.showTracks();
    this.watching.drivenBy(
      (ms) => this.seek(ms),
      () => this.media.pause(),
    );
  }

  private listen(): void {
    const { signal } = this.leaving;
    const on = (types: string, does: (event: Event) => void) => {
      for (const type of types.split(" ")) this.media.addEventListener(type, does, { signal });
    };
    on("timeupdate seeking seeked", () => this.moved());
    on("play playing pause ended", () => this.changed());
    on("waiting stalled", () => this.wait(!this.media.paused));
    on("canplay playing", () => this.wait(false));
    on("error", () => this.fail());
    on("ratechange volumechange durationchange loadedmetadata", () => this.requestUpdate());
    on("enterpictureinpicture leavepictureinpicture", () => this.showTracks());
    this.screen.addEventListener("click", () => this.toggle(), { signal });
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    document.addEventListener("fullscreenchange", () => this.requestUpdate(), { signal });
    addEventListener("hashchange", () => this.openAtAsked(), { signal });
    this.watching.on("data", () => this.moved(), signal);
    this.watching.on("frame", () => this.requestUpdate(), signal);
  }

  get duration_ms(): number {
    // A file straight from a browser's recorder does not know how long it is.
    const own = this.media.duration * 1000;
    return Number.isFinite(own) && own > 0 ? own : this.watching.data.duration_ms;
  }

  get time_ms(): number {
    return this.media.currentTime * 1000;
  }

  private get segments(): Segment[] {
    return segmentsOf(this.watching.data.chapters, this.duration_ms, this.time_ms);
  }

  toggle(): void {
    if (this.media.paused) void this.media.play().catch(() => this.requestUpdate());
    else this.media.pause();
  }

  seek(ms: number): void {
    this.stopAt = undefined;
    this.media.currentTime = Math.min(ms, this.duration_ms) / 1000;
    this.moved();
  }

  /** `#t=12.5,40` or `?t=12.5`: there, still, with the stretch in the frame. */
  private openAtAsked(): void {
    const asked = askedTime(location);
    if (!asked) return;
    const go = () => {
      this.seek(asked.start_ms);
      if (asked.end_ms === undefined) return;
      this.watching.setFrame({ start_ms: asked.start_ms, end_ms: asked.end_ms });
      this.stopAt = asked.end_ms;
    };
    if (this.media.readyState >= HTMLMediaElement.HAVE_METADATA) {
      go();
      return;
    }
    this.media.addEventListener("loadedmetadata", go, { once: true, signal: this.leaving.signal });
    this.watching.moved(asked.start_ms);
  }

  private moved(): void {
    const { time_ms } = this;
    if (this.stopAt !== undefined && time_ms >= this.stopAt && !this.media.seeking) {
      this.stopAt = undefined;
      this.media.pause();
    }
    this.watching.moved(time_ms);
    this.showCaption();
    this.colourWave();
    this.requestUpdate();
  }

  private showCaption(): void {
    const cue = this.watching.data.captions.cues[this.watching.cue];
    this.caption.hidden = !this.captionsOn || !cue;
    if (cue && this.caption.textContent !== cue.text) this.caption.textContent = cue.text;
  }

  /** Ours stand over the picture on the page; in a window of its own only the browser can show them. */
  private showTracks(): void {
    const shown = this.captionsOn && document.pictureInPictureElement === this.media;
    for (const track of this.media.textTracks) track.mode = shown ? "showing" : "disabled";
  }

  /** The bars of a voice that were heard already are coral. */
  private colourWave(): void {
    const bars = this.screen.querySelectorAll(".wave rect");
    const heard = Math.floor((bars.length * this.time_ms) / Math.max(this.duration_ms, 1));
    if (heard === this.heard) return;
    this.heard = heard;
    bars.forEach((bar, at) => {
      bar.setAttribute("class", at < heard ? "on" : "off");
    });
  }

  private changed(): void {
    const playing = !this.media.paused && !this.media.ended;
    this.watching.setPlaying(playing);
    cancelAnimationFrame(this.frame);
    // Between two of the media's own reports the line would stand still and a caption come late.
    const follow = () => {
      this.moved();
      this.frame = requestAnimationFrame(follow);
    };
    if (playing) this.frame = requestAnimationFrame(follow);
    else this.moved();
  }

  private wait(buffering: boolean): void {
    this.buffering = buffering;
    this.requestUpdate();
  }

  private fail(): void {
    this.trouble = this.media instanceof HTMLVideoElement ? "The picture did not come." : "The sound did not come.";
    this.buffering = false;
    this.requestUpdate();
  }

  /** From a new address: the one of this page runs out after half a day, and the file may be another by now. */
  private async again(): Promise<void> {
    const { time_ms } = this.watching;
    try {
      const page = await refresh(this.watching);
      const fresh = page.querySelector<HTMLMediaElement>(`td-player ${this.media.localName}`);
      if (!fresh) return location.reload();
      this.media.src = fresh.getAttribute("src") ?? "";
      if (fresh.hasAttribute("poster")) this.media.setAttribute("poster", fresh.getAttribute("poster") ?? "");
      this.trouble = "";
      this.seek(time_ms);
      await this.media.play().catch(() => undefined);
    } catch (error) {
      this.trouble = error instanceof Refusal ? error.detail : "The server did not answer.";
    }
    this.requestUpdate();
  }

  private readonly commands: Record<string, () => void> = {
    toggle: () => this.toggle(),
    mute: () => {
      this.media.muted = !this.media.muted;
    },
    captions: () => this.setCaptions(!this.captionsOn),
    "full-screen": () => void this.fullScreen(),
    faster: () => this.setSpeed(speedNext(this.speed, 1)),
    slower: () => this.setSpeed(speedNext(this.speed, -1)),
  };

  private obey(command: Command): void {
    if (command.do === "by") this.seek(Math.max(0, this.time_ms + command.ms));
    else if (command.do === "part") this.seek(command.part * this.duration_ms);
    else if (command.do === "volume") this.setVolume(this.media.volume + command.by);
    else this.commands[command.do]?.();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || !remembered("keys", true)) return;
    const command = commandOf(event, this);
    if (!command) return;
    event.preventDefault();
    this.obey(command);
  }

  private setCaptions(on: boolean): void {
    this.captionsOn = on;
    keepInMind("captions", on);
    this.showCaption();
    this.showTracks();
    this.requestUpdate();
  }

  private setSpeed(speed: number): void {
    this.speed = speed;
    this.media.playbackRate = speed;
    keepInMind("speed", speed);
    this.requestUpdate();
  }

  private setVolume(volume: number): void {
    this.media.volume = Math.min(1, Math.max(0, volume));
    this.media.muted = false;
    keepInMind("volume", this.media.volume);
  }

  private async fullScreen(): Promise<void> {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await this.requestFullscreen().catch(() => undefined);
  }

  private async pictureInPicture(): Promise<void> {
    if (!(this.media instanceof HTMLVideoElement)) return;
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await this.media.requestPictureInPicture().catch(() => undefined);
  }

  // The line.

  private onSlide(event: KeyboardEvent): void {
    const to = slideTo(event.key, this.time_ms, this.duration_ms, this.segments);
    if (to === undefined) return;
    event.preventDefault();
    this.seek(to);
  }

  private onPointer(event: PointerEvent): void {
    const line = event.currentTarget as HTMLElement;
    const box = line.getBoundingClientRect();
    const ms = timeAt(event.clientX, box, this.duration_ms);
    if (event.type === "pointerdown" && event.button === 0) {
      line.setPointerCapture(event.pointerId);
      this.dragging = true;
      this.querySelector<HTMLElement>(".knob")?.focus({ preventScroll: true });
      event.preventDefault();
    }
    if (this.dragging) this.seek(ms);
    if (event.type === "pointerup" || event.type === "pointercancel") this.dragging = false;
    const over = event.type !== "pointerleave" && event.pointerType === "mouse";
    const title = this.segments.findLast((segment) => segment.start_ms <= ms)?.title ?? "";
    this.peek = over ? { ms, title } : undefined;
    this.requestUpdate();
  }

  private line(): TemplateResult {
    const handle = (event: PointerEvent) => this.onPointer(event);
    const frame: Range | undefined = this.watching.frame;
    return html`<div class="line" @pointerdown=${handle} @pointermove=${handle} @pointerup=${handle} @pointercancel=${handle}
      @pointerleave=${handle} @keydown=${(event: KeyboardEvent) => this.onSlide(event)}>
      ${timelineView({
        segments: this.segments,
        time_ms: this.time_ms,
        duration_ms: this.duration_ms,
        frame,
        buffering: this.buffering,
        peek: this.peek,
      })}
    </div>`;
  }

  protected override render(): TemplateResult {
    return html`${this.trouble ? this.failure() : nothing} ${this.line()} ${this.buttons()}`;
  }

  private failure(): TemplateResult {
    return html`<div class="row failure" role="alert">${glyph("cloud-alert")}<span class="grow">${this.trouble} Your place is kept.</span>
      <button type="button" class="btn btn-line btn-s" @click=${() => void this.again()}>Try again</button></div>`;
  }

  private buttons(): TemplateResult {
    const { media } = this;
    const muted = media.muted || media.volume === 0;
    const chapter = this.watching.data.chapters[this.watching.chapter]?.text ?? "";
    const square = "btn btn-bare btn-sq btn-s";
    return html`<div class="btns">
      <button type="button" class="play play-w" aria-label=${media.paused ? "Play" : "Pause"} @click=${() => this.toggle()}>${media.paused ? PLAY : PAUSE}</button>
      <button type="button" class="${square} x back" aria-label="Back 10 seconds" title="Back 10 seconds (J)" @click=${() => this.seek(Math.max(0, this.time_ms - 10_000))}>${glyph("rotate-ccw")}</button>
      <span class="stamp">${clock(this.time_ms)} / ${clock(this.duration_ms)}</span>
      <span class="chapter clip1">${chapter}</span><span class="grow"></span>
      <button type="button" class="btn btn-bare btn-s" popovertarget="player-speed" aria-label="Speed: ${this.speed}×">${this.speed}×</button>
      <button type="button" class="${square}" aria-label="Captions" aria-pressed=${this.captionsOn} title="Captions (C)" @click=${() => this.setCaptions(!this.captionsOn)}>${glyph("captions")}</button>
      <span class="loud x">
        <button type="button" class="${square}" aria-label="Mute" aria-pressed=${muted} title="Mute (M)" @click=${() => this.commands.mute?.()}>${glyph(muted ? "volume-x" : "volume-2")}</button>
        <input type="range" min="0" max="1" step="0.05" aria-label="Volume" .value=${String(muted ? 0 : media.volume)} @input=${(event: Event) => this.setVolume(Number((event.target as HTMLInputElement).value))} />
      </span>
      ${
        media instanceof HTMLVideoElement && document.pictureInPictureEnabled
          ? html`<button type="button" class="${square} x" aria-label="Picture in picture" title="Picture in picture" @click=${() => void this.pictureInPicture()}>${glyph("picture-in-picture-2")}</button>`
          : nothing
      }
      <button type="button" class="${square} x" popovertarget="player-keys" aria-label="Keys" title="Keys">${glyph("keyboard")}</button>
      <button type="button" class="${square}" aria-label=${document.fullscreenElement ? "Leave full screen" : "Full screen"} title="Full screen (F)" @click=${() => void this.fullScreen()}>${glyph(document.fullscreenElement ? "minimize" : "maximize")}</button>
      ${this.speedMenu()} ${this.keysHelp()}
    </div>`;
  }

  private speedMenu(): TemplateResult {
    const choose = (speed: number, event: Event) => {
      this.setSpeed(speed);
      (event.currentTarget as HTMLElement).closest<HTMLElement>("[popover]")?.hidePopover();
    };
    return html`<div class="pop menu speeds" id="player-speed" popover role="menu" aria-label="Speed">
      ${SPEEDS.map(
        (
          speed,
        ) => html`<button type="button" role="menuitemradio" aria-checked=${speed === this.speed} @click=${(event: Event) => choose(speed, event)}>
          ${speed === this.speed ? glyph("check", "i-s") : html`<span></span>`}<span>${speed}×</span></button>`,
      )}
    </div>`;
  }

  private keysHelp(): TemplateResult {
    return html`<div class="pop menu keys" id="player-keys" popover role="group" aria-label="Keys">
      <dl class="kv">${HELP.map(([keys, what]) => html`<dt>${what}</dt><dd><kbd>${keys}</kbd></dd>`)}</dl>
      <label class="row between">Use these keys<input type="checkbox" class="switch" role="switch" .checked=${remembered("keys", true)}
          @change=${(event: Event) => keepInMind("keys", (event.target as HTMLInputElement).checked)} /></label>
    </div>`;
  }
}

customElements.define("td-player", Player);
