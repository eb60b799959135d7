import assert from 'node:assert/strict';
import { describe } from 'node:test';

import type { IndicatorQuery } from '../../src/model/indicator-query.ts';
import type { IocItem } from '../../src/model/ioc-item.ts';
import type { Sighting } from '../../src/model/sighting.ts';
import type { ItemForm, Store } from '../../src/store/store.ts';
import type { StoreOpener } from './contract.ts';
import { itWith } from './contract-it.ts';
import { ANY, DAY, domain, FIRST_DOWNLOAD, readAll, SOURCE, START, take } from './fixtures.ts';

const OTHER = { ...SOURCE, name: 'Agency', category: 'government' };

const FULL: Sighting = {
  type: 'url',
  value: 'http://bad.example.com/a.exe',
  firstSeen: START - DAY,
  lastSeen: START,
  confidence: 85,
  threatType: 'malware_download',
  family: 'Mozi',
  tags: ['ELF'],
  techniques: ['T1105'],
  cves: ['CVE-2024-12345'],
  sectors: ['energy'],
  reference: 'https://feed.example.com/1',
  comment: 'seen',
  actors: ['Example Group'],
  tlp: 'amber',
};

/** All items of a query, slice by slice. */
async function allItems(store: Store, query: IndicatorQuery, asOf: number, size = 7): Promise<IocItem[]> {
  const found: IocItem[] = [];
  for (let after = query.after; ;) {
    const limit = query.limit - found.length;
    const { items, last, done } = await store.items(
      { ...query, limit, ...(after !== undefined && { after }) },
      asOf,
      size,
    );
    found.push(...items);
    after = last;
    if (done) return found;
  }
}

