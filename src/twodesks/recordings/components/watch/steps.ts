/** How far a recording is, in words; "" when there is nothing to wait for. */
import type { Status } from "../kit/status";

const DOING: Record<string, string> = {
  receive: "Taking it in",
  probe: "Looking at the file",
  caption: "Writing the captions",
  structure: "Finding chapters and key points",
  render: "Making it quick to play",
};

export function stepWords(status: Pick<Status, "state" | "steps" | "captions">): string {
  if (status.state === "ready" || status.state === "failed") return "";
  if (status.state === "recording") return "This is still being recorded. What was said so far is here.";
  const step =
    status.steps.find((one) => one.state === "running") ??
    status.steps.find((one) => one.state === "waiting");
  if (!step) return "";
  const doing = DOING[step.name] ?? "Working on it";
  const percent = step.progress > 0 ? `, ${Math.floor(step.progress * 100)} %` : "";
  const captions = status.captions.final ? "The captions are ready. " : "";
  return `${captions}${doing}${percent}. You can leave this page; it goes on.`;
}
