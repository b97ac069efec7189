import { afterEach, expect, test, vi } from "vitest";
import { bestType, cannotRecord, explain, listDevices } from "./devices";

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["NotAllowedError", "mic", "refused", /Allow the microphone/],
  ["NotAllowedError", "screen", "cancelled", /Choose one to share/],
  ["NotFoundError", "camera", "missing", /Plug one in/],
  ["NotReadableError", "mic", "busy", /Close the call/],
  ["TypeError", "mic", "other", /Try again/],
] as const)("%s of the %s is %s, and says what to do", (name, wanted, reason, todo) => {
  const why = explain(new DOMException("", name), wanted);
  expect(why.reason).toBe(reason);
  expect(why.todo).toMatch(todo);
});

test("an old browser and an unsafe address are told what to do instead", () => {
  vi.stubGlobal("isSecureContext", false);
  expect(cannotRecord()).toMatch(/https/);
  vi.stubGlobal("isSecureContext", true);
  Reflect.deleteProperty(window, "MediaRecorder");
  expect(cannotRecord()).toMatch(/Upload a file/);
});

test("devices without a name are numbered, and those not yet allowed are left out", async () => {
  const all = [
    { kind: "audioinput", deviceId: "a", label: "Headset" },
    { kind: "audioinput", deviceId: "b", label: "" },
    { kind: "audioinput", deviceId: "", label: "" },
    { kind: "videoinput", deviceId: "c", label: "Webcam" },
  ];
  vi.stubGlobal("navigator", { mediaDevices: { enumerateDevices: async () => all } });
  expect(await listDevices("audioinput")).toEqual([
    { id: "a", label: "Headset" },
    { id: "b", label: "Microphone 2" },
  ]);
});

test("the first type that the browser makes is taken", () => {
  vi.stubGlobal("MediaRecorder", { isTypeSupported: (type: string) => type.startsWith("audio/mp4") });
  expect(bestType(false)).toBe("audio/mp4");
  expect(bestType(true)).toBe("");
});
