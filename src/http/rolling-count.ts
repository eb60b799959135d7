/** Counts in a rolling window of slots: what is counted leaves when its whole slot has left the window. */
export class RollingCount {
  readonly #length: number;
  readonly #slot: number;
  readonly #counts: Uint32Array;
  #newest = -Infinity;
  #total = 0;

  /** `length` and `slot` in milliseconds; `length` is a multiple of `slot`. */
  constructor(length: number, slot: number) {
    this.#length = length;
    this.#slot = slot;
    this.#counts = new Uint32Array(length / slot + 1);
  }

  add(now: number): void {
    this.#moveTo(now);
    this.#counts[this.#index(this.#newest)]! += 1;
    this.#total += 1;
  }

  /** How many stand in the window that ends now. */
  count(now: number): number {
    this.#moveTo(now);
    return this.#total;
  }

  /** When the oldest that is counted leaves the window; `now` when there is none. */
  leavesAt(now: number): number {
    this.#moveTo(now);
    const slots = this.#counts.length;
    for (let age = slots - 1; age >= 0; age -= 1) {
      const slot = this.#newest - age;
      if (this.#counts[this.#index(slot)]! > 0) return (slot + 1) * this.#slot + this.#length;
    }
    return now;
  }

  #moveTo(now: number): void {
    const current = Math.floor(now / this.#slot);
    // A clock that is set back changes nothing until it has caught up, unless what is counted lies beyond its window.
    if (current < this.#newest - this.#counts.length) this.#forget();
    if (current <= this.#newest) return;
    const passed = Math.min(current - this.#newest, this.#counts.length);
    for (let step = 1; step <= passed; step += 1) {
      const index = this.#index(current - passed + step);
      this.#total -= this.#counts[index]!;
      this.#counts[index] = 0;
    }
    this.#newest = current;
  }

  #forget(): void {
    this.#counts.fill(0);
    this.#total = 0;
    this.#newest = -Infinity;
  }

  #index(slot: number): number {
    const slots = this.#counts.length;
    return ((slot % slots) + slots) % slots;
  }
}
