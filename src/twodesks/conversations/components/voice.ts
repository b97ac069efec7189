/**
 * A voice note inside a message: play, bars, time, and its captions open below, the current one marked.
 *
 *     <td-voice data-recording="12" data-duration="51000" data-captioned="1">
 *       <div class="voice"><audio controls src="…"></audio><svg class="wave">…</svg><span data-time>0:51</span></div>
 *       <div class="voice-cues"><div class="cues"><div class="cue" data-at="0"><a href="…">0:00</a><span>…</span></div></div></div>
 *     </td-voice>
 *
 * Without script the browser's own player stands there. While captions are coming (`data-captioned="0"`) they appear here
 * as they are written down; `td:stale` then asks the page for the message as it is for good.
 */
import { type Cue, type Status, StatusWatch } from "../../recordings/components/kit/status";
import { clock, indexAt, spoken } from "../../recordings/components/kit/time";
import { remembered } from "../../recordings/components/watch/remembered";

const PLAY =
  "M4.500 2.300v11.400c0 .6.7 1 1.200.6l8-5.700a.75.75 0 0 0 0-1.200l-8-5.700c-.5-.4-1.200 0-1.200.6z";
const PAUSE = "M3.500 2h2.500v12H3.500zM10 2h2.500v12H10z";
const STEP_MS = 5000;
/** Each look makes the server draw the message again. */
const APART_MS = 5000;

export class Voice extends HTMLElement {
  private button: HTMLButtonElement | undefined;
  private slider: HTMLElement | undefined;
  private cues: { start_ms: number; row: HTMLElement }[] = [];
  private watch: StatusWatch | undefined;
  private current = -1;
  private asked = Number.NEGATIVE_INFINITY;

  connectedCallback(): void {
    this.readCues();
    this.addEventListener("click", this.onCue);
    if (this.audio) this.dress(this.audio);
    if (this.dataset.captioned === "0") this.await();
  }

  disconnectedCallback(): void {
    this.watch?.stop();
    this.watch = undefined;
    this.removeEventListener("click", this.onCue);
  }

  get isPlaying(): boolean {
    return this.audio?.paused === false;
  }

  private get audio(): HTMLAudioElement | null {
    return this.querySelector("audio");
  }

  private get lasts_ms(): number {
    const known = Number(this.dataset.duration) || 0;
    const told = this.audio?.duration ?? 0;
    return known || (Number.isFinite(told) ? told * 1000 : 0);
  }

  /** Our own player in place of the browser's. */
  private dress(audio: HTMLAudioElement): void {
    if (this.button) return;
    audio.controls = false;
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "play play-coral";
    this.button.innerHTML = '<svg viewBox="0 0 16 16" aria-hidden="true"><path></path></svg>';
    this.button.addEventListener("click", () => this.toggle());
    const wave = this.querySelector(".wave");
    this.slider = document.createElement("span");
    this.slider.className = wave ? "voice-line" : "voice-line bare";
    this.slider.tabIndex = 0;
    for (const [name, value] of Object.entries({
      role: "slider",
      "aria-label": "Position in the voice note",
      "aria-valuemin": "0",
    }))
      this.slider.setAttribute(name, value);
    if (wave) this.slider.append(wave);
    else this.slider.append(document.createElement("i"));
    this.slider.addEventListener("pointerdown", (event) => this.onPress(event));
    this.slider.addEventListener("keydown", (event) => this.onKey(event));
    audio.before(this.button);
    audio.after(this.slider);
    for (const type of ["timeupdate", "play", "pause", "ended", "loadedmetadata"])
      audio.addEventListener(type, () => this.show());
    audio.addEventListener("error", () => this.complain());
    this.show();
  }

  private toggle(): void {
    const { audio } = this;
    if (!audio) return;
    if (!audio.paused) {
      audio.pause();
      return;
    }
    for (const other of document.querySelectorAll<HTMLMediaElement>("audio, video"))
      if (other !== audio) other.pause();
    audio.playbackRate = remembered<number>("speed", 1);
    void audio.play().catch(() => this.complain());
  }

  private seek(ms: number): void {
    const { audio } = this;
    if (!audio) return;
    const to = Math.min(Math.max(ms, 0), this.lasts_ms) / 1000;
    const go = () => {
      audio.currentTime = to;
    };
    if (audio.readyState >= HTMLMediaElement.HAVE_METADATA) go();
    else {
      audio.addEventListener("loadedmetadata", go, { once: true });
      audio.preload = "metadata";
      audio.load();
    }
  }

