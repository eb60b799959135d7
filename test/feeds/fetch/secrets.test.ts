import assert from 'node:assert/strict';
import test from 'node:test';

import { userAgent } from '../../../src/feeds/fetch/options.ts';
import { shownUrl } from '../../../src/feeds/fetch/shown-url.ts';
import { fetching } from '../fetching.ts';
import { type Behaviour, redirect, type Script, startWorld } from '../world.ts';

const CANARY = 'canary9f86d081884c7d659a2feaa0c55ad015';

test('no trouble tells what the request was to keep to itself', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t, { limits: { totalTimeout: 300 } });
  const behaviours: readonly Behaviour[] = [
    'hang',
    'stall',
    'half',
    'half-chunked',
    'reset',
    'noise',
    'endless',
  ];
  const scripts: readonly Script[] = [
    ...[202, 304, 400, 401, 403, 404, 429, 500].map((status) => ({ status, body: CANARY })),
    ...behaviours.map((behaviour) => ({ behaviour, body: `${CANARY}\n`.repeat(1_000) })),
    { body: CANARY, headers: { 'content-encoding': CANARY } },
    { body: CANARY, headers: { 'content-encoding': 'gzip' } },
    redirect(`/data/${CANARY}/list?key=${CANARY}`),
    redirect(`http://user:${CANARY}@10.0.0.1/${CANARY}?${CANARY}`),
    redirect(`${CANARY}://x`),
  ];
  for (const script of scripts) {
    const url = world.serve(`/data/${CANARY}/list`, script);
    const outcome = await get(`${url}?token=${CANARY}&${CANARY}#${CANARY}`, {
      headers: { 'Auth-Key': CANARY },
      maxBytes: 100_000,
    });
    assert.ok('reason' in outcome, JSON.stringify(script).slice(0, 100));
    assert.doesNotMatch(outcome.reason, /9f86d081884c7d659a2feaa0c55ad015/);
    assert.ok(outcome.reason.length < 500);
  }
});

test('a URL with a user name or password is not fetched: there are settings for these', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  const outcome = await get(world.serve('/', {}).replace('//', `//user:${CANARY}@`));
  assert.equal(outcome.state, 'auth_failed');
  assert.doesNotMatch(JSON.stringify(outcome), /canary|user:/);
  assert.equal(world.requests().length, 0);
});

test('URLs are shown without user info, values and what looks like a key', () => {
  const shown = (url: string): string => shownUrl(new URL(url));
  assert.equal(
    shown('https://u:p@feeds.example.com:8443/a/b.csv#x'),
    'https://feeds.example.com:8443/a/b.csv',
  );
  assert.equal(shown('https://feeds.example.com/x?key=1&n=&bare'), 'https://feeds.example.com/x?key=…&n=…&…');
  assert.equal(
    shown('http://data.example.com/data/0123456789abcdef0123456789/online-valid.csv'),
    'http://data.example.com/data/…/online-valid.csv',
  );
  assert.equal(
    shown('https://feeds.example.com/blocklists/compromised-ips-and-their-friends.txt'),
    'https://feeds.example.com/blocklists/compromised-ips-and-their-friends.txt',
  );
  assert.ok(shown(`https://feeds.example.com/${'long/'.repeat(1_000)}`).length <= 201);
});

test('what introduces us holds a version and a contact, and nothing that ends the header', () => {
  assert.equal(userAgent('1.2.3'), 'soc-defenders/1.2.3');
  assert.equal(userAgent('1.2.3', 'soc@example.com'), 'soc-defenders/1.2.3 (+soc@example.com)');
  for (const contact of ['a b', 'a)', '(a', 'a\n', 'a\r\nX: 1', 'ü@example.com', 'a'.repeat(201)]) {
    assert.throws(() => userAgent('1.2.3', contact), /is no contact/);
  }
});
