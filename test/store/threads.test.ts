import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';

import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { openSqliteStore, type SqliteOptions } from '../../src/store/sqlite/open.ts';
import { siblingScript, ThreadClient } from '../../src/store/sqlite/thread-calls.ts';
import { StoreError } from '../../src/store/store.ts';
import { ANY, AS_STORED, domain, parseSlice, readAll, SOURCE, START } from './fixtures.ts';

const LATER = Math.max(START, Date.now()) + 600_000;

function temporaryDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'soc-threads-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

const open = (directory: string, more: Partial<SqliteOptions> = {}) =>
  openSqliteStore({
    directory,
    producer: SOC_DEFENDERS,
    clock: Date.now,
    writer: 'thread',
    readerThread: true,
    ...more,
  });

const domains = (count: number) => Array.from({ length: count }, (_, index) => domain(index));

test('a thread reads the same as the caller’s own, whatever the size of the slice', async (context) => {
  const directory = temporaryDirectory(context);
  const threaded = await open(directory);
  const plain = await open(directory, { writer: 'in-thread', readerThread: false });
  context.after(() => Promise.all([threaded.close(), plain.close()]));
  const run = await threaded.beginRun(SOURCE, 'test', Date.now());
  await threaded.ingest(run, domains(1_500), Date.now());
  for (const size of [1, 50, 199, 200, 201, 500, 1_500, 10_000]) {
    for (const query of [
      ANY,
      { ...ANY, order: 'newest-first' as const },
      { ...ANY, limit: 300 },
      { ...ANY, types: ['url' as const] },
    ]) {
      const [one, other] = [
        await threaded.slice(query, AS_STORED, LATER, size),
        await plain.slice(query, AS_STORED, LATER, size),
      ];
      assert.ok(Buffer.from(one.bytes).equals(Buffer.from(other.bytes)), `${size}`);
      assert.deepEqual([one.count, one.last, one.done], [other.count, other.last, other.done]);
    }
  }
});

test('calls into a thread are answered in the order in which they are made', async (context) => {
  const directory = temporaryDirectory(context);
  const store = await open(directory);
  context.after(() => store.close());
  const run = await store.beginRun(SOURCE, 'test', Date.now());
  const done: number[] = [];
  await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      await store.ingest(run, [domain(index)], Date.now());
      done.push(index);
    }),
  );
  assert.deepEqual(
    done,
    Array.from({ length: 20 }, (_, index) => index),
  );
  const stored = await readAll(store, ANY, LATER);
  assert.deepEqual(
    stored.map(({ name }) => name),
    domains(20).map(({ value }) => value),
  );
});

test('closing lets what is under way finish, and refuses what comes after', async (context) => {
  const directory = temporaryDirectory(context);
  const store = await open(directory);
  const run = await store.beginRun(SOURCE, 'test', Date.now());
  const underWay = Array.from({ length: 5 }, (_, index) =>
    store.ingest(run, domains(200).slice(index * 40, index * 40 + 40), Date.now()),
  );
  const closing = store.close();
  const counts = await Promise.all(underWay);
  assert.equal(
    counts.reduce((sum, { added }) => sum + added, 0),
    200,
  );
  await closing;
  await assert.rejects(store.ingest(run, domains(1), Date.now()), {
    name: 'StoreError',
    code: 'unavailable',
  });
  const again = await open(directory);
  assert.equal((await readAll(again, ANY, LATER)).length, 200);
  await again.close();
});

test('an error of a writing thread comes out with its code and message, and the thread goes on', async (context) => {
  const directory = temporaryDirectory(context);
  const store = await open(directory);
  context.after(() => store.close());
  await assert.rejects(store.ingest(999, [domain(1)], Date.now()), (error: unknown) => {
    assert.ok(error instanceof StoreError);
    assert.equal(error.code, 'unavailable');
    assert.match(error.message, /there is no run 999/);
    return true;
  });
  const run = await store.beginRun(SOURCE, 'test', Date.now());
  const odd = { ...domain(1), value: null } as never;
  await assert.rejects(store.ingest(run, [odd], Date.now()), (error: unknown) => error instanceof Error);
  assert.equal((await store.ingest(run, [domain(1)], Date.now())).added, 1);
});

