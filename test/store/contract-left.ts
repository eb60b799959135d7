import assert from 'node:assert/strict';
import { describe } from 'node:test';

import { type IndicatorQuery, LEFT_TOLD, type Left, leftOf } from '../../src/model/indicator-query.ts';
import type { Store } from '../../src/store/store.ts';
import type { StoreOpener } from './contract.ts';
import { itWith } from './contract-it.ts';
import type { TestClock } from './fixtures.ts';
import { ANY, DAY, domain, readAll, SOURCE, take } from './fixtures.ts';

const HIGH: IndicatorQuery = { ...ANY, levels: ['high'] };
const AGENCY = { ...SOURCE, name: 'Agency', category: 'Government' } as const;
const STRICT = { ...SOURCE, name: 'Strict Feed', tlp: 'red' } as const;

/** What every store must tell pollers of a filter about IOCs that it does not let through any more. */
export function leftContract(name: string, open: StoreOpener): void {
  const it = itWith(open, { polled: true });

  /** Publishes what the first feed says now of host 1, and returns when all is visible. */
  async function say(store: Store, clock: TestClock, said: Parameters<typeof domain>[1]): Promise<number> {
    await take(store, [domain(1, { entry: 'record 1', lastSeen: clock.now, ...said })], clock.now);
    clock.now = Math.max(clock.now + DAY / 24, (await store.health()).lastStamp + 1);
    return clock.now - 1;
  }

  async function told(
    store: Store,
    clock: TestClock,
    query: IndicatorQuery,
    since: number,
    mode: Left['told'],
  ): Promise<string[]> {
    const asked = { ...query, since };
    const poll: IndicatorQuery = { ...asked, ...leftOf(asked, mode) };
    const given = await readAll(store, poll, clock.now);
    assert.equal((await store.extent(poll, clock.now)).count, given.length);
    assert.equal(await store.count(poll, clock.now), given.length);
    return given.map(
      ({ name: value, confidence, revoked }) => `${value} ${confidence}${revoked === true ? ' revoked' : ''}`,
    );
  }

  describe(`${name}: what left a filter`, () => {
    it('is told to who may hold it, retracted or not, and of retractions alone to who asks for them', async (store, clock) => {
      const begun = clock.now;
      const high = await say(store, clock, { confidence: 90 });
      const low = await say(store, clock, { confidence: 10 });
      assert.deepEqual(await told(store, clock, HIGH, high, 'any'), ['host-1.example.com 10']);
      assert.deepEqual(await told(store, clock, HIGH, high, 'revoked'), []);
      assert.deepEqual(await told(store, clock, HIGH, low, 'any'), []);
      const revoked = await say(store, clock, { confidence: 10, revoked: true });
      for (const since of [high, low])
        for (const mode of ['any', 'revoked'] as const)
          assert.deepEqual(await told(store, clock, HIGH, since, mode), ['host-1.example.com 10 revoked']);
      assert.deepEqual(await told(store, clock, HIGH, revoked, 'any'), []);
      assert.deepEqual(await told(store, clock, HIGH, begun - DAY, 'any'), [], 'it was never given');
    });

    it('is not told to who asks for what is current alone, nor in a first download', async (store, clock) => {
      const high = await say(store, clock, { confidence: 90 });
      await say(store, clock, { confidence: 10, revoked: true });
      const current: IndicatorQuery = { ...HIGH, revoked: 'exclude' };
      assert.deepEqual(await told(store, clock, current, high, 'any'), []);
      assert.deepEqual(leftOf(HIGH, 'any'), {});
      const forced: IndicatorQuery = { ...current, since: high, left: { by: high, told: 'any' } };
      assert.deepEqual(await readAll(store, forced, clock.now), []);
    });

    it('is told whatever it left by: its level, its sector, its marking, or one of several', async (store, clock) => {
      const before = await say(store, clock, { confidence: 90, sectors: ['energy'], tlp: 'green' });
      await say(store, clock, { confidence: 50, sectors: ['water'], tlp: 'clear' });
      const filters: readonly Partial<IndicatorQuery>[] = [
        { levels: ['high'] },
        { levels: ['high', 'low'] },
        { sectors: ['energy'] },
        { sectors: ['energy', 'dams'], types: ['domain'] },
        { tlps: ['green'] },
        { tlps: ['green', 'amber'], levels: ['medium', 'high'] },
        { levels: ['high'], sectors: ['energy'], tlps: ['green'], types: ['domain', 'url'] },
      ];
      for (const filter of filters) {
        const given = await told(store, clock, { ...ANY, ...filter }, before, 'any');
        assert.deepEqual(given, ['host-1.example.com 50'], JSON.stringify(filter));
      }
      const others: readonly Partial<IndicatorQuery>[] = [
        { levels: ['low'] },
        { types: ['url'], levels: ['high'] },
        { sectors: ['dams'] },
        { tlps: ['amber'] },
        { levels: ['medium'], sectors: ['energy'] },
      ];
      for (const filter of others)
        assert.deepEqual(
          await told(store, clock, { ...ANY, ...filter }, before, 'any'),
          [],
          JSON.stringify(filter),
        );
    });

    it('is not told where it is now marked more strictly than the filter lets through', async (store, clock) => {
      const before = await say(store, clock, { confidence: 50, tlp: 'green' });
      await take(store, [domain(1, { confidence: 50, lastSeen: clock.now })], clock.now, STRICT);
      clock.now = (await store.health()).lastStamp + 1;
      for (const tlps of [['green'], ['clear', 'green']] as const)
        assert.deepEqual(await told(store, clock, { ...ANY, tlps }, before, 'any'), []);
      assert.deepEqual(
        await told(store, clock, { ...ANY, tlps: ['green'], types: ['domain'] }, before, 'any'),
        [],
      );
      assert.equal((await told(store, clock, { ...ANY, tlps: ['green', 'red'] }, before, 'any')).length, 1);
    });

    it('is told when no source of a category reports it any more, together with all else that is asked for', async (store, clock) => {
      const begun = await say(store, clock, { confidence: 50 });
      const agency = async (said: Parameters<typeof domain>[1]): Promise<number> => {
        const of = domain(1, { entry: 'record 1', lastSeen: clock.now, ...said });
        await take(store, [of], clock.now, AGENCY);
        clock.advance(DAY / 24);
        return clock.now - 1;
      };
      const toldOf = async (filter: Partial<IndicatorQuery>, since: number, mode: Left['told']) => {
        await store.awaitLists(clock.now);
        return await told(store, clock, { ...ANY, categories: ['government'], ...filter }, since, mode);
      };
      // Before lists know of it.
      assert.deepEqual(await toldOf({}, begun, 'any'), []);
      const both = await agency({ confidence: 90, sectors: ['energy'] });
      assert.equal((await toldOf({ levels: ['high'] }, begun, 'revoked')).length, 1);
      await agency({ confidence: 90, sectors: ['energy'], revoked: true });
      const filters: readonly Partial<IndicatorQuery>[] = [
        {},
        { categories: ['vendor', 'government'] },
        { levels: ['high'] },
        { sectors: ['energy'], types: ['domain'] },
        { tlps: ['clear'], levels: ['high', 'low'] },
      ];
      const others: readonly Partial<IndicatorQuery>[] = [
        { categories: ['vendor'] },
        { levels: ['low'] },
        { sectors: ['water'] },
        { types: ['url'] },
        { tlps: ['amber'] },
      ];
      for (const filter of filters) {
        assert.deepEqual(
          await toldOf(filter, both, 'any'),
          ['host-1.example.com 50'],
          JSON.stringify(filter),
        );
        assert.deepEqual(await toldOf(filter, both, 'revoked'), []);
      }
      const withdrawn = clock.now - 1;
      // Who takes it back is another than who reported it under the category.
      await store.retract([domain(1)], 'false positive', clock.now);
      clock.advance(DAY / 24);
      const left = clock.now - 1;
      for (const since of [both, withdrawn])
        for (const filter of filters) {
          const given = await toldOf(filter, since, 'revoked');
          assert.deepEqual(given, ['host-1.example.com 50 revoked'], JSON.stringify(filter));
        }
      for (const filter of others)
        for (const mode of ['any', 'revoked'] as const)
          assert.deepEqual(await toldOf(filter, both, mode), [], JSON.stringify(filter));
      assert.deepEqual(await toldOf({}, begun - DAY, 'revoked'), [], 'it was never given');
      assert.deepEqual(await toldOf({}, left, 'revoked'), [], 'it was told before');
      clock.advance(DAY);
      while ((await store.sweep(clock.now)) > 0);
      assert.equal((await toldOf({}, both, 'revoked')).length, 1, 'when what was replaced is cleared away');
    });

    it('is told once when it has come back', async (store, clock) => {
      const first = await say(store, clock, { confidence: 90 });
      await say(store, clock, { confidence: 10 });
      await say(store, clock, { confidence: 90 });
      assert.deepEqual(await told(store, clock, HIGH, first, 'any'), ['host-1.example.com 90']);
    });

    it('is told for a while whatever becomes of it, as the version that left may be replaced before a poller comes to it', async (store, clock) => {
      await say(store, clock, { confidence: 90 });
      const left = await say(store, clock, { confidence: 10 });
      await say(store, clock, { confidence: 10, tags: ['renewed'] });
      // A poller that was away, and has come as far as between the two.
      assert.deepEqual(await told(store, clock, HIGH, left, 'any'), ['host-1.example.com 10']);
      clock.advance(LEFT_TOLD);
      const later = await say(store, clock, { confidence: 10, tags: ['again'] });
      await say(store, clock, { confidence: 10, tags: ['and again'] });
      assert.deepEqual(await told(store, clock, HIGH, later, 'any'), []);
      assert.deepEqual(await told(store, clock, HIGH, left, 'any'), ['host-1.example.com 10']);
      await say(store, clock, { confidence: 10, revoked: true });
      assert.deepEqual(await told(store, clock, HIGH, later, 'any'), ['host-1.example.com 10 revoked']);
    });

    it('is told of after what was replaced is cleared away, and the store was opened again', async (store, clock) => {
      const high = await say(store, clock, { confidence: 90 });
      await say(store, clock, { confidence: 10 });
      clock.advance(DAY);
      await say(store, clock, { confidence: 10, revoked: true });
      clock.advance(DAY);
      while ((await store.sweep(clock.now)) > 0);
      assert.deepEqual(await told(store, clock, HIGH, high, 'revoked'), ['host-1.example.com 10 revoked']);
    });

    it('is seen by who asks as of a moment before its newest version is visible', async (store, clock) => {
      const high = await say(store, clock, { confidence: 90 });
      await say(store, clock, { confidence: 10 });
      const now = clock.now;
      await take(store, [domain(1, { entry: 'record 1', confidence: 50, lastSeen: now })], now);
      const asked = { ...HIGH, since: high };
      const poll: IndicatorQuery = { ...asked, ...leftOf(asked, 'any') };
      const [before] = await readAll(store, poll, now);
      assert.equal(before?.confidence, 10);
      const [after] = await readAll(store, poll, (await store.health()).lastStamp);
      assert.equal(after?.confidence, 50);
    });
  });
}
