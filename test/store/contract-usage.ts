import assert from 'node:assert/strict';
import { describe } from 'node:test';

import type { DeliveryFilter, UsageBatch } from '../../src/store/store.ts';
import type { StoreOpener } from './contract.ts';
import { itWith } from './contract-it.ts';
import { ANY, DAY, domain, readAll, SOURCE, START, take } from './fixtures.ts';

const TODAY = Date.UTC(2026, 0, 15);
const EVERYTHING: DeliveryFilter = {
  endpoint: '/x',
  types: [],
  levels: [],
  sectors: [],
  revoked: 'include',
};
const HOUR = 3_600_000;

/** What every store must do with the usage of keys. */
export function usageContract(name: string, open: StoreOpener): void {
  const it = itWith(open);

  describe(`${name}: usage`, () => {
    it('adds up requests by day, endpoint and status, over a restart', async (store, clock, opened) => {
      const request = { key: 'k', day: TODAY, endpoint: '/x', status: 200 };
      assert.deepEqual(await store.usageOf('k', 0), { requests: [], marks: [] });
      await store.recordUsage(batch({ requests: [{ ...request, count: 2, latencies: [0, 2] }] }), clock.now);
      await store.recordUsage(
        batch({
          requests: [
            { ...request, count: 3, latencies: [1, 0, 2] },
            { ...request, status: 304, count: 1, latencies: [1] },
            { ...request, key: 'other', count: 9, latencies: [9] },
          ],
        }),
        clock.now,
      );
      const again = await opened.reopen();
      assert.deepEqual((await again.usageOf('k', TODAY)).requests, [
        { day: TODAY, endpoint: '/x', status: 200, count: 5, latencies: [1, 2, 2] },
        { day: TODAY, endpoint: '/x', status: 304, count: 1, latencies: [1] },
      ]);
      assert.deepEqual((await again.usageOf('k', TODAY + DAY)).requests, []);
    });

    it('keeps the highest mark of a day in parts of its limit', async (store, clock) => {
      for (const [limit, used] of [
        [1_000, 400],
        [10, 5],
        [1_000, 450],
      ] as const)
        await store.recordUsage(batch({ marks: [{ key: 'k', day: TODAY, limit, used }] }), clock.now);
      assert.deepEqual((await store.usageOf('k', 0)).marks, [{ day: TODAY, limit: 10, used: 5 }]);
    });

    it('knows the addresses of a key, the thousand used last', async (store, clock) => {
      const use = (index: number, at: number) => ({
        key: 'k',
        address: `a${index}`,
        firstAt: at,
        lastAt: at,
      });
      const many = Array.from({ length: 1_100 }, (_, index) => use(index, START + index));
      await store.recordUsage(batch({ addresses: many }), clock.now);
      await store.recordUsage(batch({ addresses: [use(1_099, START + 5_000)] }), clock.now);
      const kept = await store.addressesOf('k');
      assert.equal(kept.length, 1_000);
      assert.deepEqual(kept[0], { address: 'a1099', firstAt: START + 1_099, lastAt: START + 5_000 });
      assert.equal(kept.at(-1)!.address, 'a100');
      assert.deepEqual(await store.addressesOf('other'), []);
    });

    it('forgets what is older than 400 days', async (store, clock) => {
      const request = { key: 'k', day: TODAY, endpoint: '/x', status: 200, count: 1, latencies: [1] };
      await store.recordUsage(batch({ requests: [request], deliveries: [delivery(1, 5, START)] }), clock.now);
      await store.recordUsage(batch({}), clock.advance(399 * DAY));
      assert.equal((await store.usageOf('k', 0)).requests.length, 1);
      await store.recordUsage(batch({}), clock.advance(2 * DAY));
      assert.deepEqual(await store.usageOf('k', 0), { requests: [], marks: [] });
      assert.deepEqual(await store.deliveriesOf('k', [3]), []);
    });
  });

  describe(`${name}: deliveries`, () => {
    it('joins pages that follow each other within an hour, and keeps gaps', async (store, clock) => {
      const deliveries = [delivery(1, 10, START), delivery(11, 20, START + 60_000), delivery(30, 40, START)];
      await store.recordUsage(batch({ deliveries }), clock.now);
      const found = async (stamp: number) =>
        (await store.deliveriesOf('k', [stamp])).map(({ lower, upper, firstAt, lastAt, answers }) => {
          return [lower, upper, firstAt, lastAt, answers];
        });
      assert.deepEqual(await found(5), [[1, 20, START, START + 60_000, 2]]);
      assert.deepEqual(await found(25), []);
      assert.deepEqual(await found(40), [[30, 40, START, START, 1]]);
      assert.equal((await store.deliveriesOf('k', [5, 35])).length, 2);
      assert.deepEqual(await store.deliveriesOf('other', [5]), []);
      assert.deepEqual(await store.deliveriesOf('k', []), []);
    });

    it('keeps hours and filters apart', async (store, clock) => {
      const high: DeliveryFilter = { ...EVERYTHING, levels: ['high'] };
      const deliveries = [
        delivery(1, 10, START),
        delivery(1, 10, START + HOUR + 1),
        { ...delivery(1, 10, START), filter: high },
      ];
      await store.recordUsage(batch({ deliveries }), clock.now);
      const found = await store.deliveriesOf('k', [5]);
      assert.deepEqual(
        found.map(({ filter, firstAt }) => [filter.levels.length, firstAt]),
        [
          [0, START],
          [1, START],
          [0, START + HOUR + 1],
        ],
      );
    });

    it('no row spans more than an hour, however steadily a client polls', async (store, clock) => {
      for (let poll = 0; poll < 100; poll += 1) {
        const at = START + poll * 300_000;
        await store.recordUsage(batch({ deliveries: [delivery(poll * 10, poll * 10 + 9, at)] }), clock.now);
      }
      const stamps = Array.from({ length: 1_000 }, (_, stamp) => stamp);
      const found = await store.deliveriesOf('k', stamps);
      assert.ok(found.length < 12, `${found.length} rows`);
      for (const { firstAt, lastAt } of found) assert.ok(lastAt - firstAt <= HOUR);
      assert.equal(
        found.reduce((sum, { answers }) => sum + answers, 0),
        100,
      );
    });
  });

  describe(`${name}: versions of an IOC`, () => {
    it('tells what filters look at, of every version, replaced ones too', async (store, clock) => {
      const ioc = { type: 'domain', value: 'host-1.example.com' } as const;
      assert.deepEqual(await store.versionFacts(ioc), []);
      await take(store, [domain(1, { sectors: ['energy'], confidence: 20 })], clock.now);
      await take(store, [domain(1, { sectors: ['energy'], confidence: 90 })], clock.advance(1_000));
      const [first, second, ...rest] = await store.versionFacts(ioc);
      assert.deepEqual(rest, []);
      assert.equal(first!.until, second!.stamp);
      assert.equal(second!.until, Infinity);
      assert.deepEqual([first!.type, first!.sectors, first!.revoked], ['domain', ['energy'], false]);
      assert.deepEqual(second!.categories, [SOURCE.category]);
      assert.notEqual(first!.level, second!.level);
      clock.advance(11 * 60_000);
      while ((await store.sweep(clock.now)) > 0);
      const [swept] = await store.versionFacts(ioc);
      assert.deepEqual({ ...first, categories: undefined }, { ...swept, categories: undefined });
      assert.equal(swept!.categories, undefined);
      await store.retract([ioc], 'false positive', clock.advance(1_000));
      assert.equal((await store.versionFacts(ioc)).at(-1)!.revoked, true);
    });

    it('are kept whole for a while when they are replaced, then as facts, then not at all', async (store, clock) => {
      const ioc = { type: 'domain', value: 'host-1.example.com' } as const;
      const [first, second] = [{ confidence: 20, sectors: ['energy', 'water'] }, { confidence: 90 }] as const;
      await take(store, [domain(1, { entry: 'record', ...first })], clock.now);
      await take(store, [domain(1, { entry: 'record', ...second })], clock.advance(DAY));
      await take(store, [domain(1, { entry: 'record', ...second, revoked: true })], clock.advance(DAY));
      await take(store, [domain(1, { entry: 'record', ...first })], clock.advance(DAY));
      clock.advance(DAY);
      while ((await store.sweep(clock.now)) > 0);
      const facts = await store.versionFacts(ioc);
      const published = await store.history(0, clock.now, 10);
      assert.deepEqual([facts.length, published.length], [4, 4]);

      const never = { whole: 0, facts: 0 };
      assert.equal(await store.forgetVersions(never), 0);
      const replaced = facts.map(({ until }) => until);
      assert.equal(await store.forgetVersions({ ...never, whole: replaced[1]! }), 2);
      assert.equal(await store.forgetVersions({ ...never, whole: replaced[1]! }), 0);
      assert.deepEqual(await store.versionFacts(ioc), facts);
      assert.deepEqual(
        (await store.history(0, clock.now, 10)).map(({ stamp, stix }) => [stamp, stix]),
        published.slice(2).map(({ stamp, stix }) => [stamp, stix]),
      );

      const all = { whole: clock.now, facts: clock.now };
      while ((await store.forgetVersions(all)) > 0);
      assert.deepEqual(await store.versionFacts(ioc), facts.slice(3), 'what stands is never forgotten');
      assert.equal((await readAll(store, ANY, clock.now)).length, 1);
    });

    it('are forgotten a part at a time', async (store, clock) => {
      const many = (confidence: number) =>
        Array.from({ length: 2_500 }, (_, index) => domain(index, { confidence }));
      await take(store, many(20), clock.now);
      await take(store, many(90), clock.advance(DAY));
      clock.advance(DAY);
      while ((await store.sweep(clock.now)) > 0);
      const before = { whole: clock.now, facts: 0 };
      const parts = [await store.forgetVersions(before), await store.forgetVersions(before)];
      assert.deepEqual(parts, [2_000, 500]);
      assert.equal((await store.history(0, clock.now, 10_000)).length, 2_500);
    });
  });
}

function batch(part: Partial<UsageBatch>): UsageBatch {
  return { requests: [], marks: [], addresses: [], deliveries: [], ...part };
}

function delivery(lower: number, upper: number, at: number) {
  return { key: 'k', filter: EVERYTHING, lower, upper, firstAt: at, lastAt: at, answers: 1 };
}
