/** What can be done to one line of captions beside changing a word: split, merge, other times. */
import { html, nothing, render, type TemplateResult } from "lit";
import { glyph } from "../kit/glyph";
import { exactClock, parseClock } from "../kit/time";
import type { Edit } from "./edits";
import { fitTimes, type Line } from "./transcript-model";

const NUDGE_MS = 100;

export interface CueEditorActions {
  apply: (edit: Edit) => Promise<void>;
  now: () => number;
  close: () => void;
}

export class CueEditor {
  private readonly place = document.createElement("div");
  private start = 0;
  private end = 0;
  private problem = "";

  constructor(
    private readonly lines: readonly Line[],
    private readonly at: number,
    /** The word before which a split would be, by its place in the line. */
    private readonly word: number,
    private readonly actions: CueEditorActions,
  ) {
    this.place.className = "cue-edit";
    const cue = lines[at]?.cue;
    this.start = cue?.start_ms ?? 0;
    this.end = cue?.end_ms ?? 0;
  }

  open(after: HTMLElement): void {
    after.after(this.place);
    this.draw();
    this.place.querySelector<HTMLElement>("button")?.focus();
  }

  close(): void {
    this.place.remove();
  }

  private draw(): void {
    const split = this.lines[this.at]?.tokens[this.word];
    render(
      html`<div class="pop" role="group" aria-label="Change this line" @keydown=${(event: KeyboardEvent) => this.onKey(event)}>
        <div class="row wrap">
          <button type="button" class="btn btn-bare btn-s" ?disabled=${this.word < 1 || !split} @click=${() => this.act({ kind: "split", cue: this.at, word: this.word })}>
            ${glyph("split")}${this.word < 1 || !split ? "Split at a chosen word" : `Split before “${split.text}”`}</button>
          <button type="button" class="btn btn-bare btn-s" ?disabled=${this.at + 1 >= this.lines.length} @click=${() => this.act({ kind: "merge", cue: this.at })}>
            ${glyph("combine")}Merge with the next</button>
        </div>
        <div class="times">${this.time("From", this.start, (ms) => this.set(ms, this.end))} ${this.time("To", this.end, (ms) => this.set(this.start, ms))}</div>
        ${this.problem ? html`<p class="problem" role="alert">${glyph("circle-alert", "i-s")}<span>${this.problem}</span></p>` : nothing}
        <div class="row">
          <button type="button" class="btn btn-s" @click=${() => this.save()}>Save the times</button>
          <button type="button" class="btn btn-bare btn-s" @click=${() => this.actions.close()}>Done</button>
        </div>
      </div>`,
      this.place,
    );
  }

  private time(name: string, ms: number, set: (ms: number) => void): TemplateResult {
    const square = "btn btn-line btn-sq btn-s";
    const typed = (event: Event) => {
      const value = parseClock((event.target as HTMLInputElement).value);
      if (value === undefined) {
        this.problem = "Write a time like 4:12.5.";
        this.draw();
      } else set(value);
    };
    return html`<span class="time-field"><label for="cue-${name}" class="sm muted">${name}</label>
      <button type="button" class="${square}" aria-label="${name}, a tenth earlier" @click=${() => set(ms - NUDGE_MS)}>${glyph("minus")}</button>
      <input id="cue-${name}" class="input stamp" inputmode="decimal" .value=${exactClock(ms)} @change=${typed} />
      <button type="button" class="${square}" aria-label="${name}, a tenth later" @click=${() => set(ms + NUDGE_MS)}>${glyph("plus")}</button>
      <button type="button" class="btn btn-bare btn-s" @click=${() => set(Math.round(this.actions.now()))}>Set to now</button></span>`;
  }

  private set(start_ms: number, end_ms: number): void {
    const cues = this.lines.map((line) => line.cue);
    const fitted = fitTimes(cues, this.at, start_ms, end_ms);
    this.problem = fitted ? "" : "A line begins before it ends, and leaves its neighbours their time.";
    if (fitted) [this.start, this.end] = [fitted.start_ms, fitted.end_ms];
    this.draw();
  }

  private save(): void {
    const cue = this.lines[this.at]?.cue;
    if (cue?.start_ms === this.start && cue.end_ms === this.end) this.actions.close();
    else void this.act({ kind: "retime", cue: this.at, start_ms: this.start, end_ms: this.end });
  }

  private act(edit: Edit): Promise<void> {
    return this.actions.apply(edit);
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.actions.close();
  }
}
