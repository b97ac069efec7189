/** Times in a recording, as people read and type them, and as addresses carry them. */
export function clock(ms: number): string {
  const seconds = Math.floor(Math.max(ms, 0) / 1000);
  const two = (number: number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** `4:12`, `1:04:12` or `72.5` → milliseconds; null when it is no time. */
export function parseClock(text: string): number | null {
  const found = /^(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)$/.exec(text.trim());
  if (!found) return null;
  const [hours, minutes, seconds] = [found[1], found[2], found[3]].map((part) => Number(part ?? 0));
  return Math.round((((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000);
}

export function spokenLength(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** Milliseconds as seconds of a W3C Media Fragment: 12500, 40000 → `t=12.5,40`. */
export function mediaFragment(start: number, end: number): string {
  const seconds = (ms: number) => String(Math.round(ms) / 1000);
  return `t=${seconds(start)},${seconds(end)}`;
}
