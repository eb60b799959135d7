import type { IndicatorReads, Soon } from '../store/store.ts';

/** How long an answer is believed though nothing was published: indicators expire by themselves. In milliseconds. */
const BELIEVED = 1_000;

interface Entry<T> {
  readonly watermark: number;
  readonly measuredAt: number;
  /** A promise until it is there. */
  value: Soon<T>;
}

type Measure<T> = (watermark: number) => Promise<T>;

/** What was found out last, by key: while nothing is published, the same question has the same answer. */
export class Fresh<T> {
  readonly #store: IndicatorReads;
  readonly #most: number;
  readonly #entries = new Map<string, Entry<T>>();
  #polled = false;

  constructor(store: IndicatorReads, most = 10_000) {
    this.#store = store;
    this.#most = most;
  }

  /**
   * The answer at `now` to the question that `key` names, found out by `measure`, which is told the newest stamp; at once where
   * it is known. Throws or rejects with `StoreError` when the store cannot answer.
   */
  find(key: string, now: number, measure: Measure<T>): Soon<T> {
    if (!this.#polled) return this.#findFirst(key, now, measure);
    const watermark = this.#store.watermark(now);
    if (typeof watermark === 'number') return this.#findAt(watermark, key, now, measure);
    return watermark.then((stamp) => this.#findAt(stamp, key, now, measure));
  }

  async #findFirst(key: string, now: number, measure: Measure<T>): Promise<T> {
    await this.#store.markPolled(now);
    this.#polled = true;
    return await this.find(key, now, measure);
  }

  #findAt(watermark: number, key: string, now: number, measure: Measure<T>): Soon<T> {
    const known = this.#entries.get(key);
    const age = known === undefined ? Infinity : now - known.measuredAt;
    if (known?.watermark === watermark && age >= 0 && age < BELIEVED) return known.value;
    const measuring = measure(watermark);
    const entry: Entry<T> = { watermark, measuredAt: now, value: measuring };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#most) this.#entries.delete(this.#entries.keys().next().value!);
    void this.#settle(key, entry, measuring);
    return measuring;
  }

  /** Notes what was found out; a failure is not kept. */
  async #settle(key: string, entry: Entry<T>, measuring: Promise<T>): Promise<void> {
    try {
      entry.value = await measuring;
    } catch {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    }
  }
}
