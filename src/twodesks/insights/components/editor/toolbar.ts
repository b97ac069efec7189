/** The toolbar, one row of buttons walked through with the arrows (Alt F10 goes there, Escape comes back). */
import type { Editor } from "@tiptap/core";
import { html, nothing, render, type TemplateResult } from "lit";
import { icon } from "~/lib/icon";
import { type Around, table } from "./commands";
import { context } from "./context-bar";

interface Button {
  name: string;
  icon: string;
  keys?: string;
  words?: boolean;
  run: (editor: Editor) => void;
  pressed?: (editor: Editor) => boolean;
  disabled?: (editor: Editor) => boolean;
}

const BLOCKS: [string, string, (editor: Editor) => boolean, (editor: Editor) => void][] = [
  ["text", "Text", () => true, (editor) => editor.chain().focus().setParagraph().run()],
  [
    "h2",
    "Heading",
    (editor) => editor.isActive("heading", { level: 2 }),
    (editor) => editor.chain().focus().setHeading({ level: 2 }).run(),
  ],
  [
    "h3",
    "Small heading",
    (editor) => editor.isActive("heading", { level: 3 }),
    (editor) => editor.chain().focus().setHeading({ level: 3 }).run(),
  ],
  [
    "code",
    "Code",
    (editor) => editor.isActive("codeBlock"),
    (editor) => editor.chain().focus().setCodeBlock().run(),
  ],
];

function groups(around: Around & { link: () => void }): Button[][] {
  return [
    [
      {
        name: "Strong",
        icon: "bold",
        keys: "Control+B",
        run: (e) => e.chain().focus().toggleBold().run(),
        pressed: (e) => e.isActive("bold"),
      },
      {
        name: "Highlight",
        icon: "highlighter",
        keys: "Control+Shift+H",
        run: (e) => e.chain().focus().toggleHighlight().run(),
        pressed: (e) => e.isActive("highlight"),
      },
      {
        name: "Code",
        icon: "code",
        keys: "Control+E",
        run: (e) => e.chain().focus().toggleCode().run(),
        pressed: (e) => e.isActive("code"),
      },
      {
        name: "Link",
        icon: "link",
        keys: "Control+Shift+L",
        run: around.link,
        pressed: (e) => e.isActive("link"),
      },
    ],
    [
      {
        name: "Steps",
        icon: "list-ordered",
        run: (e) => e.chain().focus().toggleOrderedList().run(),
        pressed: (e) => e.isActive("orderedList"),
      },
      {
        name: "List",
        icon: "list",
        run: (e) => e.chain().focus().toggleBulletList().run(),
        pressed: (e) => e.isActive("bulletList"),
      },
      { name: "Table", icon: "table", run: table, disabled: (e) => e.isActive("table") },
    ],
    [
      { name: "Clip", icon: "scissors", words: true, run: around.chooseClip },
      {
        name: "Quote",
        icon: "message-square-quote",
        words: true,
        run: (e) => e.chain().focus().toggleBlockquote().run(),
        pressed: (e) => e.isActive("blockquote"),
      },
      { name: "Picture", icon: "image", words: true, run: around.choosePicture },
    ],
    [
      {
        name: "Undo",
        icon: "undo-2",
        keys: "Control+Z",
        run: (e) => e.chain().focus().undo().run(),
        disabled: (e) => !e.can().undo(),
      },
      {
        name: "Redo",
        icon: "redo-2",
        keys: "Control+Shift+Z",
        run: (e) => e.chain().focus().redo().run(),
        disabled: (e) => !e.can().redo(),
      },
    ],
  ];
}

export class Toolbar {
  private readonly groups: Button[][];
  private at = 0;

  constructor(
    private readonly editor: Editor,
    private readonly host: HTMLElement,
    around: Around & { link: () => void },
  ) {
    this.groups = groups(around);
    this.host.addEventListener("keydown", (event) => this.press(event));
    this.host.addEventListener("focusin", (event) => {
      const at = this.stops().indexOf(event.target as HTMLElement);
      if (at >= 0) this.at = at;
    });
    this.draw();
  }

  draw(): void {
    render(
      html`<div class="bar" role="toolbar" aria-label="Format" aria-controls="insight-text">
        ${this.blockChoice()} ${this.groups.map((group) => html`<span class="v"></span>${group.map((one) => this.button(one))}`)}
      </div>${context(this.editor)}`,
      this.host,
    );
    this.stops().forEach((stop, at) => {
      stop.tabIndex = at === this.at ? 0 : -1;
    });
  }

  focus(): void {
    this.stops()[this.at]?.focus();
  }

  private stops(): HTMLElement[] {
    return [...this.host.querySelectorAll<HTMLElement>("[role=toolbar] :is(button, select)")];
  }

  private blockChoice(): TemplateResult {
    const now = BLOCKS.findLast(([, , isNow]) => isNow(this.editor))?.[0];
    return html`<select class="btn btn-bare btn-s kind-of-block" aria-label="Kind of text" .value=${now ?? "text"}
      @change=${(event: Event) => this.setBlock((event.target as HTMLSelectElement).value)}>
      ${BLOCKS.map(([value, name]) => html`<option value=${value} ?selected=${value === now}>${name}</option>`)}
    </select>`;
  }

  private setBlock(value: string): void {
    BLOCKS.find(([name]) => name === value)?.[3](this.editor);
  }

  private button(one: Button): TemplateResult {
    const pressed = one.pressed ? String(one.pressed(this.editor)) : nothing;
    const isOff = one.disabled?.(this.editor) ?? false;
    return html`<button type="button" class="btn btn-bare btn-s ${one.words ? "" : "btn-sq"}" aria-label=${one.words ? nothing : one.name}
      aria-pressed=${pressed} aria-disabled=${isOff ? "true" : nothing} aria-keyshortcuts=${one.keys ?? nothing} title=${one.keys ? `${one.name} (${one.keys.replace("Control", "Ctrl").replaceAll("+", " ")})` : nothing}
      @click=${() => {
        if (!isOff) one.run(this.editor);
      }}>${icon(one.icon)}${one.words ? one.name : nothing}</button>`;
  }

  private press(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      this.editor.commands.focus();
      return;
    }
    const stops = this.stops();
    const now = stops.indexOf(event.target as HTMLElement);
    const to = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: stops.length - 1 }[event.key];
    if (now < 0 || to === undefined) return;
    event.preventDefault();
    this.at = (to + stops.length) % stops.length;
    this.draw();
    this.focus();
  }
}
