import { parentPort, type Transferable, Worker } from 'node:worker_threads';

import { StoreError } from '../store.ts';

interface Call {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly name: string; readonly message: string; readonly code?: string };
}

/** A thread whose oldest call waits for so long is taken to be stuck, in milliseconds: the longest is a few seconds. */
const PATIENCE = 30_000;

/** The method that ends a thread. */
const CLOSE = 'close';

/** The script `name` beside the module at `url`: TypeScript in a checkout, JavaScript in a built package. */
export function siblingScript(url: string, name: string): URL {
  return new URL(`${name}${url.endsWith('.ts') ? '.ts' : '.js'}`, url);
}

/** Calls into a thread of its own, carried out in the order in which they are made. */
export class ThreadClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #failure: StoreError | undefined;
  #lastId = 0;
  /** Since when the oldest call that waits has been the oldest. */
  #waitingSince = 0;

  /** Starts the script at `url`, which calls `answerCalls`. The thread does not keep the process alive by itself. */
  constructor(url: URL, workerData: object) {
    this.#worker = new Worker(url, { workerData });
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
    this.#worker.on('error', (cause) =>
      this.#fail(new StoreError('unavailable', 'a thread of the store has failed', { cause })),
    );
    this.#worker.on('exit', () =>
      this.#fail(new StoreError('unavailable', 'a thread of the store has stopped')),
    );
  }

  /** What a method of the thread returns. Rejects with what it throws. */
  call(method: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const call = Promise.withResolvers<unknown>();
    this.#lastId += 1;
    if (this.#waiting.size === 0) this.#waitingSince = performance.now();
    this.#waiting.set(this.#lastId, call);
    this.#worker.ref();
    this.#worker.postMessage({ id: this.#lastId, method, args } satisfies Call);
    return call.promise;
  }

  /** Why the thread is of no use: it has ended, or has not answered for longer than `patience`; undefined while it is fine. */
  problem(patience = PATIENCE): string | undefined {
    if (this.#failure !== undefined) return this.#failure.message;
    const waited = this.#waiting.size === 0 ? 0 : performance.now() - this.#waitingSince;
    return waited > patience ? `has not answered for ${Math.round(waited / 1_000)} s` : undefined;
  }

  /** Lets calls under way finish, and ends the thread. */
  async close(): Promise<void> {
    if (this.#failure === undefined) await this.call(CLOSE, []).catch(() => undefined);
    await this.#worker.terminate();
  }

  #settle({ id, result, error }: Answer): void {
    const call = this.#waiting.get(id);
    this.#waiting.delete(id);
    this.#waitingSince = performance.now();
    if (this.#waiting.size === 0) this.#worker.unref();
    if (error === undefined) call?.resolve(result);
    else call?.reject(revive(error));
  }

  #fail(error: StoreError): void {
    this.#failure ??= error;
    for (const call of this.#waiting.values()) call.reject(error);
    this.#waiting.clear();
  }
}

/**
 * In a thread: answers calls with the methods of what `open` makes. It is made at the first call, so that whoever made
 * the call is told when it cannot be. `transferred` names the buffers of a result that are handed over and not copied.
 */
export function answerCalls(
  open: () => { close(): void },
  transferred: (result: unknown) => readonly Transferable[] = () => [],
): void {
  const port = parentPort!;
  let target: { close(): void } | undefined;
  port.on('message', ({ id, method, args }: Call) => {
    const answer = settled(id, () => {
      target ??= open();
      const call = Reflect.get(target, method) as (...parameters: readonly unknown[]) => unknown;
      return call.apply(target, [...args]);
    });
    port.postMessage(answer, answer.error === undefined ? [...transferred(answer.result)] : []);
    if (method === CLOSE) port.close();
  });
}

function settled(id: number, work: () => unknown): Answer {
  try {
    return { id, result: work() };
  } catch (error) {
    const { name, message, code } = error as Error & { code?: string };
    return { id, error: { name, message, ...(code !== undefined && { code }) } };
  }
}

function revive({ name, message, code }: NonNullable<Answer['error']>): Error {
  if (name === 'StoreError') return new StoreError(code as StoreError['code'], message);
  const error = new Error(message);
  error.name = name;
  return error;
}
