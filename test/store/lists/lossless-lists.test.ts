import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';

import fc from 'fast-check';

import type { IocItem } from '../../../src/model/ioc-item.ts';
import { ANY, domain, FIRST_DOWNLOAD, readAll, SOURCE, take } from '../fixtures.ts';
import { contentsOf, itemsOf, type Listing, listing, pathsIn } from './listing.ts';

const SOURCES = [SOURCE, { ...SOURCE, name: 'Agency', category: 'government' }];

type Step =
  | {
      readonly kind: 'ingest';
      readonly source: number;
      readonly iocs: readonly (readonly [number, number])[];
    }
  | { readonly kind: 'retract'; readonly ioc: number }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  | { readonly kind: 'fill'; readonly steps: number }
  | { readonly kind: 'poll'; readonly client: number }
  | { readonly kind: 'sweep' | 'review' | 'lose' };

const ioc = fc.nat(20);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('ingest' as const),
      source: fc.nat(1),
      iocs: fc.array(fc.tuple(ioc, fc.constantFrom(10, 50, 90)), { maxLength: 30 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('retract' as const), ioc }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      milliseconds: fc.oneof(fc.nat(20), fc.nat(5_000), fc.nat(2_000_000), fc.nat(5_000_000_000)),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('fill' as const), steps: fc.nat(4) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('poll' as const), client: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'sweep' as const }, { kind: 'review' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'lose' as const }) },
);

/** A poller of lists: of the stamps that it was given, or of its own clock. */
class Client {
  readonly seen = new Map<string, IocItem>();
  readonly #ownClock: boolean;
  readonly #versions = new Set<string>();
  #since = 0;

  constructor(ownClock: boolean) {
    this.#ownClock = ownClock;
  }

  /** Whether it was answered. What it is given must be new to it, and be what the bundle has. */
  poll({ lists, versions }: Listing, now: number): boolean {
    if (!isListed({ lists, versions }, now)) return false;
    const query = { ...ANY, since: this.#since };
    const { count } = versions.extent(query, now);
    const items = itemsOf(lists, query, now, 7);
    assert.equal(items.length, count);
    for (const item of items) {
      const version = `${item.id} ${item.modified}`;
      assert.ok(!this.#versions.has(version), `given ${version} twice`);
      assert.ok(item.modified <= now, 'a stamp of the future');
      this.#versions.add(version);
      this.seen.set(item.id, item);
    }
    this.#since = this.#ownClock ? now : Math.max(this.#since, ...items.map(({ modified }) => modified));
    return true;
  }
}

/** Whether lists answer for a moment, as `awaitLists` decides it. */
function isListed({ lists, versions }: Pick<Listing, 'lists' | 'versions'>, now: number): boolean {
  try {
    return lists.state().filledTo >= versions.watermark(now);
  } catch {
    return false;
  }
}

async function act(setting: Listing, clients: readonly Client[], action: Step): Promise<void> {
  const { store, clock, filler } = setting;
  switch (action.kind) {
    case 'ingest': {
      const sightings = action.iocs.map(([index, confidence]) =>
        domain(index, { confidence, lastSeen: clock.now }),
      );
      await take(store, sightings, clock.now, SOURCES[action.source]);
      break;
    }
    case 'retract':
      await store.retract([domain(action.ioc)], 'wrong', clock.now);
      break;
    case 'wait':
      clock.advance(action.milliseconds);
      break;
    case 'fill':
      for (let count = 0; count < action.steps; count += 1) filler.step();
      break;
    case 'poll':
      await store.markPolled(clock.now);
      clients[action.client]!.poll(setting, clock.now);
      break;
    case 'sweep':
      await store.sweep(clock.now);
      break;
    case 'review':
      await store.review(clock.now, 100);
      break;
    case 'lose':
      for (const end of ['', '-wal', '-shm'])
        rmSync(`${pathsIn(setting.directory).lists}${end}`, { force: true });
      break;
  }
}

test('whenever lists are filled, lost and polled, every poller gets each version once and ends with what the bundle has', async (context) => {
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 50 }), async (steps) => {
      const setting = await listing(context, 5);
      const { store, clock, filler, lists, versions } = setting;
      const clients = [new Client(false), new Client(true)];
      for (const action of steps) await act(setting, clients, action);
      clock.now = Math.max(clock.now, (await store.health()).lastStamp) + 1;
      filler.fill();
      const truth = new Map((await readAll(store, ANY, clock.now)).map((each) => [each.id, each]));
      for (const client of clients) {
        assert.ok(client.poll(setting, clock.now));
        assert.deepEqual([...client.seen.keys()].sort(), [...truth.keys()].sort());
        for (const item of client.seen.values()) {
          const { modified, confidence, revoked = false } = truth.get(item.id)!;
          assert.deepEqual(
            [item.modified, item.confidence, item.revoked],
            [Date.parse(modified), confidence, revoked],
          );
        }
      }
      const { limit: _limit, ...whole } = FIRST_DOWNLOAD;
      assert.equal(lists.count(whole, clock.now), versions.extent(FIRST_DOWNLOAD, clock.now).count);
      for (const categories of [['community'], ['government']]) {
        const query = { ...FIRST_DOWNLOAD, categories };
        const found = itemsOf(lists, query, clock.now, 7);
        const all = itemsOf(lists, FIRST_DOWNLOAD, clock.now, 7);
        const expected = all.filter(({ sources }) =>
          sources.some(({ category }) => category === categories[0]),
        );
        assert.deepEqual(found, expected);
        assert.equal(versions.extent(query, clock.now).count, expected.length);
      }
      answered += clients[0]!.seen.size;
    }),
    { numRuns: 60 },
  );
  assert.ok(answered > 100);
});

test('lists that are made anew are those that were kept up: texts, categories and counts', async (context) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const setting = await listing(context, 5);
      const { store, clock, filler, directory } = setting;
      for (const action of steps) {
        if (action.kind !== 'lose' && action.kind !== 'poll') await act(setting, [], action);
      }
      // Until all that was replaced or expired is cleared away on both sides.
      clock.now = Math.max(clock.now, (await store.health()).lastStamp) + 3_600_000;
      while ((await store.sweep(clock.now)) > 0);
      filler.fill();
      const kept = contentsOf(pathsIn(directory).lists);
      await act(setting, [], { kind: 'lose' });
      filler.fill();
      const anew = contentsOf(pathsIn(directory).lists);
      assert.deepEqual(kept.sound, [{ integrity_check: 'ok' }]);
      const oldest = Math.floor(clock.now / 3_600_000) - 14 * 24;
      // Hours longer ago are not told, and when something was seen last need not have been published.
      const withoutSight = ({ items, tallies, ...rest }: typeof kept) => ({
        ...rest,
        tallies: tallies!.filter((tally) => !(Number((tally as { name: string }).name) < oldest)),
        items: items!.map((item) => ({
          ...item,
          csv: '',
          json: (item as { json: string }).json.replace(/"last_seen":"[^"]*"/, ''),
        })),
      });
      assert.deepEqual(withoutSight(anew), withoutSight(kept));
    }),
    { numRuns: 40 },
  );
});
