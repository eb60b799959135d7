import assert from 'node:assert/strict';
import test from 'node:test';

import type { Live } from './live.ts';
import { live } from './live.ts';
import { lines } from './runs.ts';
import { gzipBomb, htmlPage, inCharset, redirect, type Script } from './world.ts';

const HOUR = 3_600_000;
const LIST = { format: 'list', absence: 'retracts' } as const;

test('a feed that has not changed costs one conditional request and publishes nothing', async (t) => {
  const { world, turn, feed, published } = await live(t);
  world.serve('/list.txt', { body: lines(0, 5), etag: true });
  const list = feed('/list.txt', LIST);
  assert.equal((await turn(list)).state, 'fine');
  const before = await published();
  assert.equal(before.size, 5);
  assert.equal((await turn(list)).state, 'unchanged');
  assert.equal(world.requests('/list.txt').at(-1)?.headers['if-none-match'] !== undefined, true);
  assert.deepEqual(await published(), before);
});

test('a server that knows no conditions is unchanged when it sends the same again', async (t) => {
  const { world, turn, feed } = await live(t);
  world.serve('/list.txt', { body: lines(0, 5), coding: 'br' });
  const list = feed('/list.txt', LIST);
  assert.equal((await turn(list)).state, 'fine');
  assert.equal((await turn(list)).state, 'unchanged');
});

test('the next snapshot publishes exactly what differs', async (t) => {
  const { world, turn, feed, standing, store } = await live(t);
  world.serve('/list.txt', { body: lines(0, 50) }, { body: lines(5, 53) });
  const list = feed('/list.txt', LIST);
  await turn(list);
  const before = await standing();
  const { run } = await turn(list);
  const { listed, added, same, absent } = run!.survey!;
  assert.deepEqual({ listed, added, same, absent }, { listed: 48, added: 3, same: 45, absent: 5 });
  const after = await standing();
  const versions = [...after].filter(([name, { modified }]) => before.get(name)?.modified !== modified);
  assert.deepEqual(
    versions.map(([name, { revoked }]) => `${name}${revoked === true ? ' revoked' : ''}`).sort(),
    [
      ...[0, 1, 2, 3, 4].map((index) => `host-${index}.example.net revoked`),
      ...[50, 51, 52].map((index) => `host-${index}.example.net`),
    ].sort(),
  );
  const changes = await store.listChanges(run!.run, 0, 100);
  assert.equal(changes.length, 8);
});

/** Every way in which a server fails its readers, and what the feed's state is then called. */
const FAULTS: readonly (readonly [name: string, script: Script | ((live: Live) => Script), state: string])[] =
  [
    ['error 500', { status: 500, body: 'oops' }, 'server_error'],
    ['no answer', { behaviour: 'hang' }, 'timed_out'],
    ['half an answer', { body: lines(0, 60), behaviour: 'half' }, 'truncated'],
    ['half an answer in chunks', { body: lines(0, 60), behaviour: 'half-chunked' }, 'truncated'],
    ['a page for people', htmlPage('Please sign in'), 'html'],
    [
      'a captcha',
      { ...htmlPage('Just a moment...'), status: 403, headers: { 'cf-mitigated': 'challenge' } },
      'blocked',
    ],
    ['gone', { status: 404 }, 'not_found'],
    ['too many requests', { status: 429, headers: { 'retry-after': '7200' } }, 'blocked'],
    ['a redirect loop', ({ world }) => redirect(`${world.origin}/feed`), 'redirect_loop'],
    ['a redirect to metadata', redirect('http://169.254.169.254/latest/meta-data/'), 'forbidden_address'],
    ['a redirect to a file', redirect('file:///etc/passwd'), 'forbidden_address'],
    ['nothing', { body: '' }, 'empty'],
    ['nothing but comments', { body: '# none today\n' }, 'empty'],
    ['another format', { body: '{"unexpected":[1,2,3]}' }, 'drifted'],
    ['a shrunk list', { body: lines(0, 10) }, 'held'],
    ['a swollen list', { body: lines(0, 2_000) }, 'held'],
    ['yesterday’s state', { body: lines(0, 60), lastModified: 'Mon, 12 Jan 2026 00:00:00 GMT' }, 'stale'],
  ];

