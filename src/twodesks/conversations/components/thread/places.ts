/**
 * Puts messages in their places: each stands once, in order of time; one that is there already is changed where it
 * stands, and what is being played or written in it goes on.
 */
export interface Placed {
  element: HTMLElement;
  /** It was not on the page before. */
  isNew: boolean;
}

const HEAD = ["head", "head-acts", "answers", "splits"];

export const messageId = (element: HTMLElement): number => Number(element.dataset.message) || 0;
const orderOf = (element: HTMLElement): [number, number] => [
  Number(element.dataset.at) || 0,
  messageId(element),
];

export function isAfter(one: HTMLElement, other: HTMLElement): boolean {
  const [at, id] = orderOf(one);
  const [otherAt, otherId] = orderOf(other);
  return at > otherAt || (at === otherAt && id > otherId);
}

export class Places {
  constructor(private readonly page: HTMLElement) {}

  get shown(): HTMLElement[] {
    return [...this.page.querySelectorAll<HTMLElement>("[data-message][data-place]")];
  }

  find(id: number): HTMLElement | null {
    return this.page.querySelector<HTMLElement>(`[data-message="${id}"][data-place]`);
  }

  /** What stands above the messages, as it is now. */
  putHead(parts: ParentNode): void {
    for (const id of HEAD) {
      const fresh = parts.querySelector(`#${id}`);
      const old = this.page.querySelector(`#${id}`);
      if (fresh && old && fresh.outerHTML !== old.outerHTML) old.replaceWith(fresh);
    }
  }

  /** Puts one message in its place. Undefined for one that belongs above the first that is shown. */
  put(fresh: HTMLElement): Placed | undefined {
    const old = this.find(messageId(fresh));
    if (old && old.dataset.place === fresh.dataset.place) return { element: renew(old, fresh), isNew: false };
    const isNew = old === null;
    if (fresh.dataset.place === "accepted") this.page.querySelector("[data-accepted]")?.replaceChildren(fresh);
    else if (!this.insert(fresh)) {
      old?.remove();
      return undefined;
    }
    old?.remove();
    return { element: fresh, isNew };
  }

  remove(id: number): void {
    this.find(id)?.remove();
  }

  private insert(fresh: HTMLElement): boolean {
    const list = this.page.querySelector<HTMLElement>(".messages");
    if (!list || fresh.dataset.place !== "replies") return false;
    const rows = [...list.querySelectorAll<HTMLElement>(":scope > [data-message]")];
    const before = rows.find((row) => isAfter(row, fresh));
    const hasEarlier = this.page.querySelector("[data-earlier-link]") !== null;
    if (before && before === rows[0] && hasEarlier) return false;
    if (before) before.before(fresh);
    else list.append(fresh);
    return true;
  }
}

/** Changes what differs; a voice note that is the same keeps playing, and words that are being changed stay. */
export function renew(old: HTMLElement, fresh: HTMLElement): HTMLElement {
  const newParts = partsOf(fresh);
  const oldParts = partsOf(old);
  if (newParts.size === 0 || oldParts.size === 0) {
    if (sameWords(old) !== sameWords(fresh)) {
      old.replaceWith(fresh);
      return fresh;
    }
    return old;
  }
  for (const [name, part] of newParts) {
    const was = oldParts.get(name);
    if (was?.querySelector("form[data-editing]")) continue;
    if (!was) old.append(part);
    else if (sameWords(was) !== sameWords(part)) was.replaceWith(part);
  }
  for (const [name, part] of oldParts) if (!newParts.has(name)) part.remove();
  old.className = fresh.className;
  return old;
}

function partsOf(message: HTMLElement): Map<string, HTMLElement> {
  const parts = [...message.querySelectorAll<HTMLElement>("[data-part]")];
  return new Map(parts.map((part) => [part.dataset.part ?? "", part]));
}

/** What a part says, without what changes by itself: signed addresses, our own player, times of day. */
function sameWords(part: HTMLElement): string {
  const copy = part.cloneNode(true) as HTMLElement;
  for (const voice of copy.querySelectorAll<HTMLElement>("td-voice")) {
    const { recording, captioned } = voice.dataset;
    voice.replaceWith(`[voice ${recording} ${captioned} ${part.querySelector("audio") ? "plays" : ""}]`);
  }
  for (const clip of copy.querySelectorAll("td-clip")) clip.replaceWith(`[clip ${clip.getAttribute("recording")}]`);
  for (const media of copy.querySelectorAll("[src], [href^='/media/']")) {
    media.removeAttribute("src");
    if (media.getAttribute("href")?.startsWith("/media/")) media.removeAttribute("href");
  }
  for (const dot of copy.querySelectorAll(".av-here")) dot.classList.remove("av-here");
  return copy.innerHTML.replace(/\s+/g, " ").trim();
}
