/** The time line: chapters as segments, what is played in coral, the gold frame, and one slider over all of it. */
import { html, nothing, type TemplateResult } from "lit";
import { clock, type Range, spoken } from "../kit/time";
import type { Chapter } from "./watching";

export interface Segment extends Range {
  title: string;
  /** 0 to 1: how much of it was played. */
  played: number;
}

/** Chapters over the whole length; one without a title where there are none. */
export function segmentsOf(chapters: readonly Chapter[], duration_ms: number, time_ms: number): Segment[] {
  const starts = chapters.filter((chapter) => chapter.start_ms < duration_ms);
  const all = starts.length > 0 ? starts : [{ start_ms: 0, text: "" }];
  return all.map((chapter, index) => {
    const start_ms = index === 0 ? 0 : chapter.start_ms;
    const end_ms = all[index + 1]?.start_ms ?? Math.max(duration_ms, start_ms + 1);
    const played = Math.min(1, Math.max(0, (time_ms - start_ms) / (end_ms - start_ms)));
    return { start_ms, end_ms, title: chapter.text, played };
  });
}

/** Where a slider's key leads, in milliseconds; undefined for keys that are not its own. */
export function slideTo(
  key: string,
  at_ms: number,
  duration_ms: number,
  segments: readonly Segment[],
): number | undefined {
  const before = segments.filter((segment) => segment.start_ms < at_ms - 1000).at(-1);
  const after = segments.find((segment) => segment.start_ms > at_ms);
  const wanted: Record<string, number> = {
    ArrowLeft: at_ms - 5000,
    ArrowDown: at_ms - 5000,
    ArrowRight: at_ms + 5000,
    ArrowUp: at_ms + 5000,
    PageDown: before?.start_ms ?? 0,
    PageUp: after?.start_ms ?? duration_ms,
    Home: 0,
    End: duration_ms,
  };
  const to = wanted[key];
  return to === undefined ? undefined : Math.min(Math.max(0, to), duration_ms);
}

/** The time under the pointer. */
export function timeAt(x: number, box: { left: number; width: number }, duration_ms: number): number {
  const part = (x - box.left) / Math.max(box.width, 1);
  return Math.min(1, Math.max(0, part)) * duration_ms;
}

export interface TimelineView {
  segments: readonly Segment[];
  time_ms: number;
  duration_ms: number;
  frame: Range | undefined;
  buffering: boolean;
  peek: { ms: number; title: string } | undefined;
}

const percent = (ms: number, duration_ms: number) =>
  `${(100 * Math.min(Math.max(ms, 0), duration_ms)) / Math.max(duration_ms, 1)}%`;

export function timelineView(view: TimelineView): TemplateResult {
  const { duration_ms, time_ms, frame, peek } = view;
  const chapter = view.segments.findLast((segment) => segment.start_ms <= time_ms);
  const said = `${spoken(time_ms)} of ${spoken(duration_ms)}${chapter?.title ? `, ${chapter.title}` : ""}`;
  return html`
    <div class="segs" aria-hidden="true">
      ${view.segments.map(
        (
          segment,
        ) => html`<span class="seg ${view.buffering && segment === chapter ? "waits" : ""}" .style=${`flex:${segment.end_ms - segment.start_ms}`}>
          <i .style=${`width:${segment.played * 100}%`}></i></span>`,
      )}
    </div>
    ${
      frame
        ? html`<span class="selr" title="Selected: ${clock(frame.start_ms)} to ${clock(frame.end_ms)}"
            .style=${`left:${percent(frame.start_ms, duration_ms)};width:${percent(frame.end_ms - frame.start_ms, duration_ms)}`}></span>`
        : nothing
    }
    <span class="knob" role="slider" tabindex="0" aria-label="Position" aria-valuemin="0" aria-valuemax=${Math.round(duration_ms / 1000)}
      aria-valuenow=${Math.round(time_ms / 1000)} aria-valuetext=${said} .style=${`left:${percent(time_ms, duration_ms)}`}></span>
    ${
      peek
        ? html`<span class="peek" aria-hidden="true" .style=${`left:${percent(peek.ms, duration_ms)}`}><b>${clock(peek.ms)}</b>${peek.title}</span>`
        : nothing
    }`;
}
