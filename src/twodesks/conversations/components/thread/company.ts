/** Who is here, who writes, who records: dots on faces, and a line below the messages. Nobody is asked to be seen. */
import { csrfHeaders } from "~/lib/csrf";

const HERE_FOR_MS = 100_000;
const SAY_HERE_MS = 60_000;
const TYPING_FOR_MS = { writing: 7_000, recording: 13_000 };
const STALE_S = 15;

export type Doing = "writing" | "recording";

interface Busy {
  name: string;
  photo: string;
  initials: string;
  doing: Doing;
  until: number;
}

/** Tells the others; one that does not arrive is no loss. */
export function tell(address: string, doing: Doing | "here" | "gone"): void {
  const body = new URLSearchParams({ doing });
  void fetch(address, {
    method: "POST",
    body,
    credentials: "same-origin",
    keepalive: doing === "gone",
    headers: { Accept: "application/json", ...csrfHeaders() },
  }).catch(() => undefined);
}

/** At most one call in so many milliseconds. */
export function throttled(ms: number, call: () => void, now: () => number = () => performance.now()): () => void {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (now() - last < ms) return;
    last = now();
    call();
  };
}

export function sentence(busy: readonly Pick<Busy, "name" | "doing">[]): string {
  const [first, second] = busy;
  if (!first) return "";
  if (busy.length > 2) return "Several people are answering";
  if (!second) return `${first.name} is ${first.doing === "recording" ? "recording an answer" : "writing"}`;
  const what = first.doing === second.doing && first.doing === "recording" ? "recording" : "answering";
  return `${first.name} and ${second.name} are ${what}`;
}

export class Company {
  private readonly here = new Map<number, number>();
  private readonly busy = new Map<number, Busy>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private beat: ReturnType<typeof setInterval> | undefined;
  private readonly skew_s: number;

  constructor(
    private readonly page: HTMLElement,
    private readonly address: string,
    private readonly me: number,
    private readonly isHidden: boolean,
    serverNow_s: number,
  ) {
    this.skew_s = serverNow_s ? Date.now() / 1000 - serverNow_s : 0;
  }

  start(present: readonly number[]): void {
    for (const member of present) this.here.set(member, Date.now() + HERE_FOR_MS);
    this.timer = setInterval(() => this.show(), 2_000);
    this.show();
    if (this.isHidden) return;
    this.sayHere();
    this.beat = setInterval(() => this.sayHere(), SAY_HERE_MS);
    addEventListener("pagehide", this.leave);
  }

  stop(): void {
    clearInterval(this.timer);
    clearInterval(this.beat);
    removeEventListener("pagehide", this.leave);
  }

  hear(news: Record<string, unknown>): void {
    const member = Number(news.member_id);
    if (this.isOld(Number(news.at))) return;
    if (news.kind === "here") this.here.set(member, Date.now() + HERE_FOR_MS);
    else if (news.kind === "gone") this.here.delete(member);
    else if (news.kind === "typing" && member !== this.me) {
      const doing: Doing = news.doing === "recording" ? "recording" : "writing";
      this.busy.set(member, {
        name: String(news.who),
        photo: String(news.photo ?? ""),
        initials: String(news.initials ?? ""),
        doing,
        until: Date.now() + TYPING_FOR_MS[doing],
      });
    }
    this.show();
  }

  /** A message of theirs is there, so they write no more. */
  hasSpoken(member: number): void {
    if (this.busy.delete(member)) this.show();
  }

  show(): void {
    const now = Date.now();
    for (const [member, until] of this.here) if (until < now) this.here.delete(member);
    for (const [member, one] of this.busy) if (one.until < now) this.busy.delete(member);
    for (const who of this.page.querySelectorAll<HTMLElement>("[data-author]")) {
      const member = Number(who.dataset.author);
      who.querySelector(".av")?.classList.toggle("av-here", member !== this.me && this.here.has(member));
    }
    this.line();
  }

  private line(): void {
    const line = this.page.querySelector<HTMLElement>("[data-typing]");
    if (!line) return;
    const busy = [...this.busy.values()].slice(0, 3);
    const words = sentence(busy);
    line.hidden = words === "";
    if (line.dataset.words === words) return;
    line.dataset.words = words;
    const faces = document.createElement("span");
    faces.className = "avs";
    faces.append(...busy.map(face));
    line.replaceChildren(faces, words);
  }

  private isOld(at_s: number): boolean {
    return Number.isFinite(at_s) && Date.now() / 1000 - this.skew_s - at_s > STALE_S;
  }

  private sayHere(): void {
    if (document.visibilityState === "visible") tell(this.address, "here");
  }

  private readonly leave = (): void => tell(this.address, "gone");
}

function face(one: Busy): HTMLElement {
  const around = document.createElement("span");
  around.className = "av av-22";
  around.setAttribute("aria-hidden", "true");
  if (one.photo) {
    const picture = document.createElement("img");
    picture.src = one.photo;
    picture.alt = "";
    around.append(picture);
  } else {
    const initials = document.createElement("span");
    initials.className = "initials";
    initials.textContent = one.initials;
    around.append(initials);
  }
  return around;
}