  private show(): void {
    const { audio, button, slider } = this;
    if (!audio || !button || !slider) return;
    const at = audio.currentTime * 1000;
    const lasts = this.lasts_ms;
    button.setAttribute("aria-label", `${audio.paused ? "Play" : "Pause"} voice note, ${spoken(lasts)}`);
    button.querySelector("path")?.setAttribute("d", audio.paused ? PLAY : PAUSE);
    slider.setAttribute("aria-valuemax", String(Math.round(lasts / 1000)));
    slider.setAttribute("aria-valuenow", String(Math.round(at / 1000)));
    slider.setAttribute("aria-valuetext", `${spoken(at)} of ${spoken(lasts)}`);
    const time = this.querySelector("[data-time]");
    if (time) time.textContent = at > 0 ? `${clock(at)} / ${clock(lasts)}` : clock(lasts);
    this.colour(lasts ? at / lasts : 0);
    this.mark(at > 0 || !audio.paused ? indexAt(this.cues, at) : -1);
  }

  private colour(part: number): void {
    const bars = this.querySelectorAll(".wave rect");
    bars.forEach((bar, index) => {
      bar.setAttribute("class", index < part * bars.length ? "on" : "off");
    });
    const line = this.querySelector<HTMLElement>(".voice-line > i");
    if (line) line.style.width = `${100 * part}%`;
  }

  private mark(index: number): void {
    if (index === this.current) return;
    this.cues[this.current]?.row.removeAttribute("aria-current");
    this.cues[index]?.row.setAttribute("aria-current", "true");
    this.current = index;
  }

  private onPress(event: PointerEvent): void {
    const box = this.slider?.getBoundingClientRect();
    if (box?.width) this.seek((this.lasts_ms * (event.clientX - box.left)) / box.width);
  }

  private onKey(event: KeyboardEvent): void {
    const at = (this.audio?.currentTime ?? 0) * 1000;
    const to = {
      ArrowLeft: at - STEP_MS,
      ArrowDown: at - STEP_MS,
      ArrowRight: at + STEP_MS,
      ArrowUp: at + STEP_MS,
      Home: 0,
      End: this.lasts_ms,
    }[event.key];
    if (event.key === " " || event.key === "Enter") this.toggle();
    else if (to !== undefined) this.seek(to);
    else return;
    event.preventDefault();
  }

  /** A cue plays from its second, here; its link opens the recording there. */
  private readonly onCue = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !this.audio) return;
    const row = (event.target as Element).closest<HTMLElement>(".cue");
    const found = this.cues.find((cue) => cue.row === row);
    if (!found || String(getSelection() ?? "")) return;
    event.preventDefault();
    this.seek(found.start_ms);
    if (this.audio.paused) this.toggle();
  };

  private complain(): void {
    const { audio } = this;
    if (!audio?.error || this.querySelector("[data-complaint]")) return;
    const note = document.createElement("p");
    note.className = "sm muted";
    note.dataset.complaint = "";
    note.textContent = "It did not play here. Its words are below; open the recording to hear it.";
    this.querySelector(".voice")?.after(note);
  }

  private readCues(): void {
    const rows = [...this.querySelectorAll<HTMLElement>(".cue[data-at]")];
    this.cues = rows.map((row) => ({ start_ms: Number(row.dataset.at), row }));
    this.current = -1;
  }

  /** Captions are on their way: shows those that are there, and asks for the message once they are for good. */
  private await(): void {
    const isOver = (status: Status) =>
      status.captions.final || status.state === "failed" || status.failure !== "";
    this.watch = new StatusWatch(
      this,
      Number(this.dataset.recording),
      (status) => {
        this.draw(status.captions.cues);
        const canBePlayed = status.state === "processing" || status.state === "ready";
        if (isOver(status)) this.stale();
        else if (!this.audio && canBePlayed && performance.now() - this.asked > APART_MS) this.stale();
      },
      isOver,
    );
    this.watch.start();
  }

  private stale(): void {
    this.asked = performance.now();
    this.dispatchEvent(new Event("td:stale", { bubbles: true }));
  }

  private draw(cues: readonly Cue[]): void {
    const list = this.querySelector(".cues");
    if (!list || cues.length === 0) return;
    const href = `/recordings/${this.dataset.recording}/`;
    list.replaceChildren(
      ...cues.map((cue) => {
        const row = document.createElement("div");
        row.className = "cue";
        row.setAttribute("role", "listitem");
        row.dataset.at = String(cue.start_ms);
        const stamp = document.createElement("a");
        stamp.className = "stamp plain";
        stamp.href = `${href}#t=${cue.start_ms / 1000}`;
        stamp.textContent = clock(cue.start_ms);
        const words = document.createElement("span");
        words.textContent = cue.text;
        row.append(stamp, words);
        return row;
      }),
    );
    this.readCues();
    this.show();
  }
}

customElements.define("td-voice", Voice);
