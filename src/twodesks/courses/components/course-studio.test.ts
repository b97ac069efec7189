import { beforeEach, describe, expect, it } from "vitest";
import { fieldsOf, OrderSaver, type Outline, step } from "./course-studio";

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

describe("saving the order", () => {
  const order = (lessons: string): Outline[] => [{ section: "1", lessons: [...lessons] }];
  let sent: [string, string][];
  let answer: () => void;
  let refuse: (error: Error) => void;
  let shown: string[];
  let saver: OrderSaver;

  beforeEach(() => {
    sent = [];
    shown = [];
    saver = new OrderSaver(
      order("abc"),
      "4",
      (outline, version) => {
        sent.push([lessons(outline).join(""), version]);
        return new Promise((done, fail) => {
          answer = () => done(String(Number(version) + 1));
          refuse = fail;
        });
      },
      () => shown.push("saved"),
      (kept, error) => shown.push(`${lessons(kept).join("")}: ${(error as Error).message}`),
    );
  });

  it("sends one after another, and only the last of those made meanwhile", async () => {
    const first = saver.save(order("bac"));
    void saver.save(order("bca"));
    const last = saver.save(order("cba"));
    expect(sent).toEqual([["bac", "4"]]);
    answer();
    await Promise.resolve();
    await Promise.resolve();
    expect(sent).toEqual([
      ["bac", "4"],
      ["cba", "5"],
    ]);
    expect(shown).toEqual([]);
    answer();
    await Promise.all([first, last]);
    expect(shown).toEqual(["saved"]);
  });

  it("shows what the server has after a refusal, and sends nothing that was built on the refused one", async () => {
    const first = saver.save(order("bac"));
    answer();
    await first;
    const second = saver.save(order("bca"));
    void saver.save(order("cba"));
    refuse(new Error("no"));
    await second;
    expect(sent).toHaveLength(2);
    expect(shown).toEqual(["saved", "bac: no"]);
    const third = saver.save(order("acb"));
    expect(sent[2]).toEqual(["acb", "5"]);
    answer();
    await third;
  });
});
