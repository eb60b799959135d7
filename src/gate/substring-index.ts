/** A node and a character as one key: nodes stay below 2^32, characters are 16 bits. */
const CHARACTERS = 65_536;

/**
 * Many texts searched for in one pass over a value (Aho and Corasick, 1975): the time depends on the value's
 * length alone, however many texts there are and whatever they have in common.
 */
export class SubstringIndex<Payload> {
  readonly #next = new Map<number, number>();
  readonly #fallback: number[] = [0];
  readonly #found: (Payload | undefined)[] = [undefined];

  constructor(texts: readonly { readonly text: string; readonly payload: Payload }[]) {
    const depths: number[][] = [];
    for (const { text, payload } of texts) {
      if (text === '') continue;
      this.#found[this.#path(text, depths)] ??= payload;
    }
    this.#link(depths);
  }

  /** What is known of a text that stands somewhere in `value`: the one that ends first. Case matters. */
  find(value: string): Payload | undefined {
    let node = 0;
    for (let at = 0; at < value.length; at += 1) {
      node = this.#step(node, value.charCodeAt(at));
      const found = this.#found[node];
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
        next = this.#found.push(undefined) - 1;
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
      this.#found[node] ??= this.#found[this.#fallback[node]];
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
