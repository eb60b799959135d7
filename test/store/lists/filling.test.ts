import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

import fc from 'fast-check';

import type { IndicatorQuery } from '../../../src/model/indicator-query.ts';
import type { IocItem } from '../../../src/model/ioc-item.ts';
import { SOC_DEFENDERS } from '../../../src/model/producer.ts';
import { renderItemCsv } from '../../../src/render/list/item-csv.ts';
import { parseItems } from '../../../src/render/list/item-json.ts';
import { ListsFiller } from '../../../src/store/sqlite/lists/filler.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { StoreError, type Store } from '../../../src/store/store.ts';
import { COMPILE_CACHE, warmCompileCache } from '../../compile-cache.ts';
import { ANY, DAY, domain, FIRST_DOWNLOAD, readAll, SOURCE, START, take, TestClock } from '../fixtures.ts';
import { contentsOf, type Listing, listing, pathsIn, temporaryDirectory } from './listing.ts';

/** All that is neither revoked nor expired, the oldest first. */
const ALL_LIVE: IndicatorQuery = { ...FIRST_DOWNLOAD, order: 'oldest-first' };

const some = (count: number, more = {}) => Array.from({ length: count }, (_, index) => domain(index, more));

function open(directory: string, clock = new TestClock()): Promise<Store> {
  return openSqliteStore({ directory, producer: SOC_DEFENDERS, clock: clock.read, writer: 'in-thread' });
}

/** That lists have all that the bundle has. */
async function assertListed(store: Store, asOf = START): Promise<void> {
  const { items } = await store.items(ANY, asOf, 10_000);
  const indicators = await readAll(store, ANY, asOf);
  assert.deepEqual(
    items.map(({ id, modified }) => [id, modified]),
    indicators.map(({ id, modified }) => [id, Date.parse(modified)]),
  );
  const { total } = await store.statistics(asOf);
  assert.equal(total, (await readAll(store, FIRST_DOWNLOAD, asOf)).length);
}

/** A directory with a store of `count` IOCs, closed, and its lists filled. */
async function filled(context: TestContext, count: number): Promise<string> {
  const directory = temporaryDirectory(context);
  const store = await open(directory);
  await take(store, some(count), START);
  await store.fillLists();
  await store.close();
  return directory;
}

test('what is published costs its writer nothing for lists: they are another file', async (context) => {
  const directory = temporaryDirectory(context);
  const store = await open(directory);
  await take(store, some(10), START);
  await store.close();
  assert.ok(!existsSync(pathsIn(directory).lists));
});

test('filling takes no lock that a writer waits for', async (context) => {
  const { directory, store, filler } = await listing(context);
  await take(store, some(10), START);
  const writer = new DatabaseSync(pathsIn(directory).indicators);
  writer.exec('BEGIN IMMEDIATE');
  assert.equal(filler.fill(), true);
  writer.exec('ROLLBACK');
  writer.close();
});

test('lists that were removed, emptied, cut off, spoilt or made by another program are made anew', async (context) => {
  const directory = await filled(context, 300);
  const { lists } = pathsIn(directory);
  const whole = readFileSync(lists);
  const spoilt = Buffer.from(whole);
  spoilt.fill(0xff, 8_192);
  const ways: Record<string, () => void> = {
    removed: () => rmSync(lists),
    emptied: () => writeFileSync(lists, ''),
    'no database': () => writeFileSync(lists, 'no database at all '.repeat(1_000)),
    'cut off': () => writeFileSync(lists, whole.subarray(0, 20_000)),
    spoilt: () => writeFileSync(lists, spoilt),
    'of another schema': () => {
      const db = new DatabaseSync(lists);
      db.exec('DELETE FROM item; DROP TABLE tally; PRAGMA user_version = 999');
      db.close();
    },
  };
  for (const [way, spoil] of Object.entries(ways)) {
    spoil();
    const store = await open(directory);
    // Damage may be met by reading only: then the answer is an error, and the next one is right.
    await store
      .items(ANY, START, 1_000)
      .catch((error: unknown) => assert.ok(error instanceof StoreError, way));
    await assertListed(store);
    await store.close();
    assert.deepEqual(contentsOf(lists).sound, [{ integrity_check: 'ok' }], way);
  }
});

