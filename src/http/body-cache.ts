import type { CacheCounts } from '../observe/request-meter.ts';

interface Entry {
  chunks: readonly Uint8Array[];
  readonly length: number;
  /** How many answers it is being sent in: until they end, letting go of it frees nothing. */
  readers: number;
}

/** What an entry costs besides its bytes. */
const OVERHEAD = 1_024;

/** Bodies under one budget of bytes, those under way included; the one not used for longest goes first. */
export class BodyCache {
  readonly #budget: number;
  readonly #largest: number;
  readonly #entries = new Map<string, Entry>();
  #used = 0;
  #hits = 0;
  #misses = 0;

  /** `budget` for all bodies together, `largest` for one, both in bytes. */
  constructor(budget: number, largest: number) {
    this.#budget = budget;
    this.#largest = Math.min(largest, budget);
  }

  get used(): number {
    return this.#used;
  }

  /** How much memory it takes, and how often a body was there or was not. */
  counts(): CacheCounts {
    return { bytes: this.#used, hits: this.#hits, misses: this.#misses };
  }

  /** The length of the body of this key, or undefined. */
  lengthOf(key: string): number | undefined {
    return this.#entries.get(key)?.length;
  }

  /** The body of this key, kept until `release` is called; undefined when there is none. */
  borrow(key: string): { readonly bytes: Uint8Array; readonly release: () => void } | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#misses += 1;
      return undefined;
    }
    this.#hits += 1;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    // One piece is sent faster than many, but to join them is only worth while when a body is used again.
    if (entry.chunks.length !== 1) entry.chunks = [Buffer.concat(entry.chunks, entry.length)];
    return { bytes: entry.chunks[0]!, release: hold(entry) };
  }

  /** Sets room aside for a body of about so many bytes; undefined when there is none. */
  reserve(estimate: number): Reservation | undefined {
    if (estimate > this.#largest || !this.#take(estimate + OVERHEAD)) return undefined;
    return new Reservation(this.#largest, estimate, {
      take: (bytes) => this.#take(bytes),
      giveBack: (bytes) => {
        this.#used -= bytes;
      },
      keep: (key, chunks, length) => this.#keep(key, chunks, length),
    });
  }

  #keep(key: string, chunks: readonly Uint8Array[], length: number): () => void {
    const old = this.#entries.get(key);
    if (old !== undefined) this.#used -= old.length + OVERHEAD;
    this.#entries.delete(key);
    const entry: Entry = { chunks, length, readers: 0 };
    this.#entries.set(key, entry);
    return hold(entry);
  }

  #take(bytes: number): boolean {
    if (this.#used + bytes > this.#budget) this.#evict(this.#used + bytes - this.#budget);
    if (this.#used + bytes > this.#budget) return false;
    this.#used += bytes;
    return true;
  }

  #evict(bytes: number): void {
    let freed = 0;
    for (const [key, { length, readers }] of this.#entries) {
      if (freed >= bytes) return;
      if (readers > 0) continue;
      this.#entries.delete(key);
      this.#used -= length + OVERHEAD;
      freed += length + OVERHEAD;
    }
  }
}

function hold(entry: Entry): () => void {
  entry.readers += 1;
  let held = true;
  return () => {
    if (held) entry.readers -= 1;
    held = false;
  };
}

interface Budget {
  take(bytes: number): boolean;
  giveBack(bytes: number): void;
  keep(key: string, chunks: readonly Uint8Array[], length: number): () => void;
}

/** Room for one body that is being rendered. */
export class Reservation {
  readonly #largest: number;
  readonly #budget: Budget;
  #room: number;
  #length = 0;
  #open = true;

  constructor(largest: number, room: number, budget: Budget) {
    this.#largest = largest;
    this.#room = room;
    this.#budget = budget;
  }

  /** Whether there is room for `bytes` more. */
  grow(bytes: number): boolean {
    const length = this.#length + bytes;
    if (length > this.#largest) return false;
    if (length > this.#room) {
      if (!this.#budget.take(length - this.#room)) return false;
      this.#room = length;
    }
    this.#length = length;
    return true;
  }

  /** Hands the body over to the cache, which does not let go of it before the function that is returned is called. */
  keep(key: string, chunks: readonly Uint8Array[]): () => void {
    this.#open = false;
    this.#budget.giveBack(this.#room - this.#length);
    return this.#budget.keep(key, chunks, this.#length);
  }

  /** Gives the room back. */
  release(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#budget.giveBack(this.#room + OVERHEAD);
  }
}
