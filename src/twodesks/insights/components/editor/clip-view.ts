/** How a clip looks while one writes: its words, its range in gold, and how to change it by keyboard. */
import type { NodeViewRendererProps } from "@tiptap/core";
import type { NodeView } from "@tiptap/pm/view";
import { defineElements } from "~/elements";
import { icon } from "~/lib/icon";
import type { ClipAttrs } from "./schema";
import { clock, length, mediaFragment } from "../../../recordings/components/kit/time";

export function clipView({ node }: NodeViewRendererProps): NodeView {
  const { recording, title, start, end } = node.attrs as ClipAttrs;
  const figure = document.createElement("figure");
  figure.className = "clip";
  figure.contentEditable = "false";
  const player = document.createElement("td-clip");
  for (const [name, value] of Object.entries({ recording, start, end, label: title }))
    player.setAttribute(name, String(value));
  player.append(still(recording, title, start, end));
  const name = document.createElement("span");
  name.className = "row t-gold strong";
  name.append(icon("scissors"), "Clip");
  const bar = document.createElement("figcaption");
  bar.className = "clip-bar";
  bar.append(
    name,
    part("stamp", `${clock(start)} to ${clock(end)}`),
    part("muted", length(end - start)),
  );
  figure.append(player, bar);
  defineElements(figure);
  const isPlayers = (event: Event) =>
    event.target instanceof globalThis.Node && player.contains(event.target);
  return {
    dom: figure,
    stopEvent: (event) => isPlayers(event) && event.type !== "dragstart",
    ignoreMutation: () => true,
  };
}

const PLAY =
  '<span class="play playbig" aria-hidden="true"><svg viewBox="0 0 16 16"><path d="M4.5 2.3c0-.8.9-1.3 1.6-.9l8.2 5c.7.4.7 1.4 0 1.8l-8.2 5c-.7.4-1.6-.1-1.6-.9z" transform="translate(0 .7)"/></svg></span>';

function still(recording: number, title: string, start: number, end: number): HTMLAnchorElement {
  const link = document.createElement("a");
  link.className = "screen clip-still";
  // Without its player it opens beside the text, and never in its place.
  link.target = "_blank";
  link.href = `/recordings/${recording}/#${mediaFragment(start, end)}`;
  link.innerHTML = PLAY;
  link.append(
    part("caption", title || "A stretch of the recording"),
    part("vh", `Play clip, ${length(end - start)}`),
  );
  return link;
}

function part(className: string, words: string): HTMLElement {
  return Object.assign(document.createElement("span"), { className, textContent: words });
}
