import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';

import { producerNamed, SOC_DEFENDERS } from '../../src/model/producer.ts';
import { Connection } from '../../src/store/sqlite/connection.ts';
import { openSqliteStore, type SqliteOptions } from '../../src/store/sqlite/open.ts';
import { SqliteWriter } from '../../src/store/sqlite/writer.ts';
import { ANY, AS_STORED, domain, parseSlice, readAll, SOURCE, take, TestClock } from './fixtures.ts';
import { packed } from './packed.ts';

function temporaryDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'soc-store-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

function open(directory: string, more: Partial<SqliteOptions> = {}) {
  return openSqliteStore({
    directory,
    producer: SOC_DEFENDERS,
    clock: Date.now,
    writer: 'in-thread',
    ...more,
  });
}

test('two processes that write at once wait for each other and lose nothing', async (context) => {
  const directory = temporaryDirectory(context);
  const stores = await Promise.all([
    open(directory, { writer: 'thread' }),
    open(directory, { writer: 'thread' }),
  ]);
  await Promise.all(
    stores.map(async (store, which) => {
      const run = await store.beginRun({ ...SOURCE, name: `feed ${which}` }, 'test', Date.now());
      for (let batch = 0; batch < 40; batch += 1) {
        const sightings = Array.from({ length: 20 }, (_, index) =>
          domain(which * 10_000 + batch * 20 + index),
        );
        await store.ingest(run, sightings, Date.now());
      }
    }),
  );
  const all = await readAll(stores[0], ANY, Date.now() + 10_000);
  assert.equal(all.length, 1600);
  assert.equal(new Set(all.map(({ modified }) => modified)).size, 1600);
  await Promise.all(stores.map((store) => store.close()));
});

