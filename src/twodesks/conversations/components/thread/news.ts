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
/** Pages that nobody looks at do not all come at the same moment. */
const SPREAD_MS = 5_000;

export interface Page {
  /** The newest message that the page has, 0 without any. */
  newest(): number;
  shown(): number[];
  /** What of that stands apart from the others: the opening message, the accepted one. */
  apart(): number[];
  /** When the first of the others was posted, in seconds; 0 when nothing is left out above it. */
  begins_s(): number;
  /** It shows a stretch of the past, not the newest. */
  isPast(): boolean;
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

  constructor(
    private readonly address: string,
    private readonly page: Page,
    private readonly fetchParts: typeof parts = parts,
  ) {}

  want(ids: readonly number[]): void {
    for (const id of ids) this.wanted.add(id);
    this.later(TOGETHER_MS);
  }

  wantHead(): void {
    this.head = true;
    this.later(TOGETHER_MS);
  }

  /** The connection was away, or messages came and went by hand: looks again at all that is shown, and beyond. */
  lookAgain(): void {
    this.behind = true;
    this.later(document.visibilityState === "hidden" ? Math.random() * SPREAD_MS : 0);
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
      if (this.behind) await this.fetchAgain();
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

  private async fetchAgain(): Promise<void> {
    this.behind = false;
    try {
      if (this.page.isPast()) {
        this.want(this.page.shown());
        this.page.take(fragment(await this.fetchParts(`${this.address}?after=${this.page.newest()}&head=1`)));
      } else await this.fetchSpan();
    } catch (error) {
      this.behind = true;
      throw error;
    }
  }

  /** From the first that is shown to the newest, a hundred at a time; what does not come back has left. */
  private async fetchSpan(): Promise<void> {
    const before = new Set(this.page.shown());
    const since = Math.max(0, Math.floor(this.page.begins_s()) - OVERLAP_S);
    let query = new URLSearchParams({ since: String(since), ids: this.page.apart().join(","), head: "1" });
    for (let more = true; more; ) {
      const got = fragment(await this.fetchParts(`${this.address}?${query}`));
      const rows = [...got.querySelectorAll<HTMLElement>("[data-message]")];
      for (const row of rows) before.delete(Number(row.dataset.message));
      this.page.take(got);
      const last = rows.at(-1)?.dataset.message;
      more = rows.length >= AT_ONCE && last !== undefined && query.get("after") !== last;
      query = new URLSearchParams({ after: last ?? "" });
    }
    this.head = false;
    this.page.drop([...before]);
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
