/** Who speaks in which cues. */
import type { Cue } from "../kit/status";
import type { Speaker } from "./watching";

/** Tells people apart: members by who they are, guests by name; "" is nobody that is known. */
export function whoIs(one: { member_id?: number | null; speaker?: string; name?: string }): string {
  return one.member_id ? `#${one.member_id}` : (one.speaker ?? one.name ?? "");
}

export const beginsTurn = (cues: readonly Cue[], at: number): boolean => {
  const cue = cues[at];
  const before = cues[at - 1];
  return cue !== undefined && whoIs(cue) !== (before ? whoIs(before) : "");
};

/** The first and the last cue of what is said in one go around a cue. */
export function turnAround(cues: readonly Cue[], at: number): { first: number; last: number } {
  const who = whoIs(cues[at] ?? {});
  let [first, last] = [at, at];
  while (first > 0 && whoIs(cues[first - 1] ?? {}) === who) first -= 1;
  while (last + 1 < cues.length && whoIs(cues[last + 1] ?? {}) === who) last += 1;
  return { first, last };
}

export const speakerOf = (speakers: readonly Speaker[], cue: Cue | undefined): Speaker | undefined =>
  cue && speakers.find((one) => whoIs(one) === whoIs(cue));
