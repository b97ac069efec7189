/** Pictures by paste, drop or choice: a line says how far each is; what cannot be taken says why. */
import type { Editor } from "@tiptap/core";
import { Extension } from "@tiptap/core";
import { Plugin, PluginKey, type Transaction } from "@tiptap/pm/state";
import { Decoration, DecorationSet, type EditorView } from "@tiptap/pm/view";
import { renewToken } from "~/lib/api";
import { csrfHeaders } from "~/lib/csrf";

export const PICTURE_TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const LARGEST = 20 * 1024 * 1024;

/** Why a file is not even sent; "" when it is. */
export function refusalOf(file: File): string {
  if (!PICTURE_TYPES.includes(file.type))
    return `“${file.name}” is not a picture we can show. Use PNG, JPEG, WebP or GIF.`;
  return file.size > LARGEST
    ? `“${file.name}” is larger than 20 MB. Make it smaller, then put it in again.`
    : "";
}

export interface PictureDesk {
  /** Where pictures of this insight go; a new draft is saved first. */
  address: () => Promise<string>;
  fail: (words: string) => void;
}

const key = new PluginKey<DecorationSet>("pictures");
type Step = { add: { id: object; at: number; line: HTMLElement } } | { remove: { id: object } };

export function pictures(desk: PictureDesk): Extension {
  return Extension.create({
    name: "pictures",
    addProseMirrorPlugins: () => [
      new Plugin<DecorationSet>({
        key,
        state: { init: () => DecorationSet.empty, apply: advance },
        props: {
          decorations: (state) => key.getState(state),
          handlePaste: (view, event) =>
            take(view, [...(event.clipboardData?.files ?? [])], view.state.selection.from, desk),
          handleDrop: (view, event, _slice, moved) => {
            if (moved) return false;
            const at = view.posAtCoords({ left: event.clientX, top: event.clientY });
            return take(
              view,
              [...(event.dataTransfer?.files ?? [])],
              at?.pos ?? view.state.selection.from,
              desk,
            );
          },
        },
      }),
    ],
  });
}

function advance(transaction: Transaction, before: DecorationSet): DecorationSet {
  const set = before.map(transaction.mapping, transaction.doc);
  const step = transaction.getMeta(key) as Step | undefined;
  if (!step) return set;
  if ("remove" in step)
    return set.remove(set.find(undefined, undefined, (spec) => spec.id === step.remove.id));
  return set.add(transaction.doc, [Decoration.widget(step.add.at, step.add.line, { id: step.add.id })]);
}

function take(view: EditorView, files: File[], at: number, desk: PictureDesk): boolean {
  if (files.length === 0) return false;
  for (const file of files) void put(view, file, at, desk);
  return true;
}

export function putPictures(editor: Editor, files: Iterable<File>, desk: PictureDesk): void {
  for (const file of files) void put(editor.view, file, editor.state.selection.from, desk);
}

async function put(view: EditorView, file: File, at: number, desk: PictureDesk): Promise<void> {
  const refusal = refusalOf(file);
  if (refusal) {
    desk.fail(refusal);
    return;
  }
  const id = {};
  const line = document.createElement("progress");
  line.className = "track track-gold";
  line.max = 1;
  line.setAttribute("aria-label", `Putting in ${file.name}`);
  view.dispatch(view.state.tr.setMeta(key, { add: { id, at, line } } satisfies Step));
  try {
    const address = await send(await desk.address(), file, (share) => {
      line.value = share;
    });
    const [found] = key.getState(view.state)?.find(undefined, undefined, (spec) => spec.id === id) ?? [];
    const image = view.state.schema.nodes.image?.create({ src: address, alt: nameOf(file) });
    // Who deleted the place meanwhile does not want the picture any more.
    if (found && image) view.dispatch(view.state.tr.replaceWith(found.from, found.from, image));
  } catch (error) {
    desk.fail(
      `${error instanceof Error ? error.message : "The picture did not arrive."} The text is as it was.`,
    );
  }
  view.dispatch(view.state.tr.setMeta(key, { remove: { id } } satisfies Step));
}

function nameOf(file: File): string {
  const name = file.name.replace(/\.\w+$/, "");
  return /^(image|img[-_]?\d*|screenshot.*|unbenannt)$/i.test(name) ? "" : name;
}

class Stale extends Error {}

async function send(address: string, file: File, progress: (share: number) => void): Promise<string> {
  try {
    return await sendOnce(address, file, progress);
  } catch (error) {
    if (!(error instanceof Stale)) throw error;
    await renewToken();
    return sendOnce(address, file, progress);
  }
}

/** XMLHttpRequest, because fetch does not tell how much of it has gone. */
function sendOnce(address: string, file: File, progress: (share: number) => void): Promise<string> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    for (const [name, value] of Object.entries(csrfHeaders())) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => progress(event.loaded / event.total));
    request.addEventListener("load", () => {
      const answer = request.response as { address?: string; type?: string; detail?: string } | null;
      if (request.status === 201 && answer?.address) done(answer.address);
      else if (answer?.type?.endsWith(":stale-token")) fail(new Stale(answer.detail));
      else fail(new Error(answer?.detail ?? "The server did not take the picture."));
    });
    request.addEventListener("error", () =>
      fail(new Error("The connection dropped while the picture was on its way.")),
    );
    const data = new FormData();
    data.append("picture", file);
    request.send(data);
  });
}
