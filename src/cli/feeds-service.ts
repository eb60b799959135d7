import { Worker } from 'node:worker_threads';

import type { SettingName } from '../config.ts';
import { nextAttempt } from '../feeds/backoff.ts';
import type { Clock } from '../model/time.ts';
import type { Log } from '../observe/log.ts';
import type { Store } from '../store/store.ts';
import { ownerName } from './feed-owner.ts';

/** What the thread that runs feeds is started with. */
export interface FeedsThreadData {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly overrides: Partial<Record<SettingName, string>>;
  /** Names this process among all that use the store. */
  readonly owner: string;
  readonly pretty: boolean;
}

export interface FeedsServiceOptions extends Omit<FeedsThreadData, 'owner'> {
  readonly store: Pick<Store, 'listFeeds' | 'settleFeed'>;
  readonly clock: Clock;
  readonly log: Log;
  /** The script of the thread. */
  readonly script: URL;
}

/** A thread that has not been heard for so long is taken to be stuck in some text, and replaced. In milliseconds. */
const PATIENCE = 60_000;

/** A thread that ends by itself is started again after so long, in milliseconds. */
const RESTART = 10_000;

/** What kept the thread too long is not tried again for so long, in milliseconds. */
const REST = 24 * 3_600_000;

/** Memory of the thread, in megabytes: three times what the most hostile page of 16 MiB takes. More would endanger the server. */
const MEMORY = 2_048;

/** Runs feeds in a thread of their own, and replaces it when it hangs or fails. */
export class FeedsService {
  readonly #options: FeedsServiceOptions;
  readonly #owner = ownerName();
  readonly #watch: NodeJS.Timeout;
  #worker: Worker | undefined;
  #heardAt = 0;
  #stopping = false;
  #ended = Promise.withResolvers<void>();

  constructor(options: FeedsServiceOptions) {
    this.#options = options;
    this.#start();
    this.#watch = setInterval(() => this.#look(), PATIENCE / 4).unref();
  }

  /** Whether the thread runs: one that has failed is started again after a while. */
  get running(): boolean {
    return this.#worker !== undefined;
  }

  /** Lets runs under way come to an end that the next start goes on from, and ends the thread. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#watch);
    if (this.#worker === undefined) return;
    this.#worker.postMessage('stop');
    const late = setTimeout(() => void this.#worker?.terminate(), 10_000).unref();
    await this.#ended.promise;
    clearTimeout(late);
  }

  #start(): void {
    const { env, overrides, pretty, script, log } = this.#options;
    const workerData: FeedsThreadData = { env: { ...env }, overrides, pretty, owner: this.#owner };
    const resourceLimits = { maxOldGenerationSizeMb: MEMORY };
    const worker = new Worker(script, { workerData, resourceLimits });
    this.#worker = worker;
    this.#heardAt = performance.now();
    this.#ended = Promise.withResolvers();
    worker.on('message', () => {
      this.#heardAt = performance.now();
    });
    worker.on('error', (error) => {
      log.error('the thread of feeds has failed', { error });
      void this.#blame('the thread that ran it failed', (failures, now) =>
        nextAttempt({ interval: REST, failures, now, random: Math.random() }),
      );
    });
    worker.on('exit', () => {
      this.#worker = undefined;
      this.#ended.resolve();
      if (!this.#stopping) setTimeout(() => this.#restart(), RESTART).unref();
    });
  }

  #restart(): void {
    if (!this.#stopping && this.#worker === undefined) this.#start();
  }

  #look(): void {
    if (this.#worker === undefined || performance.now() - this.#heardAt < PATIENCE) return;
    this.#options.log.error('the thread of feeds hangs and is replaced');
    void this.#replace();
  }

  async #replace(): Promise<void> {
    await this.#worker?.terminate();
    const reason = 'reading it took the whole processor for a minute, and was stopped';
    await this.#blame(reason, (_failures, now) => now + REST);
  }

  /** Whatever the thread was running is not run again at once: it may end the next thread, too. Does not reject. */
  async #blame(reason: string, nextAt: (failures: number, now: number) => number): Promise<void> {
    const { store, clock, log } = this.#options;
    const now = clock();
    try {
      for (const { name, owner, failures: before } of await store.listFeeds()) {
        if (owner !== this.#owner) continue;
        const failures = before + 1;
        const settlement = { state: 'failed', reason, checkedAt: now, failures };
        await store.settleFeed(name, owner, { ...settlement, nextAt: nextAt(failures, now) });
      }
    } catch (error) {
      log.error('feeds', { error });
    }
  }
}
