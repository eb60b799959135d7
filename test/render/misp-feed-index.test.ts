import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import fc from 'fast-check';

import type { IocItem } from '../../src/model/ioc-item.ts';
import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { eventChunks, hashesChunks, manifestText } from '../../src/render/misp/feed-files.ts';
import { MispFeedIndex } from '../../src/render/misp/feed-index.ts';
import type { MispFeedSnapshot } from '../../src/render/misp/feed-snapshot.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { ANY, DAY, FIRST_DOWNLOAD, SOURCE, START, take, TestClock } from '../store/fixtures.ts';

const SOURCES = [SOURCE, { ...SOURCE, name: 'Other Feed', tlp: 'green' as const }];

interface Attribute {
  readonly uuid: string;
  readonly value: string;
  readonly deleted?: true;
}

interface Event {
  readonly uuid: string;
  readonly timestamp: string;
  readonly Attribute: readonly Attribute[];
}

async function textOf(chunks: AsyncIterable<string>): Promise<string> {
  return (await Array.fromAsync(chunks)).join('');
}

/** All files of the feed by name. */
async function filesOf(store: Store, snapshot: MispFeedSnapshot): Promise<Map<string, string>> {
  const files = new Map([['manifest.json', manifestText(snapshot)]]);
  const hashes = await textOf(hashesChunks(store, snapshot));
  files.set('hashes.csv', hashes);
  for (const [uuid, event] of snapshot.byUuid)
    files.set(uuid, await textOf(eventChunks(store, snapshot, event)));
  return files;
}

/** What MISP makes of a feed: it takes the events that are new, or newer, and of them adds, replaces and deletes attributes. */
class Subscriber {
  readonly #events = new Map<string, number>();
  readonly #attributes = new Map<string, Attribute>();

  update(files: ReadonlyMap<string, string>): void {
    const manifest = JSON.parse(files.get('manifest.json')!) as Record<string, Event>;
    for (const [uuid, { timestamp }] of Object.entries(manifest)) {
      if (Number(timestamp) <= (this.#events.get(uuid) ?? 0)) continue;
      this.#events.set(uuid, Number(timestamp));
      const { Event: event } = JSON.parse(files.get(uuid)!) as { Event: Event };
      assert.equal(event.timestamp, timestamp);
      for (const attribute of event.Attribute) this.#attributes.set(attribute.uuid, attribute);
    }
  }

  get values(): string[] {
    const standing = [...this.#attributes.values()].filter(({ deleted }) => deleted === undefined);
    return [...new Set(standing.map(({ value }) => value))].sort();
  }
}

/** What happens to the store between two polls. */
type Step =
  | { readonly kind: 'take'; readonly hosts: readonly number[]; readonly source: number }
  | { readonly kind: 'retract'; readonly hosts: readonly number[] }
  | { readonly kind: 'wait'; readonly days: number };

const hosts = fc.uniqueArray(fc.nat(11), { minLength: 1, maxLength: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('take' as const), hosts, source: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('retract' as const), hosts }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), days: fc.constantFrom(1, 20, 40, 100) }),
  },
);

const nameOf = (host: number): string => `192.0.2.${host}`;
/** Of a few days, so that events have several IOCs and IOCs of one event come at several times. */
const firstSeenOf = (host: number): number => START - (host % 3) * DAY;

async function apply(store: Store, clock: TestClock, each: Step): Promise<void> {
  const now = clock.advance(each.kind === 'wait' ? each.days * DAY : 7_000);
  if (each.kind === 'take') {
    const sightings = each.hosts.map((host) => ({
      type: 'ipv4' as const,
      value: nameOf(host),
      firstSeen: firstSeenOf(host),
      lastSeen: now,
    }));
    await take(store, sightings, now, SOURCES[each.source]);
  } else if (each.kind === 'retract') {
    const iocs = each.hosts.map((host) => ({ type: 'ipv4' as const, value: nameOf(host) }));
    await store.retract(iocs, 'false positive', now);
  }
  while ((await store.review(now, 100)) === 100);
  await store.sweep(now);
  clock.advance(7_000);
}

