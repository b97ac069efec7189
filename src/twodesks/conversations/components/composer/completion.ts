/**
 * `@` and `#` while somebody writes: a list of people and channels below the words, by keyboard or pointer.
 * The textarea keeps the focus; `aria-activedescendant` says which row is meant.
 */
import { ask } from "~/lib/api";

export interface Row {
  insert: string;
  name: string;
  hint: string;
  photo: string;
}

export interface Begun {
  /** Where the sign stands in the text. */
  start: number;
  /** The sign and what follows it. */
  text: string;
}

const BEGUN = /(?:^|[\s([{"'“‘])([@#][\p{L}\p{N}_.’'-]{0,40}(?: [\p{L}\p{N}_’'-]{1,30})?)$/u;
const WAIT_MS = 120;

/** The name that is being written where the caret stands, if any. */
export function begunAt(text: string, caret: number): Begun | undefined {
  const before = text.slice(Math.max(0, caret - 90), caret);
  const found = BEGUN.exec(before);
  if (!found?.[1]) return undefined;
  return { start: caret - found[1].length, text: found[1] };
}

export class Completion {
  private list: HTMLElement | undefined;
  private rows: Row[] = [];
  private at = 0;
  private begun: Begun | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private turn = 0;
  private dismissed = -1;

  constructor(
    private readonly area: HTMLTextAreaElement,
    private readonly address: string,
    private readonly fetchRows: (address: string) => Promise<{ found: Row[] }> = ask,
  ) {
    area.setAttribute("aria-autocomplete", "list");
    area.addEventListener("input", () => this.look());
    area.addEventListener("keydown", (event) => this.onKey(event));
    area.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  get isOpen(): boolean {
    return this.list !== undefined;
  }

  private look(): void {
    clearTimeout(this.timer);
    const begun = begunAt(this.area.value, this.area.selectionStart);
    if (!begun || begun.start === this.dismissed) {
      if (!begun) this.dismissed = -1;
      this.close();
      return;
    }
    this.begun = begun;
    this.timer = setTimeout(() => void this.fetch(begun), WAIT_MS);
  }

  private async fetch(begun: Begun): Promise<void> {
    this.turn += 1;
    const { turn } = this;
    try {
      const { found } = await this.fetchRows(`${this.address}?q=${encodeURIComponent(begun.text)}`);
      if (turn !== this.turn || this.begun !== begun) return;
      this.rows = found;
      this.at = 0;
      if (found.length > 0) this.open();
      else this.close();
    } catch {
      // Names can be written out; the server links them all the same.
      this.close();
    }
  }

  private open(): void {
    const list = this.list ?? document.createElement("div");
    if (!this.list) {
      list.id = `${this.area.id}-names`;
      list.className = "names pop";
      list.setAttribute("role", "listbox");
      this.area.after(list);
      this.area.setAttribute("aria-controls", list.id);
      this.list = list;
    }
    list.setAttribute("aria-label", this.begun?.text.startsWith("#") ? "Channels" : "People");
    list.replaceChildren(...this.rows.map((row, index) => this.row(row, index)));
    this.mark();
  }

  private row(row: Row, index: number): HTMLElement {
    const option = document.createElement("div");
    option.id = `${this.area.id}-name-${index}`;
    option.setAttribute("role", "option");
    const name = document.createElement("b");
    name.textContent = row.name;
    const hint = document.createElement("small");
    hint.className = "clip1";
    hint.textContent = row.hint;
    option.append(name, hint);
    // Before the textarea would lose the focus.
    option.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.at = index;
      this.choose();
    });
    return option;
  }

  private mark(): void {
    this.list?.querySelectorAll("[role=option]").forEach((option, index) => {
      option.setAttribute("aria-selected", String(index === this.at));
      if (index === this.at) option.scrollIntoView({ block: "nearest" });
    });
    this.area.setAttribute("aria-activedescendant", `${this.area.id}-name-${this.at}`);
  }

  private onKey(event: KeyboardEvent): void {
    if (!this.isOpen || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) {
      this.at = (this.at + by + this.rows.length) % this.rows.length;
      this.mark();
    } else if (event.key === "Enter" || event.key === "Tab") this.choose();
    else if (event.key === "Escape") {
      this.dismissed = this.begun?.start ?? -1;
      this.close();
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  private choose(): void {
    const row = this.rows[this.at];
    const { begun, area } = this;
    if (!row || !begun) return;
    area.setRangeText(`${row.insert} `, begun.start, area.selectionStart, "end");
    this.close();
    this.dismissed = begun.start;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  }

  close(): void {
    this.turn += 1;
    this.begun = undefined;
    this.list?.remove();
    this.list = undefined;
    this.area.removeAttribute("aria-controls");
    this.area.removeAttribute("aria-activedescendant");
  }
}