test('a store that cannot be written is told when it is opened, and not at the first batch', async (context) => {
  const directory = temporaryDirectory(context);
  await (await open(directory)).close();
  const other = { name: 'Other', uuid: '11111111-2222-4333-8444-555555555555' };
  await assert.rejects(open(directory, { producer: other }), { name: 'StoreError', code: 'other_producer' });
  await assert.rejects(open(directory, { producer: other, writer: 'in-thread' }), {
    name: 'StoreError',
    code: 'other_producer',
  });
  const again = await open(directory);
  await again.close();
});

test(
  'a writer that another process keeps waiting too long says that the store is locked',
  { timeout: 60_000 },
  async (context) => {
    const directory = temporaryDirectory(context);
    const store = await open(directory);
    context.after(() => store.close());
    const run = await store.beginRun(SOURCE, 'test', Date.now());
    const other = new DatabaseSync(join(directory, 'indicators.sqlite'));
    other.exec('BEGIN IMMEDIATE');
    const waiting = store.ingest(run, [domain(1)], Date.now());
    assert.equal((await readAll(store, ANY, LATER)).length, 0, 'reading goes on meanwhile');
    setTimeout(() => other.exec('ROLLBACK'), 300);
    assert.equal((await waiting).added, 1);
    other.close();
  },
);

test('a thread whose script is not there fails each call, once and for all', async () => {
  const thread = new ThreadClient(new URL('no-such-script.ts', import.meta.url), {});
  for (let call = 0; call < 2; call += 1) {
    await assert.rejects(thread.call('anything', []), { name: 'StoreError', code: 'unavailable' });
  }
  await thread.close();
  await thread.close();
});

test('a thread that dies fails the calls that wait for it', async () => {
  const script = new URL(
    `data:text/javascript,${encodeURIComponent('import { parentPort } from "node:worker_threads"; parentPort.on("message", () => process.exit(3));')}`,
  );
  const thread = new ThreadClient(script, {});
  const calls = [thread.call('a', []), thread.call('b', [])];
  for (const call of calls)
    await assert.rejects(call, { name: 'StoreError', code: 'unavailable', message: /has stopped/ });
  await assert.rejects(thread.call('c', []), { name: 'StoreError' });
  await thread.close();
});

test('a thread that throws by itself fails the calls that wait for it, with the reason as the cause', async () => {
  const script = new URL(
    `data:text/javascript,${encodeURIComponent('import { parentPort } from "node:worker_threads"; parentPort.on("message", () => { throw new TypeError("broken"); });')}`,
  );
  const thread = new ThreadClient(script, {});
  await assert.rejects(thread.call('a', []), (error: unknown) => {
    assert.ok(error instanceof StoreError);
    assert.match((error.cause as Error).message, /broken/);
    return true;
  });
  await thread.close();
});

test('a script stands beside its caller, in TypeScript or as it was built', () => {
  assert.equal(siblingScript('file:///a/b/open.ts', 'reader-thread').href, 'file:///a/b/reader-thread.ts');
  assert.equal(siblingScript('file:///a/b/open.js', 'reader-thread').href, 'file:///a/b/reader-thread.js');
});

test('bytes that a thread handed over stay whole while more are read', async (context) => {
  const directory = temporaryDirectory(context);
  const store = await open(directory);
  context.after(() => store.close());
  const run = await store.beginRun(SOURCE, 'test', Date.now());
  await store.ingest(run, domains(1_200), Date.now());
  const slices = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      store.slice({ ...ANY, limit: 1_000 - index }, AS_STORED, LATER, 10_000),
    ),
  );
  for (const [index, slice] of slices.entries()) {
    assert.equal(slice.count, 1_000 - index);
    assert.equal(parseSlice(slice.bytes).length, 1_000 - index);
  }
});
