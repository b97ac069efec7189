import { describe, expect, test } from "vitest";
import type { Progress } from "./piece-sender";
import { alarm, type Situation, safeLine } from "./words";

const progress = (change: Partial<Progress> = {}): Progress => ({
  trouble: "none",
  detail: "",
  safe_ms: 131_000,
  recorded_ms: 134_000,
  safe_bytes: 18_400_000,
  recorded_bytes: 18_800_000,
  held_by_tab: false,
  ...change,
});
const situation = (change: Partial<Situation> = {}): Situation => ({
  stage: "recording",
  lost: undefined,
  progress: progress(),
  since_ms: 129_000,
  outlives: true,
  ...change,
});

describe("the alarm", () => {
  test("is silent while all is well", () => expect(alarm(situation())).toBeUndefined());

  test("of a lost connection says first that nothing is lost", () => {
    const said = alarm(situation({ progress: progress({ trouble: "offline" }) }));
    expect(said?.title).toBe("The connection dropped at 2:09. Keep talking.");
    expect(said?.text).toBe("Your recording is safe in this browser and will catch up by itself.");
  });

  test("asks to keep the tab only where the browser keeps nothing itself", () => {
    const trouble = progress({ trouble: "offline" });
    expect(alarm(situation({ progress: trouble, outlives: false }))?.text).toMatch(
      /in this tab.*Do not close it/,
    );
    const full = progress({ trouble: "offline", held_by_tab: true });
    expect(alarm(situation({ progress: full }))?.text).toMatch(/Do not close it/);
  });

  test("does not tell somebody to keep talking who has stopped", () => {
    const said = alarm(situation({ stage: "stopping", progress: progress({ trouble: "away" }) }));
    expect(said?.title).toBe("The server has not answered since 2:09.");
  });

  test("of a microphone that went away comes before any other, and offers another one", () => {
    const said = alarm(
      situation({ stage: "paused", lost: "microphone", progress: progress({ trouble: "offline" }) }),
    );
    expect(said).toMatchObject({ title: "Your microphone went away at 2:09.", action: "microphone" });
  });

  test("of an expired session offers to sign in", () =>
    expect(alarm(situation({ progress: progress({ trouble: "signed-out" }) }))).toMatchObject({
      action: "sign-in",
    }));

  test("uses the server's own words for what it refuses", () => {
    const detail = "The recording has reached the largest size.";
    expect(alarm(situation({ progress: progress({ trouble: "refused", detail }) }))).toMatchObject({
      text: detail,
      action: "stop",
    });
  });
});

describe("the safe line", () => {
  test("counts up while recording", () =>
    expect(safeLine(progress(), "recording")).toMatchObject({
      strong: "Safe on the server up to 2:11",
      weak: "17.5 MB",
      waiting: false,
    }));

  test("says how much is waiting", () => {
    expect(safeLine(progress({ trouble: "away", safe_ms: 129_000 }), "recording").strong).toBe(
      "5 seconds waiting to be sent",
    );
    expect(safeLine(progress({ trouble: "away", safe_ms: 133_500 }), "recording").strong).toBe(
      "1 second waiting to be sent",
    );
  });

  test("says all safe only when it is", () => {
    expect(safeLine(progress(), "stopping").strong).not.toMatch(/All safe/);
    expect(safeLine(progress({ safe_bytes: 18_800_000 }), "paused").strong).toBe("All safe on the server");
  });

  test("is there before the first piece", () =>
    expect(safeLine(undefined, "ready").strong).toBe("Safe on the server from the first second"));
});
