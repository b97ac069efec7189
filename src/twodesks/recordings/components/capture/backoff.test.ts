import { expect, test } from "vitest";
import { Backoff } from "./backoff";

test("waits double up to half a minute, and start afresh after a success", () => {
  const backoff = new Backoff(() => 0.5);
  expect(Array.from({ length: 9 }, () => backoff.next())).toEqual([
    500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
  ]);
  backoff.reset();
  expect(backoff.next()).toBe(500);
});

test("chance spreads the tries by a quarter either way", () => {
  expect(new Backoff(() => 0).next()).toBe(375);
  expect(new Backoff(() => 1).next()).toBe(625);
});
