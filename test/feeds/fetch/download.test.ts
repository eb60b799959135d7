import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import test from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';

import { bodyOf, fetched, fetching, troubleOf } from '../fetching.ts';
import { CODERS, inCharset, startWorld } from '../world.ts';
import { zipOf } from './zip-archive.ts';

const LIST = 'a.example\nb.example\n'.repeat(500);

test('a document is kept in a file of its owner, with its length and digest', async (t) => {
  const world = await startWorld(t);
  const { get, spoolDirectory, spooled } = fetching(t);
  const url = world.serve('/list.txt', {
    body: LIST,
    headers: { 'content-type': 'text/plain', 'x-total': '2' },
  });
  const outcome = fetched(await get(url));
  assert.equal(bodyOf(outcome), LIST);
  assert.equal(outcome.bytes, LIST.length);
  assert.equal(outcome.sha256, createHash('sha256').update(LIST).digest('hex'));
  assert.equal(outcome.contentType, 'text/plain');
  assert.equal(outcome.headers['x-total'], '2');
  assert.equal(outcome.url, url);
  assert.equal(dirname(outcome.path), spoolDirectory);
  assert.equal(statSync(outcome.path).mode & 0o777, 0o600);
  assert.equal(statSync(spoolDirectory).mode & 0o777, 0o700);
  assert.deepEqual(spooled().length, 1);
});

test('every request says who asks and what it can read', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t, { contact: 'https://soc.example.com/feeds' });
  await get(world.serve('/', { body: 'x' }));
  const [request] = world.requests();
  assert.equal(request?.method, 'GET');
  assert.equal(request?.headers['user-agent'], 'soc-defenders/1.2.3 (+https://soc.example.com/feeds)');
  assert.equal(request?.headers['accept-encoding'], 'gzip, br, zstd, deflate');
  assert.equal(request?.headers.accept, '*/*');
  assert.equal(request?.headers.referer, undefined);
});

test('headers of the request are sent, and cannot speak for the program', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  const headers = { 'Auth-Key': 'k', Accept: 'application/taxii+json;version=2.1', 'User-Agent': 'Mozilla' };
  await get(world.serve('/', { body: 'x' }), { headers });
  const [request] = world.requests();
  assert.equal(request?.headers['auth-key'], 'k');
  assert.equal(request?.headers.accept, 'application/taxii+json;version=2.1');
  assert.equal(request?.headers['user-agent'], 'soc-defenders/1.2.3');
});

test('a server that knows the ETag answers with nothing', async (t) => {
  const world = await startWorld(t);
  const { get, spooled } = fetching(t);
  const url = world.serve('/', { body: LIST, etag: true });
  const { etag } = fetched(await get(url));
  assert.ok(etag);
  assert.deepEqual(await get(url, { etag }), { state: 'unchanged' });
  assert.equal(spooled().length, 1);
  assert.equal(world.requests()[1]?.headers['if-none-match'], etag);
});

test('a server that knows Last-Modified answers with nothing', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  const url = world.serve('/', { body: LIST, lastModified: 'Thu, 15 Jan 2026 10:00:00 GMT' });
  const { lastModified } = fetched(await get(url));
  assert.equal(lastModified, 'Thu, 15 Jan 2026 10:00:00 GMT');
  assert.deepEqual(await get(url, { lastModified }), { state: 'unchanged' });
});

test('a server that ignores conditions sends the same digest, and another one when something changed', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  const url = world.serve('/', { body: 'one' }, { body: 'one' }, { body: 'two' });
  const first = fetched(await get(url));
  const second = fetched(await get(url, { etag: '"old"', lastModified: 'Thu, 15 Jan 2026 10:00:00 GMT' }));
  const third = fetched(await get(url));
  assert.equal(second.sha256, first.sha256);
  assert.notEqual(third.sha256, first.sha256);
});

test('a 304 that nobody asked for is no success', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  assert.match(troubleOf(await get(world.serve('/', { status: 304 })), 'bad_answer'), /304/);
});

test('validators that could not be sent back are neither kept nor sent', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  const url = world.serve('/', { body: 'x', headers: { etag: `"${'e'.repeat(2_000)}"` } });
  assert.equal(fetched(await get(url, { etag: 'x\r\nX-Injected: 1' })).etag, undefined);
  assert.equal(world.requests()[0]?.headers['if-none-match'], undefined);
  assert.equal(world.requests()[0]?.headers['x-injected'], undefined);
});

for (const coding of Object.keys(CODERS) as (keyof typeof CODERS)[]) {
  test(`a body in ${coding} is decoded`, async (t) => {
    const world = await startWorld(t);
    const { get } = fetching(t);
    const outcome = fetched(await get(world.serve('/', { body: LIST, coding })));
    assert.equal(bodyOf(outcome), LIST);
    assert.equal(outcome.bytes, LIST.length);
  });
}

