/** Puts text together and notes, where the source was left or entered, how far apart they are. */
export class TextBuilder {
  readonly #source: string;
  readonly #parts: string[] = [];
  readonly #starts: number[] = [];
  readonly #origins: number[] = [];
  #length = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get length(): number {
    return this.#length;
  }

  /** Adds `text`, which the source has in another form at `origin`. */
  add(text: string, origin: number): void {
    if (text === '') return;
    this.#parts.push(text);
    this.#starts.push(this.#length);
    this.#origins.push(origin);
    this.#length += text.length;
  }

  /** Adds `[from, to)` of the source as it is. */
  copy(from: number, to: number): void {
    if (to > from) this.add(this.#source.slice(from, to), from);
  }

  /** The text, and the way back, to be asked in rising order. */
  finish(): { readonly text: string; readonly sourceOffset: (offset: number) => number } {
    let part = 0;
    const sourceOffset = (offset: number): number => {
      while ((this.#starts[part + 1] ?? Infinity) <= offset) part += 1;
      return (this.#origins[part] ?? 0) + offset - (this.#starts[part] ?? 0);
    };
    return { text: this.#parts.join(''), sourceOffset };
  }
}
