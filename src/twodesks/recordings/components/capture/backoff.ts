/** How long to wait before the next try: doubling from half a second to half a minute, with a little chance in it so that
 *  many tabs do not knock at a restarted server in step. */
const FIRST_MS = 500;
const LONGEST_MS = 30_000;
const SPREAD = 0.25;

export class Backoff {
  private failures = 0;

  constructor(private readonly chance: () => number = Math.random) {}

  /** How often in a row it failed. */
  get tries(): number {
    return this.failures;
  }

  /** Milliseconds until the next try, one step longer than before. */
  next(): number {
    const plain = Math.min(FIRST_MS * 2 ** this.failures, LONGEST_MS);
    this.failures += 1;
    return Math.round(plain * (1 - SPREAD + 2 * SPREAD * this.chance()));
  }

  reset(): void {
    this.failures = 0;
  }
}
