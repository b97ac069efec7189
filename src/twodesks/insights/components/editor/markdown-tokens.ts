/** markdown-it with what is ours recognised in its tokens: the twin of `kit/markdown_syntax.py`. */
import MarkdownIt from "markdown-it";
import type StateBlock from "markdown-it/lib/rules_block/state_block.mjs";
import type StateCore from "markdown-it/lib/rules_core/state_core.mjs";
import type StateInline from "markdown-it/lib/rules_inline/state_inline.mjs";
import type Token from "markdown-it/lib/token.mjs";
import { CALLOUTS } from "./schema";

const RECORDING = /^recording:(\d{1,18})(?:#(t=[\d.,]{1,40}))?$/;
const MESSAGE = /^message:(\d{1,18})$/;
const CALLOUT = /^\[!(careful|note|question|said)\][ \t]*/i;
const SCHEMES = /^(https?:|mailto:|recording:|message:)/i;

export function tokenizer(): MarkdownIt {
  const parser = new MarkdownIt("commonmark", { html: false, linkify: true });
  // Deeper than this is nobody's writing; the server stops there too.
  (parser.options as { maxNesting?: number }).maxNesting = 20;
  parser.enable(["table", "strikethrough", "linkify"]);
  parser.disable(["html_block", "html_inline"]);
  parser.validateLink = (url) => SCHEMES.test(url.trim()) || !/^[a-z][a-z0-9+.-]*:/i.test(url.trim());
  parser.inline.ruler.after("emphasis", "mark", mark);
  parser.block.ruler.before("fence", "container", container, {
    alt: ["paragraph", "reference", "blockquote", "list"],
  });
  parser.core.ruler.push("twodesks", recogniseOurs);
  return parser;
}

/** `t=12.5,40` → milliseconds; null when it is no stretch that runs forward. */
export function stretchOf(address: string): { recording: number; start: number; end: number | null } | null {
  const found = RECORDING.exec(address);
  const times = /^t=(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?$/.exec(found?.[2] ?? "");
  if (!found || !times) return null;
  const ms = (seconds: string) => Math.round(Number(seconds) * 1000);
  return {
    recording: Number(found[1]),
    start: ms(times[1] ?? "0"),
    end: times[2] === undefined ? null : ms(times[2]),
  };
}

export function isSaidAddress(address: string): boolean {
  return stretchOf(address) !== null || MESSAGE.test(address);
}

/** `==marked==`, with no space inside either end. */
function mark(state: StateInline, silent: boolean): boolean {
  const { pos: start, posMax: end } = state;
  if (!state.src.startsWith("==", start) || start + 4 >= end) return false;
  const close = closingMark(state.src, start + 2, end);
  const inside = state.src.slice(start + 2, Math.max(close, start + 2));
  if (!inside || inside !== inside.trim()) return false;
  if (!silent) {
    state.push("mark_open", "mark", 1).markup = "==";
    state.pos = start + 2;
    state.posMax = close;
    state.md.inline.tokenize(state);
    state.push("mark_close", "mark", -1).markup = "==";
  }
  state.pos = close + 2;
  state.posMax = end;
  return true;
}

/** Where `==` closes: not one that is escaped, nor one inside code. -1 when it does not. */
function closingMark(src: string, from: number, end: number): number {
  for (let at = from; at < end - 1; at++) {
    if (src[at] === "\\") at++;
    else if (src[at] === "`") at = afterCode(src, at, end) - 1;
    else if (src.startsWith("==", at)) return at;
  }
  return -1;
}

function afterCode(src: string, at: number, end: number): number {
  const run = /^`+/.exec(src.slice(at, end))?.[0] ?? "`";
  for (let from = at + run.length; ; ) {
    const close = src.indexOf(run, from);
    if (close < 0 || close >= end) return at + run.length;
    if (src[close - 1] !== "`" && src[close + run.length] !== "`") return close + run.length;
    from = close + 1;
  }
}

/** `::: careful` … `:::`, which is stored as the callout it is. */
function container(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const line = (at: number) =>
    state.src.slice((state.bMarks[at] ?? 0) + (state.tShift[at] ?? 0), state.eMarks[at]);
  const opened = /^(:{3,})\s*(\w+)\s*$/.exec(line(startLine));
  if (!opened?.[1] || !(opened[2] !== undefined && opened[2] in CALLOUTS)) return false;
  if (silent) return true;
  const fence = opened[1];
  let next = startLine + 1;
  while (next < endLine && !(line(next).startsWith(fence) && /^:+\s*$/.test(line(next)))) {
    if ((state.sCount[next] ?? 0) < state.blkIndent) break;
    next++;
  }
  const { parentType, lineMax } = state;
  state.lineMax = next;
  state.push("callout_open", "div", 1).meta = { kind: opened[2] };
  state.md.block.tokenize(state, startLine + 1, next);
  state.push("callout_close", "div", -1);
  state.parentType = parentType;
  state.lineMax = lineMax;
  state.line = Math.min(next + 1, endLine);
  return true;
}

function recogniseOurs(state: StateCore): void {
  const { tokens } = state;
  nameCallouts(tokens);
  const kept: Token[] = [];
  tokens.forEach((token, at) => {
    if (token.type === "inline") {
      nameSources(token, state);
      makeClip(tokens, at);
    }
  });
  for (const token of tokens) {
    if (token.type === "gone") continue;
    const isCell = token.type === "th_open" || token.type === "td_open";
    if (isCell) token.meta = { align: /text-align:(\w+)/.exec(token.attrGet("style") ?? "")?.[1] ?? null };
    if (token.type === "th_close" || token.type === "td_close")
      kept.push(new state.Token("paragraph_close", "p", -1));
    kept.push(token);
    if (isCell) kept.push(new state.Token("paragraph_open", "p", 1));
  }
  state.tokens = kept;
}

function nameCallouts(tokens: Token[]): void {
  const opened: { token: Token; kind: string }[] = [];
  tokens.forEach((token, at) => {
    if (token.type === "blockquote_open") {
      const inline = tokens[at + 2];
      const found = inline?.type === "inline" ? CALLOUT.exec(inline.content) : null;
      const kind = found && inline ? openCallout(token, inline, tokens, at, found) : "";
      opened.push({ token, kind });
    } else if (token.type === "blockquote_close") {
      const kind = opened.pop()?.kind;
      if (kind) token.type = kind === "said" ? "said_close" : "callout_close";
    }
  });
}

/** The kind of callout that a quotation is, "" when it stays one. Its first line goes. */
function openCallout(
  token: Token,
  inline: Token,
  tokens: Token[],
  at: number,
  found: RegExpExecArray,
): string {
  const kind = (found[1] ?? "").toLowerCase();
  let children = inline.children ?? [];
  const lineEnd = children.findIndex((child) => child.type === "softbreak" || child.type === "hardbreak");
  const first = children.slice(0, lineEnd < 0 ? children.length : lineEnd);
  if (kind === "said") {
    const link = first.find((child) => child.type === "link_open");
    const label = first.filter((child) => child.type === "text").map((child) => child.content);
    token.meta = {
      href: link?.attrGet("href") ?? "",
      label: label.join("").replace(CALLOUT, "").trim(),
    };
    token.type = "said_open";
    children = lineEnd < 0 ? [] : children.slice(lineEnd + 1);
  } else {
    token.meta = { kind };
    token.type = "callout_open";
    const start = children[0];
    if (start?.type === "text") start.content = start.content.replace(CALLOUT, "");
    while (
      children[0] &&
      (children[0].type === "softbreak" || children[0].content === "") &&
      children[0].type !== "image"
    ) {
      if (children[0].type !== "softbreak" && children[0].type !== "text") break;
      children = children.slice(1);
    }
  }
  inline.children = children;
  const isEmpty = children.length === 0;
  const alone = tokens[at + 4]?.type === "blockquote_close";
  // A callout holds at least one block, so an empty paragraph is left when there is nothing else.
  if (isEmpty && !alone) for (let n = at + 1; n <= at + 3; n++) (tokens[n] as Token).type = "gone";
  return kind;
}

function nameSources(inline: Token, state: StateCore): void {
  const children = inline.children ?? [];
  const kept: Token[] = [];
  for (let at = 0; at < children.length; at++) {
    const child = children[at] as Token;
    const address = child.type === "link_open" ? (child.attrGet("href") ?? "") : "";
    if (child.type !== "link_open" || child.attrGet("title") !== "source" || !isSaidAddress(address)) {
      kept.push(child);
      continue;
    }
    const close = children.findIndex((one, n) => n > at && one.type === "link_close");
    const source = new state.Token("source", "a", 0);
    const found = RECORDING.exec(address);
    source.meta = {
      recording: Number(found?.[1] ?? 0),
      fragment: found?.[2] ?? "",
      message: Number(MESSAGE.exec(address)?.[1] ?? 0),
      label: children
        .slice(at + 1, close)
        .map((one) => one.content)
        .join(""),
    };
    const before = kept.at(-1);
    if (before?.type === "text") before.content = before.content.trimEnd();
    kept.push(source);
    at = close;
  }
  inline.children = kept;
}

function makeClip(tokens: Token[], at: number): void {
  const inline = tokens[at] as Token;
  const image = inline.children?.length === 1 ? inline.children[0] : undefined;
  if (image?.type !== "image" || tokens[at - 1]?.type !== "paragraph_open") return;
  const stretch = stretchOf(image.attrGet("src") ?? "");
  if (stretch?.end === null || stretch === null || stretch.end <= stretch.start) return;
  const title = (image.children ?? []).map((child) => child.content).join("");
  inline.type = "clip";
  inline.children = null;
  inline.meta = { ...stretch, title: title.replace(/^clip:\s*/, "") };
  for (const beside of [tokens[at - 1], tokens[at + 1]]) if (beside) beside.type = "gone";
}
