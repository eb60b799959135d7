import { decodeText } from './decode.ts';

const SAMPLE_BYTES = 200;

/** The bytes of a value as they come in; of one that is larger than `largest` only the beginning. */
export class JsonCapture {
  size = 0;
  readonly #largest: number;
  #parts: Buffer[] = [];

  constructor(largest: number) {
    this.#largest = largest;
  }

  get isTooLarge(): boolean {
    return this.size > this.#largest;
  }

  clear(): void {
    this.#parts = [];
    this.size = 0;
  }

  add(bytes: Buffer): void {
    const wasTooLarge = this.isTooLarge;
    this.size += bytes.length;
    if (!this.isTooLarge) this.#parts.push(bytes);
    else if (!wasTooLarge) {
      const beginning = Buffer.concat([...this.#parts, bytes.subarray(0, SAMPLE_BYTES)]);
      // A copy, so that the rest is let go of.
      this.#parts = [Buffer.from(beginning.subarray(0, SAMPLE_BYTES))];
    }
  }

  /** All that is kept, as text. */
  text(): string {
    return decodeText(this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts));
  }

  /** The beginning, as text. */
  sample(): string {
    return this.text().slice(0, SAMPLE_BYTES);
  }
}
