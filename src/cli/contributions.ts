import { Worker } from 'node:worker_threads';

import type { SettingName } from '../config.ts';
import type { Log } from '../observe/log.ts';
import type { Contribution, ContributionOutcome } from '../model/contribution.ts';
import { siblingScript } from '../store/sqlite/thread-calls.ts';
import { StoreError } from '../store/store.ts';

/** What the thread that takes contributions in is started with. */
export interface ContributionsThreadData {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly overrides: Partial<Record<SettingName, string>>;
  readonly pretty: boolean;
}

export interface ContributionsOptions extends ContributionsThreadData {
  readonly log: Log;
}

export interface ContributionCall {
  readonly id: number;
  readonly contribution: Contribution;
}

/** Without an outcome, it failed: the thread has written why into the log. */
export interface ContributionAnswer {
  readonly id: number;
  readonly outcome?: ContributionOutcome;
}

const SCRIPT = siblingScript(import.meta.url, 'contributions-thread');

/** A contribution that takes so long is given up, with its thread, in milliseconds. */
const PATIENCE = 60_000;

/** So many may wait: each holds its body in memory. */
const MOST_WAITING = 20;

/** Memory of the thread, in megabytes: the gate and an envelope. */
const MEMORY = 1_024;

/** Takes contributions in, in a thread of its own that is started at the first: most servers never have one. */
export class Contributions {
  readonly #data: ContributionsThreadData;
  readonly #log: Log;
  readonly #waiting = new Map<number, PromiseWithResolvers<ContributionOutcome>>();
  #worker: Worker | undefined;
  #lastId = 0;

  constructor({ env, overrides, pretty, log }: ContributionsOptions) {
    this.#data = { env: { ...env }, overrides, pretty };
    this.#log = log;
  }

  /** Rejects with `StoreError` when it could not be taken in, or when too many wait. */
  async take(contribution: Contribution): Promise<ContributionOutcome> {
    if (this.#waiting.size >= MOST_WAITING) throw new StoreError('busy', 'too many contributions wait');
    this.#lastId += 1;
    const id = this.#lastId;
    const call = Promise.withResolvers<ContributionOutcome>();
    this.#waiting.set(id, call);
    const worker = (this.#worker ??= this.#start());
    worker.postMessage({ id, contribution } satisfies ContributionCall);
    const late = setTimeout(() => void worker.terminate(), PATIENCE).unref();
    return await call.promise.finally(() => clearTimeout(late));
  }

  /** Lets what is under way come to its end, and ends the thread. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage('stop');
    const late = setTimeout(() => void worker.terminate(), 10_000).unref();
    await ended;
    clearTimeout(late);
  }

  #start(): Worker {
    const worker = new Worker(SCRIPT, {
      workerData: this.#data,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY },
    });
    worker.on('message', ({ id, outcome }: ContributionAnswer) => {
      const call = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (outcome === undefined) call?.reject(failed());
      else call?.resolve(outcome);
    });
    worker.on('error', (error) => this.#log.error('the thread of contributions has failed', { error }));
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
      for (const call of this.#waiting.values()) call.reject(failed());
      this.#waiting.clear();
    });
    return worker;
  }
}

function failed(): StoreError {
  return new StoreError('unavailable', 'the contribution could not be taken in');
}
