/** What is being written, kept in this browser until the server has it: a lost network or a closed tab loses nothing. */
export interface Copy {
  title: string;
  body: string;
  topics: string;
  at: number;
  version: number;
}

const key = (member: string, draft: string) => `td-draft-${member}-${draft}`;

export class LocalCopy {
  constructor(
    private readonly member: string,
    private draft: string,
    private readonly store: Storage = localStorage,
  ) {}

  /** False when the browser keeps nothing (full, or forbidden). */
  keep(copy: Copy): boolean {
    try {
      this.store.setItem(key(this.member, this.draft), JSON.stringify(copy));
      return true;
    } catch {
      return false;
    }
  }

  found(): Copy | null {
    try {
      const kept = JSON.parse(
        this.store.getItem(key(this.member, this.draft)) ?? "null",
      ) as Partial<Copy> | null;
      const isWhole = typeof kept?.body === "string" && typeof kept.title === "string";
      return isWhole ? ({ topics: "", at: 0, version: 0, ...kept } as Copy) : null;
    } catch {
      return null;
    }
  }

  forget(): void {
    try {
      this.store.removeItem(key(this.member, this.draft));
    } catch {
      // Nothing was kept then, and nothing has to go.
    }
  }

  /** A new draft has its number now. */
  move(draft: string): void {
    this.forget();
    this.draft = draft;
  }
}