test('lists of another database of indicators, as after a backup was put back, are made anew', async (context) => {
  const directory = temporaryDirectory(context);
  const { indicators } = pathsIn(directory);
  const clock = new TestClock();
  let store = await open(directory, clock);
  await take(store, some(20), clock.now);
  const saved = join(directory, 'saved.sqlite');
  const source = new DatabaseSync(indicators);
  await backup(source, saved);
  source.close();
  await take(store, some(30, { confidence: 90 }), clock.advance(DAY));
  await assertListed(store, clock.now);
  await store.close();
  copyFileSync(saved, indicators);
  for (const end of ['-wal', '-shm']) rmSync(`${indicators}${end}`, { force: true });
  store = await open(directory, clock);
  await assertListed(store, clock.now);
  // Also when something was published before anybody looked.
  await store.close();
  copyFileSync(saved, indicators);
  store = await open(directory, clock);
  await take(store, [domain(77)], clock.advance(DAY));
  await assertListed(store, clock.now);
  await store.close();
});

test('what a power cut took of lists is filled again', async (context) => {
  const directory = temporaryDirectory(context);
  const { lists } = pathsIn(directory);
  const clock = new TestClock();
  let store = await open(directory, clock);
  await take(store, some(50), clock.now);
  await store.fillLists();
  await store.close();
  const before = readFileSync(lists);
  store = await open(directory, clock);
  await take(store, some(80, { confidence: 90 }), clock.advance(1_000));
  await store.fillLists();
  await store.close();
  const after = contentsOf(lists);
  writeFileSync(lists, before);
  store = await open(directory, clock);
  await assertListed(store, clock.now);
  await store.close();
  assert.deepEqual(contentsOf(lists), after);
});

test('a process that is killed while it fills loses nothing and counts nothing twice', async (context) => {
  const directory = temporaryDirectory(context);
  const store = await open(directory);
  await take(store, some(600), START);
  await take(store, some(400, { confidence: 90 }), START, { ...SOURCE, name: 'Agency' });
  await store.close();
  const child = fileURLToPath(new URL('filling-child.ts', import.meta.url));
  const paths = pathsIn(directory);
  warmCompileCache(child, directory);
  rmSync(paths.lists);
  let killed = 0;
  for (let step = 40; step < 20_000; step = Math.ceil(step * 1.4)) {
    const { signal } = await run(child, [directory, String(step)]);
    if (signal === null) break;
    killed += 1;
  }
  assert.ok(killed > 5, `${killed} killed`);
  const filler = new ListsFiller(paths, () => START);
  filler.fill();
  filler.close();
  const kept = contentsOf(paths.lists);
  rmSync(paths.lists);
  const again = new ListsFiller(paths, () => START);
  again.fill();
  again.close();
  assert.deepEqual(kept, contentsOf(paths.lists));
});

async function run(script: string, args: readonly string[]): Promise<{ signal: string | null }> {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...COMPILE_CACHE },
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return { signal };
}

test('two that fill at once list everything once', async (context) => {
  const { directory, store, filler } = await listing(context, 7);
  const other = new ListsFiller(pathsIn(directory), () => START, 5);
  await take(store, some(200), START);
  for (let more = true; more;) more = [filler.step(), other.step()].includes(true);
  other.close();
  const { items, tallies } = contentsOf(pathsIn(directory).lists);
  assert.equal(items!.length, 200);
  assert.deepEqual(
    tallies!.find((tally) => (tally as { kind: string }).kind === 'type_level'),
    { kind: 'type_level', name: 'domain medium', count: 200 },
  );
});

