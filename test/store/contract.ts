import assert from 'node:assert/strict';
import { describe, type TestContext } from 'node:test';

import fc from 'fast-check';

import type { IndicatorQuery } from '../../src/model/indicator-query.ts';
import { IOC_TYPES } from '../../src/model/ioc.ts';
import type { Sighting } from '../../src/model/sighting.ts';
import type { Store } from '../../src/store/store.ts';
import { itWith } from './contract-it.ts';
import type { TestClock } from './fixtures.ts';
import {
  ANY,
  DAY,
  domain,
  FIRST_DOWNLOAD,
  type Indicator,
  readAll,
  SOURCE,
  START,
  take,
} from './fixtures.ts';

/** A store under test, which can be closed and opened again on what it kept. */
export interface OpenStore {
  readonly store: Store;
  reopen(): Promise<Store>;
}

export type StoreOpener = (context: TestContext, clock: TestClock) => Promise<OpenStore>;

const OTHER = { ...SOURCE, name: 'Other Feed', url: 'https://other.example.org/' };
const LIMITS = { perMinute: 10, perDay: 1_000 };

/** What every store must do. A new store is handed to this and to `losslessDelivery`. */
export function storeContract(name: string, open: StoreOpener): void {
  const it = itWith(open);

  /** Lets all that has been stamped become visible. */
  async function settle(store: Store, clock: TestClock): Promise<number> {
    const { lastStamp } = await store.health();
    clock.now = Math.max(clock.now + 1, lastStamp);
    return clock.now;
  }

  describe(`${name}: publishing`, () => {
    it('publishes every IOC of a first load at once when nobody has read the store', async (store, clock) => {
      const counts = await take(
        store,
        Array.from({ length: 3000 }, (_, index) => domain(index)),
        clock.now,
      );
      assert.equal(counts.added, 3000);
      assert.equal((await readAll(store, FIRST_DOWNLOAD, clock.now)).length, 3000);
    });

    it('gives each version a stamp of its own, rising in the order of publication', async (store, clock) => {
      await take(
        store,
        Array.from({ length: 500 }, (_, index) => domain(index)),
        clock.now,
      );
      await store.markPolled(clock.now);
      await take(store, [domain(7, { confidence: 90 }), domain(501)], clock.now);
      const indicators = await readAll(store, ANY, await settle(store, clock));
      const stamps = indicators.map((indicator) => Date.parse(indicator.modified));
      assert.equal(new Set(stamps).size, stamps.length);
      assert.deepEqual(
        stamps,
        stamps.toSorted((a, b) => a - b),
      );
      assert.deepEqual(
        indicators.slice(-2).map((indicator) => indicator.name),
        ['host-7.example.com', 'host-501.example.com'],
      );
    });

    it('never shows a stamp of the future: a burst drains a thousand a second', async (store, clock) => {
      await store.markPolled(clock.now);
      await take(
        store,
        Array.from({ length: 3000 }, (_, index) => domain(index)),
        clock.now,
      );
      assert.equal((await readAll(store, ANY, clock.now)).length, 0);
      assert.equal((await readAll(store, ANY, clock.now + 1000)).length, 1000);
      assert.equal((await readAll(store, ANY, clock.now + 3000)).length, 3000);
    });

    it('shows the old version of an indicator until the new one is visible', async (store, clock) => {
      await take(store, [domain(1, { confidence: 20 })], clock.now);
      await store.markPolled(clock.now);
      await take(
        store,
        Array.from({ length: 100 }, (_, index) => domain(index + 100)),
        clock.now,
      );
      await take(store, [domain(1, { confidence: 90 })], clock.now);
      const confidence = async (asOf: number) =>
        (await readAll(store, FIRST_DOWNLOAD, asOf))
          .filter(({ name }) => name === 'host-1.example.com')
          .map((i) => i.confidence);
      assert.deepEqual(await confidence(clock.now), [20]);
      assert.deepEqual(await confidence(clock.now + 100), [20]);
      assert.deepEqual(await confidence(clock.now + 101), [90]);
    });

    it('goes on rising when the clock is set back, also after a restart', async (store, clock, opened) => {
      await store.markPolled(clock.now);
      const before = await take(store, [domain(1)], clock.now);
      clock.advance(-3_600_000);
      const after = await take(store, [domain(2)], clock.now);
      assert.ok(after.lastStamp > before.lastStamp);
      const again = await take(await opened.reopen(), [domain(3)], clock.now);
      assert.ok(again.lastStamp > after.lastStamp);
    });

    it('keeps the id and the time of creation of an IOC over all versions', async (store, clock) => {
      await take(store, [domain(1)], clock.now);
      const [first] = await readAll(store, ANY, clock.now);
      clock.advance(DAY);
      await take(store, [domain(1, { confidence: 99 })], clock.now);
      const [second] = await readAll(store, ANY, await settle(store, clock));
      assert.equal(second!.id, first!.id);
      assert.equal(second!.created, first!.created);
      assert.notEqual(second!.modified, first!.modified);
    });
  });

  describe(`${name}: re-sighting and retraction`, () => {
    it('makes no version of a report that changes nothing visible', async (store, clock) => {
      const sightings = [domain(1), domain(2, { tags: ['Mozi', 'elf'], reference: 'https://example.org/2' })];
      await take(store, sightings, clock.now);
      const again = await take(store, sightings, clock.now);
      assert.deepEqual(again, { added: 0, updated: 0, unchanged: 2, held: 0, expired: 0, lastStamp: 0 });
      const record = await store.findIoc(domain(1));
      assert.equal(record?.sightings[0]?.reports, 2);
    });

    it('moves valid_until for re-sightings at most once in 24 hours', async (store, clock) => {
      await take(store, [domain(1)], clock.now);
      let versions = 0;
      for (let hour = 0; hour < 72; hour += 1) {
        clock.advance(3_600_000);
        const counts = await take(store, [domain(1, { lastSeen: clock.now })], clock.now);
        versions += counts.updated;
      }
      assert.equal(versions, 3);
    });

    it('publishes the same whatever the order in which records without an id come', async (store, clock) => {
      const records = [
        domain(1, { comment: 'first', confidence: 30 }),
        domain(1, { comment: 'second', tags: ['x'] }),
      ];
      await take(store, records, clock.now);
      const again = await take(store, records.toReversed(), clock.now);
      assert.equal(again.updated, 0);
    });

    it('replaces a record by its successor of the same id', async (store, clock) => {
      await take(store, [domain(1, { entry: '17', confidence: 90, tags: ['old'] })], clock.now);
      await take(store, [domain(1, { entry: '17', confidence: 40, tags: ['new'] })], clock.now);
      const [indicator] = await readAll(store, ANY, await settle(store, clock));
      assert.equal(indicator!.confidence, 40);
      assert.deepEqual(indicator!.labels, ['new']);
    });

    it('revokes an IOC when the last source takes it back, once, and revives it under the same id', async (store, clock) => {
      await take(store, [domain(1)], clock.now);
      await take(store, [domain(1)], clock.now, OTHER);
      assert.equal((await readAll(store, FIRST_DOWNLOAD, await settle(store, clock))).length, 1);
      await take(store, [domain(1, { revoked: true })], clock.now);
      assert.equal((await readAll(store, FIRST_DOWNLOAD, await settle(store, clock))).length, 1);
      const last = await take(store, [domain(1, { revoked: true })], clock.now, OTHER);
      assert.equal(last.updated, 1);
      await settle(store, clock);
      assert.deepEqual(await readAll(store, FIRST_DOWNLOAD, clock.now), []);
      const [revoked] = await readAll(store, ANY, clock.now);
      assert.equal(revoked!.revoked, true);
      const repeated = await take(store, [domain(1, { revoked: true })], clock.now, OTHER);
      assert.equal(repeated.updated, 0);
      await take(store, [domain(1)], clock.now, OTHER);
      const [revived] = await readAll(store, FIRST_DOWNLOAD, await settle(store, clock));
      assert.equal(revived!.id, revoked!.id);
      assert.equal(revived!.revoked, undefined);
    });

    it('retracts an IOC for every source', async (store, clock) => {
      await take(store, [domain(1), domain(2)], clock.now);
      assert.equal(await store.retract([domain(1), domain(9)], 'false positive', clock.now), 1);
      assert.equal(await store.retract([domain(1)], 'false positive', clock.now), 0);
      await settle(store, clock);
      const names = (await readAll(store, FIRST_DOWNLOAD, clock.now)).map((indicator) => indicator.name);
      assert.deepEqual(names, ['host-2.example.com']);
    });

    it('does not publish the retraction of what was never published', async (store, clock) => {
      const counts = await take(store, [domain(1, { revoked: true })], clock.now);
      assert.deepEqual(counts, { added: 0, updated: 0, unchanged: 1, held: 0, expired: 0, lastStamp: 0 });
    });

    it('leaves what has expired out of a first download, but not out of a poll', async (store, clock) => {
      await take(store, [domain(1), domain(2, { lastSeen: START - 400 * DAY })], clock.now);
      const names = async (query = FIRST_DOWNLOAD) =>
        (await readAll(store, query, clock.now)).map(({ name }) => name);
      assert.deepEqual(await names(), ['host-1.example.com']);
      assert.equal((await names({ ...ANY, since: 0 })).length, 2);
      clock.advance(200 * DAY);
      assert.deepEqual(await names(), []);
      while ((await store.sweep(clock.now)) > 0);
      assert.deepEqual(await names(), []);
      assert.equal((await names({ ...ANY, since: 0 })).length, 2);
    });
  });

  describe(`${name}: queries`, () => {
    const sectors = [[], ['energy'], ['energy', 'water'], ['water']] as const;
    const confidences = [10, 50, 90];
    const many: Sighting[] = Array.from({ length: 240 }, (_, index) => {
      const type = IOC_TYPES[index % IOC_TYPES.length]!;
      return {
        type,
        value: `value-${index}`,
        confidence: confidences[index % 3]!,
        sectors: sectors[index % 4]!,
        lastSeen: START,
        revoked: false,
      };
    });

    it('filters by each combination of type, level and sector, in both orders', async (store, clock) => {
      await take(store, many, clock.now);
      await store.retract(
        many.filter((_, index) => index % 5 === 0),
        'test',
        clock.now,
      );
      const asOf = await settle(store, clock);
      const levels = ['low', 'medium', 'high'] as const;
      for (const types of [[], ['ipv4'], ['ipv4', 'url'], IOC_TYPES.slice(0, 9), IOC_TYPES] as const) {
        for (const wanted of [[], ['high'], ['low', 'high']] as const) {
          for (const industries of [[], ['water'], ['energy', 'water']] as const) {
            for (const revoked of ['include', 'exclude'] as const) {
              const expected = many
                .filter(
                  (sighting, index) =>
                    (types.length === 0 || (types as readonly string[]).includes(sighting.type)) &&
                    (wanted.length === 0 || (wanted as readonly string[]).includes(levels[index % 3]!)) &&
                    (industries.length === 0 ||
                      industries.some((industry) => sighting.sectors!.includes(industry))) &&
                    (revoked === 'include' || index % 5 !== 0),
                )
                .map(({ value }) => value);
              const query = { ...ANY, types, levels: wanted, sectors: industries, revoked };
              const found = await readAll(store, query, asOf, { size: 7 });
              const what = JSON.stringify(query);
              assert.deepEqual(found.map(({ name }) => name).toSorted(), expected.toSorted(), what);
              const newest = await readAll(store, { ...query, order: 'newest-first' }, asOf, { size: 11 });
              assert.deepEqual(newest, found.toReversed(), what);
              const extent = await store.extent({ ...query, limit: 20 }, asOf);
              assert.equal(extent.count, Math.min(20, expected.length), what);
              assert.equal(extent.more, expected.length > 20, what);
              if (expected.length > 0) {
                assert.equal(extent.first, Date.parse(found[0]!.modified), what);
                assert.equal(extent.last, Date.parse(found[Math.min(20, found.length) - 1]!.modified), what);
              }
            }
          }
        }
      }
    });

    it('yields the same wherever a query begins, ends and is cut, stale versions or not', async (store, clock) => {
      await take(store, many.slice(0, 120), clock.now);
      await settle(store, clock);
      await store.markPolled(clock.now);
      const gone = many.slice(60, 90);
      await store.retract(gone, 'test', clock.advance(DAY));
      await take(store, many.slice(90, 160), clock.advance(DAY), OTHER);
      const { lastStamp } = await store.health();
      for (const present of [lastStamp - 40, lastStamp, lastStamp + DAY, lastStamp + 400 * DAY]) {
        clock.now = Math.max(clock.now, present);
        if (present > lastStamp) while ((await store.sweep(clock.now)) > 0);
        await fc.assert(sameAsWhole(store, present), { numRuns: 60 });
      }
    });

    /** What a query yields is what lies within its bounds of all that is visible, which is read in one piece. */
    function sameAsWhole(store: Store, asOf: number) {
      const stamp = ({ modified }: Indicator): number => Date.parse(modified);
      const place = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined });
      return fc.asyncProperty(
        fc.constantFrom('include', 'exclude'),
        fc.constantFrom('oldest-first', 'newest-first'),
        fc.record({ since: place, after: place, limit: fc.integer({ min: 1, max: 200 }) }),
        fc.integer({ min: 1, max: 60 }),
        async (revoked, order, { since: sinceAt, after: afterAt, limit }, size) => {
          const all = await readAll(store, { ...ANY, revoked, order: 'newest-first' }, asOf, {
            size: 10_000,
          });
          const at = (part: number | undefined): number | undefined =>
            part === undefined || all.length === 0
              ? undefined
              : stamp(all[Math.floor(part * (all.length - 1))]!);
          const [since, after] = [at(sinceAt), at(afterAt)];
          const ascending = order === 'oldest-first';
          const wanted = (ascending ? all.toReversed() : all)
            .filter((one) => since === undefined || stamp(one) > since)
            .filter((one) => after === undefined || (ascending ? stamp(one) > after : stamp(one) < after));
          const bounds = { ...(since !== undefined && { since }), ...(after !== undefined && { after }) };
          const query: IndicatorQuery = { ...ANY, revoked, order, limit, ...bounds };
          assert.deepEqual(await readAll(store, query, asOf, { size }), wanted.slice(0, limit));
          const shown = wanted.slice(0, limit).map(stamp);
          assert.deepEqual(await store.extent(query, asOf), {
            count: shown.length,
            first: shown[0] ?? 0,
            last: shown.at(-1) ?? 0,
            more: wanted.length > limit,
          });
        },
      );
    }

    it('takes since as strictly after', async (store, clock) => {
      await take(store, [domain(1), domain(2), domain(3)], clock.now);
      const all = await readAll(store, ANY, clock.now);
      const since = Date.parse(all[1]!.modified);
      const later = await readAll(store, { ...ANY, since }, clock.now);
      assert.deepEqual(later, all.slice(2));
    });

    it('marks every indicator at least as strictly as asked, in either version of TLP', async (store, clock) => {
      const tlps = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;
      await take(
        store,
        tlps.map((tlp, index) => domain(index, { tlp })),
        clock.now,
      );
      const stored = await readAll(store, ANY, clock.now);
      const strict = await readAll(store, ANY, clock.now, { markings: { tlpVersion: 2, atLeast: 'amber' } });
      assert.deepEqual(
        strict.map((indicator) => indicator.object_marking_refs.join().slice(-12)),
        ['91f868d9b421', '91f868d9b421', '91f868d9b421', '375ea402b003', 'e53a884c97c1'],
      );
      const bare = (list: typeof stored) => list.map(({ object_marking_refs: _refs, ...rest }) => rest);
      assert.deepEqual(bare(strict), bare(stored));
    });

    it('gives one request one view, whatever is published meanwhile', async (store, clock) => {
      await take(
        store,
        Array.from({ length: 50 }, (_, index) => domain(index)),
        clock.now,
      );
      await store.markPolled(clock.now);
      const asOf = clock.now;
      const before = await readAll(store, ANY, asOf);
      const extent = await store.extent(ANY, asOf);
      const first = await store.slice(ANY, { tlpVersion: 1, atLeast: 'clear' }, asOf, 20);
      clock.advance(60_000);
      await take(
        store,
        Array.from({ length: 50 }, (_, index) => domain(index, { confidence: 99 })),
        clock.now,
      );
      const rest = await readAll(store, { ...ANY, after: first.last, limit: ANY.limit - first.count }, asOf);
      assert.deepEqual(rest, before.slice(20));
      assert.deepEqual(await store.extent(ANY, asOf), extent);
    });
  });

  describe(`${name}: runs`, () => {
    it('takes a batch as a whole or not at all', async (store, clock) => {
      const run = await store.beginRun(SOURCE, 'test', clock.now);
      const broken = { ...domain(2), tags: [undefined] } as unknown as Sighting;
      await assert.rejects(
        store.ingest(
          run,
          [domain(1), { ...broken, type: 'nonsense' as never, value: null as never }],
          clock.now,
        ),
      );
      assert.equal(await store.findIoc(domain(1)), undefined);
    });

    it('keeps what it did not take, with counts and samples for each reason', async (store, clock, opened) => {
      const run = await store.beginRun(SOURCE, 'list.txt', clock.now);
      const rejection = (line: number) =>
        ({
          place: `line ${line}`,
          code: 'bad_domain',
          reason: 'no known suffix',
          sample: 'x.invalid',
        }) as const;
      await store.quarantine(
        run,
        Array.from({ length: 30 }, (_, line) => rejection(line + 1)),
      );
      // What was only left out of a record that was taken is kept too, and counts no record.
      await store.quarantine(run, [{ ...rejection(7), code: 'bad_time', sample: 'yesterday' }]);
      await store.ingest(run, [domain(1)], clock.now);
      await store.endRun(run, clock.now + 5, 'the file ended early');
      const again = await opened.reopen();
      const [record] = await again.listRuns(10);
      assert.deepEqual(record, {
        id: run,
        source: 'Example Feed',
        input: 'list.txt',
        startedAt: clock.now,
        endedAt: clock.now + 5,
        failure: 'the file ended early',
        state: 'failed',
        read: 31,
        added: 1,
        updated: 0,
        unchanged: 0,
        held: 0,
        withdrawn: 0,
        quarantined: 30,
      });
      const [quarantined, note] = await again.listQuarantine(run);
      assert.equal(quarantined?.count, 30);
      assert.deepEqual(quarantined?.samples[0], rejection(1));
      assert.ok(quarantined.samples.length < 30);
      assert.deepEqual([note?.code, note?.count, note?.samples[0]?.sample], ['bad_time', 1, 'yesterday']);
    });
  });

  describe(`${name}: keys`, () => {
    const key = (index: number, more = {}) => ({
      hash: Buffer.alloc(32, index),
      prefix: `sk_live_${1000 + index}`,
      account: 'acme',
      name: `key ${index}`,
      tier: 'pro' as const,
      allowedNetworks: ['192.0.2.0/24'],
      ...more,
    });

    it('finds a key by its hash, with all that was said of it, after a restart', async (store, clock, opened) => {
      const made = await store.createKey(key(1, { expiresAt: clock.now + DAY }), clock.now);
      const again = await opened.reopen();
      assert.deepEqual(await again.findKey(Buffer.alloc(32, 1)), made);
      assert.equal(made.createdAt, clock.now);
      assert.equal(await again.findKey(Buffer.alloc(32, 2)), undefined);
    });

    it('revokes one key and leaves the others as they are', async (store, clock) => {
      for (let index = 0; index < 50; index += 1) await store.createKey(key(index), clock.now);
      const before = await store.listKeys();
      const revoked = await store.revokeKey('sk_live_1007', clock.now + 1);
      assert.equal(revoked?.revokedAt, clock.now + 1);
      const after = await store.listKeys();
      assert.deepEqual(
        after.filter(({ id }) => id !== revoked.id),
        before.filter(({ id }) => id !== revoked.id),
      );
      assert.equal((await store.findKey(Buffer.alloc(32, 7)))?.revokedAt, clock.now + 1);
      assert.equal(await store.revokeKey('sk_live_none', clock.now), undefined);
    });

    it('refuses more keys than the tier allows an account', async (store, clock) => {
      for (let index = 0; index < 3; index += 1)
        await store.createKey(key(index, { tier: 'free' }), clock.now);
      await assert.rejects(store.createKey(key(4, { tier: 'free' }), clock.now), { code: 'limit_reached' });
      await store.createKey(key(5, { tier: 'free', account: 'other' }), clock.now);
    });
  });

  describe(`${name}: request counts`, () => {
    it('grants as many requests as the minute has, and more when it has passed', async (store, clock) => {
      for (let index = 0; index < 10; index += 1) {
        assert.equal((await store.takeRequests('k', 1, LIMITS, clock.now)).granted, 1);
      }
      const refused = await store.takeRequests('k', 1, LIMITS, clock.now);
      assert.equal(refused.granted, 0);
      assert.equal(refused.minute.remaining, 0);
      assert.equal((await store.takeRequests('k', 1, LIMITS, clock.now + 59_999)).granted, 0);
      assert.equal((await store.takeRequests('k', 1, LIMITS, refused.minute.resetAt)).granted, 1);
      assert.equal((await store.takeRequests('other', 1, LIMITS, clock.now)).granted, 1);
    });

    it('never grants more in any 60 seconds than the limit', async (store, clock) => {
      const granted: number[] = [];
      for (let step = 0; step < 400; step += 1) {
        clock.advance(700);
        const { granted: count } = await store.takeRequests('k', 2, LIMITS, clock.now);
        for (let index = 0; index < count; index += 1) granted.push(clock.now);
      }
      for (const time of granted) {
        const within = granted.filter((other) => other > time - 60_000 && other <= time).length;
        assert.ok(within <= 10, `${within} in a minute`);
      }
      assert.ok(granted.length > 40);
    });

    it('keeps the count of the day over a restart', async (store, clock, opened) => {
      await store.takeRequests('k', 7, { perMinute: 100, perDay: 10 }, clock.now);
      const again = await opened.reopen();
      const grant = await again.takeRequests('k', 7, { perMinute: 100, perDay: 10 }, clock.advance(120_000));
      assert.equal(grant.granted, 3);
      assert.equal(grant.day.remaining, 0);
      assert.ok(grant.day.resetAt > clock.now);
    });
  });
}
