import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { Connection } from '../../src/store/sqlite/connection.ts';
import { SqliteLedger } from '../../src/store/sqlite/ledger.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { probe } from '../../src/store/sqlite/probe.ts';
import { ThreadClient } from '../../src/store/sqlite/thread-calls.ts';
import { threadWriter } from '../../src/store/sqlite/writer-calls.ts';

async function parts(context: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'soc-probe-'));
  const path = join(directory, 'indicators.sqlite');
  const options = { directory, producer: SOC_DEFENDERS, clock: Date.now, writer: 'in-thread' } as const;
  await (await openSqliteStore(options)).close();
  const connection = new Connection(path, { readOnly: true });
  const ledger = new SqliteLedger(join(directory, 'requests.sqlite'));
  const writer = threadWriter({ path, producer: SOC_DEFENDERS, lead: 0 });
  context.after(async () => {
    connection.close();
    ledger.close();
    await writer.close();
    rmSync(directory, { recursive: true });
  });
  return { path, connection, ledger, writer, thread: undefined };
}

const script = (text: string): ThreadClient =>
  new ThreadClient(new URL(`data:text/javascript,${encodeURIComponent(text)}`), {});

const problems = (checks: ReturnType<typeof probe>) =>
  Object.fromEntries(checks.flatMap(({ name, problem }) => (problem === undefined ? [] : [[name, problem]])));

test('a store with its threads has no problem', async (context) => {
  const all = await parts(context);
  const thread = script(
    "import { parentPort } from 'node:worker_threads'; parentPort.on('message', ({ id }) => parentPort.postMessage({ id }));",
  );
  context.after(() => thread.close());
  const checks = probe({ ...all, thread });
  assert.deepEqual(
    checks.map(({ name }) => name),
    ['store', 'request counts', 'writer', 'reader'],
  );
  assert.deepEqual(problems(checks), {});
});

test('a thread that has ended, or was never fit to start, is a problem', async (context) => {
  const all = await parts(context);
  for (const text of ['process.exit(0)', 'throw new Error("no")']) {
    const thread = script(text);
    while (thread.problem() === undefined) await delay(5);
    assert.match(problems(probe({ ...all, thread })).reader!, /^a thread of the store has (stopped|failed)$/);
  }
});

test('a thread that does not answer is a problem once it has had its time, and until it answers', async (context) => {
  const gate = new SharedArrayBuffer(4);
  const thread = new ThreadClient(
    new URL(
      `data:text/javascript,${encodeURIComponent(`
        import { parentPort, workerData } from 'node:worker_threads';
        parentPort.on('message', ({ id }) => {
          Atomics.wait(new Int32Array(workerData.gate), 0, 0);
          parentPort.postMessage({ id });
        });`)}`,
    ),
    { gate },
  );
  context.after(() => thread.close());
  assert.equal(thread.problem(0), undefined, 'nothing waits');
  const call = thread.call('work', []);
  await delay(20);
  assert.match(thread.problem(10)!, /^has not answered for \d+ s$/);
  assert.equal(thread.problem(60_000), undefined);
  Atomics.store(new Int32Array(gate), 0, 1);
  Atomics.notify(new Int32Array(gate), 0);
  await call;
  assert.equal(thread.problem(0), undefined);
});

test('a schema of another version is a problem', async (context) => {
  const all = await parts(context);
  const other = new DatabaseSync(all.path);
  other.exec('PRAGMA user_version = 9999');
  other.close();
  assert.deepEqual(problems(probe(all)), { store: 'its schema is 9999' });
});

test('a connection that is of no use is told, not thrown', async (context) => {
  const all = await parts(context);
  all.ledger.close();
  assert.ok('request counts' in problems(probe(all)));
});
