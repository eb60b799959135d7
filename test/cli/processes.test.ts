import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';

import { bench, jsonLines } from './commands.ts';
import { start } from './program.ts';

interface Report {
  readonly read: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
}

const list = (name: string, count: number): string =>
  Array.from({ length: count }, (_, index) => `${name}-${index}.example.com`).join('\n');

test('a server, imports and key commands that write at once all succeed, and every count is exact', async (t) => {
  const { data, run, file, withStore } = bench(t);
  const server = start(t, ['serve', '--port', '0', '--data', data]);
  const key = await server.says(/(sk_live_\w+)/);
  const url = await server.says(/(http:\/\/127\.0\.0\.1:\d+)/);
  const state = { writing: true };
  const statuses = new Set<number>();
  const reading = (async () => {
    while (state.writing) {
      const answer = await fetch(`${url}/api/v1/iocs/stix?limit=1000`, { headers: { 'x-api-key': key } });
      await answer.arrayBuffer();
      statuses.add(answer.status);
    }
  })();
  const imports = ['one', 'two', 'three'].map((name) =>
    start(t, [
      'import',
      '--json',
      '--source',
      name,
      '--data',
      data,
      file(`${name}.txt`, `${list(name, 1_200)}\n${list('shared', 500)}`),
    ]),
  );
  const keys = (async () => {
    for (let index = 0; index < 15; index += 1) {
      assert.equal((await run(['key', 'create', '--name', `k${index}`])).code, 0);
    }
  })();
  for (const one of imports) assert.deepEqual(await one.ended, { code: 0, signal: null }, one.talk());
  await keys;
  state.writing = false;
  await reading;
  assert.deepEqual([...statuses], [200]);
  const reports = imports.map(({ out }) => jsonLines<Report>(out())[0]!);
  assert.deepEqual(
    reports.map(({ read }) => read),
    [1_700, 1_700, 1_700],
  );
  const sum = (field: keyof Report): number => reports.reduce((total, report) => total + report[field], 0);
  assert.equal(sum('added'), 3 * 1_200 + 500);
  assert.equal(sum('added') + sum('updated') + sum('unchanged'), 5_100);
  await withStore(async (store) => {
    assert.equal((await store.health()).indicators, 4_100);
    assert.equal((await store.listKeys()).length, 16);
    for (const { endedAt, failure } of await store.listRuns(10)) {
      assert.ok(endedAt !== undefined);
      assert.equal(failure, undefined);
    }
    const shared = await store.findIoc({ type: 'domain', value: 'shared-7.example.com' });
    assert.deepEqual(shared?.sightings.map(({ source }) => source).sort(), ['one', 'three', 'two']);
  });
  assert.doesNotMatch(server.talk(), /"level":"(?:error|warn)"/);
});

test('an import that is killed leaves whole batches, an open run that runs shows, and a store that goes on', async (t) => {
  const { data, run, file, withStore } = bench(t);
  const path = file('many.txt', list('host', 30_000));
  const killed = start(t, ['import', '--data', data, path]);
  const db = await opened(join(data, 'indicators.sqlite'));
  while (Number(db.prepare('SELECT count(*) AS n FROM ioc').get()?.n) === 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  killed.process.kill('SIGKILL');
  assert.equal((await killed.ended).signal, 'SIGKILL');
  const { n: kept } = db.prepare('SELECT count(*) AS n FROM ioc').get()!;
  const { n: published } = db.prepare('SELECT count(*) AS n FROM version').get()!;
  assert.equal(published, kept);
  assert.equal(Number(kept) % 2_000, 0, 'whole batches');
  assert.equal(db.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok');
  db.close();
  assert.match((await run(['runs'])).out, /many\.txt: \d+ read, .*\(not ended\)/);
  const { code, talk } = await run(['import', path]);
  assert.equal(code, 0);
  assert.match(talk, new RegExp(`30,000 read, ${(30_000 - Number(kept)).toLocaleString('en')} new`));
  await withStore(async (store) => assert.equal((await store.health()).indicators, 30_000));
});

/** Opens a database that another process is about to make, once its tables are there. */
async function opened(path: string): Promise<DatabaseSync> {
  for (;;) {
    try {
      const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
      if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'version'").get() !== undefined) return db;
      db.close();
    } catch {
      // Not there yet, or being made.
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
