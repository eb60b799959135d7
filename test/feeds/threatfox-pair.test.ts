import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';

import { normaliseIoc } from '../../src/normalise/normalise.ts';
import { sharedData } from '../shared-data.ts';
import { live } from './live.ts';

type Export = Readonly<Record<string, readonly [{ readonly ioc_value: string }]>>;

const HOUR = 3_600_000;
const MORNING = Date.UTC(2026, 6, 24, 8, 5);

interface Snapshot {
  readonly file: string;
  readonly records: Export;
}

/** The snapshots of the morning and the afternoon; undefined, with the test skipped, where they are not there. */
function recorded(context: TestContext): readonly [morning: Snapshot, afternoon: Snapshot] | undefined {
  const folder = sharedData(context, 'abusech');
  if (folder === undefined) return undefined;
  const snapshot = (hour: string): Snapshot => {
    const file = join(folder, `threatfox_export_json_recent_2026-07-24T${hour}.json`);
    return { file, records: JSON.parse(readFileSync(file, 'utf8')) as Export };
  };
  return [snapshot('08'), snapshot('14')];
}

/** The values that an export names, in normal form. */
function valuesOf(records: Export): Set<string> {
  const values = Object.values(records).flatMap(([{ ioc_value: value }]) => {
    const normal = normaliseIoc(value);
    return normal.ok ? [normal.value] : [];
  });
  return new Set(values);
}

test('two recorded snapshots: 102 ids come, 112 go, 2,857 are seen again', (t) => {
  const snapshots = recorded(t);
  if (snapshots === undefined) return;
  const [before, after] = snapshots.map(({ records }) => records) as [Export, Export];
  const ids = Object.keys(after);
  assert.equal(ids.filter((id) => !(id in before)).length, 102);
  assert.equal(Object.keys(before).filter((id) => !(id in after)).length, 112);
  const changed = ids.filter(
    (id) => id in before && JSON.stringify(before[id]) !== JSON.stringify(after[id]),
  );
  assert.equal(changed.length, 2_857);
});

test('as a window of the latest, the second publishes what is new and nothing for what is merely seen again', async (t) => {
  const snapshots = recorded(t);
  if (snapshots === undefined) return;
  const [morning, afternoon] = snapshots;
  const { world, turn, feed, standing, clock, store } = await live(t, MORNING);
  world.serve('/recent.json', { file: morning.file }, { file: afternoon.file });
  const threatfox = feed('/recent.json', { format: 'threatfox-json' });
  const first = await turn(threatfox);
  assert.equal(first.state, 'fine');
  const before = await standing();
  clock.now = Math.max(clock.now, MORNING + 6 * HOUR);
  const second = await turn(threatfox);
  assert.equal(second.state, 'fine');
  const { added, absent } = second.run!.survey!;
  assert.equal(absent, 0);
  const after = await standing();
  const known = valuesOf(morning.records);
  const news = [...valuesOf(afternoon.records)].filter((value) => !known.has(value));
  assert.equal((await store.findRun(second.run!.run))?.added, news.length);
  // Several records may name one new IOC.
  assert.ok(added >= news.length);
  const published = [...after].filter(([name, { modified }]) => before.get(name)?.modified !== modified);
  const isNew = (name: string): boolean => !before.has(name);
  assert.deepEqual(
    published
      .filter(([name]) => isNew(name))
      .map(([name]) => name)
      .sort(),
    news.filter((value) => after.has(value)).sort(),
  );
  // An IOC that was known has a new version only where a new record says something else of it.
  const fresh = Object.entries(afternoon.records).filter(([id]) => !(id in morning.records));
  const restated = valuesOf(Object.fromEntries(fresh));
  for (const [name] of published) assert.ok(isNew(name) || restated.has(name), name);
  assert.equal([...after.values()].filter(({ revoked }) => revoked === true).length, 0);
  const third = await turn(threatfox);
  assert.equal(third.state, 'unchanged');
});

test('as the whole of what stands, the second takes back exactly what it no longer names', async (t) => {
  const snapshots = recorded(t);
  if (snapshots === undefined) return;
  const [morning, afternoon] = snapshots;
  const { world, turn, feed, standing, clock } = await live(t, MORNING);
  world.serve('/recent.json', { file: morning.file }, { file: afternoon.file });
  const threatfox = feed('/recent.json', { format: 'threatfox-json', absence: 'retracts' });
  await turn(threatfox);
  const before = await standing();
  clock.now = Math.max(clock.now, MORNING + 6 * HOUR);
  await turn(threatfox);
  const after = await standing();
  const named = valuesOf(afternoon.records);
  const gone = [...before.keys()].filter((name) => !named.has(name));
  const revoked = [...after].filter(([, indicator]) => indicator.revoked === true).map(([name]) => name);
  assert.ok(gone.length > 50);
  assert.deepEqual(revoked.sort(), gone.sort());
});
