import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import "./palette";

const MARKUP = `
  <td-palette data-suggest="/search/suggest/" data-search="/search/" data-member="7">
    <dialog>
      <input role="combobox">
      <p data-status></p>
      <div role="listbox">
        <div data-found></div>
        <div role="group" data-commands>
          <a role="option" href="/record/" data-command data-words="voice">Record</a>
          <a role="option" href="/people/" data-command="typed">Go to People</a>
          <a role="option" href="/search/" data-command="always">Search for <span data-asked></span></a>
        </div>
      </div>
      <template data-loading><p>Looking</p></template>
      <template data-trouble><p>The search did not answer.</p></template>
      <template data-recent><div role="group"><h3>Lately</h3></div></template>
      <template data-recent-option><a role="option" href="/"><span data-words></span></a></template>
    </dialog>
  </td-palette>`;
const FOUND = `<div role="group"><h3>Go to</h3><a role="option" href="/insights/1/"><span class="clip1">Lidar</span></a><a role="option" href="/insights/2/">Other</a></div>`;

const input = () => document.querySelector("input") as HTMLInputElement;
const dialog = () => document.querySelector("dialog") as HTMLDialogElement;
const shown = () =>
  [...document.querySelectorAll<HTMLElement>('[role="option"]')]
    .filter((o) => !o.closest("[hidden]"))
    .map((o) => o.textContent);
const chosen = () => document.querySelector('[aria-selected="true"]')?.textContent;
const press = (key: string, more: KeyboardEventInit = {}, on: EventTarget = document) =>
  on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));

async function type(words: string, wait = 100): Promise<void> {
  input().value = words;
  input().dispatchEvent(new Event("input", { bubbles: true }));
  await vi.advanceTimersByTimeAsync(wait);
}

function answerWith(body: string, status = 200, afterMs = 0): void {
  vi.stubGlobal(
    "fetch",
    (_: string, { signal }: { signal: AbortSignal }) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new DOMException("gone", "AbortError")));
        setTimeout(() => resolve(new Response(body, { status })), afterMs);
      }),
  );
}

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  const box = document.createElement("div");
  box.innerHTML = MARKUP;
  document.body.replaceChildren(box);
  answerWith(FOUND);
});
afterEach(() => {
  vi.useRealTimers();
  document.body.innerHTML = "";
});

describe("opening", () => {
  test.each([{ ctrlKey: true }, { metaKey: true }])("Ctrl or ⌘ K opens it and closes it again", (held) => {
    press("k", held);
    expect(dialog().open).toBe(true);
    press("k", held);
    expect(dialog().open).toBe(false);
  });

  test("a slash opens it, but not while somebody writes", () => {
    const field = document.createElement("textarea");
    document.body.append(field);
    press("/", {}, field);
    expect(dialog().open).toBe(false);
    press("/");
    expect(dialog().open).toBe(true);
  });

  test("with nothing typed it offers the few handy commands, and no search", () => {
    press("k", { ctrlKey: true });
    expect(shown()).toEqual(["Record"]);
    expect(chosen()).toBe("Record");
  });
});

describe("finding", () => {
  test("shows what the server found above the commands, and chooses the first", async () => {
    press("k", { ctrlKey: true });
    await type("lidar");
    expect(shown()).toEqual(["Lidar", "Other", "Search for lidar"]);
    expect(chosen()).toBe("Lidar");
    expect(input().getAttribute("aria-activedescendant")).toBe(
      document.querySelector('[aria-selected="true"]')?.id,
    );
    expect(document.querySelector("[data-status]")?.textContent).toBe("2 found");
  });

  test("arrows go round, and Enter follows the chosen one and remembers it", async () => {
    press("k", { ctrlKey: true });
    await type("lidar");
    press("ArrowUp", {}, input());
    expect(chosen()).toBe("Search for lidar");
    press("ArrowDown", {}, input());
    const went = vi.fn((event: Event) => event.preventDefault());
    document.querySelector('a[href="/insights/1/"]')?.addEventListener("click", went);
    press("Enter", {}, input());
    expect(went).toHaveBeenCalledOnce();
    expect(dialog().open).toBe(false);
    press("k", { ctrlKey: true });
    expect(shown()).toEqual(["Lidar", "Record"]);
  });

  test("says that it looks only when the answer takes long", async () => {
    answerWith(FOUND, 200, 400);
    press("k", { ctrlKey: true });
    await type("lidar", 220);
    expect(document.querySelector("[data-found]")?.textContent).toBe("");
    await vi.advanceTimersByTimeAsync(40);
    expect(document.querySelector("[data-found]")?.textContent).toBe("Looking");
    await vi.advanceTimersByTimeAsync(400);
    expect(shown()).toContain("Lidar");
  });

  test("an answer that fails says so and leaves the search page within reach", async () => {
    answerWith("", 500);
    press("k", { ctrlKey: true });
    await type("lidar");
    expect(document.querySelector("[data-found]")?.textContent).toBe("The search did not answer.");
    expect(shown()).toEqual(["Search for lidar"]);
    expect(document.querySelector<HTMLAnchorElement>('[data-command="always"]')?.search).toBe("?q=lidar");
  });

  test("a late answer to earlier words is thrown away", async () => {
    answerWith('<a role="option" href="/old/">Old</a>', 200, 300);
    press("k", { ctrlKey: true });
    await type("old");
    answerWith(FOUND);
    await type("lidar", 500);
    expect(shown()).not.toContain("Old");
  });
});

describe("commands", () => {
  test("> keeps to commands and asks the server nothing", async () => {
    const asked = vi.fn();
    vi.stubGlobal("fetch", asked);
    press("k", { ctrlKey: true });
    await type("> people");
    expect(shown()).toEqual(["Go to People"]);
    expect(asked).not.toHaveBeenCalled();
  });

  test("a command is found by its other words too", async () => {
    press("k", { ctrlKey: true });
    await type(">voice");
    expect(shown()).toEqual(["Record"]);
  });

  test("signing out forgets the places chosen lately", () => {
    localStorage.setItem("td-recent-7", JSON.stringify([{ href: "/x/", words: "X" }]));
    document.body.insertAdjacentHTML("beforeend", "<form data-signs-out></form>");
    document.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true }));
    expect(localStorage.getItem("td-recent-7")).toBeNull();
  });
});