for (const [name, script, state] of FAULTS) {
  test(`${name}: the feed is ${state}, the last good state stands, and it recovers by itself`, async (t) => {
    const bench = await live(t);
    const { world, turn, feed, published, clock, store } = bench;
    const good = { body: lines(0, 61), lastModified: 'Thu, 15 Jan 2026 09:00:00 GMT' };
    const next = { body: lines(1, 62), lastModified: 'Thu, 15 Jan 2026 11:00:00 GMT' };
    const fault = typeof script === 'function' ? script(bench) : script;
    world.serve('/feed', good);
    const list = feed('/feed', LIST);
    assert.equal((await turn(list)).state, 'fine');
    const before = await published();
    const { goodAt, goodRun } = (await store.listFeeds())[0]!;
    clock.advance(HOUR);
    world.serve('/feed', fault);
    const failed = await turn(list);
    assert.equal(failed.state, state, failed.reason);
    assert.ok((failed.reason ?? '').length > 10, 'it says why');
    assert.deepEqual(await published(), before);
    const record = (await store.listFeeds())[0]!;
    assert.deepEqual([record.state, record.goodAt, record.goodRun], [state, goodAt, goodRun]);
    clock.advance(24 * HOUR);
    world.serve('/feed', next);
    assert.equal((await turn(list)).state, 'fine');
    assert.deepEqual([...(await published()).keys()].sort(), lines(1, 62).trim().split('\n').sort());
  });
}

test('an endless body and a bomb end at the feed’s size', { timeout: 60_000 }, async (t) => {
  const { world, turn, feed, published } = await live(t);
  world.serve('/feed', { body: lines(0, 3) });
  const list = feed('/feed', LIST);
  await turn(list);
  world.serve('/feed', { body: await gzipBomb(600 * 1024 * 1024), headers: { 'content-encoding': 'gzip' } });
  const state = (await turn(list)).state;
  assert.ok(state === 'too_large' || state === 'timed_out', state);
  assert.equal((await published()).size, 3);
});

test('a list in another charset is read, whatever its remarks say', async (t) => {
  const { world, turn, feed, published } = await live(t);
  world.serve('/feed', inCharset('# d\u00e9j\u00e0 vu\nhost-1.example.net\nhost-2.example.net\n', 'latin1'));
  assert.equal((await turn(feed('/feed', LIST))).state, 'fine');
  assert.deepEqual([...(await published()).keys()].sort(), ['host-1.example.net', 'host-2.example.net']);
});

test('a time in 2083 is a mistake: nothing is published as of the future', async (t) => {
  const { world, turn, feed, published } = await live(t);
  const body = 'value,first_seen,last_seen\nhost-1.example.net,2083-01-01T00:00:00Z,2083-01-02T00:00:00Z\n';
  world.serve('/feed.csv', { body });
  assert.equal((await turn(feed('/feed.csv'))).state, 'fine');
  const indicator = (await published()).get('host-1.example.net');
  assert.match(indicator!.valid_until!, /^2026-/);
});

test('a key goes with the request and nowhere else', async (t) => {
  const bench = await live(t, undefined, { SOC_FEED_KEY_EXAMPLE: 'canary-key-0123' });
  const { world, turn, feed, store } = bench;
  world.serve('/feed', { body: lines(0, 2), key: ['auth-key', 'canary-key-0123'] });
  const credential = {
    setting: 'SOC_FEED_KEY_EXAMPLE',
    scheme: 'header',
    name: 'Auth-Key',
    required: true,
  } as const;
  const list = { ...feed('/feed', LIST), credential };
  assert.equal((await turn(list)).state, 'fine');
  world.serve('/feed', redirect(`${world.otherOrigin}/elsewhere`));
  world.serve('/elsewhere', { body: lines(0, 3), key: ['auth-key', 'canary-key-0123'] });
  const turned = await turn(list);
  assert.equal(turned.state, 'auth_failed');
  assert.equal(world.requests('/elsewhere')[0]?.headers['auth-key'], undefined);
  assert.doesNotMatch(JSON.stringify([await store.listFeeds(), await store.listRuns(9), turned]), /canary/);
});

test('what nobody should block is held, and its publisher is stopped when there is much of it', async (t) => {
  const { world, turn, feed, published, find } = await live(t);
  const hostile = ['google.com', '8.8.8.8', '10.1.2.3', '0.0.0.0/0', '127.0.0.1'];
  world.serve('/feed', { body: `${hostile.join('\n')}\n${lines(0, 40)}` });
  assert.equal((await turn(feed('/feed', LIST))).state, 'fine');
  assert.deepEqual(
    [...(await published()).keys()].filter((name) => hostile.includes(name)),
    [],
  );
  assert.ok((await find('domain', 'google.com'))?.hold);
  assert.equal((await find('ipv4', '8.8.8.8'))?.hold?.rule, 'public_resolver');
});

test('conclusions are drawn from what a source says, each with its evidence', async (t) => {
  const { world, turn, feed, find } = await live(t);
  world.serve('/feed.csv', { body: 'value,tags\nhost-1.example.net,emotet\n' });
  await turn(feed('/feed.csv'));
  const [sighting] = (await find('domain', 'host-1.example.net'))!.sightings;
  assert.deepEqual(
    sighting?.derived?.filter(({ kind }) => kind === 'family'),
    [{ kind: 'family', value: 'Emotet', from: 'tag "emotet"' }],
  );
});
