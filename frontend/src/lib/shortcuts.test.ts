import { beforeEach, expect, test } from "vitest";
import { isSingleKey, listenForShortcuts, singleKeysAreOn } from "./shortcuts";

const PAGE = `<td-palette></td-palette><div class="askbox"><input id="ask"></div>
  <button data-single-keys>Turn single keys <span data-next>off</span></button>`;

const press = (key: string, on: EventTarget = document.body, more: KeyboardEventInit = {}) =>
  on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));

listenForShortcuts();
beforeEach(() => {
  localStorage.clear();
  document.body.innerHTML = PAGE;
});

test("a goes to the question", () => {
  press("a");
  expect(document.activeElement?.id).toBe("ask");
});

test("a letter that somebody types, or holds with a command key, stays a letter", () => {
  const input = document.querySelector("#ask") as HTMLInputElement;
  const elsewhere = document.querySelector("button") as HTMLButtonElement;
  elsewhere.focus();
  press("a", input);
  press("a", document.body, { ctrlKey: true });
  expect(document.activeElement).toBe(elsewhere);
});

test("single keys can be turned off and on again", () => {
  const button = document.querySelector("button") as HTMLButtonElement;
  button.click();
  expect(singleKeysAreOn()).toBe(false);
  expect(button.textContent).toContain("on");
  expect(isSingleKey(new KeyboardEvent("keydown", { key: "/" }))).toBe(false);
  button.click();
  expect(singleKeysAreOn()).toBe(true);
});
