import { beforeEach, expect, test } from "vitest";
import { commandOf, speedNext } from "./player-keys";

let player: HTMLElement;
beforeEach(() => {
  document.body.innerHTML = `<main id="main"></main><td-player><button></button><i role="slider"></i></td-player>
    <td-transcript><i></i><input></td-transcript><input id="else"><button id="far"></button>`;
  player = document.querySelector("td-player") as HTMLElement;
});
const press = (key: string, selector = "body", more = {}) =>
  commandOf(
    { key, ctrlKey: false, metaKey: false, altKey: false, target: document.querySelector(selector), ...more },
    player,
  );

test("keys work when nothing else has the focus", () => {
  expect(press(" ")).toEqual({ do: "toggle" });
  expect(press("J")).toEqual({ do: "by", ms: -10_000 });
  expect(press("7")).toEqual({ do: "part", part: 0.7 });
  expect(press(">", "#main")).toEqual({ do: "faster" });
  expect(press("x")).toBeUndefined();
});

test("typing, menus' own keys and shortcuts of the browser are left alone", () => {
  expect(press("k", "#else")).toBeUndefined();
  expect(press("k", "td-transcript input")).toBeUndefined();
  expect(press("f", "body", { ctrlKey: true })).toBeUndefined();
  expect(press("k", "#far")).toBeUndefined();
});

test("a focused button keeps its Space, and the slider its arrows", () => {
  expect(press(" ", "td-player button")).toBeUndefined();
  expect(press("k", "td-player button")).toEqual({ do: "toggle" });
  expect(press("ArrowLeft", "td-player button")).toEqual({ do: "by", ms: -5000 });
  expect(press("ArrowLeft", "td-player [role=slider]")).toBeUndefined();
});

test("arrows scroll the page and the transcript as ever", () => {
  expect(press("ArrowDown")).toBeUndefined();
  expect(press("ArrowRight", "td-transcript i")).toBeUndefined();
  expect(press(" ", "td-transcript i")).toBeUndefined();
  expect(press("k", "td-transcript i")).toEqual({ do: "toggle" });
});

test("speeds go by steps and stop at the ends", () => {
  expect(speedNext(1, 1)).toBe(1.2);
  expect(speedNext(1.3, -1)).toBe(1.2);
  expect(speedNext(2, 1)).toBe(2);
  expect(speedNext(0.75, -1)).toBe(0.75);
});
