import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';

import fc from 'fast-check';

import { ApiError } from '../../src/errors.ts';
import { chooseCoding, CODINGS, takesIdentity } from '../../src/http/coding.ts';
import { noneMatch } from '../../src/http/etag.ts';
import { chooseMediaType } from '../../src/http/media-type.ts';
import { START, take } from '../store/fixtures.ts';
import { addresses, bearer, bundleOf, errorOf, get, serving } from './serving.ts';
import { cpuTime } from '../cpu-time.ts';

const BOTH = ['json', 'stix'] as const;

test('without a wish, or with any, it is the published JSON', () => {
  for (const accept of [
    undefined,
    '',
    '*/*',
    'application/json',
    'application/*',
    'APPLICATION/JSON; charset=utf-8',
    'text/html,application/xhtml+xml,*/*;q=0.8',
    'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2',
    'application/json;q=1.0, application/stix+json;q=0.9',
    'application/stix+json;version=2.0, */*;q=0.1',
  ]) {
    assert.equal(chooseMediaType(accept, BOTH), 'json', accept);
  }
});

test('who names STIX gets STIX', () => {
  for (const accept of [
    'application/stix+json',
    'application/stix+json;version=2.1',
    'application/stix+json; version="2.1"',
    'Application/Stix+Json ; Version=2.1',
    'application/json, application/stix+json',
    '*/*;q=0.5, application/stix+json',
    'application/json;q=0, */*',
    'application/stix+json;version=2.0;q=1, application/stix+json;version=2.1;q=0.2',
  ]) {
    assert.equal(chooseMediaType(accept, BOTH), 'stix', accept);
  }
});

test('a wish that cannot be met is not', () => {
  for (const accept of [
    'text/html',
    'application/stix+json;version=2.0',
    'application/taxii+json;version=2.1',
    'application/json;q=0',
    '*/*;q=0',
    'json',
    ',;,=',
    'application/json;q=abc',
  ]) {
    assert.throws(() => chooseMediaType(accept, BOTH), ApiError, accept);
  }
  assert.throws(() => chooseMediaType('application/stix+json', ['json']), ApiError);
});

test('the coding asked for most is taken, and the one we like best among equals', () => {
  const wishes: [string | undefined, string][] = [
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['gzip, deflate, br, zstd', 'zstd'],
    ['GZIP;q=1, br;q=0.5', 'gzip'],
    ['br;q=0, *', 'zstd'],
    ['deflate', 'identity'],
    ['identity', 'identity'],
    ['identity;q=0.5, gzip;q=0.4', 'identity'],
    ['gzip;q=0', 'identity'],
    ['*;q=0, gzip', 'gzip'],
  ];
  for (const [header, coding] of wishes) assert.equal(chooseCoding(header), coding, header);
  assert.throws(() => chooseCoding('identity;q=0'), ApiError);
  assert.throws(() => chooseCoding('*;q=0'), ApiError);
  assert.equal(takesIdentity('gzip'), true);
  assert.equal(takesIdentity('gzip, identity;q=0'), false);
  assert.equal(takesIdentity('gzip, *;q=0'), false);
});

test('no header makes negotiation fail in another way, or slowly', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (header) => {
      for (const choose of [() => chooseMediaType(header, BOTH), () => chooseCoding(header)]) {
        try {
          choose();
        } catch (error) {
          assert(error instanceof ApiError);
        }
      }
    }),
  );
  const start = cpuTime();
  for (const unit of [',', ';', '=', ' ', 'a;q=0.1,', '"']) chooseCoding(`${unit.repeat(16_000)}gzip`);
  assert(cpuTime() - start < 500);
});

test('an entity tag is met by itself, weak or in a list, and by a star', () => {
  assert(noneMatch('"a"', '"a"'));
  assert(noneMatch('W/"a"', '"a"'));
  assert(noneMatch('"b", W/"a"', '"a"'));
  assert(noneMatch(' * ', '"a"'));
  assert(!noneMatch(undefined, '"a"'));
  assert(!noneMatch('"a-gzip"', '"a"'));
  assert(!noneMatch('a', '"a"'));
});

test('the standard’s bundle comes under the standard’s type, without spec_version', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(2), START);
  const seed = bundleOf(await get(server, '', bearer(server.pro)));
  for (const [query, accept] of [
    ['', 'application/stix+json;version=2.1'],
    ['', 'application/stix+json'],
    ['?strict=true', '*/*'],
    ['?strict=true', 'application/json'],
  ] as const) {
    const answer = await get(server, query, { ...bearer(server.pro), accept });
    assert.equal(answer.headers['content-type'], 'application/stix+json;version=2.1');
    const { spec_version, objects } = bundleOf(answer);
    assert.equal(spec_version, undefined);
    assert.deepEqual(objects, seed.objects);
  }
});

test('406 says what is offered', async (context) => {
  const server = await serving(context);
  const answer = await get(server, '', { ...bearer(server.pro), accept: 'text/csv' });
  assert.equal(answer.status, 406);
  assert.match(errorOf(answer).message, /application\/json.*application\/stix\+json;version=2\.1/);
  const array = await get(server, '?format=objects', {
    ...bearer(server.pro),
    accept: 'application/stix+json',
  });
  assert.equal(array.status, 406);
});

test('each coding carries the same bytes under a tag of its own', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(1_200), START);
  const plain = await get(server, '?limit=1200', bearer(server.pro));
  const decode = {
    gzip: gunzipSync,
    br: brotliDecompressSync,
    zstd: zstdDecompressSync,
    identity: (b: Buffer) => b,
  };
  const tags = new Set<string>();
  for (const coding of CODINGS) {
    const headers = { ...bearer(server.pro), 'accept-encoding': coding };
    for (const state of ['cold', 'hot']) {
      const answer = await get(server, '?limit=1200', headers);
      assert.equal(answer.headers['content-encoding'], coding === 'identity' ? undefined : coding);
      assert(decode[coding](answer.body).equals(plain.body), `${state} ${coding}`);
      assert.match(answer.headers.vary ?? '', /^Accept, Accept-Encoding/);
      if (coding !== 'identity') assert(answer.body.length < plain.body.length / 4);
      tags.add(answer.headers.etag!);
    }
    const again = await get(server, '?limit=1200', { ...headers, 'if-none-match': [...tags].at(-1)! });
    assert.equal(again.status, 304);
  }
  assert.equal(tags.size, 4);
});