test('bytes are kept as they come, whatever their charset', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  for (const charset of ['latin1', 'utf16le'] as const) {
    const outcome = fetched(await get(world.serve('/', inCharset('Käse\n', charset))));
    assert.deepEqual(readFileSync(outcome.path), Buffer.from('Käse\n', charset));
    assert.match(outcome.contentType ?? '', /charset=/);
  }
});

test('an empty body stays empty, whatever coding it is announced in', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  for (const coding of ['identity', 'gzip', 'br', 'zstd', 'deflate', 'x-gzip']) {
    const url = world.serve(`/${coding}`, { headers: { 'content-encoding': coding } });
    assert.equal(fetched(await get(url)).bytes, 0, coding);
  }
  assert.equal(fetched(await get(world.serve('/none', { status: 204 }))).bytes, 0);
});

test('codings that are unknown or stacked are refused', async (t) => {
  const world = await startWorld(t);
  const { get, spooled } = fetching(t);
  for (const coding of ['gzip, gzip', 'br, gzip', 'compress', '__proto__', 'constructor', 'aes128gcm']) {
    const url = world.serve('/', { body: LIST, headers: { 'content-encoding': coding } });
    assert.match(troubleOf(await get(url), 'bad_answer'), /compressed/, coding);
  }
  assert.deepEqual(spooled(), []);
});

test('a document that is a gzip file is taken out of it, whatever it is called', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  const body = gzipSync(LIST);
  const script = { body, headers: { 'content-type': 'application/octet-stream' } };
  assert.equal(bodyOf(await get(world.serve('/list.csv.gz', script))), LIST);
  assert.equal(bodyOf(await get(world.serve('/list', { ...script, coding: 'br' }))), LIST);
  const members = Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]);
  assert.equal(bodyOf(await get(world.serve('/members.gz', { body: members }))), 'one\ntwo\n');
});

test('a document that is a zip archive of one file is taken out of it, whatever its name', async (t) => {
  const world = await startWorld(t);
  const { get, spooled } = fetching(t);
  for (const name of ['full.csv', '../../../../tmp/escaped', '/etc/passwd', 'C:\\full.csv', '\u0000']) {
    const body = zipOf([{ name: 'folder/' }, { name, body: LIST }]);
    assert.equal(bodyOf(await get(world.serve('/full.zip', { body }))), LIST, name);
  }
  const stored = zipOf([{ name: 'a', body: LIST, method: 'store' }]);
  assert.equal(bodyOf(await get(world.serve('/stored', { body: stored }))), LIST);
  assert.equal(spooled().length, 6, 'no archive is left');
});

test('a zip archive that does not hold one readable file is refused with the reason', async (t) => {
  const world = await startWorld(t);
  const { get, spooled } = fetching(t);
  const whole = zipOf([{ name: 'a', body: LIST }]);
  const broken = Buffer.from(whole);
  broken[60] = broken[60]! ^ 0xff;
  const wrong = Buffer.from(zipOf([{ name: 'a', body: LIST, method: 'store' }]));
  wrong[100] = wrong[100]! ^ 1;
  const cases: readonly (readonly [Buffer, RegExp])[] = [
    [
      zipOf([
        { name: 'a', body: 'a' },
        { name: 'b', body: 'b' },
      ]),
      /several files \(2 entries\)/,
    ],
    [zipOf([]), /no file/],
    [zipOf(Array.from({ length: 150 }, (_, at) => ({ name: `${at}/` }))), /no file/],
    [zipOf([{ name: 'a', body: LIST, encrypted: true }]), /encrypted/],
    [zipOf([{ name: 'a', body: LIST, statedSize: 5 }]), /damaged/],
    [broken, /damaged/],
    [wrong, /damaged/],
  ];
  for (const [body, reason] of cases) {
    assert.match(troubleOf(await get(world.serve('/', { body })), 'bad_answer'), reason);
  }
  const cut = world.serve('/cut', { body: whole.subarray(0, whole.length - 10) });
  assert.match(troubleOf(await get(cut), 'truncated'), /no end/);
  assert.deepEqual(spooled(), []);
});

test('data behind the end of compressed data is not lost in silence', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  const headers = { 'content-encoding': 'zstd' };
  const body = Buffer.concat([zstdCompressSync('one\n'), zstdCompressSync('two\n')]);
  assert.match(troubleOf(await get(world.serve('/', { body, headers })), 'bad_answer'), /behind the end/);
});

test('connections are used again', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  const url = world.serve('/', { body: LIST, etag: '"1"' });
  for (let time = 0; time < 8; time += 1) await get(url, time % 2 === 0 ? {} : { etag: '"1"' });
  assert.ok(world.connections <= 2, `${world.connections} connections`);
});

test('a connection that the server gave up meanwhile is made anew', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t);
  const url = world.serve('/', { body: 'one' }, { behaviour: 'reset' }, { body: 'two' });
  assert.equal(bodyOf(await get(url)), 'one');
  assert.equal(bodyOf(await get(url)), 'two');
});
