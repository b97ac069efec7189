import { expect, test } from "vitest";
import type { Step } from "../kit/status";
import { stepWords } from "./steps";

const step = (name: string, state: Step["state"], progress = 0): Step => ({
  name,
  state,
  progress,
  failure: "",
});
const captions = { version: null, final: false, cues: [] };

test("the step that runs is named with how far it is", () => {
  const steps = [
    step("receive", "finished", 1),
    step("caption", "running", 0.627),
    step("render", "waiting"),
  ];
  expect(stepWords({ state: "processing", steps, captions })).toBe(
    "Writing the captions, 62 %. You can leave this page; it goes on.",
  );
});

test("captions that are ready are said first", () => {
  const steps = [step("render", "waiting")];
  expect(stepWords({ state: "processing", steps, captions: { ...captions, final: true } })).toBe(
    "The captions are ready. Making it quick to play. You can leave this page; it goes on.",
  );
});

test("there is nothing to say when all is done, or failed", () => {
  expect(stepWords({ state: "ready", steps: [step("render", "finished", 1)], captions })).toBe("");
  expect(stepWords({ state: "failed", steps: [step("probe", "failed")], captions })).toBe("");
});

test("a recording that still runs says so", () =>
  expect(stepWords({ state: "recording", steps: [], captions })).toMatch(/still being recorded/));
