import { expect, test } from "vitest";
import { segmentsOf, slideTo, timeAt } from "./timeline";

const CHAPTERS = [
  { start_ms: 0, end_ms: 0, text: "A" },
  { start_ms: 60_000, end_ms: 0, text: "B" },
  { start_ms: 150_000, end_ms: 0, text: "C" },
];
const DURATION = 200_000;

test("chapters fill the whole length, played up to now", () => {
  const segments = segmentsOf(CHAPTERS, DURATION, 105_000);
  expect(segments.map((segment) => [segment.start_ms, segment.end_ms, segment.played])).toEqual([
    [0, 60_000, 1],
    [60_000, 150_000, 0.5],
    [150_000, 200_000, 0],
  ]);
});

test("without chapters there is one segment; one that begins after the end is left out", () => {
  expect(segmentsOf([], DURATION, 50_000)).toEqual([
    { start_ms: 0, end_ms: DURATION, title: "", played: 0.25 },
  ]);
  expect(segmentsOf(CHAPTERS, 100_000, 0)).toHaveLength(2);
});

test.each([
  ["ArrowRight", 10_000, 15_000],
  ["ArrowLeft", 2000, 0],
  ["PageUp", 10_000, 60_000],
  ["PageUp", 160_000, DURATION],
  ["PageDown", 100_000, 60_000],
  ["PageDown", 60_500, 0],
  ["Home", 100_000, 0],
  ["End", 100_000, DURATION],
  ["Tab", 100_000, undefined],
])("%s at %d leads to %s", (key, at, to) =>
  expect(slideTo(key, at, DURATION, segmentsOf(CHAPTERS, DURATION, at))).toBe(to),
);

test("the pointer's time stays in the recording", () => {
  const box = { left: 100, width: 400 };
  expect([50, 100, 300, 500, 900].map((x) => timeAt(x, box, 8000))).toEqual([0, 0, 4000, 8000, 8000]);
});
