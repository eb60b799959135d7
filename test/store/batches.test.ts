import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import fc from 'fast-check';

import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import type { Sighting } from '../../src/model/sighting.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { ANY, DAY, readAll, SOURCE, START, TestClock } from './fixtures.ts';

/** Few values and ids, so that a batch tells of the same ones again; more than go into one statement. */
const sighting: fc.Arbitrary<Sighting> = fc.record(
  {
    type: fc.constant('domain' as const),
    value: fc.integer({ min: 1, max: 100 }).map((index) => `host-${index}.example.com`),
    entry: fc.constantFrom('1', '2'),
    firstSeen: fc.integer({ min: START - 200 * DAY, max: START }),
    lastSeen: fc.integer({ min: START - 200 * DAY, max: START }),
    confidence: fc.integer({ min: 0, max: 100 }),
    family: fc.constantFrom('Mozi', 'Emotet'),
    tags: fc.uniqueArray(fc.constantFrom('elf', 'Mips', '32-bit', 'a "quoted" tag'), { maxLength: 4 }),
    sectors: fc.uniqueArray(fc.constantFrom('energy' as const, 'water' as const), { maxLength: 2 }),
    comment: fc.constantFrom('seen', 'Ünïcödé'),
    hold: fc.constant({ rule: 'warninglist' as const, list: 'a list', entry: 'example.com' }),
    revoked: fc.constant(true),
  },
  { requiredKeys: ['type', 'value'] },
);

async function emptyStore(context: TestContext): Promise<Store> {
  const directory = mkdtempSync(join(tmpdir(), 'soc-batches-'));
  const clock = new TestClock().read;
  const store = await openSqliteStore({ directory, producer: SOC_DEFENDERS, clock, writer: 'in-thread' });
  context.after(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  return store;
}

/** All that a store tells of IOCs and of what the run changed, but for when they were published. */
async function toldBy(store: Store, run: number) {
  const iocs = [];
  for (const { type, value } of await store.listIocs(0, 1_000)) {
    const { created: _created, stamp, stix, ...record } = (await store.findIoc({ type, value }))!;
    iocs.push({ ...record, isPublished: stamp > 0, stix: untimed(stix) });
  }
  const changes = await store.listChanges(run, 0, 1_000);
  const served = await readAll(store, ANY, START + DAY);
  return { iocs, changes, served: served.map((indicator) => untimed(JSON.stringify(indicator))).sort() };
}

function untimed(stix: string): string {
  return stix.replaceAll(/"(?:created|modified)":"[^"]*"/g, '');
}

/** One batch of new IOCs, and one that also tells of those. */
const twoBatches = fc.tuple(
  fc.array(sighting, { minLength: 1, maxLength: 120, size: 'max' }),
  fc.array(sighting, { minLength: 1, maxLength: 120, size: 'max' }),
);

test('a batch is taken in as its sightings are one by one, whichever of them are of one IOC', async (context) => {
  await fc.assert(
    fc.asyncProperty(twoBatches, async (batches) => {
      const [whole, single] = [await emptyStore(context), await emptyStore(context)];
      const run = await whole.beginRun(SOURCE, 'test', START);
      assert.equal(await single.beginRun(SOURCE, 'test', START), run);
      for (const batch of batches) {
        const counts = { added: 0, updated: 0, unchanged: 0, held: 0, expired: 0 };
        for (const each of batch) {
          const one = await single.ingest(run, [each], START);
          for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] += one[name];
        }
        const { lastStamp: _stamp, ...atOnce } = await whole.ingest(run, batch, START);
        assert.deepEqual(atOnce, counts);
      }
      const told = await toldBy(whole, run);
      assert.deepEqual(told, await toldBy(single, run));
      assert.deepEqual(
        told.changes.map(({ id, kind }) => [id, kind]),
        told.iocs.map((_ioc, index) => [index + 1, 'added']),
      );
    }),
    // To make a failure smaller takes two stores for each attempt.
    { numRuns: 6, endOnFailure: true },
  );
});

test('IOCs of a batch are published in the order in which it tells of them', async (context) => {
  const store = await emptyStore(context);
  const run = await store.beginRun(SOURCE, 'test', START);
  const values = Array.from({ length: 150 }, (_, index) => `host-${(index * 67) % 150}.example.com`);
  for (const part of [values.slice(0, 100), values.slice(100)]) {
    const sightings = part.map((value) => ({ type: 'domain' as const, value, lastSeen: START }));
    await store.ingest(run, sightings, START);
  }
  const served = await readAll(store, ANY, START);
  assert.deepEqual(
    served.map(({ name }) => name),
    values,
  );
  const known = await store.listIocs(0, 1_000);
  assert.deepEqual(
    known.map(({ id, value }) => [id, value]),
    values.map((value, index) => [index + 1, value]),
  );
});

test('a batch that tells of known IOCs in another order, and of new ones between them, changes each of them', async (context) => {
  const store = await emptyStore(context);
  const run = await store.beginRun(SOURCE, 'test', START);
  const told = (index: number, comment: string) => ({
    type: 'domain' as const,
    value: `host-${index}.example.com`,
    entry: String(index),
    lastSeen: START,
    comment,
  });
  const first = Array.from({ length: 150 }, (_, index) => told(index * 2, 'first'));
  await store.ingest(run, first, START);
  const second = Array.from({ length: 300 }, (_, index) => told(299 - index, `second ${299 - index}`));
  const { added, updated, unchanged } = await store.ingest(run, second, START);
  assert.deepEqual({ added, updated, unchanged }, { added: 150, updated: 150, unchanged: 0 });
  for (const { value, comment } of second) {
    const { sightings, stix } = (await store.findIoc({ type: 'domain', value }))!;
    assert.deepEqual(
      sightings.map((sighting) => sighting.comment),
      [comment],
    );
    assert.ok(stix.includes(`"description":"${comment}"`), `${value} is published as ${comment}`);
  }
});
