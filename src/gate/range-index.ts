import { maskWord, type Network } from './address.ts';

/** A network with what is known of it. */
interface Range<Payload> extends Network {
  readonly payload: Payload;
}

/**
 * Networks of one family, sorted, each knowing the next wider one around it. Networks nest or are disjoint, so
 * all that cover an address lie on one chain: a look-up is a binary search and a few steps. Of equal networks the
 * first that was given counts.
 */
export class RangeIndex<Payload> {
  readonly #width: number;
  readonly #starts: Uint32Array;
  readonly #prefixes: Uint8Array;
  /** The position of the next wider network, or -1. */
  readonly #parents: Int32Array;
  readonly #payloads: readonly Payload[];

  /** `width` is the number of 32-bit words of an address. */
  constructor(width: number, ranges: readonly Range<Payload>[]) {
    const sorted = ranges
      .toSorted((a, b) => compareWords(a.words, b.words) || a.prefix - b.prefix)
      .filter((range, at, all) => at === 0 || !isSame(range, all[at - 1]!));
    this.#width = width;
    this.#starts = Uint32Array.from(sorted.flatMap(({ words }) => words));
    this.#prefixes = Uint8Array.from(sorted, ({ prefix }) => prefix);
    this.#payloads = sorted.map(({ payload }) => payload);
    this.#parents = new Int32Array(sorted.length);
    for (let at = 0; at < sorted.length; at += 1) {
      let parent = at - 1;
      while (parent >= 0 && !this.#contains(parent, sorted[at]!.words)) parent = this.#parents[parent]!;
      this.#parents[at] = parent;
    }
  }

  get size(): number {
    return this.#payloads.length;
  }

  /** What is known of the narrowest network that covers all of `network`. */
  covering({ words, prefix }: Network): Payload | undefined {
    let at = this.#firstAfter(words) - 1;
    while (at >= 0 && !(this.#prefixes[at]! <= prefix && this.#contains(at, words))) at = this.#parents[at]!;
    return at < 0 ? undefined : this.#payloads[at];
  }

  /** What is known of the first network that lies inside `network` and is narrower. */
  inside(network: Network): Payload | undefined {
    for (let at = this.#firstFrom(network.words); at < this.size; at += 1) {
      if (!this.#isWithin(at, network)) return undefined;
      if (this.#prefixes[at]! > network.prefix) return this.#payloads[at];
    }
    return undefined;
  }

  /** The position of the first network that starts at or after an address. */
  #firstFrom(words: readonly number[]): number {
    return this.#search((at) => this.#compare(at, words) >= 0);
  }

  #firstAfter(words: readonly number[]): number {
    return this.#search((at) => this.#compare(at, words) > 0);
  }

  #search(isPast: (at: number) => boolean): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isPast(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #compare(at: number, words: readonly number[]): number {
    for (let word = 0; word < this.#width; word += 1) {
      const difference = this.#starts[at * this.#width + word]! - words[word]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  #contains(at: number, words: readonly number[]): boolean {
    const prefix = this.#prefixes[at]!;
    for (let word = 0; word < this.#width && word * 32 < prefix; word += 1) {
      if (maskWord(words[word]!, prefix - word * 32) !== this.#starts[at * this.#width + word]) return false;
    }
    return true;
  }

  #isWithin(at: number, { words, prefix }: Network): boolean {
    for (let word = 0; word < this.#width && word * 32 < prefix; word += 1) {
      if (maskWord(this.#starts[at * this.#width + word]!, prefix - word * 32) !== words[word]) return false;
    }
    return true;
  }
}

function compareWords(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < a.length; at += 1) {
    if (a[at] !== b[at]) return a[at]! - b[at]!;
  }
  return 0;
}

function isSame(a: Network, b: Network): boolean {
  return a.prefix === b.prefix && compareWords(a.words, b.words) === 0;
}
