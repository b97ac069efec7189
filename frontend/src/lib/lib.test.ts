import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { defineElements, tagOf } from "~/elements";
import { listenForBusyForms, makeBusy, makeIdle } from "./busy";
import { type News, tell } from "./live";
import { setTheme } from "./theme";
import { leaveLater, listenForToasts, showToast, showTrouble, troubleOf } from "./toasts";
import { applyVariables } from "./variables";

beforeEach(() => {
  document.body.innerHTML = "";
});
afterEach(() => {
  vi.useRealTimers();
});

describe("elements", () => {
  test("a file's name is its tag", () => {
    expect(tagOf("../../src/twodesks/conversations/components/answer-editor.ts")).toBe("td-answer-editor");
  });

  test("an element on the page gets its definition, an unknown one is left alone", async () => {
    document.body.innerHTML = "<td-palette></td-palette><td-nobody></td-nobody>";
    expect(() => defineElements(document)).not.toThrow();
    await vi.waitFor(() => expect(customElements.get("td-palette")).toBeDefined());
    expect(customElements.get("td-nobody")).toBeUndefined();
  });
});

describe("variables", () => {
  test("only custom properties are set", () => {
    document.body.innerHTML = '<i data-vars="--talk:62; color:red"></i>';
    applyVariables(document);
    const style = (document.querySelector("i") as HTMLElement).style;
    expect(style.getPropertyValue("--talk")).toBe("62");
    expect(style.color).toBe("");
  });
});

describe("busy buttons", () => {
  test("says what it does, keeps its width, and comes back", () => {
    document.body.innerHTML = '<button class="btn" data-busy="Saving">Save</button>';
    const button = document.querySelector("button") as HTMLElement;
    makeBusy(button);
    expect(button.textContent).toBe("Saving");
    expect(button.getAttribute("aria-busy")).toBe("true");
    expect(button.style.minWidth).toMatch(/px$/);
    makeIdle(button);
    expect(button.textContent).toBe("Save");
    expect(button.hasAttribute("aria-busy")).toBe(false);
  });

  test("a second press does nothing", () => {
    listenForBusyForms();
    document.body.innerHTML = '<form><button class="btn">Save</button></form>';
    const form = document.querySelector("form") as HTMLFormElement;
    const submitter = form.querySelector("button") as HTMLElement;
    const send = () =>
      form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true, submitter }));
    expect(send()).toBe(true);
    expect(send()).toBe(false);
  });
});

describe("toasts and trouble", () => {
  test("a toast leaves after six seconds, but not while somebody is at it", () => {
    vi.useFakeTimers();
    document.body.innerHTML = '<div id="toasts"></div>';
    const toast = showToast({ text: "Kept.", href: "/insights/1/" }) as HTMLElement;
    expect(toast.querySelector("a")?.textContent).toBe("Open");
    vi.advanceTimersByTime(5000);
    toast.dispatchEvent(new Event("focusin"));
    vi.advanceTimersByTime(20_000);
    expect(toast.isConnected).toBe(true);
    toast.dispatchEvent(new Event("focusout"));
    vi.advanceTimersByTime(6000);
    expect(toast.isConnected).toBe(false);
  });

  test("a toast's words are words, never markup", () => {
    document.body.innerHTML = '<div id="toasts"></div>';
    const toast = showToast({ text: "<img src=x>" });
    expect(toast?.querySelector("img")).toBeNull();
    if (toast) leaveLater(toast);
  });

  test.each([
    [0, "did not answer"],
    [401, "signed out"],
    [409, "Somebody else changed"],
    [500, "nothing was changed"],
  ])("status %i says what happened and that nothing was lost", (status, words) => {
    document.body.innerHTML = '<div id="trouble" hidden><span data-words></span></div>';
    showTrouble(troubleOf(status));
    const note = document.getElementById("trouble") as HTMLElement;
    expect(note.hidden).toBe(false);
    expect(note.textContent).toContain(words);
    showTrouble("");
    expect(note.hidden).toBe(true);
  });

  test("a refused htmx request shows its trouble, and the next one takes it away", () => {
    listenForToasts();
    document.body.innerHTML = '<div id="trouble" hidden><span data-words></span></div>';
    const note = document.getElementById("trouble") as HTMLElement;
    document.dispatchEvent(new CustomEvent("htmx:responseError", { detail: { xhr: { status: 413 } } }));
    expect(note.textContent).toContain("larger than the server takes");
    document.dispatchEvent(new Event("htmx:beforeRequest"));
    expect(note.hidden).toBe(true);
  });
});

describe("theme", () => {
  test("a choice is written to the page, the cookie and the switch", () => {
    document.body.innerHTML =
      '<button data-theme-choice="dark"></button><button data-theme-choice="system"></button>';
    setTheme("dark");
    expect(document.documentElement.dataset.theme).toBe("dark");
    expect(document.cookie).toContain("td_theme=dark");
    expect(document.querySelector('[data-theme-choice="dark"]')?.getAttribute("aria-pressed")).toBe("true");
    setTheme("system");
    expect(document.documentElement.dataset.theme).toBeUndefined();
    expect(document.cookie).not.toContain("td_theme=dark");
  });
});

describe("live", () => {
  test("news reaches only those who watch its topic", () => {
    document.body.innerHTML = '<i data-live="recording:1 channel:2"></i><b data-live="recording:12"></b>';
    const heard: News[] = [];
    document
      .querySelector("i")
      ?.addEventListener("live", (event) => heard.push((event as CustomEvent<News>).detail));
    const others = vi.fn();
    document.querySelector("b")?.addEventListener("live", others);
    tell({ topic: "recording:1", kind: "captioned" });
    expect(heard).toEqual([{ topic: "recording:1", kind: "captioned" }]);
    expect(others).not.toHaveBeenCalled();
  });
});
