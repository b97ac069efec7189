/** Times in a recording, as people read them (`4:12`) and as addresses carry them (W3C Media Fragments, `t=12.5,40`). */

export interface Range {
  start_ms: number;
  end_ms: number;
}

/** `252000` → `4:12`; from an hour on `1:04:12`. */
export function clock(ms: number): string {
  const all = Math.floor(Math.max(Number.isFinite(ms) ? ms : 0, 0) / 1000);
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor((all % 3600) / 60);
  const seconds = String(all % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

/** To the tenth, for fields in which somebody sets a time: `4:12.5`. */
export function exactClock(ms: number): string {
  const tenths = Math.floor((Math.max(ms, 0) % 1000) / 100);
  return tenths ? `${clock(ms)}.${tenths}` : clock(ms);
}

/** `4:12`, `1:04:12.5` or `12.5` → milliseconds; undefined if it is no time. */
export function parseClock(text: string): number | undefined {
  const match = /^(?:(?:(\d+):)?(\d{1,2}):)?(\d+)(?:[.,](\d{1,3}))?$/.exec(text.trim());
  if (!match) return undefined;
  const [, hours, minutes, seconds, fraction] = match;
  if (minutes !== undefined && (Number(seconds) > 59 || (hours !== undefined && Number(minutes) > 59)))
    return undefined;
  const whole = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds);
  return whole * 1000 + Number((fraction ?? "0").padEnd(3, "0"));
}

/** `41000` → `41 s`; `372000` → `6 min`; `5400000` → `1 h 30 min`. */
export function length(ms: number): string {
  const seconds = Math.round(Math.max(ms, 0) / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest ? `${Math.floor(minutes / 60)} h ${rest} min` : `${minutes / 60} h`;
}

/** For ears: `4 minutes 38 seconds`. */
export function spoken(ms: number): string {
  const all = Math.floor(Math.max(ms, 0) / 1000);
  const parts = [
    [Math.floor(all / 3600), "hour"],
    [Math.floor((all % 3600) / 60), "minute"],
    [all % 60, "second"],
  ] as const;
  const said = parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`);
  return said.join(" ") || "0 seconds";
}

/** `12500, 40000` → `t=12.5,40`. */
export function mediaFragment(startMs: number, endMs?: number): string {
  const npt = (ms: number) => String(Math.round(ms) / 1000);
  return `t=${npt(startMs)}${endMs === undefined ? "" : `,${npt(endMs)}`}`;
}

/** What `#t=12.5,40` or `?t=12.5` asks for; also `t=4:12` and `npt:` as the standard has them. The fragment wins. */
export function askedTime(address: {
  hash: string;
  search: string;
}): { start_ms: number; end_ms?: number } | undefined {
  for (const part of [address.hash.replace(/^#/, ""), address.search.replace(/^\?/, "")]) {
    const asked = new URLSearchParams(part).get("t");
    if (asked === null) continue;
    const [start = "", end] = asked.replace(/^npt:/, "").split(",", 2);
    const start_ms = start === "" ? 0 : parseClock(start);
    const end_ms = end ? parseClock(end) : undefined;
    if (start_ms === undefined) continue;
    return end_ms !== undefined && end_ms > start_ms ? { start_ms, end_ms } : { start_ms };
  }
  return undefined;
}

/** `18400000` → `17.5 MB`, counted in 1024s as the server's own limits are. */
export function megabytes(bytes: number): string {
  const tenth = (count: number) => count.toFixed(1).replace(/\.0$/, "");
  if (bytes >= 1024 ** 3) return `${tenth(bytes / 1024 ** 3)} GB`;
  return bytes >= 1e5 ? `${tenth(bytes / 1024 ** 2)} MB` : `${Math.ceil(bytes / 1024)} kB`;
}

/** The last index whose start is at or before `ms`, by halving; -1 before the first. */
export function indexAt(items: readonly { start_ms: number }[], ms: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle]?.start_ms ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
