import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { FastifyInstance } from 'fastify';

import { buildApp } from '../../src/http/app.ts';
import { HTTP_DEFAULTS } from '../../src/http/config.ts';
import { makeApiKey } from '../../src/model/api-key.ts';
import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import type { Sighting, Source } from '../../src/model/sighting.ts';
import { createLog } from '../../src/observe/log.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { ANY, DAY, type Indicator, readAll, SOURCE, take, TestClock } from '../store/fixtures.ts';
import { ACCEPT } from './reading.ts';

const SOURCES: readonly Source[] = [
  SOURCE,
  { ...SOURCE, name: 'Other Feed', confidence: 80 },
  { ...SOURCE, name: 'Third Feed', confidence: 10, tlp: 'green' },
];

/** How long a request takes, so that what is published meanwhile has its time. In milliseconds. */
const REQUEST = 40;

export interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A server in which feeds add, change and retract, and which restarts, at times that a seed decides. */
export class World {
  readonly clock = new TestClock();
  readonly #directory: string;
  readonly #random: () => number;
  readonly #known: number;
  #store!: Store;
  #app!: FastifyInstance;
  #key = '';
  /** When the last request came in. */
  lastAsked = 0;
  requests = 0;

  /** `known` is how many different IOCs there are. */
  constructor(seed: number, known: number) {
    this.#random = seeded(seed);
    this.#known = known;
    this.#directory = mkdtempSync(join(tmpdir(), 'soc-habits-'));
  }

  static async open(seed: number, known: number): Promise<World> {
    const world = new World(seed, known);
    await world.#start();
    const { text, ...kept } = makeApiKey();
    world.#key = text;
    await world.#store.createKey(
      { ...kept, account: 'test', name: 'pro', tier: 'pro', allowedNetworks: [] },
      world.clock.now,
    );
    return world;
  }

  async close(): Promise<void> {
    await this.#stop();
    rmSync(this.#directory, { recursive: true });
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  /** A whole number from 0 to `below`, without it. */
  pick(below: number): number {
    return Math.floor(this.#random() * below);
  }

  /** Asks as a client does; sometimes something is published just before, and sometimes the server starts again. */
  async ask(path: string, headers: Record<string, string>): Promise<Heard> {
    if (this.chance(0.04)) await this.publish(1 + this.pick(5));
    if (this.chance(0.01)) await this.restart();
    this.clock.advance(REQUEST);
    this.lastAsked = this.clock.now;
    this.requests += 1;
    const authorization = `Basic ${Buffer.from(`user:${this.#key}`).toString('base64')}`;
    const response = await this.#app.inject({ url: path, headers: { authorization, ...ACCEPT, ...headers } });
    assert.equal(response.statusCode, 200, `${path}: ${response.body}`);
    return {
      status: response.statusCode,
      headers: response.headers as Record<string, string>,
      body: response.body,
    };
  }

  /** Feeds report so many IOCs: new ones, others than before, some taken back. */
  async publish(count: number): Promise<void> {
    const now = this.clock.now;
    const sightings = new Map<number, Sighting>();
    for (let index = 0; index < count; index += 1) {
      const value = this.pick(this.#known);
      sightings.set(value, {
        type: 'domain',
        value: `host-${value}.example.com`,
        confidence: [10, 40, 60, 90][this.pick(4)]!,
        // Some are old, and expire in the month.
        lastSeen: now - this.pick(40) * DAY,
        ...(this.chance(0.15) && { revoked: true }),
      });
    }
    await take(this.#store, [...sightings.values()], now, SOURCES[this.pick(SOURCES.length)]);
    if (this.chance(0.3)) {
      const value = `host-${this.pick(this.#known)}.example.com`;
      await this.#store.retract([{ type: 'domain', value }], 'test', now);
    }
  }

  /** What a server does every minute: expiries are told, and what is replaced is cleared away. */
  async upkeep(): Promise<void> {
    while ((await this.#store.review(this.clock.now, 500)) >= 500);
    while ((await this.#store.sweep(this.clock.now)) > 0);
  }

  async restart(): Promise<void> {
    await this.#stop();
    await this.#start();
  }

  /** The current version of every indicator at a time. */
  async truth(asOf: number): Promise<readonly Indicator[]> {
    return await readAll(this.#store, ANY, asOf);
  }

  async #start(): Promise<void> {
    const clock = this.clock.read;
    this.#store = await openSqliteStore({
      directory: this.#directory,
      producer: SOC_DEFENDERS,
      clock,
      writer: 'in-thread',
    });
    const log = createLog({ level: 'silent', write: () => undefined });
    this.#app = buildApp({ store: this.#store, config: HTTP_DEFAULTS, clock, log });
    await this.#app.ready();
  }

  async #stop(): Promise<void> {
    await this.#app.close();
    await this.#store.close();
  }
}

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
