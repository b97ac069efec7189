import { describe, expect, test } from "vitest";
import {
  askedTime,
  clock,
  exactClock,
  indexAt,
  length,
  mediaFragment,
  megabytes,
  parseClock,
  spoken,
} from "./time";

describe("times as people read them", () => {
  test.each([
    [0, "0:00"],
    [252_000, "4:12"],
    [59_999, "0:59"],
    [3_852_000, "1:04:12"],
    [-5, "0:00"],
    [Number.NaN, "0:00"],
  ])("%d ms is %s", (ms, words) => expect(clock(ms)).toBe(words));

  test("tenths are shown only where there are some", () => {
    expect(exactClock(252_000)).toBe("4:12");
    expect(exactClock(252_560)).toBe("4:12.5");
  });

  test.each([
    ["4:12", 252_000],
    ["1:04:12.5", 3_852_500],
    ["12,25", 12_250],
    ["75", 75_000],
    ["4:72", undefined],
    ["1:75:10", undefined],
    ["soon", undefined],
    ["", undefined],
  ])("%s is read as %s", (text, ms) => expect(parseClock(text)).toBe(ms));

  test("lengths round to what one would say", () => {
    expect(length(41_000)).toBe("41 s");
    expect(length(372_000)).toBe("6 min");
    expect(length(5_400_000)).toBe("1 h 30 min");
    expect(length(7_200_000)).toBe("2 h");
  });

  test("ears get units, in the singular for one", () => {
    expect(spoken(278_000)).toBe("4 minutes 38 seconds");
    expect(spoken(3_661_000)).toBe("1 hour 1 minute 1 second");
    expect(spoken(0)).toBe("0 seconds");
  });

  test("sizes", () => {
    expect(megabytes(18_400_000)).toBe("17.5 MB");
    expect(megabytes(900)).toBe("1 kB");
    expect(megabytes(4 * 1024 ** 3)).toBe("4 GB");
  });
});

describe("times in addresses", () => {
  test("a range is written as a media fragment without needless zeros", () => {
    expect(mediaFragment(12_500, 40_000)).toBe("t=12.5,40");
    expect(mediaFragment(0)).toBe("t=0");
  });

  test.each([
    ["#t=12.5,40", "", { start_ms: 12_500, end_ms: 40_000 }],
    ["#t=4:12", "", { start_ms: 252_000 }],
    ["#t=,40", "", { start_ms: 0, end_ms: 40_000 }],
    ["#t=npt:10", "", { start_ms: 10_000 }],
    ["", "?t=9&x=1", { start_ms: 9_000 }],
    ["#t=5", "?t=9", { start_ms: 5_000 }],
    ["#t=x", "?t=9", { start_ms: 9_000 }],
    ["#t=40,12", "", { start_ms: 40_000 }],
    ["#main", "", undefined],
  ])("%s %s asks for %o", (hash, search, asked) => expect(askedTime({ hash, search })).toEqual(asked));
});

test("the current cue is the last that has begun", () => {
  const cues = [{ start_ms: 1000 }, { start_ms: 2000 }, { start_ms: 5000 }];
  expect([0, 1000, 1999, 2000, 4999, 9999].map((ms) => indexAt(cues, ms))).toEqual([-1, 0, 0, 1, 1, 2]);
  expect(indexAt([], 5)).toBe(-1);
});
