import assert from 'node:assert/strict';
import { test } from 'node:test';

import { metricText } from '../../src/observe/metric-text.ts';
import { RunTotals } from '../../src/observe/run-totals.ts';
import { StoreMeter } from '../../src/observe/store-meter.ts';
import { type Store, StoreError } from '../../src/store/store.ts';
import { domain, SOURCE, START, take } from '../store/fixtures.ts';
import { temporaryStore } from '../store/temporary-store.ts';
import { parseMetrics, valueOf } from './parse-metrics.ts';

const SECOND = { ...SOURCE, name: 'Second "Feed"' };

const read = async (meter: StoreMeter, now: number) => parseMetrics(metricText(await meter.families(now)));

test('it tells what the store holds, what became of sightings, and how runs ended', async (context) => {
  const { store } = await temporaryStore(context);
  await take(store, [domain(1), domain(2), { type: 'ipv4', value: '192.0.2.1', lastSeen: START }], START);
  await take(store, [domain(1)], START);
  const failed = await store.beginRun(SECOND, 'test', START);
  await store.ingest(failed, [domain(3)], START);
  await store.quarantine(failed, [
    { place: 'line 1', code: 'malformed', reason: 'no', sample: 'x' } as never,
  ]);
  await store.endRun(failed, START, 'cut off');
  const now = START + 60_000;
  const families = await read(new StoreMeter({ store, intervalOf: () => undefined }), now);
  const sightings = (source: string, result: string) =>
    valueOf(families, 'soc_sightings_total', { source, result });
  assert.equal(valueOf(families, 'soc_store_up'), 1);
  assert.equal(valueOf(families, 'soc_iocs', { type: 'domain' }), 3);
  assert.equal(valueOf(families, 'soc_iocs', { type: 'ipv4' }), 1);
  assert.equal(valueOf(families, 'soc_iocs_by_source', { source: SOURCE.name }), 3);
  assert.equal(sightings(SOURCE.name, 'added'), 3);
  assert.equal(sightings(SOURCE.name, 'unchanged'), 1);
  assert.equal(sightings(SECOND.name, 'added'), 1);
  assert.equal(sightings(SECOND.name, 'quarantined'), 1);
  assert.equal(valueOf(families, 'soc_runs_total', { source: SOURCE.name, outcome: 'done' }), 2);
  assert.equal(valueOf(families, 'soc_runs_total', { source: SECOND.name, outcome: 'failed' }), 1);
  const published = valueOf(families, 'soc_last_publication_timestamp_seconds');
  assert.equal(published, (await store.watermark(now)) / 1_000);
});

test('an empty store has no last publication, so that nothing alerts for it', async (context) => {
  const families = await read(
    new StoreMeter({ store: (await temporaryStore(context)).store, intervalOf: () => 1 }),
    START,
  );
  assert.equal(valueOf(families, 'soc_store_up'), 1);
  assert.equal(families.has('soc_last_publication_timestamp_seconds'), false);
});

test('of feeds that are on it tells the state, the age of their last good run, and how often they run', async (context) => {
  const { store } = await temporaryStore(context);
  await store.syncFeeds(
    [
      { name: 'good', enabled: true },
      { name: 'bad', enabled: true },
      { name: 'off', enabled: false },
    ],
    START,
  );
  for (const [name, outcome] of [
    ['good', { state: 'fine', failures: 0, goodAt: START }],
    ['bad', { state: 'html', reason: 'https://feed.example.com/?key=s3cret gave HTML', failures: 4 }],
  ] as const) {
    await store.claimFeed('me', START, 60_000, name);
    await store.settleFeed(name, 'me', { nextAt: START + 1, checkedAt: START, ...outcome });
  }
  const meter = new StoreMeter({
    store,
    intervalOf: ({ name }) => (name === 'good' ? 3_600_000 : undefined),
  });
  const text = metricText(await meter.families(START + 90_000));
  const families = parseMetrics(text);
  assert.equal(valueOf(families, 'soc_feed_state', { feed: 'good', state: 'fine' }), 1);
  assert.equal(valueOf(families, 'soc_feed_state', { feed: 'bad', state: 'html' }), 1);
  assert.equal(families.get('soc_feed_state')?.samples.length, 2);
  assert.equal(valueOf(families, 'soc_feed_seconds_since_good', { feed: 'good' }), 90);
  assert.equal(valueOf(families, 'soc_feed_seconds_since_good', { feed: 'bad' }), undefined);
  assert.equal(valueOf(families, 'soc_feed_interval_seconds', { feed: 'good' }), 3_600);
  assert.equal(valueOf(families, 'soc_feed_failures', { feed: 'bad' }), 4);
  assert.ok(!text.includes('s3cret') && !text.includes('feed.example.com'));
});

