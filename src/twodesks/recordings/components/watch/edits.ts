/** Mending captions: each change is a new version on the server, based on the one that the page shows. */
import { Refusal, reach, send } from "~/lib/api";
import type { Captions } from "./transcript-model";
import { readData, type Speaker, type Watching } from "./watching";

export type Edit =
  | { kind: "correct"; cue: number; text: string }
  | { kind: "split"; cue: number; word: number }
  | { kind: "merge"; cue: number }
  | { kind: "retime"; cue: number; start_ms: number; end_ms: number }
  | { kind: "speaker"; cue: number; name: string; everywhere: boolean }
  | { kind: "undo" }
  | { kind: "redo" };

interface Answer {
  captions: Captions;
  speakers: Speaker[];
  can_undo: boolean;
  can_redo: boolean;
}

/** Somebody else mended the captions first. `theirs` is on the page by now; `mine` was not written. */
export class Overtaken extends Error {
  constructor(
    readonly mine: Edit,
    /** Where my cue is in their captions, if it still is. */
    readonly cue: number,
  ) {
    super("Somebody else changed these captions in the meantime.");
  }
}

export async function apply(watching: Watching, edit: Edit): Promise<void> {
  const { id, captions } = watching.data;
  const { kind, ...what } = edit;
  try {
    const answer = await send<Answer>(`/recordings/${id}/captions/${kind}`, {
      based_on: captions.version,
      ...what,
    });
    watching.change(answer);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 409) throw error;
    const start = "cue" in edit ? captions.cues[edit.cue]?.start_ms : undefined;
    await refresh(watching);
    throw new Overtaken(edit, cueAt(watching.data.captions, start));
  }
}

/** Reads the page's data anew, as another member left it, or as the server has it once it is done. Throws as `reach`. */
export async function refresh(watching: Watching): Promise<Document> {
  const response = await reach(location.pathname, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  watching.change(readData(page));
  return page;
}

/** The cue that begins nearest to `start_ms`, within a second. */
export function cueAt(captions: Captions, start_ms: number | undefined): number {
  if (start_ms === undefined) return -1;
  let nearest = -1;
  let least = 1000;
  captions.cues.forEach((cue, at) => {
    const away = Math.abs(cue.start_ms - start_ms);
    if (away <= least) [nearest, least] = [at, away];
  });
  return nearest;
}
