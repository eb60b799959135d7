import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { confidenceLevel } from '../../src/model/confidence.ts';
import { type IndicatorQuery, type Left, leftOf } from '../../src/model/indicator-query.ts';
import { type Tlp, TLP_MARKINGS, tlpOfMarkingId } from '../../src/model/marking.ts';
import type { Sighting } from '../../src/model/sighting.ts';
import type { Store } from '../../src/store/store.ts';
import type { StoreOpener } from './contract.ts';
import { ANY, DAY, domain, type Indicator, readAll, SOURCE, take, TestClock } from './fixtures.ts';

const SOURCES = [SOURCE, { ...SOURCE, name: 'Other Feed', category: 'government' }];

type Filter = Pick<IndicatorQuery, 'types' | 'levels' | 'sectors' | 'tlps' | 'categories'>;
const WHOLE: Filter = { types: [], levels: [], sectors: [] };

/** A filter by one value of each kind, by most values of a kind, and by several kinds. */
const FILTERS: readonly Filter[] = [
  { ...WHOLE, levels: ['high'] },
  { ...WHOLE, levels: ['high', 'medium'] },
  { ...WHOLE, sectors: ['energy'] },
  { ...WHOLE, sectors: ['energy', 'water'], levels: ['high', 'medium'] },
  { ...WHOLE, tlps: ['clear', 'green'] },
  { ...WHOLE, tlps: ['amber'] },
  { types: ['domain'], levels: ['medium'], sectors: ['water'], tlps: ['clear', 'green', 'amber'] },
  { types: ['domain', 'url'], levels: [], sectors: [], tlps: ['clear'] },
  { ...WHOLE, categories: ['government'] },
  { ...WHOLE, categories: ['community', 'vendor'], sectors: ['energy'] },
  { ...WHOLE, categories: ['government'], levels: ['high', 'medium'], tlps: ['clear', 'green'] },
];

/** Where a poller goes on from. */
const BOOKMARKS = ['the last stamp', 'its own clock', 'the last stamp of each page'] as const;

class Client {
  readonly name: string;
  readonly filter: Filter;
  readonly known = new Map<string, Indicator>();
  readonly #told: Left['told'];
  readonly #bookmark: (typeof BOOKMARKS)[number];
  readonly #versions = new Set<string>();
  #since: number | undefined;

  constructor(filter: Filter, told: Left['told'], bookmark: (typeof BOOKMARKS)[number]) {
    this.filter = filter;
    this.#told = told;
    this.#bookmark = bookmark;
    this.name = `${JSON.stringify(filter)}, ${told}, ${bookmark}`;
  }

