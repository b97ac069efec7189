/**
 * What an insight's body may hold. Names are tiptap's; ours are `clip`, `said`, `callout` and `source`, which the
 * Markdown of docs/insights.md stores.
 */
import { type Extensions, mergeAttributes, Node } from "@tiptap/core";
import { CodeBlockLowlight } from "@tiptap/extension-code-block-lowlight";
import { Highlight } from "@tiptap/extension-highlight";
import { Image } from "@tiptap/extension-image";
import { BulletList, OrderedList } from "@tiptap/extension-list";
import { Table, TableCell, TableHeader, TableRow } from "@tiptap/extension-table";
import { Placeholder } from "@tiptap/extensions";
import StarterKit from "@tiptap/starter-kit";
import { colours } from "./languages";

export const CALLOUTS = { careful: "Careful", note: "Note", question: "Question" } as const;
export type CalloutKind = keyof typeof CALLOUTS;

export interface ClipAttrs {
  recording: number;
  start: number;
  end: number;
  title: string;
}
export interface SourceAttrs {
  recording: number;
  fragment: string;
  /** The message it came from, where it is none of a recording. */
  message?: number;
  label: string;
}

/** A stretch of a recording, start and end in milliseconds. Its picture is drawn by clip-view.ts. */
export const Clip = Node.create({
  name: "clip",
  group: "block",
  atom: true,
  draggable: true,
  addAttributes: () => ({
    recording: { default: 0 },
    start: { default: 0 },
    end: { default: 0 },
    title: { default: "" },
  }),
  parseHTML: () => [{ tag: "figure[data-clip]", getAttrs: (element) => attrsIn(element, "clip") }],
  renderHTML: ({ node }) => ["figure", { "data-clip": JSON.stringify(node.attrs) }],
});

/** Where a block came from: "Amara, 0:27" at its end. */
export const Source = Node.create({
  name: "source",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes: () => ({
    recording: { default: 0 },
    fragment: { default: "" },
    message: { default: 0 },
    label: { default: "" },
  }),
  parseHTML: () => [
    { tag: "a[data-source]", priority: 60, getAttrs: (element) => attrsIn(element, "source") },
  ],
  renderHTML: ({ node }) => {
    const { recording, fragment, message, label } = node.attrs as SourceAttrs;
    const href = message ? `/messages/${message}/` : `/recordings/${recording}/#${fragment}`;
    return ["a", { class: "src", "data-source": JSON.stringify(node.attrs), href, target: "_blank" }, label];
  },
});

/** Careful, a note, a question: words that stand apart. */
export const Callout = Node.create({
  name: "callout",
  group: "block",
  content: "block+",
  defining: true,
  addAttributes: () => ({ kind: { default: "careful" } }),
  parseHTML: () => [
    { tag: "div[data-callout]", getAttrs: (element) => ({ kind: (element as HTMLElement).dataset.callout }) },
  ],
  renderHTML: ({ node, HTMLAttributes }) => {
    const kind = String(node.attrs.kind);
    const name = CALLOUTS[kind as CalloutKind] ?? kind;
    const attrs = { class: `callout callout-${kind}`, "data-callout": kind, "data-name": name };
    return ["div", mergeAttributes(HTMLAttributes, attrs), 0];
  },
});

/** What somebody said, with who and where. `href` is `recording:12#t=27,40` or `message:7`. */
export const Said = Node.create({
  name: "said",
  group: "block",
  content: "paragraph+",
  defining: true,
  addAttributes: () => ({ href: { default: "" }, label: { default: "" } }),
  parseHTML: () => [
    { tag: "blockquote[data-said]", priority: 60, getAttrs: (element) => attrsIn(element, "said") },
  ],
  renderHTML: ({ node }) => [
    "blockquote",
    { class: "said", "data-said": JSON.stringify(node.attrs), "data-by": String(node.attrs.label) },
    0,
  ],
});

/** Cells hold one line of words, as Markdown's do. */
const alignment = {
  align: {
    default: null,
    parseHTML: (element: HTMLElement) => element.dataset.align ?? null,
    renderHTML: ({ align }: Record<string, unknown>) =>
      align ? { "data-align": align, class: `to-${align}` } : {},
  },
};
const Cell = TableCell.extend({
  content: "paragraph",
  addAttributes() {
    return { ...this.parent?.(), ...alignment };
  },
});
const HeadCell = TableHeader.extend({
  content: "paragraph",
  addAttributes() {
    return { ...this.parent?.(), ...alignment };
  },
});

const tight = { tight: { default: true, rendered: false } };
const Bullets = BulletList.extend({
  addAttributes() {
    return { ...this.parent?.(), ...tight };
  },
});
const Numbers = OrderedList.extend({
  addAttributes() {
    return { ...this.parent?.(), ...tight };
  },
});

/** Links that a page may have; the server has the same list. */
const SAFE = /^(https?:|mailto:|recording:|message:|\/|#)/i;

export function extensions(placeholder = ""): Extensions {
  return [
    StarterKit.configure({
      codeBlock: false,
      bulletList: false,
      orderedList: false,
      underline: false,
      trailingNode: { node: "paragraph" },
      heading: { levels: [2, 3, 4] },
      link: {
        openOnClick: false,
        autolink: true,
        linkOnPaste: true,
        isAllowedUri: (url) => SAFE.test(url) || !/^[a-z][a-z0-9+.-]*:/i.test(url),
        HTMLAttributes: { rel: "noopener nofollow", target: null },
      },
    }),
    Bullets,
    Numbers,
    Highlight,
    Image.configure({ inline: true, allowBase64: false }),
    CodeBlockLowlight.configure({ lowlight: colours(), HTMLAttributes: { class: "code" } }),
    Table.configure({ resizable: false, allowTableNodeSelection: true }),
    TableRow,
    HeadCell,
    Cell,
    Clip,
    Source,
    Callout,
    Said,
    ...(placeholder ? [Placeholder.configure({ placeholder })] : []),
  ];
}

function attrsIn(element: HTMLElement | string, name: string): Record<string, unknown> | false {
  try {
    const attrs: unknown = JSON.parse((element as HTMLElement).dataset[name] ?? "");
    return typeof attrs === "object" && attrs ? (attrs as Record<string, unknown>) : false;
  } catch {
    return false;
  }
}
