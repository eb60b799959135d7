/** The thread that fills lists, at once after something was published. */
import { workerData } from 'node:worker_threads';

import { answerCalls } from '../thread-calls.ts';
import { ListsFiller, type ListsPaths } from './filler.ts';

/** How often it is looked for what was published, in milliseconds: it is listed before its time comes. */
const PATIENCE = 50;

/** How long to wait when something is wrong, as a full disk. */
const TROUBLE = 1_000;

/** So many values are taken into the search at once: some 50 ms. */
const INDEXED = 2_000;

class FillingThread {
  readonly #filler = new ListsFiller(workerData as ListsPaths, Date.now);
  #turn: NodeJS.Timeout | undefined;
  #closed = false;
  #trouble: string | undefined;

  /** Looks whether lists can go on from where they are, and fills them from now on. */
  begin(): void {
    this.#take();
  }

  fill(): void {
    this.#filler.fill();
  }

  indexValues(limit: number): number {
    return this.#filler.indexValues(limit);
  }

  check(): void {
    this.#filler.check();
  }

  /** What keeps lists from being filled, or undefined. */
  trouble(): string | undefined {
    return this.#trouble;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#turn);
    this.#filler.close();
  }

  /** One step at a time, so that calls are answered in between. */
  #take(): void {
    let pause = PATIENCE;
    try {
      if (this.#filler.step() || this.#filler.indexValues(INDEXED) > 0) pause = 0;
      this.#trouble = undefined;
    } catch (error) {
      // Whoever asks for lists is told that they are behind, and why.
      this.#trouble = (error as Error).message;
      pause = TROUBLE;
    }
    clearTimeout(this.#turn);
    if (!this.#closed) this.#turn = setTimeout(() => this.#take(), pause);
  }
}

answerCalls(() => new FillingThread());
