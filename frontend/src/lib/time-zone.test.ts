import { expect, it } from "vitest";
import { suggestTimeZone } from "./time-zone";

function select(chosen: string): HTMLSelectElement {
  document.body.innerHTML = `<select data-time-zone><option>UTC</option><option>Europe/London</option><option>Asia/Pune</option></select>`;
  const made = document.querySelector("select") as HTMLSelectElement;
  made.value = chosen;
  return made;
}

it("suggests the browser's zone", () => {
  const made = select("UTC");
  suggestTimeZone(document, "Europe/London");
  expect(made.value).toBe("Europe/London");
});

it("leaves a zone that somebody chose, and one it does not know", () => {
  const chosen = select("Asia/Pune");
  suggestTimeZone(document, "Europe/London");
  expect(chosen.value).toBe("Asia/Pune");
  const unknown = select("UTC");
  suggestTimeZone(document, "Mars/Olympus");
  expect(unknown.value).toBe("UTC");
});
