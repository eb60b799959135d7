import assert from 'node:assert/strict';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { lines } from '../feeds/runs.ts';
import { htmlPage, startWorld } from '../feeds/world.ts';
import { bench, type Bench, jsonLines } from './commands.ts';

interface Finding {
  readonly state: 'ok' | 'warn' | 'bad';
  readonly what: string;
  readonly remedy?: string;
}

const ENV = { SOC_FETCH_ALLOW_NETWORKS: '127.0.0.0/8', SOC_FEEDS: 'own', SOC_WARNINGLISTS: 'off' };
const HOUR = 3_600_000;

/** What `doctor` says beyond its settings. */
async function examine({ run }: Bench, env: Record<string, string> = {}, clock = Date.now) {
  const { out } = await run(['doctor', '--json'], { env: { ...ENV, ...env }, clock });
  return jsonLines<Finding>(out).filter(({ what }) => !what.startsWith('SOC_'));
}

test('doctor tells of feeds in trouble, with what to do', async (t) => {
  const here = bench(t);
  const world = await startWorld(t);
  const feed = (...args: readonly string[]) => here.run(['feed', ...args], { env: ENV });
  const add = (
    name: string,
    ...scripts: Parameters<typeof world.serve> extends [string, ...infer S] ? S : []
  ) =>
    feed(
      'add',
      world.serve(`/${name}`, ...scripts),
      '--name',
      name,
      '--format',
      'list',
      '--absence',
      'retracts',
    );
  await add('fine', { body: lines(0, 3) });
  await add('page', htmlPage('Sign in'));
  await add('gone-1', { status: 404 });
  await add('gone-2', { status: 404 });
  await add('shrunk', { body: lines(100, 200) }, { body: lines(100, 110) });
  for (const name of ['fine', 'page', 'gone-1', 'gone-2', 'shrunk', 'shrunk']) await feed('run', name);
  const findings = await examine(here);
  const find = (pattern: RegExp) => findings.find(({ what }) => pattern.test(what));
  assert.equal(find(/^1 of 5 feeds that are on are good$/)?.state, 'ok');
  assert.match(find(/^html: page: /)?.remedy ?? '', /HTML page/);
  assert.match(find(/^not_found: gone-1, gone-2: /)?.remedy ?? '', /feed status/);
  const held = find(/^run \d+ of shrunk waits for you: 90 of 100/);
  assert.match(held?.remedy ?? '', /feed diff \d+, then feed release \d+ or feed discard \d+$/);
  assert.equal(find(/nobody runs/), undefined);
  assert.ok(findings.every(({ state, remedy }) => (remedy === undefined) === (state === 'ok')));
  const later = await examine(here, {}, () => Date.now() + 48 * HOUR);
  assert.match(
    later.find(({ what }) => /nobody runs/.test(what))?.what ?? '',
    /fine, gone-1, gone-2, page, shrunk$/,
  );
  await feed('disable', 'page', 'gone-1', 'gone-2', 'shrunk');
  assert.deepEqual(
    (await examine(here)).filter(({ state }) => state !== 'ok').map(({ what }) => what),
    ['there is no API key in force'],
  );
});

test('runs tells of a run that waits, and does not call it failed', async (t) => {
  const here = bench(t);
  const world = await startWorld(t);
  const url = world.serve('/list', { body: lines(0, 100) }, { body: lines(0, 10) }, { body: lines(10, 90) });
  const feed = (...args: readonly string[]) => here.run(['feed', ...args], { env: ENV });
  await feed('add', url, '--name', 'ours', '--format', 'list', '--absence', 'retracts');
  await feed('run', 'ours');
  await feed('run', 'ours');
  assert.match((await here.run(['runs'])).out, /^2 .*quarantined\n {4}waits for you: 90 of 100/);
  await feed('run', 'ours');
  const { out } = await here.run(['runs']);
  assert.match(out, /^3 .*, 20 withdrawn\n2 .*\n {4}discarded: a newer download took its place\n/);
});

test('doctor tells how old the warninglists are, and that they are missing', async (t) => {
  const here = bench(t);
  const lists = async (env: Record<string, string>) =>
    (await examine(here, env)).find(({ what }) => /warninglists/.test(what));
  await here.makeStore();
  assert.match(
    (await lists({ SOC_WARNINGLISTS: 'misp', SOC_FEEDS: 'on' }))?.what ?? '',
    /no warninglists .* yet/,
  );
  assert.equal(await lists({ SOC_WARNINGLISTS: 'misp' }), undefined, 'they are not fetched then');
  const archive = join(here.data, 'warninglists.tar');
  writeFileSync(archive, '');
  assert.equal((await lists({ SOC_WARNINGLISTS: 'misp' }))?.state, 'ok');
  const then = (Date.now() - 30 * 24 * HOUR) / 1_000;
  utimesSync(archive, then, then);
  assert.match((await lists({ SOC_WARNINGLISTS: 'misp' }))?.what ?? '', /30 days old/);
  assert.equal((await lists({ SOC_WARNINGLISTS: join(here.directory, 'none') }))?.state, 'bad');
});
