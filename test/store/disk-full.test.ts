import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';

import { bench, indicatorsIn } from '../cli/commands.ts';
import { start } from '../cli/program.ts';
import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { StoreError } from '../../src/store/store.ts';
import { ANY, domain, readAll, SOURCE, START, take } from './fixtures.ts';

const MIB = 1_048_576;

/** When all that is written here is visible: a writing thread goes by the system's clock. */
const LATER = Math.max(START, Date.now()) + 600_000;

/** A file system of `size` MiB with nothing else on it, or undefined, with the test skipped, where none may be mounted. */
function smallDisk(context: TestContext, size: number): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'soc-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}m`, 'tmpfs', directory]);
  if (status !== 0) {
    rmSync(directory, { recursive: true });
    context.skip('mounting a file system needs more rights than this process has');
    return undefined;
  }
  context.after(() => {
    spawnSync('umount', ['--lazy', directory]);
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

/** Takes up what is free, but for `rest` bytes; returns how to give it back. */
function fillDisk(directory: string, rest: number): () => void {
  const path = join(directory, 'something-else');
  const { bavail, bsize } = statfsSync(directory);
  try {
    writeFileSync(path, Buffer.alloc(Math.max(0, bavail * bsize - rest)));
  } catch (error) {
    // A server that fills its lists may take up something meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
  return () => rmSync(path);
}

const open = (directory: string, writer: 'in-thread' | 'thread' = 'in-thread') =>
  openSqliteStore({ directory, producer: SOC_DEFENDERS, clock: () => START, writer });

const domains = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => domain(from + index, { comment: 'x'.repeat(200) }));

/** Takes in batches until one is refused. Returns the refusal, and how many were taken. */
async function ingestUntilRefused(
  store: Awaited<ReturnType<typeof open>>,
  run: number,
  first: number,
  size: number,
): Promise<{ refusal: unknown; taken: number }> {
  for (let taken = 0; taken < 1_000; taken += 1) {
    try {
      await store.ingest(run, domains(first + taken * size, size), START);
    } catch (refusal) {
      return { refusal, taken };
    }
  }
  return assert.fail('the disk never became full');
}

function soundness(directory: string): unknown {
  const db = new DatabaseSync(join(directory, 'indicators.sqlite'), { readOnly: true });
  const { integrity_check: found } = db.prepare('PRAGMA integrity_check').get()!;
  db.close();
  return found;
}

for (const writer of ['in-thread', 'thread'] as const) {
  test(`on a full disk (writer: ${writer}) a batch is refused as a whole, reads go on, and room mends it`, async (context) => {
    const directory = smallDisk(context, 32);
    if (directory === undefined) return;
    const store = await open(directory, writer);
    try {
      await take(store, domains(0, 100), START);
      const run = await store.beginRun(SOURCE, 'test', START);
      const free = fillDisk(directory, 3 * MIB);
      const { refusal, taken } = await ingestUntilRefused(store, run, 1_000, 200);
      assert.ok(refusal instanceof StoreError);
      assert.equal(refusal.code, 'full');
      assert.match(refusal.message, /the disk is full; free some space/);
      const kept = 100 + taken * 200;
      assert.equal((await readAll(store, ANY, LATER)).length, kept);
      assert.equal((await store.health()).indicators, kept);
      await assert.rejects(store.ingest(run, domains(900_000, 2_000), START), { code: 'full' });
      assert.equal((await readAll(store, ANY, LATER)).length, kept);
      free();
      const again = await store.ingest(run, domains(1_000 + taken * 200, 200), START);
      assert.equal(again.added, 200);
      assert.equal((await readAll(store, ANY, LATER)).length, kept + 200);
      await store.endRun(run, START);
      const [record] = await store.listRuns(1);
      assert.deepEqual([record?.added, record?.failure], [kept - 100 + 200, undefined]);
    } finally {
      await store.close();
    }
    assert.equal(soundness(directory), 'ok');
  });
}

test('a store that is closed and opened on a full disk is read, and refuses to write', async (context) => {
  const directory = smallDisk(context, 16);
  if (directory === undefined) return;
  const first = await open(directory);
  await take(first, domains(0, 200), START);
  const run = await first.beginRun(SOURCE, 'test', START);
  const free = fillDisk(directory, 600_000);
  await ingestUntilRefused(first, run, 1_000, 500);
  assert.equal((await readAll(first, ANY, LATER)).length, 200);
  await first.close();
  free();
  const again = await open(directory);
  assert.equal((await readAll(again, ANY, LATER)).length, 200);
  assert.equal((await take(again, domains(1_000, 500), START)).added, 500);
  await again.close();
  assert.equal(soundness(directory), 'ok');
});

test('lists that a full disk cuts off are refused and not told in part, and filled when there is room', async (context) => {
  const directory = smallDisk(context, 16);
  if (directory === undefined) return;
  const store = await open(directory);
  await take(store, domains(0, 1_500), START);
  const free = fillDisk(directory, 1 * MIB);
  await assert.rejects(store.items(ANY, LATER, 10), { code: 'full' });
  assert.equal((await readAll(store, ANY, LATER)).length, 1_500);
  free();
  assert.equal((await store.items(ANY, LATER, 10_000)).items.length, 1_500);
  assert.equal((await store.statistics(LATER)).lists.listed, 1_500);
  await store.close();
  assert.equal(soundness(directory), 'ok');
});

test('an import into a full disk says so, keeps what was there, and succeeds when there is room', async (context) => {
  const disk = smallDisk(context, 16);
  if (disk === undefined) return;
  const { run, file } = bench(context);
  const data = join(disk, 'data');
  const few = file('few.txt', '192.0.2.1\n198.51.100.7\n');
  const many = file(
    'many.txt',
    domains(0, 6_000)
      .map(({ value }) => value)
      .join('\n'),
  );
  assert.equal((await run(['import', '--data', data, few])).code, 0);
  const free = fillDisk(disk, 2 * MIB);
  const refused = await run(['import', '--data', data, '--atomic', many]);
  assert.equal(refused.code, 1);
  assert.match(refused.talk, /The store: the disk is full; free some space\./);
  const names = async () => {
    const { out } = await run(['export', '--data', data], { clock: () => Date.now() + 60_000 });
    return indicatorsIn(out).length;
  };
  assert.equal(await names(), 2);
  const doctor = await run(['doctor', '--data', data]);
  assert.match(doctor.out, /^bad {3}0\.0 GB free in .*\n.*free some space: a full disk stops every import$/m);
  free();
  assert.equal((await run(['import', '--data', data, '--atomic', many])).code, 0);
  assert.equal(await names(), 6_002);
});

test('a server whose disk is full answers what it can, else 503, never 401 or an empty list', async (context) => {
  const disk = smallDisk(context, 16);
  if (disk === undefined) return;
  const { run, file } = bench(context);
  const data = join(disk, 'data');
  await run(['import', '--data', data, file('few.txt', '192.0.2.1\n198.51.100.7\n')]);
  const key = (await run(['key', 'create', '--data', data])).out.trim();
  const server = start(context, ['serve', '--port', '0', '--data', data]);
  const url = `${await server.says(/(http:\/\/127\.0\.0\.1:\d+)/)}/api/v1/iocs/stix`;
  const ask = async (): Promise<readonly [number, string]> => {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
    return [answer.status, await answer.text()];
  };
  assert.equal((await ask())[0], 200);
  const free = fillDisk(disk, 0);
  const statuses = new Set<number>();
  for (let count = 0; count < 200; count += 1) {
    const [status, body] = await ask();
    statuses.add(status);
    if (status === 200) assert.match(body, /192\.0\.2\.1/);
    else assert.match(body, /"code":"unavailable"/);
  }
  context.diagnostic(`answered ${[...statuses].join(', ')}`);
  assert.ok([...statuses].every((status) => status === 200 || status === 503));
  free();
  assert.equal((await ask())[0], 200);
  assert.equal(server.process.exitCode, null);
});