test('a store that cannot answer is told as such, and does not fail the rest', async (context) => {
  const { store } = await temporaryStore(context);
  const broken = Object.assign(Object.create(store) as Store, {
    statistics: () => Promise.reject(new StoreError('unavailable', 'no')),
  });
  const families = await read(new StoreMeter({ store: broken, intervalOf: () => 1 }), START);
  assert.deepEqual([...families.keys()], ['soc_store_up']);
  assert.equal(valueOf(families, 'soc_store_up'), 0);
});

test('a run counts as it goes on, its end once, and none is read again when it has ended', async (context) => {
  const { store } = await temporaryStore(context);
  const looked: number[] = [];
  const totals = new RunTotals({
    runsAfter: (after, limit) => store.runsAfter(after, limit),
    findRun: (run) => {
      looked.push(run);
      return store.findRun(run);
    },
  });
  const added = async () => (await totals.read()).get(SOURCE.name);
  await take(store, [domain(1)], START);
  const run = await store.beginRun(SOURCE, 'test', START);
  await store.ingest(run, [domain(2)], START);
  assert.equal((await added())?.results.added, 2);
  assert.deepEqual([...(await added())!.outcomes], [['done', 1]]);
  await store.ingest(run, [domain(3)], START);
  assert.equal((await added())?.results.added, 3);
  await store.endRun(run, START);
  assert.deepEqual([...(await added())!.outcomes], [['done', 2]]);
  looked.length = 0;
  assert.equal((await added())?.results.added, 3);
  assert.deepEqual(looked, []);
});

test('what a read that failed had noted already is not counted twice', async (context) => {
  const { store } = await temporaryStore(context);
  let broken = false;
  const totals = new RunTotals({
    runsAfter: (after, limit) =>
      broken ? Promise.reject(new StoreError('busy', 'no')) : store.runsAfter(after, limit),
    findRun: (run) => store.findRun(run),
  });
  const run = await store.beginRun(SOURCE, 'test', START);
  await store.ingest(run, [domain(1)], START);
  await totals.read();
  await store.endRun(run, START);
  broken = true;
  await assert.rejects(totals.read());
  broken = false;
  const { results, outcomes } = (await totals.read()).get(SOURCE.name)!;
  assert.equal(results.added, 1);
  assert.deepEqual([...outcomes], [['done', 1]]);
});

test('of very many sources and runs the series stay bounded, and nothing is lost', async () => {
  const runs = Array.from({ length: 3_000 }, (_, index) => ({
    id: index + 1,
    source: `source ${index}`,
    state: index % 2 === 0 ? 'done' : 'reading',
    added: 1,
    updated: 0,
    unchanged: 0,
    held: 0,
    withdrawn: 0,
    quarantined: 0,
  }));
  let looked = 0;
  const totals = new RunTotals({
    runsAfter: async (after, limit) => runs.slice(after, after + limit) as never,
    findRun: async (run) => {
      looked += 1;
      return runs[run - 1] as never;
    },
  });
  await totals.read();
  const all = await totals.read();
  assert.ok(all.size <= 501);
  assert.ok(looked <= 200);
  assert.equal(
    [...all.values()].reduce((sum, { results }) => sum + results.added, 0),
    3_000,
  );
});
