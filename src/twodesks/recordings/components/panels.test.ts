import { beforeEach, expect, test } from "vitest";
import "./panels";

beforeEach(() => {
  const page = document.createElement("div");
  page.innerHTML = `<td-panels aria-label="Beside"><section data-tab="Transcript"><h2>Transcript</h2></section>
    <section data-tab="Kept from this" data-count="2"></section></td-panels>`;
  document.body.replaceChildren(page);
});
const tabs = () => [...document.querySelectorAll<HTMLElement>('[role="tab"]')];
const shown = () =>
  [...document.querySelectorAll<HTMLElement>("section:not([hidden])")].map((one) => one.dataset.tab);

test("sections become tabs that name and count them", () => {
  expect(tabs().map((tab) => tab.textContent)).toEqual(["Transcript", "Kept from this 2"]);
  expect(shown()).toEqual(["Transcript"]);
  expect(document.querySelector("#panel-kept-from-this")?.getAttribute("aria-labelledby")).toBe(
    tabs()[1]?.id,
  );
});

test("arrows go round, and the focus goes along", () => {
  tabs()[0]?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }));
  expect(shown()).toEqual(["Kept from this"]);
  expect(document.activeElement).toBe(tabs()[1]);
  expect(tabs().map((tab) => tab.getAttribute("aria-selected"))).toEqual(["false", "true"]);
});

test("a count that changes is shown at once", async () => {
  const section = document.querySelector<HTMLElement>("#panel-transcript");
  if (section) section.dataset.count = "3";
  await Promise.resolve();
  expect(tabs()[0]?.textContent).toBe("Transcript 3");
});
