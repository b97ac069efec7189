/** The player's keys, as most players have them. */
export type Command =
  | { do: "toggle" | "mute" | "captions" | "full-screen" | "faster" | "slower" }
  | { do: "by"; ms: number }
  | { do: "part"; part: number }
  | { do: "volume"; by: number };

const KEYS: Record<string, Command> = {
  k: { do: "toggle" },
  " ": { do: "toggle" },
  j: { do: "by", ms: -10_000 },
  l: { do: "by", ms: 10_000 },
  ArrowLeft: { do: "by", ms: -5000 },
  ArrowRight: { do: "by", ms: 5000 },
  ArrowUp: { do: "volume", by: 0.1 },
  ArrowDown: { do: "volume", by: -0.1 },
  m: { do: "mute" },
  c: { do: "captions" },
  f: { do: "full-screen" },
  ">": { do: "faster" },
  "<": { do: "slower" },
};

export const HELP: [keys: string, what: string][] = [
  ["Space, K", "Play or pause"],
  ["J, L", "Back or on by 10 seconds"],
  ["← →", "Back or on by 5 seconds"],
  ["↑ ↓", "Louder or quieter"],
  ["0 to 9", "Go to that tenth"],
  ["<, >", "Slower or faster"],
  ["C", "Captions"],
  ["M", "Mute"],
  ["F", "Full screen"],
];

export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  target: EventTarget | null;
}

/** What a key asks of the player; undefined where it is somebody else's: a field, a menu, a button that Space presses. */
export function commandOf(event: Pressed, player: Element): Command | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const target = event.target instanceof Element ? event.target : document.body;
  if (target.closest('input, textarea, select, [contenteditable], dialog, [role="menu"], [role="listbox"]'))
    return undefined;
  const pressable = target.closest("button, a, summary") !== null;
  if (pressable && event.key === " ") return undefined;
  const inside = player.contains(target);
  const free = target === document.body || target.id === "main";
  if (event.key.startsWith("Arrow") && (!inside || target.closest('[role="slider"], [role="tab"]')))
    return undefined;
  if (!inside && !free && !target.closest("td-transcript")) return undefined;
  if (event.key === " " && target.closest("td-transcript")) return undefined;
  if (/^\d$/.test(event.key)) return { do: "part", part: Number(event.key) / 10 };
  return KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
}

export const SPEEDS = [0.75, 1, 1.2, 1.5, 1.75, 2] as const;

export function speedNext(now: number, by: 1 | -1): number {
  const all =
    by > 0 ? SPEEDS.filter((speed) => speed > now) : SPEEDS.filter((speed) => speed < now).reverse();
  return all[0] ?? now;
}
