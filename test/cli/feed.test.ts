import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';

import { lines } from '../feeds/runs.ts';
import { htmlPage, startWorld, type World } from '../feeds/world.ts';
import { bench, type Bench, jsonLines, type Outcome } from './commands.ts';

interface FeedBench extends Bench {
  readonly world: World;
  /** Runs `feed` with these arguments, allowed to fetch from loopback. */
  readonly feed: (...args: readonly string[]) => Promise<Outcome>;
}

async function feedBench(t: TestContext): Promise<FeedBench> {
  const store = bench(t);
  const world = await startWorld(t);
  const env = { SOC_FETCH_ALLOW_NETWORKS: '127.0.0.0/8', SOC_FEEDS: 'own', SOC_WARNINGLISTS: 'off' };
  return { ...store, world, feed: (...args) => store.run(['feed', ...args], { env }) };
}

async function names({ exported }: Bench): Promise<string[]> {
  return (await exported()).map(({ name }) => name).sort();
}

const OURS = ['--name', 'ours', '--title', 'Our list', '--format', 'list', '--absence', 'retracts'] as const;

test('one command adds a feed, one runs it, and status tells how it fares', async (t) => {
  const b = await feedBench(t);
  const url = b.world.serve('/list.txt', { body: lines(0, 3), etag: true });
  const added = await b.feed('add', url, ...OURS);
  assert.deepEqual([added.code, added.out], [0, '']);
  assert.match(added.talk, /Added ours\..*feed run ours/);
  const run = await b.feed('run', 'ours');
  assert.equal(run.code, 0, run.talk);
  assert.match(run.talk, /^ours: fine: 3 listed, 3 new, 0 changed, 0 the same, 0 gone, 0 held back$/m);
  assert.deepEqual(await names(b), ['host-0.example.net', 'host-1.example.net', 'host-2.example.net']);
  assert.match((await b.feed('run', 'ours')).talk, /^ours: unchanged$/m);
  const { out } = await b.feed('status', 'ours');
  assert.match(out, /^ours {2}unchanged, good \d+ s ago, next in (?:1 h|5\d min|60 min|6\d min)/);
});

