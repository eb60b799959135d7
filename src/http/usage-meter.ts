import type { FastifyRequest } from 'fastify';

import { LATENCY_BUCKETS, latencyBucket } from '../model/latency.ts';
import { clientNetwork } from '../model/network.ts';
import type { Clock } from '../model/time.ts';
import type { Log } from '../observe/log.ts';
import type { AddressUse, Delivery, RateMark, UsageBatch, UsageStore } from '../store/store.ts';
import { deliveryOf, type SentPage } from './delivery.ts';

/** What was counted is written so often, in milliseconds: a crash loses no more. */
const FLUSH = 5_000;

/** So many batches are kept while they cannot be written: ten minutes. */
const MOST_PENDING = 120;

const DAY = 86_400_000;

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts what keys do. */
    usage: UsageMeter;
  }
}

/** What a request is counted by. */
export type CountedRequest = Pick<FastifyRequest, 'apiKey' | 'rate' | 'sentPages' | 'ip' | 'method'>;

/** How a request ended. */
export interface Ended {
  /** The pattern of its path; null where there is no such path. */
  readonly route: string | null;
  readonly status: number;
  /** How long it took, in milliseconds. */
  readonly ms: number;
  /** Whether all of the answer was sent. */
  readonly complete: boolean;
}

/** Counts what each key does in memory, and writes it in batches: a request costs a few look-ups. */
export class UsageMeter {
  readonly #store: Pick<UsageStore, 'recordUsage'>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  readonly #pending: UsageBatch[] = [];
  #keys = new Map<string, KeyMeter>();
  #day = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor({ store, clock, log }: { store: Pick<UsageStore, 'recordUsage'>; clock: Clock; log: Log }) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#timer = setInterval(() => void this.flush(), FLUSH).unref();
  }

  /** Counts a request that has ended, where it came with a key. */
  count(request: CountedRequest, ended: Ended): void {
    const { apiKey } = request;
    // Nor is there any on a request that the framework refuses by itself.
    if (!apiKey) return;
    const now = this.#clock();
    const day = now - (now % DAY);
    if (day !== this.#day) this.#beginDay(day);
    let meter = this.#keys.get(apiKey.id);
    if (meter === undefined) {
      meter = new KeyMeter(apiKey.id, day);
      this.#keys.set(apiKey.id, meter);
    }
    meter.count(request, ended, now);
  }

  /** Writes what was counted. Never rejects: what cannot be written is tried again with the next. */
  flush(): Promise<void> {
    this.#close();
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  /** Writes the rest, and counts no more by itself. */
  close(): Promise<void> {
    clearInterval(this.#timer);
    return this.flush();
  }

  #beginDay(day: number): void {
    this.#close();
    this.#day = day;
  }

  /** Makes a batch of what was counted so far. */
  #close(): void {
    if (this.#keys.size === 0) return;
    const meters = [...this.#keys.values()];
    this.#keys = new Map();
    this.#pending.push({
      requests: meters.flatMap((meter) => meter.requests()),
      marks: meters.flatMap((meter) => meter.marks()),
      addresses: meters.flatMap((meter) => [...meter.addresses.values()]),
      deliveries: meters.flatMap((meter) => meter.deliveries()),
    });
    if (this.#pending.length > MOST_PENDING) this.#pending.shift();
  }

  async #write(): Promise<void> {
    try {
      for (let batch = this.#pending[0]; batch !== undefined; batch = this.#pending[0]) {
        await this.#store.recordUsage(batch, this.#clock());
        if (this.#pending[0] === batch) this.#pending.shift();
      }
    } catch (error) {
      this.#log.warn('usage was not written', { error: (error as Error).message });
    }
  }
}

interface Counter {
  count: number;
  readonly latencies: number[];
}

/** What one key did since the last batch. */
class KeyMeter {
  readonly addresses = new Map<string, AddressUse>();
  /** How often each page was sent, and where: a page is the same object for all who ask for it at a time. */
  readonly #sent = new Map<readonly SentPage[], { readonly endpoint: string; answers: number }>();
  readonly #key: string;
  readonly #day: number;
  readonly #counters = new Map<string, Map<number, Counter>>();
  #limit = 0;
  #used = 0;
  /** The address of the last request: mostly that of the next. */
  #ip: string | undefined;
  #use: { key: string; address: string; firstAt: number; lastAt: number } | undefined;

  constructor(key: string, day: number) {
    this.#key = key;
    this.#day = day;
  }

  count(request: CountedRequest, { route, status, ms, complete }: Ended, now: number): void {
    const endpoint = route ?? 'other';
    const counter = this.#counter(endpoint, status);
    counter.count += 1;
    counter.latencies[latencyBucket(ms)]! += 1;
    const { rate, sentPages } = request;
    // Only who was let in has used the key.
    if (!rate) return;
    const used = rate.limit - rate.remaining;
    if (used * this.#limit > this.#used * rate.limit || this.#limit === 0) {
      this.#limit = rate.limit;
      this.#used = used;
    }
    this.#noteAddress(request.ip, now);
    if (sentPages !== null && complete && status === 200 && request.method === 'GET') {
      const sent = this.#sent.get(sentPages);
      if (sent === undefined) this.#sent.set(sentPages, { endpoint, answers: 1 });
      else sent.answers += 1;
    }
  }

  deliveries(): Delivery[] {
    return [...this.#sent].flatMap(([pages, { endpoint, answers }]) =>
      pages.flatMap((page) => {
        const delivery = deliveryOf(page, this.#key, endpoint);
        return delivery === undefined ? [] : [{ ...delivery, answers }];
      }),
    );
  }

  requests(): UsageBatch['requests'][number][] {
    return [...this.#counters].flatMap(([endpoint, statuses]) =>
      [...statuses].map(([status, { count, latencies }]) => {
        return { key: this.#key, day: this.#day, endpoint, status, count, latencies: trimmed(latencies) };
      }),
    );
  }

  marks(): RateMark[] {
    if (this.#limit === 0) return [];
    return [{ key: this.#key, day: this.#day, limit: this.#limit, used: this.#used }];
  }

  #counter(endpoint: string, status: number): Counter {
    let statuses = this.#counters.get(endpoint);
    if (statuses === undefined) this.#counters.set(endpoint, (statuses = new Map()));
    let counter = statuses.get(status);
    if (counter === undefined) {
      counter = { count: 0, latencies: Array.from({ length: LATENCY_BUCKETS }, () => 0) };
      statuses.set(status, counter);
    }
    return counter;
  }

  #noteAddress(ip: string | undefined, now: number): void {
    if (ip === undefined) return;
    if (ip !== this.#ip || this.#use === undefined) {
      const address = clientNetwork(ip);
      const known = this.addresses.get(address);
      this.#ip = ip;
      this.#use = { key: this.#key, address, firstAt: known?.firstAt ?? now, lastAt: now };
      this.addresses.set(address, this.#use);
    }
    this.#use.lastAt = now;
  }
}

/** Without the zeros at the end. */
function trimmed(latencies: readonly number[]): readonly number[] {
  return latencies.slice(0, latencies.findLastIndex((count) => count > 0) + 1);
}
