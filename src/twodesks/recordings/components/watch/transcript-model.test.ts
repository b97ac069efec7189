import { describe, expect, test } from "vitest";
import type { Cue, Word } from "../kit/status";
import { find, fitTimes, linesOf, stretch, titleOf, tokensOf, withWord } from "./transcript-model";

const cue = (start_ms: number, end_ms: number, text: string): Cue => ({ start_ms, end_ms, text });
const word = (start_ms: number, end_ms: number, text: string, probability = 0.9): Word => ({
  start_ms,
  end_ms,
  text,
  probability,
});
const CUES = [cue(0, 2000, "It was the best of times,"), cue(2200, 4000, "it was the worst\nof times.")];
const WORDS = [
  ...["It", "was", "the", "best", "of", "times,"].map((text, i) => word(i * 300, i * 300 + 250, text)),
  ...["it", "was", "the", "wurst", "of", "times."].map((text, i) =>
    word(2200 + i * 300, 2450 + i * 300, text, text === "wurst" ? 0.31 : 0.9),
  ),
];

describe("lines", () => {
  test("a word takes its time and its doubt from what was heard", () => {
    const lines = linesOf({ cues: CUES, words: WORDS });
    expect(lines[1]?.tokens[3]).toEqual({
      index: 9,
      cue: 1,
      text: "worst",
      start_ms: 3100,
      end_ms: 3350,
      unsure: true,
    });
  });

  test("a cue that was mended to other words shares its time among them, with nothing in doubt", () => {
    const lines = linesOf({ cues: [cue(0, 1000, "one longer")], words: [word(0, 500, "wonlonger", 0.1)] });
    expect(lines[0]?.tokens.map((token) => [token.start_ms, token.end_ms, token.unsure])).toEqual([
      [0, 364, false],
      [364, 1000, false],
    ]);
  });

  test("an empty recording has no lines", () => expect(linesOf({ cues: [], words: [] })).toEqual([]));
});

describe("stretches", () => {
  const tokens = tokensOf(linesOf({ cues: CUES, words: WORDS }));

  test("run from the first word to the end of the last, chosen either way round", () => {
    const expected = { start_ms: 1200, end_ms: 2750, text: "of times, it was" };
    expect(stretch(tokens, 4, 7)).toEqual(expected);
    expect(stretch(tokens, 7, 4)).toEqual(expected);
  });

  test("of nothing are nothing", () => expect(stretch([], 0, 3)).toBeUndefined());
});

describe("editing", () => {
  const [line] = linesOf({ cues: CUES, words: WORDS });

  test.each([
    ["worst", "It was the worst of times,"],
    ["very best", "It was the very best of times,"],
    ["  ", "It was the of times,"],
  ])("the word “best” becomes “%s”", (text, whole) => expect(line && withWord(line, 3, text)).toBe(whole));

  test("new times stay between the neighbours", () => {
    const cues = [cue(0, 1000, "a"), cue(1200, 2000, "b"), cue(2500, 3000, "c")];
    expect(fitTimes(cues, 1, 800, 2100)).toEqual({ start_ms: 1000, end_ms: 2100 });
    expect(fitTimes(cues, 2, 2600, 9000)).toEqual({ start_ms: 2600, end_ms: 9000 });
    expect(fitTimes(cues, 1, 1990, 1995)).toBeUndefined();
    expect(fitTimes(cues, 0, -50, 500)).toEqual({ start_ms: 0, end_ms: 500 });
  });
});

test("a clip without a name is called by its first words", () => {
  expect(titleOf("You do not send it back. Two degrees is exactly what a swap gives.")).toBe(
    "You do not send it back",
  );
  expect(
    titleOf("Yes. And then the three bolts, four and a half newton metres, in a triangle like a wheel"),
  ).toBe("Yes. And then the three bolts, four and a half newton…");
  expect(titleOf("Torque")).toBe("Torque");
});

describe("finding", () => {
  const tokens = tokensOf(linesOf({ cues: CUES, words: WORDS }));

  test.each([
    [
      "times",
      [
        [5, 5],
        [11, 11],
      ],
    ],
    ["TIMES IT", [[5, 6]]],
    [
      "Tímes,",
      [
        [5, 5],
        [11, 11],
      ],
    ],
    ["wor", [[9, 9]]],
    ["nowhere", []],
    ["   ", []],
    ["?!", []],
  ])("“%s” is found at %j", (query, places) =>
    expect(find(tokens, query).map((match) => [match.from, match.to])).toEqual(places),
  );
});
