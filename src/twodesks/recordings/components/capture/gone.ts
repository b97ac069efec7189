/** Recordings that the server no longer has, or has no longer for this member. */
import { ask, Refusal, send } from "~/lib/api";
import { memberHere } from "~/lib/member";

const is404 = (error: unknown): boolean => error instanceof Refusal && error.status === 404;

/**
 * Whether it is gone for good, so that what this browser has of it leads nowhere. Where somebody else has signed in
 * meanwhile, in another tab, the server hides it in the same way; then it is not gone.
 */
export async function isGone(id: number): Promise<boolean> {
  try {
    await ask(`/recordings/${id}/status`);
    return false;
  } catch (error) {
    if (!is404(error)) return false;
  }
  const answer = await ask<{ member_id: number }>("/recordings/unfinished").catch(() => undefined);
  return answer !== undefined && String(answer.member_id) === memberHere();
}

/** Discards it there; one that is gone already is as good as discarded. Throws `Refusal` or `Unreachable`. */
export async function discardOnServer(id: number): Promise<void> {
  try {
    await send(`/recordings/${id}/discard`);
  } catch (error) {
    if (!is404(error) || !(await isGone(id))) throw error;
  }
}