test('a reader beside a writing thread never goes past a version that is still to come', async (context) => {
  const directory = temporaryDirectory(context);
  const store = await open(directory, { writer: 'thread' });
  context.after(() => store.close());
  await store.markPolled(Date.now());
  const run = await store.beginRun(SOURCE, 'test', Date.now());
  const state = { writing: true };
  const seen = new Set<string>();
  let since = 0;
  // A client that goes by its own clock: what is published later with an earlier stamp is lost to it.
  const reader = (async () => {
    while (state.writing || since < (await store.health()).lastStamp) {
      const now = Date.now();
      for (const { id, modified } of await readAll(store, { ...ANY, since }, now)) {
        assert.ok(!seen.has(id + modified));
        seen.add(id + modified);
      }
      since = now;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })();
  for (let batch = 0; batch < 30; batch += 1) {
    await store.ingest(
      run,
      Array.from({ length: 50 }, (_, index) => domain(batch * 50 + index)),
      Date.now(),
    );
  }
  state.writing = false;
  await reader;
  assert.equal(seen.size, 1500);
});

/** A writer whose disk takes 5 seconds: the clock jumps between the last look before the commit and the one after it. */
function slowWriter(context: TestContext, directory: string, clock: TestClock): SqliteWriter {
  let looks = 0;
  const slow = new SqliteWriter(new Connection(join(directory, 'indicators.sqlite')), {
    producer: SOC_DEFENDERS,
    lead: 100,
    clock: () => {
      looks += 1;
      if (looks === 3) clock.advance(5_000);
      return clock.now;
    },
  });
  context.after(() => slow.close());
  return slow;
}

test('a batch whose commit comes later than its stamps is stamped once more, and not lost', async (context) => {
  const directory = temporaryDirectory(context);
  const clock = new TestClock();
  const store = await open(directory, { clock: clock.read });
  context.after(() => store.close());
  await store.markPolled(clock.now);
  const run = await store.beginRun(SOURCE, 'test', clock.now);
  const slow = slowWriter(context, directory, clock);
  slow.ingest(run, packed([domain(1), domain(2)]), clock.now);
  const passed = clock.now;
  const later = await readAll(store, { ...ANY, since: passed }, passed + 60_000);
  assert.deepEqual(
    later.map(({ name }) => name),
    ['host-1.example.com', 'host-2.example.com'],
  );
});

test('what left a filter with a batch that is stamped once more is told at its new stamp', async (context) => {
  const directory = temporaryDirectory(context);
  const clock = new TestClock();
  const store = await open(directory, { clock: clock.read });
  context.after(() => store.close());
  await store.markPolled(clock.now);
  await take(store, [domain(1, { entry: 'record', confidence: 90 })], clock.now);
  clock.advance(60_000);
  const slow = slowWriter(context, directory, clock);
  const run = await store.beginRun(SOURCE, 'test', clock.now);
  slow.ingest(run, packed([domain(1, { entry: 'record', confidence: 10 })]), clock.now);
  const place = { ...ANY, levels: ['high'], since: clock.now } as const;
  const poll = { ...place, left: { by: place.since, told: 'any' } } as const;
  const told = await readAll(store, poll, clock.now + 60_000);
  assert.deepEqual(
    told.map(({ confidence }) => confidence),
    [10],
  );
});

test('a full disk refuses the batch, keeps all that was there, and takes the batch when there is room', async (context) => {
  const directory = temporaryDirectory(context);
  const clock = new TestClock();
  const store = await open(directory, { clock: clock.read });
  context.after(() => store.close());
  const first = Array.from({ length: 200 }, (_, index) => domain(index));
  await take(store, first, clock.now);
  const connection = new Connection(join(directory, 'indicators.sqlite'));
  const writer = new SqliteWriter(connection, { producer: SOC_DEFENDERS, clock: clock.read, lead: 0 });
  context.after(() => writer.close());
  const run = await store.beginRun(SOURCE, 'test', clock.now);
  const pages = connection.db.prepare('PRAGMA page_count').get()!.page_count;
  connection.db.exec(`PRAGMA max_page_count = ${Number(pages) + 8}`);
  const many = Array.from({ length: 2000 }, (_, index) => domain(index + 1000));
  assert.throws(() => writer.ingest(run, packed(many), clock.now), { name: 'StoreError', code: 'full' });
  assert.equal((await readAll(store, ANY, clock.now)).length, 200);
  connection.db.exec('PRAGMA max_page_count = 1000000');
  assert.equal(writer.ingest(run, packed(many), clock.now).added, 2000);
  assert.equal((await readAll(store, ANY, clock.now)).length, 2200);
});

test('commits wait for the disk: an acknowledged batch outlives a power cut', async (context) => {
  const directory = temporaryDirectory(context);
  const connection = new Connection(join(directory, 'x.sqlite'));
  context.after(() => connection.close());
  const { synchronous } = connection.db.prepare('PRAGMA synchronous').get()!;
  assert.equal(synchronous, 2, 'FULL');
  const { journal_mode: mode } = connection.db.prepare('PRAGMA journal_mode').get()!;
  assert.equal(mode, 'wal');
});

test('reading slices leaves nothing open that would keep the write-ahead log growing', async (context) => {
  const directory = temporaryDirectory(context);
  const clock = new TestClock();
  const store = await open(directory, { clock: clock.read });
  context.after(() => store.close());
  await take(
    store,
    Array.from({ length: 2000 }, (_, index) => domain(index)),
    clock.now,
  );
  let after = 0;
  for (let batch = 0; batch < 150; batch += 1) {
    const slice = await store.slice({ ...ANY, after }, AS_STORED, clock.now, 10);
    after = slice.last;
    assert.equal(parseSlice(slice.bytes).length, 10);
    await take(
      store,
      Array.from({ length: 100 }, (_, index) => domain(batch * 100 + index + 5000)),
      clock.now,
    );
  }
  const wal = statSync(join(directory, 'indicators.sqlite-wal')).size;
  assert.ok(wal < 32 * 1024 * 1024, `the write-ahead log has ${wal} bytes`);
});

test('a store of another producer, of a newer program, or a file that is none, is refused with the remedy', async (context) => {
  const directory = temporaryDirectory(context);
  await (await open(directory)).close();
  await assert.rejects(open(directory, { producer: producerNamed('Other') }), {
    code: 'other_producer',
    message: /configure that producer, or use another data directory/,
  });
  const db = new DatabaseSync(join(directory, 'indicators.sqlite'));
  db.exec('PRAGMA user_version = 99');
  db.close();
  await assert.rejects(open(directory), { code: 'newer_schema', message: /run the newer program/ });
  const other = temporaryDirectory(context);
  writeFileSync(
    join(other, 'indicators.sqlite'),
    'this is not a database, whatever its name says '.repeat(50),
  );
  await assert.rejects(open(other), { code: 'corrupt' });
});

test('no file of the store holds a key that was made', async (context) => {
  const directory = temporaryDirectory(context);
  const store = await open(directory);
  const secret = `sk_live_${'S3cr3t'.repeat(8)}`;
  await store.createKey(
    {
      hash: Buffer.alloc(32, 1),
      prefix: secret.slice(0, 12),
      account: 'a',
      name: 'n',
      tier: 'pro',
      allowedNetworks: [],
    },
    Date.now(),
  );
  for (const file of ['indicators.sqlite', 'indicators.sqlite-wal', 'requests.sqlite']) {
    const path = join(directory, file);
    if (existsSync(path)) assert.ok(!readFileSync(path).includes(secret.slice(0, 20)));
  }
  await store.close();
});
