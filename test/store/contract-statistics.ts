import assert from 'node:assert/strict';
import { describe } from 'node:test';

import fc from 'fast-check';

import type { IndicatorQuery } from '../../src/model/indicator-query.ts';
import type { Sighting } from '../../src/model/sighting.ts';
import type { NameCount, Store } from '../../src/store/store.ts';
import type { StoreOpener } from './contract.ts';
import { itWith } from './contract-it.ts';
import { DAY, domain, FIRST_DOWNLOAD, SOURCE, START, take } from './fixtures.ts';

const AGENCY = { ...SOURCE, name: 'Agency', category: 'Government' };
const HOUR = 3_600_000;
const NOTHING = { added: 0, updated: 0, addedBefore: 0 };

/** The same counts, by looking at every item that is visible. */
async function counted(store: Store, asOf: number): Promise<Record<string, Record<string, number>>> {
  const { items } = await store.items(FIRST_DOWNLOAD, asOf, 10_000);
  const counts: Record<string, Record<string, number>> = {
    types: {},
    levels: {},
    feeds: {},
    categories: {},
    techniques: {},
    cves: {},
  };
  const add = (kind: string, names: Iterable<string>): void => {
    for (const name of new Set(names)) counts[kind]![name] = (counts[kind]![name] ?? 0) + 1;
  };
  for (const { type, value, level, sources, techniques, cves } of items) {
    add('types', [type]);
    add('levels', [level]);
    add(
      'feeds',
      sources.map(({ name }) => name),
    );
    add(
      'categories',
      sources.flatMap(({ category }) => category?.toLowerCase() ?? []),
    );
    add('techniques', type === 'mitre-attack' ? [value, ...techniques] : techniques);
    add('cves', type === 'cve' ? [value, ...cves] : cves);
  }
  return counts;
}

async function kept(store: Store, now: number): Promise<Record<string, Record<string, number>>> {
  const { types, levels, feeds, categories, techniques, cves } = await store.statistics(now);
  const some = (entries: Iterable<readonly [string, number]>): Record<string, number> =>
    Object.fromEntries([...entries].filter(([, count]) => count !== 0));
  const named = (list: readonly NameCount[]): Record<string, number> =>
    some(list.map(({ name, count }) => [name, count] as const));
  return {
    types: some(types),
    levels: some(levels),
    feeds: named(feeds),
    categories: named(categories),
    techniques: named(techniques),
    cves: named(cves),
  };
}

