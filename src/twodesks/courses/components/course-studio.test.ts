import { describe, expect, it } from "vitest";
import { fieldsOf, type Outline, step } from "./course-studio";

const outline: Outline[] = [
  { section: "1", lessons: ["a", "b"] },
  { section: "2", lessons: [] },
  { section: "3", lessons: ["c"] },
];
const lessons = (result: Outline[]) => result.map((entry) => entry.lessons.join(""));

describe("a step", () => {
  it("changes places within a section", () => {
    expect(lessons(step(outline, "a", 1))).toEqual(["ba", "", "c"]);
    expect(lessons(step(outline, "b", -1))).toEqual(["ba", "", "c"]);
  });

  it("crosses into the next section, an empty one too", () => {
    expect(lessons(step(outline, "b", 1))).toEqual(["a", "b", "c"]);
    expect(lessons(step(outline, "c", -1))).toEqual(["ab", "c", ""]);
  });

  it("goes no further than the first and the last place", () => {
    expect(step(outline, "a", -1)).toBe(outline);
    expect(step(outline, "c", 1)).toBe(outline);
    expect(step(outline, "unknown", 1)).toBe(outline);
  });

  it("never loses or doubles a lesson", () => {
    let now = outline;
    for (const [lesson, by] of [["b", 1], ["b", 1], ["c", 1], ["a", 1], ["b", -1]] as const) now = step(now, lesson, by);
    expect(now.flatMap((entry) => entry.lessons).sort()).toEqual(["a", "b", "c"]);
  });
});

it("tells the server every section, empty ones too", () => {
  expect(fieldsOf(outline, "4").toString()).toBe("version=4&section=1%3Aa%2Cb&section=2%3A&section=3%3Ac");
});