test('list tells each feed’s address, licence, interval and whether it is on', async (t) => {
  const b = await feedBench(t);
  const { code, out } = await b.feed('list');
  assert.equal(code, 0);
  assert.match(
    out,
    /^urlhaus {2}off {2}URLhaus \(community, TLP:CLEAR, every 30 min, key in SOC_ABUSECH_AUTH_KEY/m,
  );
  const all = jsonLines<{ name: string; licence: { terms: string } }>((await b.feed('list', '--json')).out);
  assert.ok(all.length > 30);
  assert.ok(all.every(({ licence }) => licence.terms.length > 0));
});

test('a feed’s trouble is told with its reason and exit code 3', async (t) => {
  const b = await feedBench(t);
  const url = b.world.serve('/list.txt', htmlPage('Sign in'));
  await b.feed('add', url, ...OURS);
  const { code, talk } = await b.feed('run', 'ours');
  assert.equal(code, 3);
  assert.match(talk, /ours: html\n {2}.*HTML page/);
  const status = jsonLines<{ state: string; reason: string; failures: number; meaning: string }>(
    (await b.feed('status', '--json', 'ours')).out,
  );
  assert.equal(status[0]?.state, 'html');
  assert.equal(status[0]?.failures, 1);
});

test('a run out of proportion waits: it can be looked at, discarded, and released', async (t) => {
  const b = await feedBench(t);
  const url = b.world.serve(
    '/list.txt',
    { body: lines(0, 100) },
    { body: lines(0, 10) },
    { body: lines(0, 11) },
  );
  await b.feed('add', url, ...OURS);
  await b.feed('run', 'ours');
  const held = await b.feed('run', 'ours');
  assert.equal(held.code, 3);
  const id = /feed diff (\d+)/.exec(held.talk)?.[1] ?? '';
  const diff = await b.feed('diff', id);
  assert.equal(diff.out.split('\n').filter((line) => line.startsWith('- domain ')).length, 90);
  assert.match(diff.talk, /waits: 90 of 100/);
  assert.match((await b.feed('undo', id)).talk, /has published nothing/);
  assert.equal((await b.feed('discard', id)).code, 0);
  assert.equal((await names(b)).length, 100);
  assert.match((await b.feed('release', id)).talk, /does not wait: it is discarded/);
  const again = await b.feed('run', 'ours');
  const next = /feed diff (\d+)/.exec(again.talk)?.[1] ?? '';
  const released = await b.feed('release', next);
  assert.equal(released.code, 0, released.talk);
  assert.equal((await names(b)).length, 11);
  assert.match((await b.feed('status', 'ours')).out, /^ours {2}fine/);
});

test('undo publishes the reversal of a run and switches its feed off', async (t) => {
  const b = await feedBench(t);
  const url = b.world.serve('/list.txt', { body: lines(0, 5) }, { body: lines(1, 8) });
  await b.feed('add', url, ...OURS);
  await b.feed('run', 'ours');
  await b.feed('run', 'ours');
  const [run] = jsonLines<{ id: number }>((await b.run(['runs', '--json'])).out);
  const diff = jsonLines<{ kind: string; value: string }>(
    (await b.feed('diff', '--json', String(run?.id))).out,
  );
  assert.deepEqual(
    diff.map(({ kind, value }) => `${kind} ${value}`),
    [
      'withdrawn host-0.example.net',
      'added host-5.example.net',
      'added host-6.example.net',
      'added host-7.example.net',
    ],
  );
  const undone = await b.feed('undo', String(run?.id));
  assert.match(undone.talk, /^4 changes undone.*\nours is off/);
  assert.deepEqual(await names(b), lines(0, 5).trim().split('\n'));
  assert.match((await b.feed('status', 'ours')).out, /, off/);
});

test('an undone run is forgotten: enabled again, its feed is asked for everything', async (t) => {
  const b = await feedBench(t);
  const url = b.world.serve('/list.txt', { body: lines(0, 5), etag: true });
  await b.feed('add', url, ...OURS);
  await b.feed('run', 'ours');
  await b.feed('undo', '1');
  assert.deepEqual(await names(b), []);
  const { out } = await b.feed('status', 'ours');
  assert.match(out, /^ours {2}undone, .*, off\n {6}run 1 was undone; .*feed enable ours\n$/);
  await b.feed('enable', 'ours');
  assert.match((await b.feed('run', 'ours')).talk, /^ours: fine: 5 listed/m);
  assert.deepEqual(await names(b), lines(0, 5).trim().split('\n'));
});

test('an undo can be undone, and an old run undone beneath newer ones', async (t) => {
  const b = await feedBench(t);
  const url = b.world.serve('/list.txt', { body: lines(0, 5) }, { body: lines(1, 8) }, { body: lines(0, 8) });
  await b.feed('add', url, ...OURS);
  for (let run = 1; run <= 3; run += 1) await b.feed('run', 'ours');
  const undone = await b.feed('undo', '2');
  assert.match(undone.talk, /^3 changes undone, as run 4\.\n1 have been changed again by later runs/);
  assert.deepEqual(await names(b), lines(0, 5).trim().split('\n'));
  assert.match((await b.feed('undo', '4')).talk, /^3 changes undone, as run 5\.$/);
  assert.deepEqual(await names(b), lines(0, 8).trim().split('\n'));
});

test('what a run changed is undone for thirty days; later it is told, and the feed stays on', async (t) => {
  const b = await feedBench(t);
  await b.feed('add', b.world.serve('/list.txt', { body: lines(0, 5) }), ...OURS);
  await b.feed('run', 'ours');
  const clock = () => Date.now() + 31 * 86_400_000;
  const { code, talk } = await b.run(['feed', 'undo', '1'], { clock });
  assert.equal(code, 2);
  assert.match(talk, /longer ago than is kept/);
  assert.doesNotMatch((await b.feed('status', 'ours')).out, /off/);
});

test('status names the run that waits, and what to do about it', async (t) => {
  const b = await feedBench(t);
  const url = b.world.serve('/list.txt', { body: lines(0, 100) }, { body: lines(0, 10) });
  await b.feed('add', url, ...OURS);
  await b.feed('run', 'ours');
  await b.feed('run', 'ours');
  assert.match(
    (await b.feed('status', 'ours')).out,
    /^ours {2}held, .*\n {6}90 of 100 .*\n {6}Look at it: soc-defenders feed diff 2\n {6}Then: .* release 2, or feed discard 2\n$/,
  );
});

test('a run that waits can be discarded although its files are gone, and is when its feed is removed', async (t) => {
  const b = await feedBench(t);
  const url = b.world.serve(
    '/list.txt',
    { body: lines(0, 100) },
    { body: lines(0, 10) },
    { body: lines(0, 9) },
  );
  await b.feed('add', url, ...OURS);
  await b.feed('run', 'ours');
  await b.feed('run', 'ours');
  const spool = join(b.data, 'spool');
  for (const name of readdirSync(spool)) rmSync(join(spool, name));
  assert.match((await b.feed('release', '2')).talk, /is gone\. Discard the run/);
  assert.equal((await b.feed('discard', '2')).code, 0);
  await b.feed('run', 'ours');
  assert.equal(readdirSync(spool).length, 1);
  assert.equal((await b.feed('remove', 'ours')).code, 0);
  assert.deepEqual(readdirSync(spool), []);
  const run = await b.withStore((store) => store.findRun(3));
  assert.deepEqual([run?.state, run?.failure], ['discarded', 'its feed was removed']);
});

test('two feeds of one title are refused: each would take back what the other reports', async (t) => {
  const b = await feedBench(t);
  const url = b.world.serve('/list.txt', { body: lines(0, 1) });
  await b.feed('add', url, ...OURS);
  const { code, talk } = await b.feed('add', url, '--name', 'second', '--title', 'Our list');
  assert.equal(code, 2);
  assert.match(talk, /ours has the title "Our list" already/);
  assert.equal((await b.feed('add', url, ...OURS)).code, 0, 'itself, it may replace');
});

test('a look from a shell with other settings switches no feed of the catalogue', async (t) => {
  const b = await feedBench(t);
  await b.feed('list');
  await b.run(['feed', 'status'], { env: { SOC_FEEDS: 'on' } });
  const enabled = (await b.withStore((store) => store.listFeeds())).filter((feed) => feed.enabled);
  assert.deepEqual(enabled, []);
});

test('an import can be undone too', async (t) => {
  const b = await feedBench(t);
  await b.run(['import', b.file('list.txt', lines(0, 3))]);
  const undone = await b.feed('undo', '1');
  assert.equal(undone.code, 0);
  assert.deepEqual(await names(b), []);
});

test('feeds are switched, and own ones removed', async (t) => {
  const b = await feedBench(t);
  assert.match((await b.feed('enable', 'urlhaus', 'cisa-kev')).talk, /urlhaus is on.*\ncisa-kev is on/);
  assert.match((await b.feed('status')).out, /^urlhaus +new, never good yet, next in/m);
  assert.match((await b.feed('disable', 'urlhaus')).talk, /urlhaus is off/);
  await b.feed('add', b.world.serve('/x', {}), ...OURS);
  assert.equal((await b.feed('remove', 'ours')).code, 0);
  assert.match((await b.feed('remove', 'urlhaus')).talk, /none of your own/);
});

test('a wrong command line says what to write instead', async (t) => {
  const b = await feedBench(t);
  for (const [args, talk] of [
    [[], /say one of list, status, add/],
    [['lst'], /say one of/],
    [['run'], /name one feed/],
    [['run', 'none'], /there is no feed none/],
    [['status', 'none'], /there is no feed none/],
    [['enable'], /name one or more/],
    [['enable', 'none'], /there is no feed none/],
    [['diff', 'x'], /by its number/],
    [['undo', '99'], /there is no run 99/],
    [['add'], /name one URL/],
    [['add', 'http://user:secret@feed.example.org/x', '--name', 'x'], /url/],
    [['add', 'ftp://feed.example.org/x', '--name', 'x'], /url/],
    [['add', 'https://feed.example.org/x', '--name', 'urlhaus'], /feed of the catalogue/],
    [['add', 'https://feed.example.org/x', '--name', 'x', '--interval', '1s'], /interval/],
  ] as const) {
    const outcome = await b.feed(...args);
    assert.equal(outcome.code, 2, args.join(' '));
    assert.match(outcome.talk, talk, args.join(' '));
    assert.doesNotMatch(outcome.talk, /secret/);
  }
});

test('a feed that another process runs is left to it', async (t) => {
  const b = await feedBench(t);
  await b.feed('add', b.world.serve('/x', { body: lines(0, 2) }), ...OURS);
  await b.withStore(async (store) => {
    await store.claimFeed('elsewhere/1/x', Date.now(), 60_000, 'ours');
  });
  const { code, talk } = await b.feed('run', 'ours');
  assert.equal(code, 2);
  assert.match(talk, /being run by another process/);
});

test('a feed that answers but has had nothing new for a month is told', async (t) => {
  const b = await feedBench(t);
  await b.feed('add', b.world.serve('/x', { body: lines(0, 2), etag: true }), ...OURS);
  await b.feed('run', 'ours');
  const env = { SOC_FEEDS: 'own', SOC_WARNINGLISTS: 'off', SOC_FETCH_ALLOW_NETWORKS: '127.0.0.0/8' };
  const later = (days: number) => (): number => Date.now() + days * 86_400_000;
  const status = async (days: number): Promise<string> =>
    (await b.run(['feed', 'status', 'ours'], { env, clock: later(days) })).out;
  assert.doesNotMatch(await status(29), /given it up/);
  assert.match(await status(40), /nothing new for 40 d: its publisher may have given it up/);
});
