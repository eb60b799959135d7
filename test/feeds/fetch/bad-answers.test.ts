import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import test from 'node:test';
import { gzipSync } from 'node:zlib';

import type { FetchTrouble } from '../../../src/feeds/fetch/fetcher.ts';
import { bodyOf, fetched, fetching, NOW, troubleOf } from '../fetching.ts';
import { CODERS, htmlPage, type Script, startWorld } from '../world.ts';

const LIST = 'a.example\nb.example\n'.repeat(5_000);
const KEY = { 'Auth-Key': 'canary' };

const ANSWERS: readonly (readonly [number, Record<string, string> | undefined, FetchTrouble, RegExp])[] = [
  [202, undefined, 'server_error', /nothing ready/],
  [206, undefined, 'truncated', /a part/],
  [400, undefined, 'bad_answer', /does not understand/],
  [401, undefined, 'auth_failed', /wants a key/],
  [401, KEY, 'auth_failed', /does not know the configured key/],
  [402, KEY, 'auth_failed', /paid/],
  [403, undefined, 'blocked', /refuses us/],
  [403, KEY, 'auth_failed', /refuses the configured key/],
  [404, undefined, 'not_found', /new address/],
  [406, undefined, 'bad_answer', /does not understand/],
  [408, undefined, 'server_error', /too long/],
  [410, undefined, 'not_found', /gone for good/],
  [429, undefined, 'blocked', /too many requests/],
  [429, KEY, 'blocked', /too many requests/],
  [451, undefined, 'blocked', /legal/],
  [500, undefined, 'server_error', /trouble/],
  [502, undefined, 'server_error', /trouble/],
  [503, undefined, 'server_error', /trouble/],
  [599, undefined, 'server_error', /trouble/],
];

for (const [status, headers, state, meaning] of ANSWERS) {
  test(`a ${status} ${headers ? 'with' : 'without'} a key means ${state}`, async (t) => {
    const world = await startWorld(t);
    const { get, spooled } = fetching(t);
    const url = world.serve('/list', { status, body: 'sorry' });
    const reason = troubleOf(await get(url, { ...(headers && { headers }) }), state);
    assert.match(reason, meaning);
    assert.ok(reason.startsWith(`${url} answers ${status}: `), reason);
    assert.deepEqual(spooled(), []);
  });
}

test('a key that the server knows opens the feed, no key and another one do not', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  const url = world.serve('/list', { body: LIST, key: ['auth-key', 'right'] });
  assert.equal(bodyOf(await get(url, { headers: { 'Auth-Key': 'right' } })), LIST);
  troubleOf(await get(url, { headers: { 'Auth-Key': 'wrong' } }), 'auth_failed');
  troubleOf(await get(url), 'auth_failed');
});

const CHALLENGES: readonly Script[] = [
  { ...htmlPage('Just a moment...'), status: 403 },
  { ...htmlPage('Attention Required! | Cloudflare'), status: 403, coding: 'br' },
  { status: 403, headers: { 'cf-mitigated': 'challenge' } },
  {
    status: 429,
    body: '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate"></script>',
    coding: 'gzip',
  },
  { status: 503, body: 'Checking your browser before accessing: DDoS-Guard' },
  { status: 405, body: 'Please solve the CAPTCHA' },
  { status: 403, body: `<html>${' '.repeat(5_000)}<iframe src="/_Incapsula_Resource?x=1">`, behaviour: 'ok' },
];

test('a page that tests for a browser means blocked, with a key as well', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  for (const script of CHALLENGES) {
    const reason = troubleOf(await get(world.serve('/', script), { headers: KEY }), 'blocked');
    assert.match(reason, /tests whether we are a browser/);
  }
});

test('an error page that is endless, damaged or never ends does not hold us', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t, { limits: { idleTimeout: 200 } });
  const scripts: readonly Script[] = [
    { status: 403, body: LIST, behaviour: 'endless' },
    { status: 403, body: LIST, behaviour: 'stall' },
    { status: 403, body: LIST, behaviour: 'half' },
    { status: 403, body: LIST, headers: { 'content-encoding': 'gzip' } },
    { status: 403, body: LIST, headers: { 'content-encoding': 'unknown' } },
  ];
  for (const script of scripts) troubleOf(await get(world.serve('/', script)), 'blocked');
});

test('a page with status 200 is handed on as it is: what it means is for its reader', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  const outcome = fetched(await get(world.serve('/', htmlPage('Maintenance'))));
  assert.equal(outcome.contentType, 'text/html; charset=utf-8');
  assert.match(bodyOf(outcome), /Maintenance/);
});

test('Retry-After is understood in seconds and as a date, at any refusal', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  const cases: readonly (readonly [string, number | undefined])[] = [
    ['120', NOW + 120_000],
    ['Thu, 15 Jan 2026 12:30:00 GMT', NOW + 1_800_000],
    ['Thu, 15 Jan 2026 11:59:59 GMT', undefined],
    ['Thu, 15 Jan 2083 12:00:00 GMT', NOW + 7 * 86_400_000],
    ['99999999999', undefined],
    ['9999999999', NOW + 7 * 86_400_000],
    ['0', undefined],
    ['-1', undefined],
    ['soon', undefined],
    ['', undefined],
  ];
  for (const [value, expected] of cases) {
    for (const status of [429, 503, 403, 500]) {
      const outcome = await get(world.serve('/', { status, headers: { 'retry-after': value } }));
      assert.equal('retryAt' in outcome ? outcome.retryAt : undefined, expected, `${status} ${value}`);
    }
  }
});

