/** The list of cues and words on the page. An hour has ten thousand words, so it is drawn once and then only marked. */
import { clock, mediaFragment } from "../kit/time";
import type { Line, Match, Token } from "./transcript-model";

export interface ListActions {
  /** Whether this member can mend these captions now; not while they are still being written. */
  mayEdit: () => boolean;
  /** Opens what can be done to a cue. */
  edit: (cue: number) => void;
}

export class TranscriptList {
  private rows: HTMLElement[] = [];
  private words: HTMLElement[] = [];
  private lines: readonly Line[] = [];
  private active = 0;
  private now = -1;

  constructor(
    readonly box: HTMLElement,
    private readonly actions: ListActions,
  ) {}

  draw(lines: readonly Line[]): void {
    const held = this.box.scrollTop;
    const focused = this.words[this.active] === document.activeElement;
    this.lines = lines;
    this.words = [];
    this.now = -1;
    const before = this.rows.length;
    this.rows = lines.map((line, at) => this.row(line, at));
    // While there are none, what the server says in their place stays.
    if (before + lines.length > 0) this.box.replaceChildren(...this.rows);
    this.box.scrollTop = held;
    this.activate(Math.min(this.active, this.words.length - 1), focused);
  }

  private row(line: Line, at: number): HTMLElement {
    const row = document.createElement("div");
    row.className = "cue";
    row.dataset.cue = String(at);
    const stamp = document.createElement("a");
    stamp.className = "stamp plain";
    stamp.href = `#${mediaFragment(line.cue.start_ms)}`;
    stamp.textContent = clock(line.cue.start_ms);
    const text = document.createElement("span");
    text.className = "words";
    for (const token of line.tokens) text.append(this.word(token), " ");
    row.append(stamp, text);
    if (this.actions.mayEdit()) row.append(this.editButton(line, at));
    return row;
  }

  private word(token: Token): HTMLElement {
    const word = document.createElement("span");
    word.className = token.unsure ? "w unsure" : "w";
    if (token.unsure) word.title = "The captions are unsure here";
    word.dataset.i = String(token.index);
    word.textContent = token.text;
    this.words[token.index] = word;
    return word;
  }

  private editButton(line: Line, at: number): HTMLElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "cue-more";
    button.setAttribute("aria-label", `Change this line, ${clock(line.cue.start_ms)}`);
    button.textContent = "⋯";
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      this.actions.edit(at);
    });
    return button;
  }

  rowOf(cue: number): HTMLElement | undefined {
    return this.rows[cue];
  }

  /** The button that opens what can be done to a cue. */
  moreOf(cue: number): HTMLElement | null | undefined {
    return this.rows[cue]?.querySelector<HTMLElement>(".cue-more");
  }

  wordAt(index: number): HTMLElement | undefined {
    return this.words[index];
  }

  get activeIndex(): number {
    return this.active;
  }

  /** The token in or next to which a node of the list is. */
  indexOf(node: Node | null): number | undefined {
    const element = node instanceof Element ? node : node?.parentElement;
    const word = element?.closest<HTMLElement>(".w");
    if (word) return Number(word.dataset.i);
    const row = element?.closest<HTMLElement>(".cue");
    return row ? this.lines[Number(row.dataset.cue)]?.tokens[0]?.index : undefined;
  }

  /** One word is in the tab order; arrows move which. */
  activate(index: number, focus: boolean): void {
    this.words[this.active]?.removeAttribute("tabindex");
    this.active = Math.max(0, index);
    const word = this.words[this.active];
    if (!word) return;
    word.tabIndex = 0;
    if (focus) word.focus();
  }

  /** Where an arrow leads from the active word. */
  neighbour(key: string): number | undefined {
    const last = this.words.length - 1;
    const cue = this.lines.findIndex((line) => (line.tokens.at(-1)?.index ?? -1) >= this.active);
    const tokens = this.lines[cue]?.tokens ?? [];
    const steps: Record<string, number | undefined> = {
      ArrowLeft: this.active - 1,
      ArrowRight: this.active + 1,
      ArrowUp: this.lines[cue - 1]?.tokens[0]?.index,
      ArrowDown: this.lines[cue + 1]?.tokens[0]?.index,
      Home: tokens[0]?.index,
      End: tokens.at(-1)?.index,
    };
    const to = steps[key];
    return to === undefined ? undefined : Math.min(Math.max(0, to), last);
  }

  /** Shows which cue is being said; scrolls to it when the list follows. */
  markNow(cue: number, follow: boolean): void {
    if (cue === this.now) return;
    this.rows[this.now]?.removeAttribute("aria-current");
    this.now = cue;
    const row = this.rows[cue];
    if (!row) return;
    row.setAttribute("aria-current", "true");
    if (follow) this.bring(row);
  }

  bring(element: HTMLElement | undefined): void {
    if (!element) return;
    const smooth = matchMedia("(prefers-reduced-motion: no-preference)").matches;
    const box = this.box.getBoundingClientRect();
    const at = element.getBoundingClientRect();
    const top = this.box.scrollTop + at.top - box.top - (box.height - at.height) / 3;
    this.box.scrollTo({ top, behavior: smooth ? "smooth" : "auto" });
  }

  markSelection(from: number, to: number): void {
    this.clear("sel");
    for (let index = from; index <= to; index += 1) this.words[index]?.classList.add("sel");
  }

  clear(mark: "sel" | "hit" | "hit-now"): void {
    for (const word of this.box.querySelectorAll(`.${mark}`)) word.classList.remove(mark);
  }

  markMatches(matches: readonly Match[], current: number): void {
    this.clear("hit");
    this.clear("hit-now");
    matches.forEach((match, at) => {
      for (let index = match.from; index <= match.to; index += 1)
        this.words[index]?.classList.add("hit", ...(at === current ? ["hit-now"] : []));
    });
  }
}
