import type { IndicatorReads } from '../store/store.ts';

/** How long an answer is believed though nothing was published: indicators expire by themselves. In milliseconds. */
const BELIEVED = 1_000;

interface Entry<T> {
  readonly watermark: number;
  readonly measuredAt: number;
  readonly value: Promise<T>;
}

/** What was found out last, by key: while nothing is published, the same question has the same answer. */
export class Fresh<T> {
  readonly #store: IndicatorReads;
  readonly #most: number;
  readonly #entries = new Map<string, Entry<T>>();

  constructor(store: IndicatorReads, most = 10_000) {
    this.#store = store;
    this.#most = most;
  }

  /**
   * The answer at `now` to the question that `key` names, found out by `measure`, which is told the newest stamp. Rejects
   * with `StoreError` when the store cannot answer.
   */
  async find(key: string, now: number, measure: (watermark: number) => Promise<T>): Promise<T> {
    await this.#store.markPolled(now);
    const watermark = await this.#store.watermark(now);
    const known = this.#entries.get(key);
    const age = known === undefined ? Infinity : now - known.measuredAt;
    if (known?.watermark === watermark && age >= 0 && age < BELIEVED) return await known.value;
    const value = measure(watermark);
    this.#entries.delete(key);
    this.#entries.set(key, { watermark, measuredAt: now, value });
    if (this.#entries.size > this.#most) this.#entries.delete(this.#entries.keys().next().value!);
    value.catch(() => this.#entries.delete(key));
    return await value;
  }
}