async function standing(store: Store, now: number): Promise<IocItem[]> {
  return [...(await store.items(FIRST_DOWNLOAD, now, 10_000)).items];
}

test('a feed that is kept up to date is the feed that is read anew, and leads a subscriber to what stands', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const directory = mkdtempSync(join(tmpdir(), 'soc-misp-'));
      const clock = new TestClock();
      const store = await openSqliteStore({
        directory,
        producer: SOC_DEFENDERS,
        clock: clock.read,
        writer: 'in-thread',
      });
      try {
        const kept = new MispFeedIndex(store, SOC_DEFENDERS, 3);
        const subscriber = new Subscriber();
        for (const each of steps) {
          await apply(store, clock, each);
          const snapshot = await kept.find(clock.now);
          const files = await filesOf(store, snapshot);
          const anew = await new MispFeedIndex(store, SOC_DEFENDERS, 100).find(clock.now);
          assert.deepEqual([...files], [...(await filesOf(store, anew))]);
          assert.equal(snapshot.manifestName, anew.manifestName);
          subscriber.update(files);
          const values = (await standing(store, clock.now)).map(({ value }) => value);
          assert.deepEqual(subscriber.values, values.sort());
        }
      } finally {
        await store.close();
        rmSync(directory, { recursive: true });
      }
    }),
    { numRuns: 40 },
  );
});

test('the same name is the same bytes, and other bytes have another name', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'soc-misp-'));
  const clock = new TestClock();
  const store = await openSqliteStore({
    directory,
    producer: SOC_DEFENDERS,
    clock: clock.read,
    writer: 'in-thread',
  });
  try {
    const index = new MispFeedIndex(store, SOC_DEFENDERS, 4);
    const known = new Map<string, string>();
    const note = (name: string, bytes: string): void => {
      assert.equal(known.get(name) ?? bytes, bytes, name);
      known.set(name, bytes);
    };
    for (let round = 0; round < 40; round += 1) {
      const some = [round % 12, (round * 5) % 12];
      const days = round % 8 === 7 ? 15 : 0;
      await apply(store, clock, { kind: 'take', hosts: [...new Set(some)], source: round % 2 });
      if (round % 3 === 0) await apply(store, clock, { kind: 'retract', hosts: [(round * 7) % 12] });
      if (days > 0) await apply(store, clock, { kind: 'wait', days });
      const snapshot = await index.find(clock.now);
      note(`manifest ${snapshot.manifestName}`, manifestText(snapshot));
      note(`hashes ${snapshot.contentName}`, await textOf(hashesChunks(store, snapshot)));
      for (const [uuid, event] of snapshot.byUuid)
        note(`${uuid} ${snapshot.eventName(event)}`, await textOf(eventChunks(store, snapshot, event)));
    }
    assert.ok(known.size > 60, `${known.size} contents`);
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
});

test('a clock that is put back shows no version of the future', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'soc-misp-'));
  const clock = new TestClock();
  const store = await openSqliteStore({
    directory,
    producer: SOC_DEFENDERS,
    clock: clock.read,
    writer: 'in-thread',
  });
  try {
    const index = new MispFeedIndex(store, SOC_DEFENDERS, 3);
    await apply(store, clock, { kind: 'take', hosts: [1, 2, 3, 4], source: 0 });
    const before = clock.now;
    const [manifest] = [manifestText(await index.find(clock.now))];
    await apply(store, clock, { kind: 'take', hosts: [5, 6], source: 1 });
    assert.notEqual(manifestText(await index.find(clock.now)), manifest);
    assert.equal(manifestText(await index.find(before)), manifest);
    assert.ok((await store.items(ANY, clock.now, 100)).items.length === 6);
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
});