test('lists of a full range read the same joined and one by one, after any were replaced', async (context) => {
  const setting = await listing(context);
  const { store, clock, filler, versions } = setting;
  await take(store, some(2_000), clock.now);
  filler.fill();
  for (const replaced of [
    [],
    [domain(3)],
    'sweep',
    [domain(260), domain(700)],
    some(300),
    'sweep',
  ] as const) {
    if (replaced === 'sweep') {
      clock.advance(700_000);
      while ((await store.sweep(clock.now)) > 0);
    } else if (replaced.length > 0) {
      const confidence = 10 + (clock.now % 80);
      await take(
        store,
        replaced.map((each) => ({ ...each, confidence })),
        clock.advance(1_001),
      );
    }
    filler.fill();
    const first = versions.extent({ ...ANY, limit: 1 }, clock.now).first;
    for (const [since, limit] of [
      [first - 1, 10_000],
      [first + 100, 1_000],
      [first + 249, 250],
      [first + 250, 251],
      [first + 251, 1_500],
      [first + 1_990, 40],
    ] as const) {
      for (const query of [
        { ...ANY, since, limit },
        { ...ALL_LIVE, since, limit },
        { ...ALL_LIVE, since, limit, until: since + 777 },
      ])
        await assertReadsTheSame(setting, query);
    }
  }
});

test('lists leave out what is revoked or has expired, whole runs of it too', async (context) => {
  const setting = await listing(context);
  const { store, clock, filler, versions } = setting;
  // The first runs expire long before the others, and of those some are revoked.
  await take(store, some(600, { lastSeen: START - 50 * DAY }), clock.now);
  await take(
    store,
    some(2_000)
      .slice(600)
      .map((each) => ({ ...each, lastSeen: START })),
    clock.now,
  );
  await store.retract([domain(1_000), domain(1_001), domain(1_900)], 'wrong', clock.now);
  filler.fill();
  const { first } = versions.extent({ ...ANY, limit: 1 }, clock.now);
  const counts = new Set<number>();
  for (const wait of [5_000, 71 * DAY, 'sweep', 400 * DAY, 'sweep'] as const) {
    if (wait === 'sweep') {
      clock.advance(700_000);
      while ((await store.sweep(clock.now)) > 0);
    } else clock.advance(wait);
    filler.fill();
    for (const since of [first - 1, first + 300, first + 700, first + 1_700]) {
      for (const limit of [10_000, 1_400, 1_397, 500, 126, 3])
        await assertReadsTheSame(setting, { ...ALL_LIVE, since, limit });
    }
    counts.add(versions.extent({ ...ALL_LIVE, since: first - 1 }, clock.now).count);
  }
  assert.deepEqual([...counts], [1_997, 1_397, 0]);
});

test('a part of a list is what lies between its ends, wherever they are, in characters of any width', async (context) => {
  const { store, clock, filler, versions, lists } = await listing(context);
  await take(store, some(900, { tags: ['é', '日本', '𝕏'] }), clock.now);
  await take(store, [domain(40), domain(620)], clock.advance(1_001), { ...SOURCE, name: 'Agency' });
  filler.fill();
  const { first, last } = versions.extent({ ...ALL_LIVE, limit: 10_000 }, clock.now);
  const place = fc.integer({ min: -2, max: last - first + 2 });
  fc.assert(
    fc.property(place, place, fc.constantFrom('value' as const, 'csv' as const), (from, to, form) => {
      const query = { ...ALL_LIVE, since: first + from, until: first + to, limit: 10_000 };
      const separator = form === 'csv' ? '\r\n' : '\n';
      const texts: string[] = [];
      let count = 0;
      for (let after: number = query.since, done = false; !done;) {
        const slice = lists.texts({ ...query, after }, form, clock.now, 10_000);
        if (slice.count > 0) texts.push(Buffer.from(slice.bytes).toString());
        [after, done, count] = [slice.last, slice.done, count + slice.count];
      }
      const stamps = Array.from({ length: Math.max(0, to - from) }, (_, index) => first + from + 1 + index);
      const column = form === 'csv' ? renderItemCsv : ({ value }: IocItem): string => value;
      const items = [...lists.itemsAt(stamps).values()]
        .map((json) => parseItems(Buffer.from(json))[0]!)
        .filter(
          ({ modified }) =>
            versions.extent({ ...query, since: modified - 1, until: modified }, clock.now).count,
        );
      assert.ok(texts.join(separator) === items.map(column).join(separator));
      assert.equal(count, items.length);
      assert.deepEqual(lists.extent(query, clock.now), versions.extent(query, clock.now));
    }),
    { numRuns: 60 },
  );
});

