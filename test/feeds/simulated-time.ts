/** A clock that jumps to the next moment for which somebody waits, as soon as nobody has anything else to do. */
export class SimulatedTime {
  now: number;
  readonly #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(now: number) {
    this.now = now;
  }

  readonly clock = (): number => this.now;

  readonly sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const sleeper = { at: this.now + Math.max(1, milliseconds), wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });

  /** Lets time pass until `end`; then calls `stop` and wakes everybody. */
  async runUntil(end: number, stop: () => void): Promise<void> {
    for (;;) {
      await idle();
      const next = Math.min(...this.#sleepers.map(({ at }) => at));
      if (next > end || next === Infinity) break;
      this.now = next;
      for (const { wake } of this.#take(({ at }) => at <= next)) wake();
    }
    this.now = end;
    stop();
    for (const { wake } of this.#take(() => true)) wake();
  }

  #take(due: (sleeper: { readonly at: number }) => boolean) {
    const taken = this.#sleepers.filter(due);
    for (const sleeper of taken) this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
    return taken;
  }
}

/** Waits until what is under way without waiting for time has been done. */
async function idle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
