import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { IndicatorQuery } from '../../src/model/indicator-query.ts';
import type { Sighting } from '../../src/model/sighting.ts';
import type { Store } from '../../src/store/store.ts';
import type { StoreOpener } from './contract.ts';
import { ANY, domain, type Indicator, readAll, SOURCE, take, TestClock } from './fixtures.ts';

const SOURCES = [SOURCE, { ...SOURCE, name: 'Other Feed' }];

/** A client: polls one page after the other until it has all, then remembers where it stands in its own way. */
interface Habit {
  readonly name: string;
  readonly limit: number;
  /** What the next poll asks for, given the pages of this one and when it began by the client's clock. */
  readonly next: (pages: readonly Page[], began: number, since: number) => number;
}

interface Page {
  readonly indicators: readonly Indicator[];
  readonly last: number;
}

const lastStamp = (pages: readonly Page[], since: number): number =>
  pages.findLast((page) => page.indicators.length > 0)?.last ?? since;

const HABITS: readonly Habit[] = [
  { name: 'the header of the last page', limit: 7, next: (pages, _began, since) => lastStamp(pages, since) },
  { name: 'its own clock', limit: 100, next: (_pages, began) => began },
  {
    name: 'the greatest modified, compared as text',
    limit: 1,
    next: (pages, _began, since) => {
      const texts = pages.flatMap((page) => page.indicators.map((indicator) => indicator.modified)).sort();
      return texts.length > 0 ? Date.parse(texts.at(-1)!) : since;
    },
  },
  {
    name: 'the last modified cut to milliseconds from microseconds',
    limit: 3,
    next: (pages, _began, since) => Math.floor((lastStamp(pages, since) * 1000 + 999) / 1000),
  },
];

class Client {
  readonly habit: Habit;
  readonly seen = new Map<string, Indicator>();
  readonly versions = new Set<string>();
  #since = 0;

  constructor(habit: Habit) {
    this.habit = habit;
  }

  /** Polls to the end; every version it is given must be new to it. */
  async poll(store: Store, now: number): Promise<void> {
    await store.markPolled(now);
    const pages: Page[] = [];
    let after: number | undefined;
    for (;;) {
      const query: IndicatorQuery = {
        ...ANY,
        limit: this.habit.limit,
        since: this.#since,
        ...(after !== undefined && { after }),
      };
      const extent = await store.extent(query, now);
      const indicators = await readAll(store, query, now);
      assert.equal(indicators.length, extent.count);
      pages.push({ indicators, last: extent.last });
      for (const indicator of indicators) this.#take(indicator, now);
      if (!extent.more) break;
      after = extent.last;
    }
    this.#since = this.habit.next(pages, now, this.#since);
  }

  #take(indicator: Indicator, now: number): void {
    const version = `${indicator.id} ${indicator.modified}`;
    assert.ok(!this.versions.has(version), `${this.habit.name}: given ${version} twice`);
    assert.ok(Date.parse(indicator.modified) <= now, 'a stamp of the future');
    this.versions.add(version);
    this.seen.set(indicator.id, indicator);
  }
}

type Step =
  | {
      readonly kind: 'ingest';
      readonly source: number;
      readonly iocs: readonly (readonly [number, number])[];
    }
  | { readonly kind: 'withdraw'; readonly source: number; readonly ioc: number }
  | { readonly kind: 'retract'; readonly ioc: number }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  | { readonly kind: 'poll'; readonly client: number }
  | { readonly kind: 'restart' }
  | { readonly kind: 'sweep' };

const ioc = fc.nat(30);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('ingest' as const),
      source: fc.nat(SOURCES.length - 1),
      iocs: fc.array(fc.tuple(ioc, fc.constantFrom(10, 50, 90)), { maxLength: 40 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), source: fc.nat(1), ioc }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('retract' as const), ioc }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      milliseconds: fc.oneof(fc.nat(20), fc.nat(5_000), fc.nat(200_000_000)),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('poll' as const), client: fc.nat(HABITS.length - 1) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'sweep' as const }) },
);

/** Whatever is published and however a client polls, it ends with the store's state and sees each version once. */
export function losslessDelivery(name: string, open: StoreOpener): void {
  test(`${name}: every client ends with exactly the store's state, each version seen once`, async (context) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const clock = new TestClock();
        const opened = await open(context, clock);
        let store = opened.store;
        const clients = HABITS.map((habit) => new Client(habit));
        for (const action of steps) {
          if (action.kind === 'restart') store = await opened.reopen();
          else await act(store, clock, clients, action);
        }
        clock.now = Math.max(clock.now, (await store.health()).lastStamp) + 1;
        const truth = await currentState(store, clock.now);
        for (const client of clients) {
          await client.poll(store, clock.now);
          assert.deepEqual(sorted(client.seen.values()), truth, client.habit.name);
        }
      }),
      { numRuns: 60 },
    );
  });
}

async function act(store: Store, clock: TestClock, clients: readonly Client[], action: Step): Promise<void> {
  switch (action.kind) {
    case 'ingest': {
      const sightings: Sighting[] = action.iocs.map(([index, confidence]) =>
        domain(index, { confidence, lastSeen: clock.now }),
      );
      await take(store, sightings, clock.now, SOURCES[action.source]);
      break;
    }
    case 'withdraw':
      await take(store, [domain(action.ioc, { revoked: true })], clock.now, SOURCES[action.source]);
      break;
    case 'retract':
      await store.retract([domain(action.ioc)], 'false positive', clock.now);
      break;
    case 'wait':
      clock.advance(action.milliseconds);
      break;
    case 'poll':
      await clients[action.client]!.poll(store, clock.now);
      break;
    case 'sweep':
      await store.sweep(clock.now);
      break;
    case 'restart':
      break;
  }
}

async function currentState(store: Store, asOf: number): Promise<Indicator[]> {
  return sorted(await readAll(store, ANY, asOf));
}

function sorted(indicators: Iterable<Indicator>): Indicator[] {
  return [...indicators].sort((a, b) => (a.id < b.id ? -1 : 1));
}