/** That a list has of a query what the bundle has, joined or not, in slices of any size. */
async function assertReadsTheSame(
  { store, clock, lists, versions }: Listing,
  query: IndicatorQuery & { readonly since: number },
): Promise<void> {
  assert.deepEqual(lists.extent(query, clock.now), versions.extent(query, clock.now));
  const { limit, ...whole } = query;
  assert.equal(lists.count(whole, clock.now), versions.count(whole, clock.now));
  const names = (await readAll(store, query, clock.now)).map(({ name }) => name);
  for (const size of [10_000, 600, 99]) {
    const found: string[] = [];
    for (let after = query.since, left = limit, done = false; !done;) {
      const slice = lists.texts({ ...query, after, limit: left }, 'value', clock.now, size);
      assert.ok(slice.count <= Math.min(size, left));
      if (slice.count > 0) found.push(...Buffer.from(slice.bytes).toString('utf8').split('\n'));
      [after, left, done] = [slice.last, left - slice.count, slice.done];
    }
    assert.deepEqual(found, names);
  }
}

test('lists that cannot be written are an error and never half a list; bundles go on', async (context) => {
  const directory = temporaryDirectory(context);
  const { lists } = pathsIn(directory);
  mkdirSync(lists);
  const store = await open(directory);
  await take(store, some(5), START);
  await assert.rejects(store.items(ANY, START, 10), StoreError);
  await assert.rejects(store.count(FIRST_DOWNLOAD, START), StoreError);
  await assert.rejects(store.awaitLists(START), StoreError);
  assert.equal((await readAll(store, ANY, START)).length, 5);
  assert.deepEqual((await store.health()).lists, { complete: false, listed: 0, known: 5 });
  rmdirSync(lists);
  await assertListed(store);
  assert.deepEqual((await store.health()).lists, { complete: true, listed: 5, known: 5 });
  await store.close();
});

test('a server lists by itself what is published, and goes on when its lists are removed', async (context) => {
  const directory = temporaryDirectory(context);
  const store = await openSqliteStore({
    directory,
    producer: SOC_DEFENDERS,
    clock: Date.now,
    writer: 'thread',
    readerThread: true,
  });
  context.after(() => store.close());
  const values = async (): Promise<number> =>
    (await store.items(ANY, Date.now() + 5_000, 10_000)).items.length;
  await take(store, some(300), Date.now());
  assert.equal(await values(), 300);
  const made = await store.awaitLists(Date.now());
  const { lists } = pathsIn(directory);
  for (const end of ['', '-wal', '-shm']) rmSync(`${lists}${end}`, { force: true });
  await take(store, [domain(1_000)], Date.now());
  assert.equal(await values(), 301);
  assert.notEqual(await store.awaitLists(Date.now()), made);
});

test('a server whose lists are behind waits a moment for them, then refuses, and goes on once they can be written', async (context) => {
  const directory = temporaryDirectory(context);
  const { lists } = pathsIn(directory);
  mkdirSync(lists);
  const store = await openSqliteStore({
    directory,
    producer: SOC_DEFENDERS,
    clock: Date.now,
    writer: 'thread',
    readerThread: true,
  });
  context.after(() => store.close());
  await take(store, some(3), Date.now());
  const later = (): number => Date.now() + 5_000;
  await assert.rejects(store.items(ANY, later(), 10), {
    code: 'unavailable',
    message: /behind what is published: .*cannot be opened/,
  });
  await assert.rejects(store.statistics(later()), { code: 'unavailable' });
  rmdirSync(lists);
  const { items } = await store.items(ANY, later(), 10);
  assert.equal(items.length, 3);
});
