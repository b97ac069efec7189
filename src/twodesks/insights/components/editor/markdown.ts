/**
 * The body as Markdown and back. Read by markdown-it, as the server reads it (kit/markdown_syntax.py), so that what is
 * seen while writing is what is stored; written so that reading it again gives the same document.
 */
import type { Node, Schema } from "@tiptap/pm/model";
import { MarkdownParser, type ParseSpec } from "prosemirror-markdown";
import { tokenizer } from "./markdown-tokens";
import { writeMarkdown } from "./markdown-writer";

export interface Markdown {
  read(text: string): Node;
  write(document: Node): string;
}

export function markdownOf(schema: Schema): Markdown {
  const parser = new MarkdownParser(schema, tokenizer(), SPECS);
  return {
    // Three sorts of line ends become one; a tab or a blank at the end of a line means nothing to a reader.
    read: (text) => fitting(schema, parser.parse(text.replace(/\r\n?/g, "\n"))),
    write: writeMarkdown,
  };
}

/** An empty document has one paragraph to write in. */
function fitting(schema: Schema, document: Node): Node {
  return document.childCount ? document : (schema.topNodeType.createAndFill() ?? document);
}

const isTight: ParseSpec["getAttrs"] = (_token, tokens, at) => {
  for (let next = at + 1; next < tokens.length; next++) {
    const token = tokens[next];
    if (token && token.type !== "list_item_open") return { tight: token.hidden };
  }
  return { tight: true };
};

const SPECS: Record<string, ParseSpec> = {
  paragraph: { block: "paragraph" },
  heading: {
    block: "heading",
    getAttrs: (token) => ({ level: Math.min(4, Math.max(2, Number(token.tag.slice(1)))) }),
  },
  blockquote: { block: "blockquote" },
  callout: { block: "callout", getAttrs: (token) => ({ kind: token.meta.kind }) },
  said: { block: "said", getAttrs: (token) => ({ href: token.meta.href, label: token.meta.label }) },
  clip: { node: "clip", getAttrs: (token) => token.meta },
  source: { node: "source", getAttrs: (token) => token.meta },
  bullet_list: { block: "bulletList", getAttrs: isTight },
  ordered_list: {
    block: "orderedList",
    getAttrs: (token, tokens, at) => ({
      start: Number(token.attrGet("start") ?? 1),
      ...isTight(token, tokens, at),
    }),
  },
  list_item: { block: "listItem" },
  code_block: { block: "codeBlock", noCloseToken: true },
  fence: {
    block: "codeBlock",
    getAttrs: (token) => ({ language: token.info.trim().split(/\s+/)[0] || null }),
    noCloseToken: true,
  },
  hr: { node: "horizontalRule" },
  image: {
    node: "image",
    getAttrs: (token) => ({
      src: token.attrGet("src"),
      alt: token.content || null,
      title: token.attrGet("title") || null,
    }),
  },
  hardbreak: { node: "hardBreak" },
  table: { block: "table" },
  thead: { ignore: true },
  tbody: { ignore: true },
  tr: { block: "tableRow" },
  th: { block: "tableHeader", getAttrs: (token) => ({ align: token.meta?.align ?? null }) },
  td: { block: "tableCell", getAttrs: (token) => ({ align: token.meta?.align ?? null }) },
  em: { mark: "italic" },
  strong: { mark: "bold" },
  s: { mark: "strike" },
  mark: { mark: "highlight" },
  link: {
    mark: "link",
    getAttrs: (token) => ({ href: token.attrGet("href"), title: token.attrGet("title") || null }),
  },
  code_inline: { mark: "code", noCloseToken: true },
};
