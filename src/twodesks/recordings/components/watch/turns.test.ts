import { expect, test } from "vitest";
import { beginsTurn, speakerOf, turnAround, whoIs } from "./turns";

const cue = (speaker?: string, member_id?: number) => ({
  start_ms: 0,
  end_ms: 1,
  text: "x",
  ...(speaker ? { speaker } : {}),
  ...(member_id ? { member_id } : {}),
});
const cues = [cue("Ada", 3), cue("Ada N.", 3), cue("Kit"), cue(), cue("Kit")];

test("a member is one person under whatever name, a guest is a name", () => {
  expect(cues.map(whoIs)).toEqual(["#3", "#3", "Kit", "", "Kit"]);
  expect(cues.map((_, at) => beginsTurn(cues, at))).toEqual([true, false, true, true, true]);
});

test("a turn reaches as far as the same person speaks", () => {
  expect(turnAround(cues, 1)).toEqual({ first: 0, last: 1 });
  expect(turnAround(cues, 3)).toEqual({ first: 3, last: 3 });
});

test("the speaker of a cue is found among those who speak", () => {
  const ada = { name: "Ada Nwosu", member_id: 3, photo: "", initials: "AN", percent: 60, length: "", turns: 1 };
  expect(speakerOf([ada], cues[1] ?? cue())).toBe(ada);
  expect(speakerOf([ada], cues[2] ?? cue())).toBeUndefined();
});
