import { beforeEach, describe, expect, it, vi } from "vitest";
import { sentence, throttled } from "./thread/company";
import { News } from "./thread/news";
import { Places, renew } from "./thread/places";

const message = (id: number, at: number, words = `words ${id}`, place = "replies") => {
  const holder = document.createElement("div");
  holder.innerHTML = `<article class="msg" id="m${id}" data-message="${id}" data-at="${at}" data-place="${place}"><div data-part="by">by</div><div data-part="said">${words}</div></article>`;
  return holder.firstElementChild as HTMLElement;
};

let page: HTMLElement;

beforeEach(() => {
  page = document.createElement("div");
  page.innerHTML = '<div data-accepted></div><div class="messages"></div>';
  document.body.replaceChildren(page);
});

const shown = () => [...page.querySelectorAll<HTMLElement>(".messages > *")].map((row) => row.dataset.message);

describe("places", () => {
  it("puts each message once, in order of time and number", () => {
    const places = new Places(page);
    for (const [id, at] of [
      [3, 30],
      [1, 10],
      [2, 10],
      [3, 30],
    ] as const)
      places.put(message(id, at));
    expect(shown()).toEqual(["1", "2", "3"]);
  });

  it("moves an answer to the top when it is accepted, and leaves no second one", () => {
    const places = new Places(page);
    places.put(message(1, 10));
    const placed = places.put(message(1, 10, "words 1", "accepted"));
    expect(placed?.isNew).toBe(false);
    expect(shown()).toEqual([]);
    expect(page.querySelectorAll("[data-accepted] > *")).toHaveLength(1);
  });

  it("leaves out what belongs above the first that is shown, while earlier ones wait behind a link", () => {
    page.insertAdjacentHTML("afterbegin", "<p data-earlier-link></p>");
    const places = new Places(page);
    places.put(message(5, 50));
    expect(places.put(message(1, 10))).toBeUndefined();
    expect(shown()).toEqual(["5"]);
  });

  it("keeps the very element of what did not change, and words that are being edited", () => {
    const old = message(1, 10, "same");
    const part = old.querySelector('[data-part="said"]');
    renew(old, message(1, 10, "same"));
    expect(old.querySelector('[data-part="said"]')).toBe(part);
    renew(old, message(1, 10, "other"));
    expect(old.querySelector('[data-part="said"]')?.textContent).toBe("other");
    old.querySelector('[data-part="said"]')?.replaceChildren(
      Object.assign(document.createElement("form"), { innerHTML: "mine" }),
    );
    old.querySelector("form")?.setAttribute("data-editing", "1");
    renew(old, message(1, 10, "theirs"));
    expect(old.querySelector("form")?.textContent).toBe("mine");
  });
});

describe("company", () => {
  it("names one or two, and no crowd", () => {
    const one = { name: "Kwame", doing: "recording" as const };
    const two = { name: "Bob", doing: "writing" as const };
    expect(sentence([one])).toBe("Kwame is recording an answer");
    expect(sentence([two])).toBe("Bob is writing");
    expect(sentence([one, two])).toBe("Kwame and Bob are answering");
    expect(sentence([one, two, two])).toBe("Several people are answering");
    expect(sentence([])).toBe("");
  });

  it("calls once in its time", () => {
    let now = 0;
    const call = vi.fn();
    const limited = throttled(1000, call, () => now);
    limited();
    limited();
    now = 1500;
    limited();
    expect(call).toHaveBeenCalledTimes(2);
  });
});

describe("news", () => {
  it("fetches a burst at once, and drops what is not there any more", async () => {
    vi.useFakeTimers();
    const taken: string[] = [];
    const dropped: number[][] = [];
    const fetched = vi.fn(async () => '<article data-message="1" data-place="replies"></article>');
    const news = new News(
      "/news/",
      {
        newest: () => 1,
        shown: () => [1, 2],
        apart: () => [],
        begins_s: () => 0,
        isPast: () => false,
        take: (got) => taken.push(...[...got.querySelectorAll<HTMLElement>("[data-message]")].map((row) => row.dataset.message ?? "")),
        drop: (ids) => dropped.push(ids),
        gone: () => undefined,
      },
      fetched,
    );
    news.want([1]);
    news.want([2]);
    await vi.advanceTimersByTimeAsync(500);
    vi.useRealTimers();
    expect(fetched).toHaveBeenCalledTimes(1);
    expect(taken).toEqual(["1"]);
    expect(dropped).toEqual([[2]]);
  });

  it("looks again at the whole stretch that is shown: what changed, what came in between, what left", async () => {
    vi.useFakeTimers();
    const dropped: number[] = [];
    const asked: URLSearchParams[] = [];
    const row = (id: number) => `<article data-message="${id}" data-place="replies"></article>`;
    const rows = Array.from({ length: 100 }, (_, at) => row(at + 10));
    const taken: number[] = [];
    const news = new News(
      "/news/",
      {
        newest: () => 60,
        shown: () => [1, 10, 11, 7, 110],
        apart: () => [1],
        begins_s: () => 1_000.5,
        isPast: () => false,
        take: (got) =>
          taken.push(...[...got.querySelectorAll<HTMLElement>("[data-message]")].map((one) => Number(one.dataset.message))),
        drop: (ids) => dropped.push(...ids),
        gone: () => undefined,
      },
      async (address) => {
        asked.push(new URL(address, "http://here").searchParams);
        return asked.length === 1 ? row(1) + rows.join("") : row(110);
      },
    );
    news.lookAgain();
    await vi.advanceTimersByTimeAsync(200);
    vi.useRealTimers();
    expect(asked.map((query) => Object.fromEntries(query))).toEqual([
      { since: "985", ids: "1", head: "1" },
      { after: "109" },
    ]);
    expect(taken).toHaveLength(102);
    expect(dropped).toEqual([7]);
  });
});
