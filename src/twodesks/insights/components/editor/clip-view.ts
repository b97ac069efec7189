/** How a clip looks while one writes: its words, its range in gold, and how to change it by keyboard. */
import type { NodeViewRendererProps } from "@tiptap/core";
import { icon } from "~/lib/icon";
import type { ClipAttrs } from "./schema";
import { clock, spokenLength } from "./times";

export function clipView({ node }: NodeViewRendererProps): { dom: HTMLElement } {
  const { title, start, end } = node.attrs as ClipAttrs;
  const figure = document.createElement("figure");
  figure.className = "clip";
  figure.contentEditable = "false";
  const words = document.createElement("p");
  words.className = "clip-words";
  words.textContent = title || "A stretch of the recording";
  const bar = document.createElement("figcaption");
  bar.className = "clip-bar";
  const name = document.createElement("span");
  name.className = "row t-gold strong";
  name.append(icon("scissors"), "Clip");
  const stamp = document.createElement("span");
  stamp.className = "stamp";
  stamp.textContent = `${clock(start)} to ${clock(end)}`;
  const length = document.createElement("span");
  length.className = "muted";
  length.textContent = spokenLength(end - start);
  bar.append(name, stamp, length);
  figure.append(words, bar);
  return { dom: figure };
}
