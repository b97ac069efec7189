/** What the record page says about what is safe; one place, so that it never says two things at once. */
import { clock, megabytes } from "../kit/time";
import type { Progress, Trouble } from "./piece-sender";
import type { Loss, Stage } from "./session";

export interface Alarm {
  icon: string;
  title: string;
  text: string;
  /** What can be done about it, beside waiting. */
  action?: "sign-in" | "microphone" | "picture" | "stop";
}

export interface Situation {
  stage: Stage;
  lost: Loss | undefined;
  progress: Readonly<Progress> | undefined;
  /** When the trouble began, in the recording's time. */
  since_ms: number;
  /** Unsent pieces survive the tab. */
  outlives: boolean;
}

const LOST: Record<Loss, [icon: string, title: string]> = {
  microphone: ["mic-off", "Your microphone went away"],
  camera: ["video-off", "Your camera went away"],
  screen: ["monitor", "Sharing has ended"],
};

/** The most pressing thing to say, if any. */
export function alarm(now: Situation): Alarm | undefined {
  if (now.lost && now.stage !== "stopping" && now.stage !== "stopped")
    return lossAlarm(now.lost, now.since_ms);
  const trouble = now.progress?.trouble ?? "none";
  return trouble === "none" ? undefined : troubleAlarm(trouble, now);
}

function lossAlarm(lost: Loss, at: number): Alarm {
  const [icon, title] = LOST[lost];
  const kept = "Everything up to there is safe, and the clock is stopped.";
  if (lost === "microphone")
    return {
      icon,
      title: `${title} at ${clock(at)}.`,
      text: `${kept} Plug it in again or choose another one to go on.`,
      action: "microphone",
    };
  return {
    icon,
    title: `${title} at ${clock(at)}.`,
    text: `${kept} Go on with your voice alone, or stop and keep it.`,
    action: "picture",
  };
}

function troubleAlarm(trouble: Trouble, now: Situation): Alarm {
  const at = clock(now.since_ms);
  const talking = now.stage === "recording";
  const here = now.outlives ? "in this browser" : "in this tab";
  const stay =
    now.outlives && !now.progress?.held_by_tab
      ? ""
      : " Do not close it until the line below says “all safe”.";
  const go = talking ? " Keep talking." : "";
  if (trouble === "signed-out")
    return {
      icon: "log-out",
      title: `You were signed out at ${at}.${go}`,
      text: `Your recording is safe ${here}. Sign in again and it goes on to the server.${stay}`,
      action: "sign-in",
    };
  if (trouble === "full" || trouble === "refused")
    return {
      icon: "hard-drive",
      title:
        trouble === "full"
          ? `The server is out of room.${go}`
          : "The server takes no more of this recording.",
      text: now.progress?.detail || `What is not yet there is safe ${here}.`,
      ...(trouble === "refused" ? { action: "stop" as const } : {}),
    };
  const what =
    trouble === "offline" ? `The connection dropped at ${at}.` : `The server has not answered since ${at}.`;
  return {
    icon: "wifi-off",
    title: `${what}${go}`,
    text: `Your recording is safe ${here} and will catch up by itself.${stay}`,
  };
}

export interface SafeLine {
  strong: string;
  weak: string;
  waiting: boolean;
  /** 0 to 1: how much of what was recorded is on the server. */
  part: number;
}

/** The line at the lower right, always there: how much is safe. */
export function safeLine(progress: Readonly<Progress> | undefined, stage: Stage): SafeLine {
  if (!progress || progress.recorded_bytes === 0)
    return { strong: "Safe on the server from the first second", weak: "", waiting: false, part: 0 };
  const part = progress.safe_bytes / progress.recorded_bytes;
  const weak = megabytes(progress.safe_bytes);
  const behind = Math.ceil((progress.recorded_ms - progress.safe_ms) / 1000);
  if (progress.trouble === "signed-out")
    return { strong: `${seconds(behind)} waiting for you to sign in`, weak: "", waiting: true, part };
  if (progress.trouble !== "none")
    return { strong: `${seconds(behind)} waiting to be sent`, weak: "", waiting: true, part };
  if (part === 1 && stage !== "recording")
    return { strong: "All safe on the server", weak, waiting: false, part };
  return { strong: `Safe on the server up to ${clock(progress.safe_ms)}`, weak, waiting: false, part };
}

function seconds(count: number): string {
  if (count > 90) return `${Math.round(count / 60)} minutes`;
  return count === 1 ? "1 second" : `${Math.max(count, 0)} seconds`;
}
