/** A node and a character as one key: nodes stay below 2^32, characters are 16 bits. */
const CHARACTERS = 65_536;

const NONE: readonly never[] = [];

/**
 * Many texts searched for in one pass over a value (Aho and Corasick, 1975): the time depends on the value's
 * length alone, however many texts there are and whatever they have in common.
 */
export class SubstringIndex<Payload> {
  readonly #next = new Map<number, number>();
  readonly #fallback: number[] = [0];
  /** What is known of each text that ends at a node; nodes without a text of their own share those of others. */
  readonly #found: (readonly Payload[])[] = [NONE];

  constructor(texts: readonly { readonly text: string; readonly payload: Payload }[]) {
    const depths: number[][] = [];
    for (const { text, payload } of texts) {
      if (text === '') continue;
      const node = this.#path(text, depths);
      this.#found[node] = [...this.#found[node]!, payload];
    }
    this.#link(depths);
  }

  /** What is known of an accepted text that stands somewhere in `value`: the one that ends first. Case matters. */
  find(value: string, accepts: (payload: Payload) => boolean = () => true): Payload | undefined {
    let node = 0;
    for (let at = 0; at < value.length; at += 1) {
      node = this.#step(node, value.charCodeAt(at));
      const texts = this.#found[node]!;
      const found = texts.length === 0 ? undefined : texts.find(accepts);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The node of a text, made where it is missing; `depths` collects the keys of new nodes by their depth. */
  #path(text: string, depths: number[][]): number {
    let node = 0;
    for (let at = 0; at < text.length; at += 1) {
      const key = node * CHARACTERS + text.charCodeAt(at);
      let next = this.#next.get(key);
      if (next === undefined) {
        next = this.#found.push(NONE) - 1;
        this.#fallback.push(0);
        this.#next.set(key, next);
        (depths[at] ??= []).push(key);
      }
      node = next;
    }
    return node;
  }

  /** Ties each node to that of the longest ending of its text, nearer ones first. */
  #link(depths: readonly number[][]): void {
    for (const key of depths.slice(1).flat()) {
      const node = this.#next.get(key)!;
      const parent = Math.floor(key / CHARACTERS);
      this.#fallback[node] = this.#step(this.#fallback[parent]!, key % CHARACTERS);
      const ends = this.#found[this.#fallback[node]]!;
      const own = this.#found[node]!;
      if (ends.length > 0) this.#found[node] = own.length === 0 ? ends : [...own, ...ends];
    }
  }

  #step(from: number, character: number): number {
    let node = from;
    for (;;) {
      const next = this.#next.get(node * CHARACTERS + character);
      if (next !== undefined) return next;
      if (node === 0) return 0;
      node = this.#fallback[node]!;
    }
  }
}
