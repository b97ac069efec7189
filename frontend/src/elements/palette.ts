/**
 * The command palette: one box that finds and does.
 *
 *     <td-palette data-suggest="/search/suggest/" data-search="/search/" data-member="7">
 *       <dialog> … the parts of cotton/palette.html … </dialog>
 *     </td-palette>
 *
 * Ctrl/⌘ K, `/` (lib/shortcuts.ts) or a press on `[data-opens="palette"]` opens it. Without script the same box is a link to the search page.
 * `>` keeps to commands; `@` and `#` go to the server as they are, which answers with people and channels.
 */
import { forgetRecent, type Recent, recentPlaces, rememberPlace } from "~/lib/recent";
import { isSingleKey } from "~/lib/shortcuts";

const PAUSE_MS = 80;
const LOADING_AFTER_MS = 150;

export class Palette extends HTMLElement {
  private dialog!: HTMLDialogElement;
  private input!: HTMLInputElement;
  private found!: HTMLElement;
  private status!: HTMLElement;
  private request: AbortController | undefined;
  private pause: ReturnType<typeof setTimeout> | undefined;
  private focusBefore: Element | null = null;

  connectedCallback(): void {
    this.dialog = this.need("dialog");
    this.input = this.need("input");
    this.found = this.need("[data-found]");
    this.status = this.need("[data-status]");
    document.addEventListener("keydown", this.onShortcut);
    document.addEventListener("click", this.onOpener);
    document.addEventListener("submit", this.onSignOut);
    this.input.addEventListener("input", () => this.ask());
    this.addEventListener("keydown", this.onKey);
    this.addEventListener("click", this.onChoose);
    this.addEventListener("pointermove", this.onHover);
    this.dialog.addEventListener("close", () => this.leave());
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.onShortcut);
    document.removeEventListener("click", this.onOpener);
    document.removeEventListener("submit", this.onSignOut);
    this.request?.abort();
  }

  open(words = ""): void {
    if (this.dialog.open) return;
    this.focusBefore = document.activeElement;
    this.input.value = words;
    this.dialog.showModal();
    this.input.focus();
    this.ask();
  }

  private need<T extends HTMLElement>(selector: string): T {
    const found = this.querySelector<T>(selector);
    if (!found) throw new Error(`td-palette needs ${selector}`);
    return found;
  }

  private leave(): void {
    this.request?.abort();
    clearTimeout(this.pause);
    this.found.replaceChildren();
    if (this.focusBefore instanceof HTMLElement) this.focusBefore.focus();
  }

  private readonly onShortcut = (event: KeyboardEvent): void => {
    const command = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey;
    const slash = event.key === "/" && isSingleKey(event);
    if (!command && !slash) return;
    event.preventDefault();
    if (this.dialog.open) this.dialog.close();
    else this.open();
  };

  private readonly onOpener = (event: MouseEvent): void => {
    const opener = (event.target as Element).closest('[data-opens="palette"]');
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.open();
  };

  private readonly onSignOut = (event: SubmitEvent): void => {
    if ((event.target as HTMLElement).matches("[data-signs-out]")) forgetRecent(this.member);
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      this.move(step);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) this.searchPage();
      else this.current?.click();
    }
  };

  private readonly onChoose = (event: MouseEvent): void => {
    const option = (event.target as Element).closest<HTMLElement>('[role="option"]');
    if (!option) return;
    if (option instanceof HTMLAnchorElement && option.dataset.command === undefined)
      rememberPlace(this.member, { href: option.href, words: wordsOf(option) });
    if (!(event.ctrlKey || event.metaKey || event.shiftKey)) this.dialog.close();
  };

  private readonly onHover = (event: PointerEvent): void => {
    const option = (event.target as Element).closest<HTMLElement>('[role="option"]');
    if (option && option !== this.current) this.choose(option);
  };

  private get member(): string {
    return this.dataset.member ?? "";
  }

  private get options(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('[role="option"]')].filter(
      (option) => !option.closest("[hidden]"),
    );
  }

  private get current(): HTMLElement | undefined {
    return this.options.find((option) => option.getAttribute("aria-selected") === "true");
  }

  private move(step: number): void {
    const all = this.options;
    const now = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const next = all.at((now + step + all.length) % Math.max(all.length, 1));
    if (next) this.choose(next);
  }

  private choose(option: HTMLElement): void {
    for (const other of this.querySelectorAll('[role="option"][aria-selected="true"]'))
      other.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    option.id ||= `palette-${this.options.indexOf(option)}`;
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView?.({ block: "nearest" });
  }

  private chooseFirst(): void {
    const first = this.options[0];
    if (first) this.choose(first);
    else this.input.removeAttribute("aria-activedescendant");
  }

  private ask(): void {
    const words = this.input.value.trim();
    this.request?.abort();
    clearTimeout(this.pause);
    this.showCommands(words);
    if (words === "" || words.startsWith(">")) {
      this.status.textContent = "";
      this.showRecent(words === "");
      this.chooseFirst();
      return;
    }
    this.chooseFirst();
    this.pause = setTimeout(() => void this.suggest(words), PAUSE_MS);
  }

  private async suggest(words: string): Promise<void> {
    const request = new AbortController();
    this.request = request;
    const slow = setTimeout(() => this.showLoading(), LOADING_AFTER_MS);
    try {
      const address = `${this.dataset.suggest}?${new URLSearchParams({ q: words })}`;
      const answer = await fetch(address, { signal: request.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Error(`${answer.status}`);
      this.show(await answer.text());
    } catch {
      if (!request.signal.aborted) this.showTrouble();
    } finally {
      clearTimeout(slow);
      if (this.request === request) this.found.removeAttribute("aria-busy");
    }
  }

  private show(html: string): void {
    const template = document.createElement("template");
    template.innerHTML = html;
    this.found.replaceChildren(template.content);
    for (const [index, option] of [...this.found.querySelectorAll('[role="option"]')].entries()) {
      option.id = `palette-found-${index}`;
      option.setAttribute("aria-selected", "false");
    }
    const count = this.found.querySelectorAll('[role="option"]').length;
    this.status.textContent = count === 0 ? "Nothing found" : `${count} found`;
    this.chooseFirst();
  }

  private showLoading(): void {
    this.found.setAttribute("aria-busy", "true");
    this.found.replaceChildren(this.copy("[data-loading]"));
  }

  private showTrouble(): void {
    this.found.replaceChildren(this.copy("[data-trouble]"));
    this.status.textContent = this.found.textContent?.trim() ?? "";
    this.chooseFirst();
  }

  private copy(selector: string): Node {
    return this.need<HTMLTemplateElement>(`template${selector}`).content.cloneNode(true);
  }

  private showCommands(words: string): void {
    const asked = words.replace(/^>/, "").trim();
    const kinds = kindsFor(words);
    for (const command of this.querySelectorAll<HTMLElement>("[data-command]")) {
      const kind = command.dataset.command ?? "";
      const named = `${command.textContent} ${command.dataset.words ?? ""}`.toLocaleLowerCase();
      const takesAll = kind === "always" || kind === "ask";
      command.hidden = !kinds.includes(kind) || (!takesAll && !named.includes(asked.toLocaleLowerCase()));
      if (takesAll) nameWords(command, words);
    }
    const group = this.need<HTMLElement>("[data-commands]");
    group.hidden = !group.querySelector("[data-command]:not([hidden])");
  }

  private showRecent(wanted: boolean): void {
    const places = wanted ? recentPlaces(this.member) : [];
    this.found.replaceChildren();
    if (places.length === 0) return;
    const group = this.copy("[data-recent]") as DocumentFragment;
    const list = group.querySelector('[role="group"]');
    for (const place of places) list?.append(this.recentOption(place));
    this.found.append(group);
  }

  private recentOption(place: Recent): Node {
    const option = this.copy("[data-recent-option]") as DocumentFragment;
    const link = option.querySelector("a");
    const words = option.querySelector("[data-words]");
    if (link) link.href = place.href;
    if (words) words.textContent = place.words;
    return option;
  }

  private searchPage(): void {
    location.assign(`${this.dataset.search}?${new URLSearchParams({ q: this.input.value.trim() })}`);
  }
}

/** Which commands are offered: the handy few, those that one has to type for, the search page, and asking people. */
function kindsFor(words: string): string[] {
  if (words === "") return [""];
  if (words.startsWith(">")) return ["", "typed"];
  return words.startsWith("@") || words.startsWith("#") ? ["always"] : ["", "typed", "always", "ask"];
}

function nameWords(command: HTMLElement, words: string): void {
  const asked = command.querySelector("[data-asked]");
  if (asked) asked.textContent = words;
  if (command instanceof HTMLAnchorElement) command.search = new URLSearchParams({ q: words }).toString();
}

function wordsOf(option: HTMLElement): string {
  return (option.querySelector(".clip1, [data-words]") ?? option).textContent?.trim() ?? "";
}

customElements.define("td-palette", Palette);
