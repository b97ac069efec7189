/** The list of cues and words on the page. An hour has ten thousand words, so it is drawn once and then only marked. */
import { clock, mediaFragment } from "../kit/time";
import type { Line, Match, Token } from "./transcript-model";
import { beginsTurn, speakerOf, whoIs } from "./turns";
import type { Speaker } from "./watching";

export interface ListActions {
  /** Whether this member can mend these captions now; not while they are still being written. */
  mayEdit: () => boolean;
  /** Opens what can be done to a cue. */
  edit: (cue: number) => void;
  /** Selects all that is said in one go from this cue on. */
  selectTurn: (cue: number) => void;
  /** Asks who speaks from this cue on. */
  name: (cue: number, heading: HTMLElement) => void;
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

  draw(lines: readonly Line[], speakers: readonly Speaker[] = []): void {
    const held = this.box.scrollTop;
    const focused = this.words[this.active] === document.activeElement;
    this.lines = lines;
    this.words = [];
    this.now = -1;
    const before = this.rows.length;
    this.rows = lines.map((line, at) => this.row(line, at));
    // While there are none, what the server says in their place stays.
    if (before + lines.length > 0) this.box.replaceChildren(...this.withHeadings(speakers));
    this.box.scrollTop = held;
    this.activate(Math.min(this.active, this.words.length - 1), focused);
  }

  /** Who speaks stands once above all that they say in one go. */
  private withHeadings(speakers: readonly Speaker[]): HTMLElement[] {
    const cues = this.lines.map((line) => line.cue);
    return this.rows.flatMap((row, at) =>
      beginsTurn(cues, at) ? [this.heading(speakerOf(speakers, this.lines[at]?.cue), at), row] : [row],
    );
  }

  private heading(speaker: Speaker | undefined, at: number): HTMLElement {
    const heading = document.createElement("h3");
    heading.className = "spk";
    heading.dataset.who = whoIs(this.lines[at]?.cue ?? {});
    const name = speaker?.name ?? "Somebody";
    const turn = button(name, `Select what ${name} says here`, () => this.actions.selectTurn(at));
    turn.className = "spk-turn";
    heading.append(...(speaker?.member_id ? [face(speaker)] : []), turn);
    if (this.actions.mayEdit()) {
      const pen = button("⋯", `Say who speaks here, now ${name}`, () => this.actions.name(at, heading));
      pen.className = "cue-more";
      heading.append(pen);
    }
    return heading;
  }

  /** Hides what others say. */
  only(who: string | undefined): void {
    this.rows.forEach((row, at) => {
      row.hidden = who !== undefined && whoIs(this.lines[at]?.cue ?? {}) !== who;
    });
    for (const heading of this.box.querySelectorAll<HTMLElement>(".spk"))
      heading.hidden = who !== undefined && heading.dataset.who !== who;
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

function button(text: string, label: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.title = label;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    act();
  });
  return made;
}

function face({ photo, initials }: Speaker): HTMLElement {
  const made = document.createElement("span");
  made.className = "av av-24";
  made.setAttribute("aria-hidden", "true");
  if (photo) made.append(Object.assign(new Image(24, 24), { src: photo, alt: "" }));
  else made.append(Object.assign(document.createElement("span"), { className: "initials", textContent: initials }));
  return made;
}