/** What every store must count: handed to each like `storeContract`. */
export function statisticsContract(name: string, open: StoreOpener): void {
  const it = itWith(open);

  describe(`${name}: statistics`, () => {
    it('are all zero of an empty store', async (store, clock) => {
      const { total, day, week } = await store.statistics(clock.now);
      assert.equal(total, 0);
      assert.deepEqual([day, week], [NOTHING, NOTHING]);
    });

    it('count what is current, whatever happened to it, as looking at each would', async (store, clock) => {
      const cve: Sighting = { type: 'cve', value: 'CVE-2024-12345', lastSeen: START };
      const more = { techniques: ['T1105'], cves: ['CVE-2024-12345', 'CVE-2023-11111'] };
      const steps: (() => Promise<unknown>)[] = [
        () => take(store, [domain(1, more), domain(2), domain(3, { confidence: 90 }), cve], clock.now),
        () => take(store, [domain(1), domain(4)], clock.now, AGENCY),
        () => take(store, [domain(2, { confidence: 10, ...more })], clock.now, AGENCY),
        () => store.retract([domain(3)], 'wrong', clock.now),
        async () => {
          const run = await store.beginRun(AGENCY, 'test', clock.now);
          const known = await store.listIocs(0, 100);
          const ids = known.filter(({ value }) => value === domain(4).value || value === domain(1).value);
          await store.withdraw(
            run,
            ids.map(({ id }) => id),
            clock.now,
          );
        },
        () =>
          take(
            store,
            [domain(5, { type: 'mitre-attack', value: 'T1059', techniques: ['T1059'] })],
            clock.now,
          ),
        async () => {
          clock.advance(200 * DAY);
          while ((await store.review(clock.now, 100)) === 100);
        },
        () => store.sweep(clock.advance(HOUR)),
        () => take(store, [domain(1, { lastSeen: clock.now })], clock.now),
      ];
      for (const step of steps) {
        await step();
        clock.advance(HOUR);
        await store.sweep(clock.now);
        assert.deepEqual(await kept(store, clock.now), await counted(store, clock.now));
      }
    });

    it('count no more what has expired, whether or not that has been told and swept yet', async (store, clock) => {
      const more = { techniques: ['T1105'], cves: ['CVE-2024-12345'] };
      const aged = (index: number) => domain(index, { lastSeen: START - index * 10 * DAY, ...more });
      await take(
        store,
        Array.from({ length: 12 }, (_, index) => aged(index)),
        clock.now,
      );
      await take(store, [domain(1), domain(2, { lastSeen: START })], clock.now, AGENCY);
      for (let days = 0; days < 130; days += 9) {
        const now = START + days * DAY + HOUR;
        assert.deepEqual(await kept(store, now), await counted(store, now), `${days} days on`);
      }
      clock.advance(70 * DAY);
      while ((await store.review(clock.now, 100)) === 100);
      assert.deepEqual(await kept(store, clock.now), await counted(store, clock.now));
    });

    it('count nothing before its time comes, and what it replaces until then', async (store, clock) => {
      const named = (index: number) => ({
        techniques: [`T10${10 + (index % 15)}`],
        cves: [`CVE-2024-1000${index % 12}`],
      });
      await store.markPolled(clock.now);
      await take(
        store,
        Array.from({ length: 20 }, (_, index) => domain(index, named(index))),
        clock.now,
      );
      await store.markPolled(clock.advance(HOUR));
      await take(
        store,
        Array.from({ length: 40 }, (_, index) => domain(index + 10, named(index + 3))),
        clock.now,
        AGENCY,
      );
      await store.retract([domain(0), domain(11)], 'wrong', clock.now);
      for (let ahead = 0; ahead < 700; ahead += ahead === 0 ? 490 : 3) {
        const now = clock.now + ahead;
        const expected = await counted(store, now);
        const { total, types, feeds, categories, day } = await store.statistics(now);
        const some = (list: readonly NameCount[]) =>
          Object.fromEntries(list.map((each) => [each.name, each.count]));
        assert.deepEqual(
          [Object.fromEntries(types), some(feeds), some(categories)],
          [expected.types, expected.feeds, expected.categories],
        );
        assert.equal(total, expected.types!.domain);
        const seen = (await store.history(0, now, 1_000)).length;
        assert.equal(day.added + day.updated, seen);
      }
    });

    it('tell what was published in the last day and week, and in those before', async (store, clock) => {
      const batches = [10, 8, 6, 1.5, 0.5];
      const begin = clock.now;
      let index = 0;
      for (const days of batches) {
        clock.now = begin - days * DAY;
        await store.markPolled(clock.now);
        await take(store, [domain((index += 1), { lastSeen: clock.now })], clock.now);
      }
      await take(store, [domain(1, { confidence: 90 })], clock.now);
      clock.now = begin;
      const { day, week } = await store.statistics(clock.now);
      assert.deepEqual(day, { added: 1, updated: 1, addedBefore: 1 });
      assert.deepEqual(week, { added: 3, updated: 1, addedBefore: 2 });
    });

    it('count of any filter agrees with the extent at every moment', async (store, clock) => {
      await take(
        store,
        Array.from({ length: 60 }, (_, index) =>
          domain(index, { confidence: [15, 50, 85][index % 3]!, lastSeen: START - (index % 5) * 20 * DAY }),
        ),
        clock.now,
      );
      await store.markPolled(clock.now);
      await take(
        store,
        Array.from({ length: 30 }, (_, index) => domain(index * 3, { confidence: 90 })),
        clock.now,
      );
      await store.retract([domain(7), domain(8)], 'wrong', clock.now);
      const moment = fc.integer({ min: 0, max: 60 }).map((ahead) => START + ahead);
      const later = fc.integer({ min: 0, max: 100 }).map((days) => START + days * DAY);
      const levels = fc.subarray(['low', 'medium', 'high'] as const);
      await fc.assert(
        fc.asyncProperty(fc.oneof(moment, later), levels, fc.boolean(), async (asOf, some, typed) => {
          const query: IndicatorQuery = { ...FIRST_DOWNLOAD, levels: some, types: typed ? ['domain'] : [] };
          const { limit: _limit, ...whole } = query;
          assert.equal(await store.count(whole, asOf), (await store.extent(query, asOf)).count);
        }),
        { numRuns: 150 },
      );
    });
  });
}
