/**
 * What is new in a conversation, fetched as parts of the page. News that comes in a burst is fetched at once; while the
 * server cannot be reached it waits, and catching up brings what was missed: every message once.
 */
import { fragment, parts, Refused } from "./calls";

const TOGETHER_MS = 80;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
const AT_ONCE = 100;
/** A write that began earlier may be seen later. */
const OVERLAP_S = 15;

export interface Page {
  /** The newest message that the page has, 0 without any. */
  newest(): number;
  shown(): number[];
  take(parts: DocumentFragment): void;
  /** These were asked for and are here no more. */
  drop(ids: number[]): void;
  gone(): void;
}

export class News {
  private readonly wanted = new Set<number>();
  private head = false;
  private behind = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pause = FIRST_PAUSE_MS;
  private running = false;
  private seen_s: number;
  private readonly skew_s: number;

  /** `now_s` is the server's clock when it drew the page. */
  constructor(
    private readonly address: string,
    private readonly page: Page,
    now_s: number,
    private readonly fetchParts: typeof parts = parts,
  ) {
    this.seen_s = now_s;
    this.skew_s = Date.now() / 1000 - now_s;
  }

  want(ids: readonly number[]): void {
    for (const id of ids) this.wanted.add(id);
    this.later(TOGETHER_MS);
  }

  wantHead(): void {
    this.head = true;
    this.later(TOGETHER_MS);
  }

  /** The connection was away, or may have been: all that came since, and all that changed. */
  catchUp(): void {
    this.behind = true;
    this.later(0);
  }

  /** Messages may have left: asks for all that are shown. */
  lookAgain(): void {
    this.head = true;
    this.want(this.page.shown());
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), ms);
  }

  private async run(): Promise<void> {
    if (this.running) return this.later(TOGETHER_MS);
    this.running = true;
    try {
      if (this.behind) await this.fetchMissed();
      while (this.wanted.size > 0) await this.fetchWanted();
      if (this.head) await this.fetchHead();
      this.pause = FIRST_PAUSE_MS;
    } catch (error) {
      this.stumble(error);
    } finally {
      this.running = false;
    }
  }

  private stumble(error: unknown): void {
    const status = error instanceof Refused ? error.status : 0;
    if (status === 404 || status === 401 || status === 403) return this.page.gone();
    this.behind = true;
    this.later(this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
  }

  private async fetchMissed(): Promise<void> {
    const since = this.seen_s - OVERLAP_S;
    const began_s = Math.floor(Date.now() / 1000 - this.skew_s);
    const shown = this.page.shown();
    let full = true;
    for (let round = 0; full; round += 1) {
      const query = new URLSearchParams({ after: String(this.page.newest()), head: "1" });
      if (round === 0) {
        query.set("since", String(since));
        query.set("shown", shown.join(","));
      }
      const before = this.page.newest();
      const got = fragment(await this.fetchParts(`${this.address}?${query}`));
      const count = got.querySelectorAll("[data-message]").length;
      this.page.take(got);
      full = count >= AT_ONCE && this.page.newest() !== before;
    }
    this.behind = false;
    this.head = false;
    this.seen_s = began_s;
  }

  private async fetchWanted(): Promise<void> {
    const ids = [...this.wanted].slice(0, AT_ONCE);
    const query = new URLSearchParams({ ids: ids.join(","), head: "1" });
    const got = fragment(await this.fetchParts(`${this.address}?${query}`));
    const there = new Set(
      [...got.querySelectorAll<HTMLElement>("[data-message]")].map((row) => Number(row.dataset.message)),
    );
    for (const id of ids) this.wanted.delete(id);
    this.head = false;
    this.page.take(got);
    this.page.drop(ids.filter((id) => !there.has(id)));
  }

  private async fetchHead(): Promise<void> {
    const got = fragment(await this.fetchParts(`${this.address}?head=1`));
    this.head = false;
    this.page.take(got);
  }
}
