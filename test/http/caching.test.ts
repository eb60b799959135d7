import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { BodyCache } from '../../src/http/body-cache.ts';
import { OutgrownError, Rendering } from '../../src/http/rendering.ts';
import type { Store } from '../../src/store/store.ts';
import { START, take } from '../store/fixtures.ts';
import { addresses, bearer, bundleOf, get, indicatorsOf, serving } from './serving.ts';

/** Counts the calls that read rows. */
function counting(counts: Record<string, number>) {
  return (store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          counts[String(name)] = (counts[String(name)] ?? 0) + 1;
          return Reflect.apply(value, target, args);
        };
      },
    });
}

test('an answer carries a strong tag, and when its newest indicator was modified', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(3), START);
  const answer = await get(server, '?since=2026-01-01', bearer(server.pro));
  assert.match(answer.headers.etag ?? '', /^"[\w-]{22}"$/);
  assert.equal(answer.headers['cache-control'], 'private, no-cache');
  const newest = Date.parse(indicatorsOf(answer).at(-1)!.modified);
  assert.equal(Date.parse(answer.headers['last-modified']!), Math.floor(newest / 1_000) * 1_000);
});

test('what has not changed is 304 without a row being touched', async (context) => {
  const counts: Record<string, number> = {};
  const server = await serving(context, { wrap: counting(counts) });
  await take(server.store, addresses(3), START);
  const { headers } = await get(server, '?limit=2&since=2026-01-01', bearer(server.pro));
  const reads = counts.slice;
  for (let count = 0; count < 5; count += 1) {
    server.clock.advance(10_000);
    const again = await get(server, '?limit=2&since=2026-01-01', {
      ...bearer(server.pro),
      'if-none-match': headers.etag!,
    });
    assert.equal(again.status, 304);
    assert.equal(again.body.length, 0);
    assert.equal(again.headers.etag, headers.etag);
    assert.equal(again.headers.link, headers.link);
    assert.equal(again.headers['x-next-since'], headers['x-next-since']);
    assert.equal(again.headers['cache-control'], 'private, no-cache');
  }
  assert.equal(counts.slice, reads);
});

test('a publication that concerns the query changes the tag, and one that does not leaves it', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(3), START);
  const tag = async (query: string) => (await get(server, query, bearer(server.pro))).headers.etag;
  const [six, four] = [await tag('?type=ipv6'), await tag('?type=ipv4')];
  server.clock.advance(1_000);
  await take(server.store, [{ type: 'ipv4', value: '192.0.2.1', lastSeen: START }], server.clock.now);
  server.clock.advance(10);
  assert.equal(await tag('?type=ipv6'), six);
  assert.notEqual(await tag('?type=ipv4'), four);
});

test('whether more remains is part of the tag, as Link depends on it', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(2), START);
  const query = '?limit=2&since=2026-01-01';
  const before = await get(server, query, bearer(server.pro));
  server.clock.advance(1_000);
  await take(server.store, [{ type: 'ipv4', value: '192.0.2.1', lastSeen: START }], server.clock.now);
  server.clock.advance(10);
  const after = await get(server, query, { ...bearer(server.pro), 'if-none-match': before.headers.etag! });
  assert.equal(after.status, 200);
  assert.notEqual(after.headers.link, undefined);
  assert.deepEqual(after.body, before.body);
});

test('every way to write an answer has a tag of its own', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(2), START);
  const tags = new Map<string, string>();
  for (const query of [
    '',
    '?strict=true',
    '?format=objects',
    '?include_identity=false',
    '?include_markings=true',
    '?include=related',
    '?tlp=green',
    '?tlp=red',
    '?tlp_version=2',
    '?since=2026-01-01',
    '?revoked=include',
    '?type=ipv6',
    '?limit=1',
  ]) {
    const { headers } = await get(server, query, bearer(server.pro));
    assert.equal(tags.get(headers.etag!), undefined, query);
    tags.set(headers.etag!, query);
  }
});

