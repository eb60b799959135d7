import type { Reservation } from './body-cache.ts';

/** A rendering has outgrown its room: its readers have to render for themselves. */
export class OutgrownError extends Error {
  override readonly name = 'OutgrownError';
}

/**
 * One body while it is rendered, for all who asked for it meanwhile. It runs ahead of its readers within the
 * room that was set aside, and stops when the last of them has left.
 */
export class Rendering {
  readonly #chunks: Uint8Array[] = [];
  readonly #reservation: Reservation;
  #state: 'running' | 'done' | 'abandoned' | { readonly failure: unknown } = 'running';
  #readers = 0;
  /** Lets the cache let go of the chunks; until then those who still read them keep them in memory anyway. */
  #release: (() => void) | undefined;
  #news = Promise.withResolvers<void>();

  constructor(reservation: Reservation) {
    this.#reservation = reservation;
  }

  /** Takes the chunks of `source` to the end, and keeps the whole body under `key`. Does not reject. */
  async run(source: AsyncIterable<Uint8Array>, key: string): Promise<void> {
    try {
      for await (const chunk of source) {
        if (this.#state !== 'running') break;
        if (!this.#reservation.grow(chunk.byteLength)) throw new OutgrownError();
        this.#chunks.push(chunk);
        this.#tell();
      }
      if (this.#state === 'running') this.#end('done');
    } catch (failure) {
      this.#end({ failure });
    }
    if (this.#state !== 'done') {
      this.#reservation.release();
      return;
    }
    const release = this.#reservation.keep(key, this.#chunks);
    if (this.#readers === 0) release();
    else this.#release = release;
  }

  /** Whether one more may read: not when it has been given up. */
  get open(): boolean {
    return this.#state === 'running' || this.#state === 'done';
  }

  /** All chunks from the first on, as they come. Throws what the source threw, or `OutgrownError`. */
  async *read(): AsyncGenerator<Uint8Array> {
    this.#readers += 1;
    try {
      for (let index = 0; ; index += 1) {
        while (index >= this.#chunks.length && this.#state === 'running') await this.#news.promise;
        if (typeof this.#state === 'object') throw this.#state.failure;
        const chunk = this.#chunks[index];
        if (chunk === undefined) return;
        yield chunk;
      }
    } finally {
      this.#readers -= 1;
      if (this.#readers === 0) this.#release?.();
      if (this.#readers === 0 && this.#state === 'running') this.#end('abandoned');
    }
  }

  #end(state: 'done' | 'abandoned' | { readonly failure: unknown }): void {
    this.#state = state;
    if (state !== 'done') this.#chunks.length = 0;
    this.#tell();
  }

  #tell(): void {
    const { resolve } = this.#news;
    this.#news = Promise.withResolvers();
    resolve();
  }
}
