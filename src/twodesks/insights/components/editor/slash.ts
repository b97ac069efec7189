/**
 * "/" at the start of a line, or after a space, opens a menu of what can be put in. The focus stays in the text; the menu
 * is a listbox that the text points at, so it is driven by the arrows, Enter and Escape, and read out.
 */
import type { Editor } from "@tiptap/core";
import { Extension } from "@tiptap/core";
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { icon } from "~/lib/icon";
import { matching, type PutIn } from "./commands";

const TYPED = /(?:^|\s)\/([\w ]{0,20})$/;

class SlashMenu {
  private readonly menu = document.createElement("div");
  private found: PutIn[] = [];
  private at = 0;
  private range: { from: number; to: number } | null = null;
  private dismissed = -1;

  constructor(
    private readonly editor: Editor,
    private readonly all: readonly PutIn[],
    host: HTMLElement,
  ) {
    this.menu.className = "pop menu slash-menu";
    this.menu.id = "slash-menu";
    this.menu.setAttribute("role", "listbox");
    this.menu.setAttribute("aria-label", "Put in");
    this.menu.hidden = true;
    this.menu.tabIndex = 0;
    // The text keeps its selection while something is chosen with the mouse.
    this.menu.addEventListener("mousedown", (event) => event.preventDefault());
    this.menu.addEventListener("click", (event) => {
      const option = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (option) this.choose(Number(option.dataset.at));
    });
    host.append(this.menu);
  }

  get isOpen(): boolean {
    return !this.menu.hidden;
  }

  refresh(): void {
    const { selection } = this.editor.state;
    const { $from } = selection;
    const before = $from.parent.textBetween(0, $from.parentOffset, undefined, "\ufffc");
    const typed = selection.empty && !$from.parent.type.spec.code ? TYPED.exec(before) : null;
    const start = typed ? $from.pos - (typed[1] ?? "").length - 1 : -1;
    if (!typed || start === this.dismissed || !this.editor.isFocused) {
      if (!typed) this.dismissed = -1;
      this.close();
      return;
    }
    this.found = matching(this.all, (typed[1] ?? "").trim());
    if (this.found.length === 0) {
      this.close();
      return;
    }
    this.range = { from: start, to: $from.pos };
    this.at = Math.min(this.at, this.found.length - 1);
    this.draw();
  }

  press(event: KeyboardEvent): boolean {
    if (!this.isOpen) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      this.at = (this.at + step + this.found.length) % this.found.length;
      this.draw();
    } else if (event.key === "Enter" || event.key === "Tab") this.choose(this.at);
    else if (event.key === "Escape") {
      this.dismissed = this.range?.from ?? -1;
      this.close();
    } else return false;
    return true;
  }

  close(): void {
    if (!this.isOpen) return;
    this.menu.hidden = true;
    this.at = 0;
    const { dom } = this.editor.view;
    for (const name of ["aria-activedescendant", "aria-controls"]) dom.removeAttribute(name);
  }

  destroy(): void {
    this.menu.remove();
  }

  private choose(at: number): void {
    const chosen = this.found[at];
    if (!chosen || !this.range) return;
    this.editor.chain().focus().deleteRange(this.range).run();
    this.close();
    chosen.run(this.editor);
  }

  private draw(): void {
    const head = document.createElement("h3");
    head.setAttribute("role", "presentation");
    head.textContent = "Put in";
    this.menu.replaceChildren(head, ...this.found.map((one, at) => this.option(one, at)));
    this.menu.hidden = false;
    this.stand();
    const { dom } = this.editor.view;
    dom.setAttribute("aria-controls", this.menu.id);
    dom.setAttribute("aria-activedescendant", `slash-${this.at}`);
    this.menu.querySelector(`#slash-${this.at}`)?.scrollIntoView({ block: "nearest" });
  }

  private option(one: PutIn, at: number): HTMLElement {
    const option = document.createElement("button");
    option.type = "button";
    option.tabIndex = -1;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(at === this.at));
    option.id = `slash-${at}`;
    option.dataset.at = String(at);
    const words = document.createElement("span");
    words.append(one.name);
    if (one.hint) words.append(Object.assign(document.createElement("small"), { textContent: one.hint }));
    option.append(icon(one.icon), words);
    if (at === this.at) option.append(Object.assign(document.createElement("kbd"), { textContent: "Enter" }));
    return option;
  }

  /** Below the caret, or above it where there is no room. */
  private stand(): void {
    const caret = this.editor.view.coordsAtPos(this.range?.from ?? 0);
    const around = (this.menu.offsetParent ?? document.body).getBoundingClientRect();
    const below = caret.bottom + 8 + this.menu.offsetHeight <= innerHeight;
    const top = below ? caret.bottom + 8 : Math.max(8, caret.top - 8 - this.menu.offsetHeight);
    this.menu.style.top = `${top - around.top}px`;
    this.menu.style.left = `${Math.max(0, Math.min(caret.left - around.left, around.width - this.menu.offsetWidth))}px`;
  }
}

export function slashCommands(all: readonly PutIn[], host: HTMLElement): Extension {
  let menu: SlashMenu | undefined;
  return Extension.create({
    name: "slashCommands",
    addProseMirrorPlugins() {
      const { editor } = this;
      return [
        new Plugin({
          key: new PluginKey("slashCommands"),
          view: () => {
            menu = new SlashMenu(editor, all, host);
            return { update: () => menu?.refresh(), destroy: () => menu?.destroy() };
          },
          props: {
            handleKeyDown: (_view, event) => menu?.press(event) ?? false,
            handleDOMEvents: {
              blur: () => {
                menu?.close();
                return false;
              },
            },
          },
        }),
      ];
    },
  });
}