test('an answer that is cut short is never taken for the whole', async (t) => {
  const world = await startWorld(t);
  const { get, spooled } = fetching(t);
  const whole = gzipSync(LIST);
  const half = whole.subarray(0, whole.length / 2);
  const headers = { 'content-encoding': 'gzip' };
  const scripts: readonly Script[] = [
    { body: LIST, behaviour: 'half' },
    { body: LIST, behaviour: 'half-chunked' },
    { body: LIST, behaviour: 'half', coding: 'gzip' },
    { body: LIST, behaviour: 'half-chunked', coding: 'br' },
    { body: half, headers },
    { body: whole.subarray(0, -1), headers },
    { body: half },
    ...(['br', 'zstd', 'deflate'] as const).map((coding) => ({
      body: CODERS[coding](LIST).subarray(0, -3),
      headers: { 'content-encoding': coding },
    })),
  ];
  for (const script of scripts) troubleOf(await get(world.serve('/list', script)), 'truncated');
  assert.deepEqual(spooled(), []);
});

test('compressed data that is damaged is told', async (t) => {
  const world = await startWorld(t);
  const { get, spooled } = fetching(t);
  for (const coding of ['gzip', 'br', 'zstd', 'deflate'] as const) {
    const url = world.serve('/', { body: `<html>${LIST}`, headers: { 'content-encoding': coding } });
    assert.match(troubleOf(await get(url), 'bad_answer'), /damaged/, coding);
  }
  const flipped = gzipSync(LIST);
  flipped[flipped.length - 6]! ^= 1;
  assert.match(troubleOf(await get(world.serve('/', { body: flipped })), 'bad_answer'), /damaged/);
  assert.deepEqual(spooled(), []);
});

test('an answer may be as large as the feed may be, and not a byte larger', async (t) => {
  const world = await startWorld(t);
  const { get, spooled } = fetching(t);
  for (const script of [{}, { coding: 'gzip' }, { behaviour: 'endless' }] as const) {
    const url = world.serve('/', { body: LIST, ...script });
    const outcome = await get(url, { maxBytes: LIST.length - 1 });
    assert.match(troubleOf(outcome, 'too_large'), new RegExp(`larger than the ${LIST.length - 1} bytes`));
  }
  assert.equal(bodyOf(await get(world.serve('/', { body: LIST }), { maxBytes: LIST.length })), LIST);
  assert.equal(spooled().length, 1);
});

test('a length that is announced too large is refused before anything is taken', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  const url = world.serve('/', { body: LIST, behaviour: 'stall' });
  const start = performance.now();
  troubleOf(await get(url, { maxBytes: LIST.length - 1 }), 'too_large');
  assert.ok(performance.now() - start < 1_000);
});

test('what is not HTTP is told', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  const answers = [
    '220 mail.example.com ESMTP\r\n',
    'HTTP/1.1 abc\r\n\r\n',
    `HTTP/1.1 200 OK\r\nX-Large: ${'x'.repeat(100_000)}\r\n\r\n`,
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  ];
  for (const body of answers) {
    troubleOf(await get(world.serve('/', { body, behaviour: 'noise' })), 'bad_answer');
  }
  const lengths = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!';
  assert.notEqual((await get(world.serve('/', { body: lengths, behaviour: 'noise' }))).state, 'fetched');
});

test('a server that cannot be reached is told, and why', async (t) => {
  const world = await startWorld(t);
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as { port: number };
  free.close();
  await once(free, 'close');
  const { get } = fetching(t, {
    resolve: (hostname) =>
      hostname === 'empty.example.com'
        ? Promise.resolve([])
        : Promise.reject(Object.assign(new Error('no'), { code: 'EAI_AGAIN' })),
  });
  assert.match(troubleOf(await get(`http://127.0.0.1:${port}/`), 'unreachable'), /nothing listens/);
  assert.match(troubleOf(await get('http://feeds.example.com/'), 'unreachable'), /no network/);
  assert.match(troubleOf(await get('http://empty.example.com/'), 'unreachable'), /no such host/);
  const reset = await get(world.serve('/', { behaviour: 'reset' }));
  assert.match(troubleOf(reset, 'unreachable'), /closed without an answer/);
});

test('a URL that leads to no web server is refused', async (t) => {
  const { get } = fetching(t);
  for (const url of [
    '',
    'feeds.example.com',
    'file:///etc/passwd',
    'ftp://192.0.2.1/',
    'http://',
    'http://[::1',
    '/x',
  ]) {
    troubleOf(await get(url), 'forbidden_address');
  }
});

test('a key that cannot be sent is told without being shown', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  for (const [name, value] of [
    ['Auth-Key', 'canary\n'],
    ['Auth-Key', 'canary\r\nX-Evil: 1'],
    ['Auth-Key', 'canary\u2026'],
    ['Auth Key', 'canary'],
  ] as const) {
    const reason = troubleOf(await get(world.serve('/', {}), { headers: { [name]: value } }), 'auth_failed');
    assert.doesNotMatch(reason, /canary/);
  }
  assert.equal(world.requests().length, 0);
});

test('a spool that cannot be written to is our own trouble, and told as such', async (t) => {
  const world = await startWorld(t);
  const { get, spoolDirectory } = fetching(t);
  writeFileSync(spoolDirectory, 'a file is in the way');
  assert.match(troubleOf(await get(world.serve('/', { body: LIST })), 'spool_failed'), /EEXIST/);
});
