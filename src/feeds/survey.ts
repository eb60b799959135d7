import type { Ioc } from '../model/ioc.ts';
import type { Rejection, RejectionCode, Sighting } from '../model/sighting.ts';
import type { ReadItem } from '../parse/format.ts';
import type { KnownIoc, RunStore } from '../store/store.ts';
import type { Survey } from './fuse.ts';
import { screen, type Screening } from './screen.ts';

/** So many sightings are compared, and IOCs listed, at a time. */
const BATCH = 2_000;

/** A run takes no more records than this: a larger download is a mistake, or an attack on our memory and disk. */
export const MOST_RECORDS = 2_000_000;

/** Told of an IOC that a download adds or changes. */
export type ChangeListener = (kind: 'added' | 'changed', ioc: Ioc) => Promise<void>;

/** A download has more records than a run takes. */
export class TooManyRecordsError extends Error {
  override readonly name = 'TooManyRecordsError';
}

/**
 * Reads a download without publishing anything, and compares it with what its source says so far. Holds a bit for each
 * IOC of the store, whatever the size of the download.
 */
export class Surveyor {
  readonly #store: RunStore;
  readonly #source: string;
  readonly #onChange: ChangeListener;
  readonly #listed = new BitSet();
  readonly #rejected = new Map<RejectionCode, number>();
  readonly #counts = { listed: 0, added: 0, changed: 0, same: 0, held: 0, takenBack: 0 };
  readonly #most: number;
  #records = 0;
  #batch: Sighting[] = [];

  /** `onChange` is told of what is added and changed, as it is found; no more than `most` records are read. */
  constructor(
    store: RunStore,
    source: string,
    onChange: ChangeListener = async () => undefined,
    most = MOST_RECORDS,
  ) {
    this.#most = most;
    this.#store = store;
    this.#source = source;
    this.#onChange = onChange;
  }

  /** Reads one document; each batch's rejections go to `onRejections`. Throws as its reader does, `TooManyRecordsError`, and when aborted. */
  async read(
    items: AsyncIterable<readonly ReadItem[]>,
    screening: Screening,
    onRejections: (rejections: readonly Rejection[]) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    for await (const batch of items) {
      signal?.throwIfAborted();
      this.#records += batch.length;
      if (this.#records > this.#most) throw new TooManyRecordsError();
      const rejections: Rejection[] = [];
      for (const item of batch) {
        const outcome = screen(item, screening);
        if (outcome.ok) this.#batch.push(outcome.sighting);
        else this.#countRejected(outcome.rejection);
        const rejection = outcome.ok ? outcome.note : outcome.rejection;
        if (rejection !== undefined) rejections.push(rejection);
      }
      if (rejections.length > 0) await onRejections(rejections);
      if (this.#batch.length >= BATCH) await this.#compare();
    }
  }

  /** The survey of all documents read; absence is looked for where it means something. */
  async finish(absenceCounts: boolean): Promise<Survey> {
    await this.#compare();
    let standing = 0;
    let absent = 0;
    for await (const page of this.#standing()) {
      standing += page.length;
      if (absenceCounts) absent += page.filter(({ id }) => !this.#listed.has(id)).length;
    }
    return { ...this.#counts, standing, absent, rejected: this.#rejected };
  }

  /** What the source stood by and does not list any more, page by page. */
  async *absent(): AsyncGenerator<readonly KnownIoc[]> {
    for await (const page of this.#standing()) {
      const absent = page.filter(({ id }) => !this.#listed.has(id));
      if (absent.length > 0) yield absent;
    }
  }

  #countRejected({ code }: Rejection): void {
    this.#rejected.set(code, (this.#rejected.get(code) ?? 0) + 1);
  }

  async *#standing(): AsyncGenerator<readonly KnownIoc[]> {
    for (let after = 0; ;) {
      const page = await this.#store.standing(this.#source, after, BATCH);
      if (page.length === 0) return;
      after = page.at(-1)!.id;
      yield page;
    }
  }

  async #compare(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    const comparisons = await this.#store.compare(this.#source, batch);
    for (const [index, { id, change }] of comparisons.entries()) {
      this.#counts.listed += 1;
      this.#counts[change === 'new' ? 'added' : change] += 1;
      if (batch[index]!.hold !== undefined) this.#counts.held += 1;
      if (change === 'changed' && batch[index]!.revoked === true) this.#counts.takenBack += 1;
      // What it lists as taken back, it does not stand by; that it is listed at all is no absence.
      if (id > 0) this.#listed.add(id);
      if (change !== 'same') await this.#onChange(change === 'new' ? 'added' : 'changed', batch[index]!);
    }
  }
}

/** A set of small whole numbers, one bit each. */
class BitSet {
  #bits = new Uint8Array(1 << 16);

  add(number: number): void {
    const index = number >>> 3;
    if (index >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(index + 1, this.#bits.length * 2));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    this.#bits[index]! |= 1 << (number & 7);
  }

  has(number: number): boolean {
    return ((this.#bits[number >>> 3] ?? 0) & (1 << (number & 7))) !== 0;
  }
}
