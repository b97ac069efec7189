/** A document as Markdown that reads back as the same document. */
import { Fragment, type Mark, type Node } from "@tiptap/pm/model";
import { MarkdownSerializer, type MarkdownSerializerState } from "prosemirror-markdown";
import type { ClipAttrs, SourceAttrs } from "./schema";
import { mediaFragment } from "../../../recordings/components/kit/time";

type State = MarkdownSerializerState;

export function writeMarkdown(document: Node): string {
  return serializer.serialize(document, { tightLists: true }).trimEnd();
}

/** Words inside brackets. */
function label(words: string): string {
  return words
    .replace(/\s+/g, " ")
    .trim()
    .replace(/([\\[\]`*_<>!~=&|])/g, "\\$1");
}

function address(href: string): string {
  return /[\s()<>"\\]/.test(href) ? `<${href.replace(/[<>\n]/g, encodeURIComponent)}>` : href;
}

function titled(title: unknown): string {
  return title ? ` "${String(title).replace(/([\\"])/g, "\\$1")}"` : "";
}

/** A block whose every line begins with `> `, after a first line of its own. */
function quoted(state: State, node: Node, first: string): void {
  state.wrapBlock("> ", null, node, () => {
    state.write(first);
    state.ensureNewLine();
    const only = node.childCount === 1 ? node.firstChild : null;
    const isEmpty = only?.type.name === "paragraph" && only.content.size === 0;
    if (!isEmpty) state.renderContent(node);
  });
}

/** Column widths do not matter to a reader; bars inside a cell do. */
function row(state: State, node: Node): void {
  state.write("|");
  node.forEach((cell) => {
    state.write(" ");
    const paragraph = cell.firstChild;
    if (paragraph)
      state.renderInline(paragraph.copy(Fragment.from(paragraph.children.map(barsEscaped))), false);
    state.write(" |");
  });
  state.ensureNewLine();
}

/** A table takes bars for itself even inside code, and gives escaped ones back. */
function barsEscaped(node: Node): Node {
  const isCode = node.marks.some((mark) => mark.type.name === "code");
  return isCode && node.text ? node.type.schema.text(node.text.replace(/\|/g, "\\|"), node.marks) : node;
}

const DASHES: Record<string, string> = { left: ":--", right: "--:", center: ":-:" };

function fenceOf(text: string): string {
  const longest = Math.max(2, ...(text.match(/^`{3,}/gm) ?? []).map((ticks) => ticks.length));
  return "`".repeat(longest + 1);
}

const serializer = new MarkdownSerializer(
  {
    paragraph(state, node, parent, index) {
      // An empty paragraph between others is nothing that Markdown knows.
      if (node.content.size === 0 && parent.childCount > 1 && index >= 0) return;
      state.renderInline(node);
      state.closeBlock(node);
    },
    heading(state, node) {
      state.write(`${"#".repeat(Number(node.attrs.level))} `);
      state.renderInline(node, false);
      state.closeBlock(node);
    },
    blockquote(state, node) {
      state.wrapBlock("> ", null, node, () => state.renderContent(node));
    },
    callout: (state, node) => quoted(state, node, `[!${node.attrs.kind}]`),
    said(state, node) {
      const { href, label: by } = node.attrs as { href: string; label: string };
      quoted(state, node, `[!said]${href ? ` [${label(by)}](${address(href)})` : by ? ` ${label(by)}` : ""}`);
    },
    clip(state, node) {
      const { recording, start, end, title } = node.attrs as ClipAttrs;
      state.write(`![clip: ${label(title)}](recording:${recording}#${mediaFragment(start, end)})`);
      state.closeBlock(node);
    },
    source(state, node) {
      const { recording, fragment, message, label: words } = node.attrs as SourceAttrs;
      const from = message ? `message:${message}` : `recording:${recording}#${fragment}`;
      // One blank before it, which reading takes away again.
      const glued = /\S$/.test((state as unknown as { out: string }).out) ? " " : "";
      state.write(`${glued}[${label(words)}](${from} "source")`);
    },
    bulletList(state, node) {
      state.renderList(node, "  ", () => "- ");
    },
    orderedList(state, node) {
      const start = Number(node.attrs.start ?? 1);
      const width = String(start + node.childCount - 1).length;
      state.renderList(node, " ".repeat(width + 2), (at) => `${start + at}. `.padEnd(width + 2));
    },
    listItem(state, node) {
      state.renderContent(node);
    },
    codeBlock(state, node) {
      const fence = fenceOf(node.textContent);
      state.write(`${fence}${node.attrs.language ?? ""}\n`);
      state.text(node.textContent, false);
      state.write("\n");
      state.write(fence);
      state.closeBlock(node);
    },
    horizontalRule(state, node) {
      state.write("---");
      state.closeBlock(node);
    },
    hardBreak(state, node, parent, index) {
      for (let next = index + 1; next < parent.childCount; next++)
        if (parent.child(next).type !== node.type) {
          state.write("\\\n");
          return;
        }
    },
    image(state, node) {
      const { src, alt, title } = node.attrs as { src: string; alt: string | null; title: string | null };
      state.write(`![${label(alt ?? "")}](${address(src ?? "")}${titled(title)})`);
    },
    table(state, node) {
      node.forEach((line, _offset, index) => {
        row(state, line);
        if (index > 0) return;
        const dashes: string[] = [];
        line.forEach((cell) => {
          dashes.push(DASHES[String(cell.attrs.align)] ?? "---");
        });
        state.write(`| ${dashes.join(" | ")} |`);
        state.ensureNewLine();
      });
      state.closeBlock(node);
    },
    text(state, node) {
      // Blanks at the start of a block would make it code.
      state.text(
        (state as unknown as { atBlockStart: boolean }).atBlockStart
          ? (node.text ?? "").trimStart()
          : (node.text ?? ""),
        true,
      );
    },
  },
  {
    italic: { open: "*", close: "*", mixable: true, expelEnclosingWhitespace: true },
    bold: { open: "**", close: "**", mixable: true, expelEnclosingWhitespace: true },
    strike: { open: "~~", close: "~~", mixable: true, expelEnclosingWhitespace: true },
    highlight: { open: "==", close: "==", mixable: true, expelEnclosingWhitespace: true },
    link: {
      open: "[",
      close: (_state, mark: Mark) =>
        `](${address(String(mark.attrs.href ?? ""))}${titled(mark.attrs.title)})`,
      mixable: true,
    },
    code: {
      open: (_state, _mark, parent, index) => ticks(parent.child(index), true),
      close: (_state, _mark, parent, index) => ticks(parent.child(index - 1), false),
      escape: false,
    },
  },
  {
    hardBreakNodeName: "hardBreak",
    // Ours and those of tables, angle brackets, entities, `::: careful`, `1)` and underlined headings.
    escapeExtraCharacters: /[|<&]|=(?==)|(?<==)=|:(?=::)|^=|(?<=^\d{1,9})\)|(?<=^\s*)#(?=\s|$)/g,
  },
);

function ticks(node: Node, opening: boolean): string {
  const text = node.text ?? "";
  const runs = (text.match(/`+/g) ?? []).map((run) => run.length);
  let length = 1;
  while (runs.includes(length)) length++;
  // A blank keeps ticks at the ends, and blanks at both ends, from being taken away.
  const needsBlank = /^`|`$/.test(text) || (/^ .* $/.test(text) && /\S/.test(text));
  const blank = needsBlank ? " " : "";
  return opening ? "`".repeat(length) + blank : blank + "`".repeat(length);
}
