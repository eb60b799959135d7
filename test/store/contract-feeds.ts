import assert from 'node:assert/strict';
import { describe } from 'node:test';

import type { Hold } from '../../src/model/hold.ts';
import { type Store, StoreError } from '../../src/store/store.ts';
import type { StoreOpener } from './contract.ts';
import { itWith } from './contract-it.ts';
import type { TestClock } from './fixtures.ts';
import { ANY, DAY, domain, FIRST_DOWNLOAD, readAll, SOURCE, take } from './fixtures.ts';

const OTHER = { ...SOURCE, name: 'Other Feed' };
const HOLD: Hold = { rule: 'popular_site', list: 'Example list', entry: 'example.com' };
const MINUTE = 60_000;

/** What every store must do for live feeds: holds, withdrawal, undoing, expiry, claims. */
export function feedContract(name: string, open: StoreOpener): void {
  const it = itWith(open);

  async function settle(store: Store, clock: TestClock): Promise<number> {
    const { lastStamp } = await store.health();
    clock.now = Math.max(clock.now + 1, lastStamp);
    return clock.now;
  }

  async function names(store: Store, clock: TestClock): Promise<string[]> {
    const indicators = await readAll(store, FIRST_DOWNLOAD, await settle(store, clock));
    return indicators.map((indicator) => indicator.name).sort();
  }

  /** All versions so far that are not replaced, as `name` or `name revoked`. */
  async function states(store: Store, clock: TestClock): Promise<string[]> {
    const indicators = await readAll(store, ANY, await settle(store, clock));
    return indicators
      .map(({ name: value, revoked }) => (revoked === true ? `${value} revoked` : value))
      .sort();
  }

  async function reviewAll(store: Store, now: number): Promise<void> {
    while ((await store.review(now, 2)) === 2);
  }

  describe(`${name}: what the gate holds back`, () => {
    it('is kept with its sightings and never published', async (store, clock) => {
      const counts = await take(store, [domain(1, { hold: HOLD }), domain(2)], clock.now);
      assert.deepEqual([counts.added, counts.held], [1, 1]);
      assert.deepEqual(await states(store, clock), ['host-2.example.com']);
      const record = await store.findIoc(domain(1));
      assert.deepEqual(record?.hold, HOLD);
      assert.equal(record?.stamp, 0);
      assert.equal(record?.sightings.length, 1);
    });

    it('is revoked once when it had been published, and comes back under the same id', async (store, clock) => {
      await take(store, [domain(1)], clock.now);
      const [before] = await readAll(store, ANY, await settle(store, clock));
      const { id } = (await store.listIocs(0, 10))[0]!;
      assert.equal(await store.setHolds([{ id, hold: HOLD }], clock.now), 1);
      assert.equal(await store.setHolds([{ id, hold: HOLD }], clock.now), 0);
      assert.deepEqual(await states(store, clock), ['host-1.example.com revoked']);
      assert.equal((await take(store, [domain(1, { hold: HOLD })], clock.now)).held, 1);
      assert.deepEqual(await states(store, clock), ['host-1.example.com revoked']);
      assert.equal(await store.setHolds([{ id }], clock.now), 1);
      const [after] = await readAll(store, FIRST_DOWNLOAD, await settle(store, clock));
      assert.equal(after?.id, before?.id);
      assert.equal(after?.created, before?.created);
    });

    it('is published for the first time when the hold is lifted', async (store, clock) => {
      await take(store, [domain(1, { hold: HOLD, tags: ['kept'] })], clock.now);
      await settle(store, clock);
      const { id, hold } = (await store.listIocs(0, 10))[0]!;
      assert.deepEqual(hold, HOLD);
      assert.equal(await store.setHolds([{ id }], clock.now), 1);
      const [indicator] = await readAll(store, FIRST_DOWNLOAD, await settle(store, clock));
      assert.deepEqual(indicator?.labels, ['kept']);
      assert.equal(indicator?.created, indicator?.modified);
    });

    it('is let go by the next sighting that carries no hold', async (store, clock) => {
      await take(store, [domain(1, { hold: HOLD })], clock.now);
      const counts = await take(store, [domain(1)], clock.now);
      assert.equal(counts.updated, 1);
      assert.deepEqual(await names(store, clock), ['host-1.example.com']);
    });

    it('remembers by which gate all IOCs were checked', async (store, _clock, opened) => {
      assert.equal(await store.gateFingerprint(), '');
      await store.beginGateCheck('abc');
      assert.equal(await store.gateFingerprint(), '', 'not yet');
      assert.equal(await store.endGateCheck('abc'), true);
      assert.equal(await (await opened.reopen()).gateFingerprint(), 'abc');
    });

    it('has everything checked again when holds of another gate come in, during a check too', async (store, clock) => {
      const run = await store.beginRun(SOURCE, 'x', clock.now);
      const checked = async (): Promise<boolean> => {
        await store.beginGateCheck('new');
        return await store.endGateCheck('new');
      };
      assert.equal(await checked(), true);
      await store.ingest(run, [domain(1)], clock.now, 'new');
      assert.equal(await store.gateFingerprint(), 'new');
      await store.ingest(run, [domain(1)], clock.now, 'old');
      assert.equal(await store.gateFingerprint(), '');
      for (const meddle of [
        () => store.ingest(run, [domain(1)], clock.now, 'old'),
        () => store.setHolds([], clock.now, 'old'),
      ]) {
        await store.beginGateCheck('new');
        await meddle();
        assert.equal(await store.endGateCheck('new'), false);
        assert.equal(await store.gateFingerprint(), '');
      }
      await store.beginGateCheck('new');
      await store.setHolds([], clock.now, 'new');
      assert.equal(await store.endGateCheck('new'), true);
    });

    it('keeps the operator’s entries, one for each list and value', async (store, clock) => {
      const entry = { list: 'allow', value: 'example.com', createdAt: clock.now } as const;
      await store.putEntry(entry);
      await store.putEntry({ ...entry, comment: 'ours', owner: 'ops', expiresAt: clock.now + DAY });
      await store.putEntry({ ...entry, list: 'deny' });
      assert.deepEqual(await store.listEntries(), [
        { ...entry, comment: 'ours', owner: 'ops', expiresAt: clock.now + DAY },
        { ...entry, list: 'deny' },
      ]);
      assert.equal(await store.removeEntry('allow', 'example.com'), true);
      assert.equal(await store.removeEntry('allow', 'example.com'), false);
      assert.equal((await store.listEntries()).length, 1);
    });
  });

  describe(`${name}: what a source no longer says`, () => {
    it('is revoked when nobody else says it, once', async (store, clock) => {
      await take(store, [domain(1), domain(2)], clock.now);
      await take(store, [domain(2)], clock.now, OTHER);
      const ids = (await store.standing(SOURCE.name, 0, 10)).map(({ id }) => id);
      const run = await store.beginRun(SOURCE, 'test', clock.now);
      assert.equal(await store.withdraw(run, ids, clock.now), 2);
      assert.equal(await store.withdraw(run, ids, clock.now), 0);
      await store.endRun(run, clock.now);
      assert.deepEqual(await states(store, clock), ['host-1.example.com revoked', 'host-2.example.com']);
      assert.deepEqual(await store.standing(SOURCE.name, 0, 10), []);
      const record = await store.findRun(run);
      assert.equal(record?.withdrawn, 2);
      const word = (await store.findIoc(domain(2)))!.sources.map(({ source, stands }) => [
        source.name,
        stands,
      ]);
      assert.deepEqual(Object.fromEntries(word), { [SOURCE.name]: false, [OTHER.name]: true });
    });

    it('stands again, under the same id, when the source says it once more', async (store, clock) => {
      await take(store, [domain(1)], clock.now);
      const [before] = await readAll(store, ANY, await settle(store, clock));
      const run = await store.beginRun(SOURCE, 'test', clock.now);
      await store.withdraw(run, [1], clock.now);
      const counts = await take(store, [domain(1)], clock.now);
      assert.equal(counts.updated, 1);
      const [after] = await readAll(store, FIRST_DOWNLOAD, await settle(store, clock));
      assert.equal(after?.id, before?.id);
      assert.equal((await store.standing(SOURCE.name, 0, 10)).length, 1);
    });

    it('is compared with what a download says', async (store, clock) => {
      await take(store, [domain(1), domain(2), domain(3)], clock.now);
      await take(store, [domain(4)], clock.now, OTHER);
      const run = await store.beginRun(SOURCE, 'test', clock.now);
      await store.withdraw(run, [3], clock.now);
      const compared = await store.compare(SOURCE.name, [
        domain(1),
        domain(2, { tags: ['news'] }),
        domain(3),
        domain(4),
        domain(5),
      ]);
      assert.deepEqual(
        compared.map(({ change }) => change),
        ['same', 'changed', 'new', 'new', 'new'],
      );
      assert.deepEqual(
        compared.map(({ id }) => id),
        [1, 2, 3, 4, 0],
      );
    });
  });

  describe(`${name}: undoing a run`, () => {
    it('publishes the reversal of additions, changes and withdrawals', async (store, clock) => {
      await take(store, [domain(1, { tags: ['a'] }), domain(2)], clock.now);
      await settle(store, clock);
      const run = await store.beginRun(SOURCE, 'test', clock.now);
      await store.ingest(run, [domain(1, { tags: ['b'] }), domain(3)], clock.now);
      await store.withdraw(run, [2], clock.now);
      await store.endRun(run, clock.now);
      assert.deepEqual(
        (await store.listChanges(run, 0, 10)).map(({ kind, value }) => `${kind} ${value}`),
        ['changed host-1.example.com', 'withdrawn host-2.example.com', 'added host-3.example.com'],
      );
      await settle(store, clock);
      const report = await store.undoRun(run, clock.now);
      assert.deepEqual([report.restored, report.skipped], [3, 0]);
      assert.deepEqual(await names(store, clock), ['host-1.example.com', 'host-2.example.com']);
      assert.deepEqual(await states(store, clock), [
        'host-1.example.com',
        'host-2.example.com',
        'host-3.example.com revoked',
      ]);
      const first = (await readAll(store, ANY, clock.now)).find(
        (indicator) => indicator.name === 'host-1.example.com',
      );
      assert.deepEqual(first?.labels, ['a']);
    });

    it('can itself be undone', async (store, clock) => {
      const run = await store.beginRun(SOURCE, 'test', clock.now);
      await store.ingest(run, [domain(1), domain(2)], clock.now);
      await store.endRun(run, clock.now);
      const { run: undo } = await store.undoRun(run, clock.now);
      assert.deepEqual(await names(store, clock), []);
      await store.undoRun(undo, clock.now);
      assert.deepEqual(await names(store, clock), ['host-1.example.com', 'host-2.example.com']);
    });

    it('leaves what a later run has changed again', async (store, clock) => {
      const run = await store.beginRun(SOURCE, 'test', clock.now);
      await store.ingest(run, [domain(1), domain(2)], clock.now);
      await store.endRun(run, clock.now);
      await take(store, [domain(1, { tags: ['later'] })], clock.now);
      const report = await store.undoRun(run, clock.now);
      assert.deepEqual([report.restored, report.skipped], [1, 1]);
      assert.deepEqual(await names(store, clock), ['host-1.example.com']);
    });

    it('undoes thousands, in whole batches', async (store, clock) => {
      const run = await store.beginRun(SOURCE, 'test', clock.now);
      await store.ingest(
        run,
        Array.from({ length: 4_500 }, (_, index) => domain(index)),
        clock.now,
      );
      await store.endRun(run, clock.now);
      const report = await store.undoRun(run, clock.now);
      assert.deepEqual([report.restored, report.skipped], [4_500, 0]);
      assert.deepEqual(await names(store, clock), []);
    });

    it('refuses a run that there is not', async (store, clock) => {
      await assert.rejects(store.undoRun(99, clock.now), StoreError);
    });
  });

  describe(`${name}: expiry`, () => {
    it('publishes the end of what was given as valid, once', async (store, clock) => {
      await take(store, [domain(1), domain(2)], clock.now);
      await settle(store, clock);
      clock.advance(89 * DAY);
      await reviewAll(store, clock.now);
      assert.equal((await names(store, clock)).length, 2);
      clock.advance(2 * DAY);
      await reviewAll(store, clock.now);
      const revoked = ['host-1.example.com revoked', 'host-2.example.com revoked'];
      assert.deepEqual(await states(store, clock), revoked);
      const before = (await store.health()).lastStamp;
      clock.advance(DAY);
      await reviewAll(store, clock.now);
      assert.equal((await store.health()).lastStamp, before);
    });

    it('revives under the same id what is seen again', async (store, clock) => {
      await take(store, [domain(1)], clock.now);
      const [before] = await readAll(store, ANY, await settle(store, clock));
      clock.advance(100 * DAY);
      await reviewAll(store, clock.now);
      assert.deepEqual(await names(store, clock), []);
      await take(store, [domain(1, { lastSeen: clock.now })], clock.now);
      const [after] = await readAll(store, FIRST_DOWNLOAD, await settle(store, clock));
      assert.equal(after?.id, before?.id);
      assert.equal(after?.revoked, undefined);
      clock.advance(100 * DAY);
      await reviewAll(store, clock.now);
      assert.deepEqual(await states(store, clock), ['host-1.example.com revoked']);
    });

    it('says nothing more of what was published as expired from the first', async (store, clock) => {
      await take(store, [domain(1, { lastSeen: clock.now - 200 * DAY })], clock.now);
      const { lastStamp } = await store.health();
      clock.advance(DAY);
      await reviewAll(store, clock.now);
      assert.equal((await store.health()).lastStamp, lastStamp);
      assert.deepEqual(await states(store, clock), ['host-1.example.com']);
    });

    it('is put off by re-sightings, also by those that made no version', async (store, clock) => {
      await take(store, [domain(1)], clock.now);
      clock.advance(DAY / 2);
      assert.equal((await take(store, [domain(1, { lastSeen: clock.now })], clock.now)).unchanged, 1);
      clock.advance(90 * DAY - DAY / 4);
      await reviewAll(store, clock.now);
      assert.deepEqual(await names(store, clock), ['host-1.example.com']);
      clock.advance(DAY / 2);
      await reviewAll(store, clock.now);
      assert.deepEqual(await names(store, clock), []);
    });
  });

  describe(`${name}: claims`, () => {
    const FEEDS = [
      { name: 'one', enabled: true },
      { name: 'two', enabled: true },
      { name: 'off', enabled: false },
    ];
    const done = (clock: TestClock, wait: number) => ({
      state: 'fine',
      nextAt: clock.now + wait,
      checkedAt: clock.now,
      failures: 0,
      goodAt: clock.now,
      bookmark: '{"etag":"x"}',
    });

    it('gives a feed that is due to one process only, the longest due first', async (store, clock) => {
      await store.syncFeeds(FEEDS, clock.now);
      const first = await store.claimFeed('a', clock.now, MINUTE);
      const second = await store.claimFeed('b', clock.now, MINUTE);
      assert.deepEqual([String(first?.name), String(second?.name)].sort(), ['one', 'two']);
      assert.equal(await store.claimFeed('c', clock.now, MINUTE), undefined);
      await store.settleFeed(first!.name, 'a', done(clock, 5 * MINUTE));
      assert.equal(await store.claimFeed('c', clock.now, MINUTE), undefined);
      clock.advance(5 * MINUTE);
      const claimed = [
        await store.claimFeed('c', clock.now, MINUTE),
        await store.claimFeed('c', clock.now, MINUTE),
      ];
      assert.deepEqual(claimed.map((feed) => String(feed?.name)).sort(), ['one', 'two']);
    });

    it('lets a claim lapse, and refuses what its holder writes afterwards', async (store, clock) => {
      await store.syncFeeds([FEEDS[0]!], clock.now);
      await store.claimFeed('dead', clock.now, MINUTE);
      const run = await store.beginRun(SOURCE, 'test', clock.now, { feed: 'one', owner: 'dead' });
      await store.ingest(run, [domain(1)], clock.now);
      assert.equal(await store.claimFeed('live', clock.now + MINUTE - 1, MINUTE), undefined);
      assert.equal((await store.claimFeed('live', clock.now + MINUTE, MINUTE))?.name, 'one');
      for (const write of [
        () => store.ingest(run, [domain(2)], clock.now),
        () => store.withdraw(run, [1], clock.now),
        () => store.setRunState(run, 'publishing'),
      ]) {
        await assert.rejects(write, { name: 'StoreError', code: 'lost_lease' });
      }
      assert.equal(await store.renewFeed('one', 'dead', clock.now + DAY), false);
      await store.settleFeed('one', 'dead', done(clock, MINUTE));
      assert.equal((await store.listFeeds())[0]?.owner, 'live');
      assert.equal(await store.findIoc(domain(2)), undefined);
      await store.adoptRun(run, 'live');
      await store.ingest(run, [domain(2)], clock.now);
      assert.deepEqual(await names(store, clock), ['host-1.example.com', 'host-2.example.com']);
    });

    it('is prolonged by its holder', async (store, clock) => {
      await store.syncFeeds([FEEDS[0]!], clock.now);
      await store.claimFeed('a', clock.now, MINUTE);
      assert.equal(await store.renewFeed('one', 'a', clock.now + 10 * MINUTE), true);
      assert.equal(await store.claimFeed('b', clock.now + 5 * MINUTE, MINUTE), undefined);
    });

    it('keeps the operator’s word over the catalogue’s, and forgets feeds that are gone', async (store, clock) => {
      await store.syncFeeds(FEEDS, clock.now);
      await store.putFeed('own', '{"title":"Own"}', clock.now);
      assert.equal(await store.enableFeed('off', true, clock.now), true);
      assert.equal(await store.enableFeed('one', false, clock.now), true);
      assert.equal(await store.enableFeed('none', true, clock.now), false);
      await store.syncFeeds(FEEDS.slice(0, 1).concat(FEEDS[2]!), clock.now);
      const feeds = (await store.listFeeds()).map((feed) => [feed.name, feed.enabled]);
      assert.deepEqual(Object.fromEntries(feeds), { one: false, off: true, own: true });
      assert.equal(await store.removeFeed('one'), false);
      assert.equal(await store.removeFeed('own'), true);
    });

    it('keeps how a feed fares over a restart', async (store, clock, opened) => {
      await store.syncFeeds([FEEDS[0]!], clock.now);
      await store.claimFeed('a', clock.now, MINUTE);
      await store.settleFeed('one', 'a', { ...done(clock, MINUTE), goodRun: 7, changedAt: clock.now });
      await (await opened.reopen()).claimFeed('a', clock.now + MINUTE, MINUTE, 'one');
      const trouble = { state: 'unreachable', reason: 'no network', nextAt: clock.now + DAY };
      const again = await opened.reopen();
      await again.settleFeed('one', 'a', { ...trouble, checkedAt: clock.now + MINUTE, failures: 1 });
      assert.deepEqual(await again.listFeeds(), [
        {
          name: 'one',
          enabled: true,
          nextAt: clock.now + DAY,
          leaseUntil: 0,
          failures: 1,
          state: 'unreachable',
          reason: 'no network',
          bookmark: '{"etag":"x"}',
          checkedAt: clock.now + MINUTE,
          goodAt: clock.now,
          goodRun: 7,
          changedAt: clock.now,
        },
      ]);
    });
  });
}
