import { FetchFailure } from './failure.ts';

/** How slowly an answer may come in. */
export interface Pace {
  /** So many bytes at least, as sent, in each … */
  readonly bytes: number;
  /** … so many milliseconds. */
  readonly within: number;
}

/** Ends a request that takes too long as a whole, or whose bytes come in too slowly. */
export class Deadline {
  /** Aborted with the failure, or as the caller's own signal is. */
  readonly signal: AbortSignal;
  readonly #expiry = new AbortController();
  readonly #start = performance.now();
  readonly #from: string;
  readonly #total: NodeJS.Timeout;
  #pace: NodeJS.Timeout | undefined;
  #arrived = 0;

  /** `left` is milliseconds; `from` names the server to people. */
  constructor(signal: AbortSignal, left: number, from: string) {
    this.signal = AbortSignal.any([signal, this.#expiry.signal]);
    this.#from = from;
    this.#total = setTimeout(() => this.#expire('the download takes too long as a whole'), Math.max(1, left));
  }

  /** From now on bytes have to come in at this pace. */
  watch({ bytes, within }: Pace): void {
    this.#pace = setInterval(() => {
      if (this.#arrived < bytes) this.#expire('the answer comes in too slowly');
      this.#arrived = 0;
    }, within);
  }

  /** Takes note of bytes that came in. */
  arrived(bytes: number): void {
    this.#arrived += bytes;
  }

  /** Stops watching and returns the milliseconds used. */
  end(): number {
    clearTimeout(this.#total);
    clearInterval(this.#pace);
    return performance.now() - this.#start;
  }

  #expire(what: string): void {
    this.#expiry.abort(new FetchFailure('timed_out', `${this.#from}: ${what}`));
  }
}
