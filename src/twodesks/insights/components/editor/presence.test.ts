import { beforeEach, describe, expect, it, vi } from "vitest";
import { Presence } from "./presence";

describe("Presence", () => {
  let editor: HTMLElement;
  const words = () => editor.querySelector("[data-presence]")?.textContent;
  const news = (member_id: number, kind = "writing") => ({ topic: "insight:1", kind, member_id });

  beforeEach(() => {
    vi.useFakeTimers();
    editor = document.createElement("div");
    editor.setAttribute("member", "1");
    editor.innerHTML = `<span data-presence></span><select id="credit-member"><option value="2">Tomasz Wiśniewski</option><option value="3">Mei Ling</option></select>`;
  });

  it("names who writes, not oneself, and falls quiet", () => {
    const presence = new Presence(editor);
    presence.hear(news(1));
    expect(words()).toBe("");
    presence.hear(news(2));
    expect(words()).toBe("Tomasz is writing");
    presence.hear(news(3));
    expect(words()).toBe("Tomasz and Mei are writing");
    presence.hear(news(2, "kept"));
    expect(words()).toBe("Mei is writing");
    vi.advanceTimersByTime(31_000);
    expect(words()).toBe("");
  });
});