/** What every store must do about items: handed to each like `storeContract`. */
export function itemContract(name: string, open: StoreOpener): void {
  const it = itWith(open);

  describe(`${name}: items`, () => {
    it('gives all that is known of an IOC', async (store, clock) => {
      await take(store, [{ ...FULL, tags: [] }], clock.now);
      await take(store, [FULL], clock.now);
      const [item] = await allItems(store, ANY, clock.now);
      const [indicator] = await readAll(store, ANY, clock.now);
      assert.deepEqual(item, {
        id: indicator!.id,
        type: 'url',
        value: FULL.value,
        confidence: 85,
        level: 'high',
        firstSeen: START - DAY,
        lastSeen: START,
        validUntil: START + 60 * DAY,
        created: Date.parse(indicator!.created),
        modified: Date.parse(indicator!.modified),
        revoked: false,
        tlp: 'amber',
        description: 'URL (malware download) of Mozi, attributed to Example Group, reported by Example Feed.',
        threatTypes: ['malware_download'],
        families: ['Mozi'],
        actors: ['Example Group'],
        tags: ['ELF'],
        techniques: ['T1105'],
        cves: ['CVE-2024-12345'],
        sectors: ['energy'],
        sources: [
          {
            name: 'Example Feed',
            category: 'community',
            url: 'https://feed.example.com/1',
            comment: 'seen',
            origin: 'feed',
          },
        ],
      } satisfies IocItem);
    });

    it('gives the items of exactly the indicators of a query, in their order', async (store, clock) => {
      const sightings = Array.from({ length: 60 }, (_, index) =>
        domain(index, { confidence: [15, 50, 85][index % 3]!, sectors: index % 4 === 0 ? ['water'] : [] }),
      );
      await take(store, sightings, clock.now);
      await take(store, sightings.slice(0, 20), clock.now, OTHER);
      await store.retract([domain(3)], 'wrong', clock.now);
      for (const query of [
        ANY,
        FIRST_DOWNLOAD,
        { ...FIRST_DOWNLOAD, levels: ['high'], sectors: ['water'] },
        { ...ANY, levels: ['low', 'medium'], limit: 11 },
      ] satisfies IndicatorQuery[]) {
        const items = await allItems(store, query, clock.now);
        const indicators = await readAll(store, query, clock.now, { size: 7 });
        assert.ok(items.length > 0);
        assert.deepEqual(
          items.map(({ id, created, modified, revoked }) => [id, created, modified, revoked]),
          indicators.map(({ id, created, modified, revoked }) => [
            id,
            Date.parse(created),
            Date.parse(modified),
            revoked ?? false,
          ]),
        );
      }
    });

    it('writes the same items in every form', async (store, clock) => {
      await take(store, [FULL, domain(1), domain(2)], clock.now);
      const text = async (form: ItemForm): Promise<string> =>
        Buffer.from((await store.texts(ANY, form, clock.now, 10)).bytes).toString('utf8');
      assert.equal(await text('value'), `${FULL.value}\nhost-1.example.com\nhost-2.example.com`);
      assert.equal((await text('csv')).split('\r\n').length, 3);
      const lines = (await text('ndjson')).split('\n');
      assert.equal(lines.join(','), await text('json'));
    });

    it('shows the old item until the new version is visible', async (store, clock) => {
      await take(store, [domain(1, { confidence: 20 })], clock.now);
      await store.markPolled(clock.now);
      await take(store, [domain(1, { confidence: 90 })], clock.now);
      const scores = async (asOf: number): Promise<number[]> =>
        (await allItems(store, FIRST_DOWNLOAD, asOf)).map(({ confidence }) => confidence);
      assert.deepEqual(await scores(clock.now), [20]);
      assert.deepEqual(await scores(clock.now + 1), [90]);
    });

    it('forgets replaced and expired items once they are swept, and counts without them', async (store, clock) => {
      await take(store, [domain(1), domain(2, { lastSeen: START - 89 * DAY })], clock.now);
      await take(store, [domain(1, { confidence: 90 })], clock.now + 1);
      const query = { ...FIRST_DOWNLOAD, categories: ['community'] };
      const { limit: _limit, ...whole } = query;
      for (let step = 0; step < 3; step += 1) {
        const items = await allItems(store, query, clock.advance(DAY));
        assert.deepEqual(
          items.map(({ value }) => value),
          ['host-1.example.com'],
        );
        assert.equal(await store.count(whole, clock.now), 1);
        await store.sweep(clock.now);
      }
    });

    it('filters by the categories of sources, together with all else', async (store, clock) => {
      await take(store, [domain(1, { sectors: ['water'] }), domain(2, { confidence: 90 })], clock.now);
      await take(store, [domain(2), FULL], clock.now, OTHER);
      const found = async (query: Partial<IndicatorQuery>): Promise<string[]> => {
        const { limit: _limit, ...whole } = { ...FIRST_DOWNLOAD, ...query };
        const items = await allItems(store, { ...FIRST_DOWNLOAD, ...query }, clock.now);
        assert.equal(await store.count(whole, clock.now), items.length);
        const { count } = await store.extent({ ...FIRST_DOWNLOAD, ...query }, clock.now);
        assert.equal(count, items.length);
        return items.map(({ value }) => value).sort();
      };
      assert.deepEqual(
        await found({ categories: ['government'] }),
        [FULL.value, 'host-2.example.com'].sort(),
      );
      assert.deepEqual(await found({ categories: ['community'], sectors: ['water'] }), [
        'host-1.example.com',
      ]);
      assert.deepEqual(await found({ categories: ['government'], types: ['url'] }), [FULL.value]);
      assert.equal((await found({ categories: ['community', 'government'] })).length, 3);
      assert.deepEqual(await found({ categories: ['vendor'] }), []);
    });

    it('ends at until, counts what a query yields without its limit', async (store, clock) => {
      await take(
        store,
        Array.from({ length: 30 }, (_, index) => domain(index)),
        clock.now,
      );
      const items = await allItems(store, ANY, clock.now);
      const until = items[9]!.modified;
      const first = await allItems(store, { ...ANY, until }, clock.now);
      assert.deepEqual(first, items.slice(0, 10));
      const newest = await allItems(store, { ...FIRST_DOWNLOAD, until, limit: 3 }, clock.now);
      assert.deepEqual(newest, items.slice(7, 10).toReversed());
      const { limit: _limit, ...whole } = { ...FIRST_DOWNLOAD, until };
      assert.equal(await store.count(whole, clock.now), 10);
    });

    it('counts what is not visible yet only when its time has come', async (store, clock) => {
      await store.markPolled(clock.now);
      await take(
        store,
        Array.from({ length: 500 }, (_, index) => domain(index)),
        clock.now,
      );
      const { limit: _limit, ...whole } = FIRST_DOWNLOAD;
      assert.equal(await store.count(whole, clock.now), 0);
      assert.equal(await store.count(whole, clock.now + 200), 200);
      assert.equal(await store.count(whole, clock.now + 500), 500);
    });
  });
}