test('HEAD has the headers of GET, and its length once that is known', async (context) => {
  const counts: Record<string, number> = {};
  const server = await serving(context, { wrap: counting(counts) });
  await take(server.store, addresses(3), START);
  const head = await get(server, '', bearer(server.pro), 'HEAD');
  assert.equal(head.status, 200);
  assert.equal(head.body.length, 0);
  assert.equal(counts.slice, undefined);
  const whole = await get(server, '', bearer(server.pro));
  const again = await get(server, '', bearer(server.pro), 'HEAD');
  assert.equal(again.headers.etag, head.headers.etag);
  assert.equal(Number(again.headers['content-length']), whole.body.length);
});

test('the same again is not rendered again, nor for another key, and equal requests share a rendering', async (context) => {
  const counts: Record<string, number> = {};
  const server = await serving(context, { wrap: counting(counts) });
  await take(server.store, addresses(2_000), START);
  const other = await server.key('pro');
  await get(server, '?limit=2000&tlp=green', bearer(server.pro));
  const one = counts.slice!;
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      get(server, '?limit=2000', bearer(index % 2 === 0 ? server.pro : other)),
    ),
  );
  // The first of all may be rendered for its own client, before it is known that others ask for the same.
  assert(counts.slice! <= 3 * one, `${counts.slice} slices, ${one} for one rendering`);
  assert.equal(counts.extent, 2);
  for (const answer of answers) assert(answer.body.equals(answers[0]!.body));
  const then = counts.slice;
  assert.equal(bundleOf(await get(server, '?limit=2000', bearer(other))).objects.length, 2_001);
  assert.equal(counts.slice, then);
});

test('content that was asked for with another since is not rendered again', async (context) => {
  const counts: Record<string, number> = {};
  const server = await serving(context, { wrap: counting(counts) });
  await take(server.store, addresses(2_000), START);
  for (const day of ['01', '02']) await get(server, `?limit=3000&since=2026-01-${day}`, bearer(server.pro));
  const then = counts.slice;
  await get(server, '?limit=2500&since=2026-01-03', bearer(server.pro));
  assert.equal(counts.slice, then);
});

test('without room for it an answer is rendered for its client alone, with the same bytes and tag', async (context) => {
  const server = await serving(context);
  const poor = await serving(context, { config: { cacheBytes: 10_000 } });
  for (const { store } of [server, poor]) await take(store, addresses(1_500), START);
  for (const accept of ['identity', 'gzip', 'gzip, identity;q=0']) {
    for (const query of ['?limit=1500', '?limit=1500&include=related']) {
      const wanted = await get(server, query, { ...bearer(server.pro), 'accept-encoding': accept });
      const got = await get(poor, query, { ...bearer(poor.pro), 'accept-encoding': accept });
      const coding = accept === 'gzip' ? undefined : wanted.headers['content-encoding'];
      assert.equal(got.headers['content-encoding'], coding);
      if (accept === 'gzip') continue;
      assert.equal(got.headers.etag, wanted.headers.etag);
      assert(got.body.equals(wanted.body));
    }
  }
});

test('an answer that outgrows its room on the way is still whole', async (context) => {
  const server = await serving(context);
  const long = 'x'.repeat(3_000);
  const tight = await serving(context, { config: { cacheBytes: 2_000_000, cacheBodyBytes: 2_000_000 } });
  for (const { store } of [server, tight]) await take(store, addresses(1_000, { comment: long }), START);
  const headers = (key: string) => ({ ...bearer(key), 'accept-encoding': 'identity' });
  const wanted = await get(server, '?limit=1000', headers(server.pro));
  assert(wanted.body.length > 2_000_000);
  const got = await Promise.all(
    Array.from({ length: 3 }, () => get(tight, '?limit=1000', headers(tight.pro))),
  );
  for (const answer of got) assert(answer.body.equals(wanted.body));
});

