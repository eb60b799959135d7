/** How one host is spared. */
export interface Politeness {
  /** Requests under way to one host at once. */
  readonly atOnce: number;
  /** Milliseconds from the start of one request to a host to the start of the next. */
  readonly pause: number;
}

interface Queue {
  readonly waiting: (() => void)[];
  underWay: number;
  /** When the last request began, in milliseconds of `performance.now()`. */
  lastStart: number;
  timer: NodeJS.Timeout | undefined;
}

/** Gives each host its requests one after the other, in the order in which they were asked for. */
export class HostTurns {
  readonly #politeness: Politeness;
  readonly #queues = new Map<string, Queue>();

  constructor(politeness: Politeness) {
    this.#politeness = politeness;
  }

  /** Waits for a turn and returns what ends it, to be called once. Rejects with the signal's reason when that is aborted. */
  async take(hostname: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const key = hostname.toLowerCase().replace(/\.$/, '');
    const queue = this.#queues.get(key) ?? {
      waiting: [],
      underWay: 0,
      lastStart: -Infinity,
      timer: undefined,
    };
    this.#queues.set(key, queue);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    queue.waiting.push(resolve);
    const leave = (): void => {
      const at = queue.waiting.indexOf(resolve);
      if (at < 0) return;
      queue.waiting.splice(at, 1);
      reject(signal.reason as Error);
      this.#next(key, queue);
    };
    signal.addEventListener('abort', leave, { once: true });
    this.#next(key, queue);
    await promise.finally(() => signal.removeEventListener('abort', leave));
    return () => {
      queue.underWay -= 1;
      this.#next(key, queue);
    };
  }

  #next(key: string, queue: Queue): void {
    const wait = queue.lastStart + this.#politeness.pause - performance.now();
    if (wait > 0) {
      // A host is remembered until its pause is over; that alone keeps no process alive.
      queue.timer ??= setTimeout(() => {
        queue.timer = undefined;
        this.#next(key, queue);
      }, wait);
      if (queue.waiting.length === 0) queue.timer.unref();
      else queue.timer.ref();
      return;
    }
    if (queue.underWay === 0 && queue.waiting.length === 0) {
      this.#queues.delete(key);
      return;
    }
    const start = queue.underWay < this.#politeness.atOnce ? queue.waiting.shift() : undefined;
    if (start === undefined) return;
    queue.underWay += 1;
    queue.lastStart = performance.now();
    start();
    this.#next(key, queue);
  }
}
