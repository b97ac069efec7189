/** What can be said of the thing the caret is in: a table's rows, a picture's words, a clip's seconds, a language. */
import type { Editor } from "@tiptap/core";
import { html, nothing, type TemplateResult } from "lit";
import { LANGUAGES } from "./languages";
import { CALLOUTS, type ClipAttrs } from "./schema";
import { clock, parseClock } from "../../../recordings/components/kit/time";

type Part = TemplateResult | typeof nothing;

export function context(editor: Editor): Part {
  for (const part of [clip, picture, table, code, calloutKind]) {
    const drawn = part(editor);
    if (drawn !== nothing)
      return html`<div class="bar context" role="group" aria-label="About this">${drawn}</div>`;
  }
  return nothing;
}

function act(name: string, run: () => void): TemplateResult {
  return html`<button type="button" class="btn btn-bare btn-s" @click=${run}>${name}</button>`;
}

function field(
  label: string,
  value: string,
  change: (value: string, input: HTMLInputElement) => void,
  size = 12,
  list = "",
): TemplateResult {
  return html`<label class="context-field"><span>${label}</span><input class="input" size=${size} .value=${value} list=${list || nothing}
    @change=${(event: Event) => {
      const input = event.target as HTMLInputElement;
      change(input.value, input);
    }} @keydown=${(event: KeyboardEvent) => {
      // Enter would send the whole form.
      if (event.key !== "Enter") return;
      event.preventDefault();
      (event.target as HTMLInputElement).blur();
    }}></label>`;
}

function clip(editor: Editor): Part {
  if (!editor.isActive("clip")) return nothing;
  const attrs = editor.getAttributes("clip") as ClipAttrs;
  const set = (changed: Partial<ClipAttrs>) => editor.chain().updateAttributes("clip", changed).run();
  const time = (name: "start" | "end") => (value: string, input: HTMLInputElement) => {
    const ms = parseClock(value);
    const next = { ...attrs, [name]: ms ?? -1 };
    const isRange = ms !== undefined && next.end > next.start;
    input.setCustomValidity(isRange ? "" : "A time like 4:12, with the end after the start.");
    if (isRange) set({ [name]: ms });
    else input.reportValidity();
  };
  return html`${field("From", clock(attrs.start), time("start"), 6)} ${field("To", clock(attrs.end), time("end"), 6)}
    ${field("Words", attrs.title, (title) => set({ title }), 32)}
    ${act("Remove the clip", () => editor.chain().focus().deleteSelection().run())}`;
}

function picture(editor: Editor): Part {
  if (!editor.isActive("image")) return nothing;
  const alt = String(editor.getAttributes("image").alt ?? "");
  return html`${field("What it shows", alt, (words) => editor.chain().updateAttributes("image", { alt: words }).run(), 36)}
    ${act("Remove the picture", () => editor.chain().focus().deleteSelection().run())}`;
}

function table(editor: Editor): Part {
  if (!editor.isActive("table")) return nothing;
  const chain = () => editor.chain().focus();
  return html`${act("Row below", () => chain().addRowAfter().run())} ${act("Column after", () => chain().addColumnAfter().run())}
    ${act("Remove row", () => chain().deleteRow().run())} ${act("Remove column", () => chain().deleteColumn().run())}
    ${act("Remove table", () => chain().deleteTable().run())}`;
}

function code(editor: Editor): Part {
  if (!editor.isActive("codeBlock")) return nothing;
  const language = String(editor.getAttributes("codeBlock").language ?? "");
  const set = (value: string) =>
    editor
      .chain()
      .updateAttributes("codeBlock", {
        language:
          value
            .trim()
            .toLowerCase()
            .replace(/[^\w+#.-]/g, "") || null,
      })
      .run();
  return html`${field("Language", language, set, 14, "code-languages")}
    <datalist id="code-languages">${LANGUAGES.map((name) => html`<option value=${name}></option>`)}</datalist>`;
}

function calloutKind(editor: Editor): Part {
  if (!editor.isActive("callout")) return nothing;
  const now = String(editor.getAttributes("callout").kind);
  return html`${Object.entries(CALLOUTS).map(
    ([
      kind,
      name,
    ]) => html`<button type="button" class="btn btn-bare btn-s" aria-pressed=${String(kind === now)}
      @click=${() => editor.chain().focus().updateAttributes("callout", { kind }).run()}>${name}</button>`,
  )} ${act("Make it plain text", () => editor.chain().focus().lift("callout").run())}`;
}