test('the cache never holds more than its budget, and gives up first what was used longest ago', () => {
  const sizes = fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 30_000 }), fc.nat({ max: 30_000 })), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(sizes, (bodies) => {
      const cache = new BodyCache(100_000, 25_000);
      for (const [name, estimate, size] of bodies) {
        const key = String(name);
        const room = cache.reserve(estimate);
        assert(cache.used <= 100_000);
        if (room === undefined) continue;
        if (room.grow(size)) room.keep(key, [new Uint8Array(size)])();
        else room.release();
        assert(cache.used <= 100_000);
        const kept = cache.borrow(key);
        if (kept !== undefined && name % 2 === 0) kept.release();
      }
    }),
  );
  const cache = new BodyCache(10_000, 4_000);
  for (const key of ['a', 'b', 'c']) {
    cache.borrow('a')?.release();
    const room = cache.reserve(3_000);
    room?.grow(3_000);
    room?.keep(key, [new Uint8Array(3_000)])();
  }
  assert.equal(cache.lengthOf('a'), 3_000);
  assert.equal(cache.lengthOf('b'), undefined);
});

test('a body that is being sent keeps its room until it has been', () => {
  const cache = new BodyCache(5_000, 4_000);
  const room = cache.reserve(3_000)!;
  assert(room.grow(1_000) && room.grow(2_000));
  room.keep('a', [new Uint8Array(1_000), new Uint8Array(2_000)])();
  const { bytes, release } = cache.borrow('a')!;
  assert.equal(bytes.byteLength, 3_000);
  assert.equal(cache.reserve(3_000), undefined);
  release();
  release();
  assert.notEqual(cache.reserve(3_000), undefined);
});

async function* numbers(seen: number[], count: number): AsyncGenerator<Uint8Array> {
  for (let number = 0; number < count; number += 1) {
    await Promise.resolve();
    seen.push(number);
    yield Uint8Array.of(number);
  }
}

test('all readers of a rendering get all of it', async () => {
  const cache = new BodyCache(100_000, 50_000);
  const seen: number[] = [];
  const rendering = new Rendering(cache.reserve(100)!);
  const [early, late] = [rendering.read(), rendering.read()];
  const running = rendering.run(numbers(seen, 5), 'a');
  assert.equal((await Array.fromAsync(early)).length, 5);
  assert.equal((await late.next()).done, false);
  await running;
  assert.equal(cache.lengthOf('a'), 5);
  assert.equal(cache.reserve(50_000)?.grow(50_000), true);
  assert.equal(cache.reserve(48_900), undefined, 'what is still being read keeps its room');
  assert.equal((await Array.fromAsync(late)).length, 4);
  assert.notEqual(cache.reserve(47_900), undefined);
});

test('a rendering that nobody reads any more stops, and gives its room back', async () => {
  const cache = new BodyCache(100_000, 50_000);
  const left: number[] = [];
  const abandoned = new Rendering(cache.reserve(100)!);
  const used = cache.used;
  const reader = abandoned.read();
  const end = abandoned.run(numbers(left, 200), 'b');
  await reader.next();
  await reader.return(undefined);
  await end;
  assert(left.length < 20);
  assert.equal(abandoned.open, false);
  assert.equal(cache.lengthOf('b'), undefined);
  assert(cache.used < used);
});

test('a rendering that fails, or outgrows its room, tells all its readers and keeps nothing', async () => {
  const cache = new BodyCache(2_000, 500);
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(10);
    throw new Error('disk');
  }
  const failed = new Rendering(cache.reserve(100)!);
  const readers = [failed.read(), failed.read()].map((reader) =>
    assert.rejects(Array.fromAsync(reader), /disk/),
  );
  await failed.run(broken(), 'a');
  await Promise.all(readers);
  const large = new Rendering(cache.reserve(100)!);
  const reader = assert.rejects(Array.fromAsync(large.read()), OutgrownError);
  await large.run(numbers([], 600), 'b');
  await reader;
  assert.equal(cache.used, 0);
});