  /** Whether it is told what becomes of an IOC that has left, as long as that is not marked too strictly. */
  hears(indicator: Indicator): boolean {
    const { tlps } = this.filter;
    const strictest = tlps === undefined ? Infinity : Math.max(...tlps.map(rank));
    const isMarkedTooStrictly = rank(tlpOf(indicator)) > strictest;
    return !isMarkedTooStrictly && (this.#told === 'any' || indicator.revoked === true);
  }

  async poll(store: Store, now: number): Promise<void> {
    await store.markPolled(now);
    // Lists know categories.
    if (this.filter.categories !== undefined) await store.awaitLists(now);
    let [after, last, more] = [undefined as number | undefined, this.#since, true];
    while (more) {
      const place: IndicatorQuery = {
        ...ANY,
        ...this.filter,
        limit: 3,
        since: this.#since ?? 0,
        ...(after !== undefined && { after }),
      };
      // Who was told nothing yet has nothing to take back.
      const query = this.#since === undefined ? place : { ...place, ...leftOf(place, this.#told) };
      const extent = await store.extent(query, now);
      const page = await readAll(store, query, now);
      assert.equal(page.length, extent.count, `${this.name}: a page is as long as it was measured`);
      assert.ok(page.length <= 3);
      for (const indicator of page) this.#take(indicator, now);
      if (extent.count > 0) last = extent.last;
      more = extent.more;
      if (this.#bookmark === 'the last stamp of each page') this.#since = last;
      else after = extent.last;
    }
    this.#since = this.#bookmark === 'its own clock' ? now : (last ?? 0);
  }

  #take(indicator: Indicator, now: number): void {
    const version = `${indicator.id} ${indicator.modified}`;
    assert.ok(!this.#versions.has(version), `${this.name}: given ${version} twice`);
    assert.ok(Date.parse(indicator.modified) <= now, 'a stamp of the future');
    assert.ok(
      lets(this.filter, indicator) || this.known.has(indicator.id) || this.hears(indicator),
      `${this.name}: given what it never had`,
    );
    this.#versions.add(version);
    this.known.set(indicator.id, indicator);
  }
}

function rank(tlp: Tlp): number {
  return TLP_MARKINGS.indexOf(tlp);
}

function tlpOf({ object_marking_refs: [marking] }: Indicator): Tlp {
  return tlpOfMarkingId(marking!)!;
}

/** What filters let through, told from an indicator as it is sent. */
function lets({ levels, sectors, tlps, categories }: Filter, indicator: Indicator): boolean {
  const labels = indicator.labels ?? [];
  const sources = SOURCES.filter(({ name }) => indicator.description.includes(name));
  return (
    (levels.length === 0 || levels.includes(confidenceLevel(indicator.confidence))) &&
    (sectors.length === 0 || sectors.some((sector) => labels.includes(`industry:${sector}`))) &&
    (tlps === undefined || tlps.includes(tlpOf(indicator))) &&
    (categories === undefined || sources.some(({ category }) => categories.includes(category!)))
  );
}

type Step =
  | { readonly kind: 'ingest'; readonly source: number; readonly sightings: readonly Sighting[] }
  | { readonly kind: 'retract'; readonly ioc: number }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  | { readonly kind: 'poll'; readonly client: number }
  | { readonly kind: 'sweep' };

const ioc = fc.nat(6);
const sighting: fc.Arbitrary<Sighting> = fc
  .record({
    ioc,
    entry: fc.constant('record'),
    confidence: fc.constantFrom(10, 50, 90),
    sectors: fc.subarray(['energy', 'water'] as const),
    tlp: fc.constantFrom<Tlp>('clear', 'green', 'amber', 'red'),
    revoked: fc.constantFrom(undefined, undefined, true as const),
  })
  .map(({ ioc: index, revoked, ...said }) => domain(index, { ...said, ...(revoked && { revoked }) }));

const CLIENTS = FILTERS.flatMap((filter) =>
  (['revoked', 'any'] as const).flatMap((told) =>
    BOOKMARKS.map((bookmark) => [filter, told, bookmark] as const),
  ),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('ingest' as const),
      source: fc.nat(SOURCES.length - 1),
      sightings: fc.array(sighting, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('retract' as const), ioc }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      milliseconds: fc.oneof(fc.nat(20), fc.nat(5_000), fc.nat(DAY / 2)),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('poll' as const), client: fc.nat(CLIENTS.length - 1) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'sweep' as const }) },
);

/** Whatever leaves a filter, however a client polls, it does not go on holding what it should not. */
export function losslessFilters(name: string, open: StoreOpener): void {
  test(`${name}: every client of a filter is told of what left it`, async (context) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 50 }), async (steps) => {
        const clock = new TestClock();
        const { store } = await open(context, clock);
        const clients = CLIENTS.map((of) => new Client(...of));
        for (const action of steps) {
          await act(store, clock, clients, action);
          // Lists take in what their filler sees, as it does soon after each publication.
          await store.fillLists();
        }
        clock.now = Math.max(clock.now, (await store.health()).lastStamp) + 1;
        const truth = await readAll(store, { ...ANY, since: 0 }, clock.now);
        for (const client of clients) {
          await client.poll(store, clock.now);
          for (const current of truth) {
            const known = client.known.get(current.id);
            const isDue = lets(client.filter, current) || (known !== undefined && client.hears(current));
            if (isDue) assert.deepEqual(known, current, client.name);
          }
        }
      }),
      { numRuns: 25 },
    );
  });
}

async function act(store: Store, clock: TestClock, clients: readonly Client[], action: Step): Promise<void> {
  switch (action.kind) {
    case 'ingest':
      await take(
        store,
        action.sightings.map((each) => ({ ...each, lastSeen: clock.now })),
        clock.now,
        SOURCES[action.source],
      );
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
  }
}
