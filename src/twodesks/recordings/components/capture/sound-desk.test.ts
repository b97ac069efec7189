import { expect, test } from "vitest";
import { levelWord, loudness } from "./sound-desk";

const wave = (height: number) => Float32Array.from({ length: 512 }, (_, i) => height * Math.sin(i / 5));

test("loudness follows decibels from -60 to 0", () => {
  expect(loudness(new Float32Array(512))).toBe(0);
  expect(loudness(new Float32Array(0))).toBe(0);
  expect(loudness(Float32Array.from({ length: 512 }, () => 1))).toBe(1);
  expect(loudness(wave(0.1))).toBeCloseTo(0.616, 1);
  expect(loudness(wave(0.01))).toBeLessThan(loudness(wave(0.1)));
});

test("a word for the level of the last seconds", () => {
  expect(levelWord([])).toBe("silent");
  expect(levelWord([0, 0.05, 0.1])).toBe("silent");
  expect(levelWord([0, 0.3, 0.2])).toBe("quiet");
  expect(levelWord([0.1, 0.7, 0.6, 0.2])).toBe("good");
  expect(levelWord([0.99, 0.97, 0.99, 0.2])).toBe("loud");
});
