interface Window {
  readonly since: number;
  count: number;
}

/** Counts attempts by whoever makes them, and remembers those of the last windows only. */
export class Attempts {
  readonly #limit: number;
  readonly #length: number;
  readonly #most: number;
  readonly #windows = new Map<string, Window>();

  /** `limit` in a window of `length` milliseconds, for the `most` that came last. */
  constructor({ limit, length, most = 10_000 }: { limit: number; length: number; most?: number }) {
    this.#limit = limit;
    this.#length = length;
    this.#most = most;
  }

  /** Counts one. Returns when the next is possible, where there were too many already; else undefined. */
  take(who: string, now: number): number | undefined {
    const known = this.#windows.get(who);
    // A clock that is set back begins a new window.
    const current = known !== undefined && Math.abs(now - known.since) < this.#length ? known : undefined;
    if (current !== undefined && current.count >= this.#limit) return current.since + this.#length;
    const window = current ?? { since: now, count: 0 };
    window.count += 1;
    this.#windows.delete(who);
    this.#windows.set(who, window);
    if (this.#windows.size > this.#most) this.#windows.delete(this.#windows.keys().next().value!);
    return undefined;
  }

  /** Takes one back that was none after all. */
  giveBack(who: string): void {
    const window = this.#windows.get(who);
    if (window !== undefined) window.count -= 1;
  }
}
