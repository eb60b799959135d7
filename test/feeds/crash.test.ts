import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';

import { bench, type Bench } from '../cli/commands.ts';
import { type Program, start } from '../cli/program.ts';
import { lines } from './runs.ts';
import { startWorld, type World } from './world.ts';

const ENV = { SOC_FETCH_ALLOW_NETWORKS: '127.0.0.0/8', SOC_FEEDS: 'own', SOC_WARNINGLISTS: 'off' };

interface Crashing extends Bench {
  readonly world: World;
  /** A process that runs the feed. */
  readonly running: () => Program;
  /** A number out of the database, whatever others do with it. */
  readonly number: (sql: string) => number;
}

async function crashing(t: TestContext): Promise<Crashing> {
  const here = bench(t);
  const world = await startWorld(t);
  const add = ['feed', 'add', `${world.origin}/list.txt`, '--name', 'ours', '--format', 'list'];
  const { code, talk } = await here.run([...add, '--absence', 'retracts'], { env: ENV });
  assert.equal(code, 0, talk);
  const db = new DatabaseSync(join(here.data, 'indicators.sqlite'), { readOnly: true, timeout: 5_000 });
  t.after(() => db.close());
  return {
    ...here,
    world,
    running: () => start(t, ['feed', 'run', 'ours', '--data', here.data], ENV),
    number: (sql) => Number(Object.values(db.prepare(sql).get() ?? {})[0] ?? 0),
  };
}

/** Kills a run as soon as a number out of the database is at least so much. */
async function killAt({ running, number }: Crashing, sql: string, least: number): Promise<void> {
  const program = running();
  while (number(sql) < least) {
    assert.equal(program.process.exitCode, null, `it ended before: ${program.talk()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  program.process.kill('SIGKILL');
  assert.equal((await program.ended).signal, 'SIGKILL');
}

async function complete({ running }: Crashing): Promise<string> {
  const program = running();
  assert.deepEqual(await program.ended, { code: 0, signal: null }, program.talk());
  return program.talk();
}

const READING = "SELECT count(*) FROM run WHERE state = 'reading'";
const IOCS = 'SELECT count(*) FROM ioc';
const VERSIONS = 'SELECT (SELECT count(*) FROM version) + (SELECT count(*) FROM superseded)';
const WITHDRAWN = 'SELECT count(*) FROM sighting WHERE withdrawn_at IS NOT NULL';

test('a run that is killed again and again is completed by the next: nothing lost, nothing twice', async (t) => {
  const here = await crashing(t);
  const { world, number, data } = here;
  world.serve('/list.txt', { body: lines(0, 10_000), etag: true });
  await killAt(here, READING, 1);
  assert.equal(number(IOCS), 0, 'a comparison publishes nothing');
  await killAt(here, IOCS, 2_000);
  assert.equal(number(VERSIONS), number(IOCS), 'no batch is half there');
  assert.ok(number(IOCS) < 10_000);
  const asked = world.requests().length;
  await complete(here);
  assert.equal(world.requests().length, asked, 'it goes on from what was downloaded');
  assert.deepEqual([number(IOCS), number(VERSIONS)], [10_000, 10_000]);

  world.serve('/list.txt', { body: lines(2_500, 11_000), etag: true });
  await killAt(here, WITHDRAWN, 1);
  await complete(here);
  assert.deepEqual([number(WITHDRAWN), number(IOCS), number(VERSIONS)], [2_500, 11_000, 13_500]);
  assert.equal(number("SELECT count(*) FROM run WHERE state NOT IN ('done', 'failed')"), 0);
  assert.equal((await here.exported()).length, 8_500);
  assert.match((await here.run(['feed', 'run', 'ours'], { env: ENV })).talk, /^ours: unchanged$/m);
  // What the first process had downloaded when it was killed, the next start tidies away after an hour.
  assert.ok(readdirSync(join(data, 'spool')).length <= 1);
});

test('of two processes that run a feed at once, one is refused; when the other dies, the next goes on at once', async (t) => {
  const here = await crashing(t);
  const { world } = here;
  world.serve('/list.txt', { body: lines(0, 10), behaviour: 'stall' }, { body: lines(0, 10) });
  const first = here.running();
  while (world.requests().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const second = here.running();
  assert.equal((await second.ended).code, 2);
  assert.match(second.talk(), /ours is being run by another process/);
  assert.equal(world.requests().length, 1);
  first.process.kill('SIGKILL');
  await first.ended;
  assert.match(await complete(here), /^ours: fine: 10 listed, 10 new/m);
});
