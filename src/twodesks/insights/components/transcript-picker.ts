/**
 * The lines of a recording beside the editor. Press one, draw over several, or Shift and the arrows; then put them in as a
 * clip or as words.
 *
 *     <td-transcript-picker recording="12" speaker="Amara">
 *       <div class="cues"><button type="button" class="cue" data-start="27000" data-end="40000">…</button></div>
 *     </td-transcript-picker>
 *
 * Tells what was chosen by the event `td:put` (`PutDetail`), which bubbles to `<td-editor>`.
 */
import { icon } from "~/lib/icon";
import { clock, length, mediaFragment } from "../../recordings/components/kit/time";

export interface PutDetail {
  as: "clip" | "words";
  recording: number;
  start: number;
  end: number;
  words: string;
  fragment: string;
  label: string;
}

export class TranscriptPicker extends HTMLElement {
  private cues: HTMLElement[] = [];
  private anchor = -1;
  private head = -1;
  private readonly tool = document.createElement("div");

  connectedCallback(): void {
    this.cues = [...this.querySelectorAll<HTMLElement>(".cue")];
    this.cues.forEach((cue, at) => {
      cue.tabIndex = at === 0 ? 0 : -1;
    });
    this.tool.className = "pop seltool";
    this.tool.hidden = true;
    this.tool.append(this.button("", "btn-line", "clip"), this.button("As words", "btn-bare", "words"));
    this.append(this.tool);
    this.addEventListener("pointerdown", (event) => this.begin(event));
    this.addEventListener("pointerover", (event) => {
      if (event.buttons === 1 && this.anchor >= 0) this.reach(this.cueOf(event));
    });
    this.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("click", (event) => {
      // A press by keyboard or by a reader comes as a click alone.
      if (event.detail === 0) this.choose(this.cueOf(event));
    });
  }

  /** Marks the lines that the text uses already. */
  markUsed(ranges: readonly { start: number; end: number }[]): void {
    for (const cue of this.cues) {
      const [start, end] = this.times(cue);
      const isUsed = ranges.some((range) => range.start < end && range.end > start);
      const mark = cue.querySelector(".used");
      if (isUsed && !mark) {
        const used = document.createElement("span");
        used.className = "used";
        used.append(icon("check", "i-xs"), "in the text");
        cue.querySelector(".words")?.append(" ", used);
      } else if (!isUsed) mark?.remove();
    }
  }

  override focus(): void {
    (this.cues.find((cue) => cue.tabIndex === 0) ?? this.cues[0])?.focus();
  }

  get hasChoice(): boolean {
    return this.anchor >= 0;
  }

  putClip(): void {
    this.put("clip");
  }

  private button(words: string, kind: string, as: PutDetail["as"]): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `btn ${kind} btn-s`;
    button.dataset.as = as;
    button.append(words);
    button.addEventListener("click", () => this.put(as));
    return button;
  }

  private cueOf(event: Event): number {
    const cue = (event.target as Element).closest<HTMLElement>(".cue");
    return cue ? this.cues.indexOf(cue) : -1;
  }

  private times(cue: HTMLElement): [number, number] {
    return [Number(cue.dataset.start), Number(cue.dataset.end)];
  }

  private begin(event: PointerEvent): void {
    const at = this.cueOf(event);
    if (at < 0) return;
    if (event.shiftKey && this.anchor >= 0) this.reach(at);
    else this.choose(at);
  }

  private choose(at: number): void {
    if (at < 0) return;
    const isSame = this.anchor === at && this.head === at;
    this.anchor = this.head = isSame ? -1 : at;
    this.draw();
  }

  private reach(at: number): void {
    if (at < 0 || at === this.head) return;
    this.head = at;
    this.draw();
  }

  private press(event: KeyboardEvent): void {
    const now = this.cueOf(event);
    if (event.key === "Escape" && this.hasChoice) {
      this.anchor = this.head = -1;
      this.draw();
      this.focus();
      return;
    }
    const to = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: this.cues.length - 1 }[event.key];
    const next =
      to === undefined || now < 0 ? undefined : this.cues[Math.max(0, Math.min(to, this.cues.length - 1))];
    if (!next) return;
    event.preventDefault();
    for (const cue of this.cues) cue.tabIndex = cue === next ? 0 : -1;
    next.focus();
    if (!event.shiftKey) return;
    if (this.anchor < 0) this.anchor = now;
    this.reach(this.cues.indexOf(next));
  }

  private range(): HTMLElement[] {
    if (this.anchor < 0) return [];
    return this.cues.slice(Math.min(this.anchor, this.head), Math.max(this.anchor, this.head) + 1);
  }

  private bounds(): { start: number; end: number; words: string } {
    const chosen = this.range();
    const [start] = this.times(chosen[0] as HTMLElement);
    const [, end] = this.times(chosen.at(-1) as HTMLElement);
    const words = chosen.map((cue) =>
      (cue.querySelector(".words")?.firstChild?.textContent ?? "").replace(/\s+/g, " ").trim(),
    );
    return { start, end, words: words.join(" ") };
  }

  private draw(): void {
    const chosen = new Set(this.range());
    for (const cue of this.cues) {
      cue.setAttribute("aria-pressed", String(chosen.has(cue)));
      cue.classList.toggle("chosen", chosen.has(cue));
    }
    this.tool.hidden = chosen.size === 0;
    if (chosen.size === 0) return;
    const { start, end } = this.bounds();
    [...chosen].at(-1)?.after(this.tool);
    this.tool
      .querySelector("[data-as=clip]")
      ?.replaceChildren(icon("scissors"), `Put in, ${length(end - start)}`);
  }

  private put(as: PutDetail["as"]): void {
    if (!this.hasChoice) return;
    const { start, end, words } = this.bounds();
    const speaker = this.getAttribute("speaker");
    const detail: PutDetail = {
      as,
      recording: Number(this.getAttribute("recording")),
      start,
      end,
      words,
      fragment: mediaFragment(start, end),
      label: [speaker, clock(start)].filter(Boolean).join(", "),
    };
    this.anchor = this.head = -1;
    this.draw();
    this.dispatchEvent(new CustomEvent("td:put", { bubbles: true, detail }));
  }
}

customElements.define("td-transcript-picker", TranscriptPicker);
