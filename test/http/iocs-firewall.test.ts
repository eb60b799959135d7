import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';

import fc from 'fast-check';

import type { Sighting } from '../../src/model/sighting.ts';
import type { Store } from '../../src/store/store.ts';
import { DAY, SOURCE, START, take } from '../store/fixtures.ts';
import { type Answer, addresses, bearer, errorOf, get, type Serving, serving } from './serving.ts';

const PATH = '/api/v1/iocs/firewall';
const PALO_ALTO = `${PATH}?profile=paloalto-ip`;

function address(last: number, confidence: number, lastSeen = START): Sighting {
  return { type: 'ipv4', value: `192.0.2.${last}`, confidence, lastSeen };
}

async function list(server: Serving, query: string): Promise<Answer> {
  const answer = await get(server, query, bearer(server.pro));
  assert.equal(answer.status, 200, answer.body.toString());
  return answer;
}

async function entries(server: Serving, query: string): Promise<string[]> {
  const { body } = await list(server, query);
  return body.length === 0 ? [] : body.toString().replace(/\n$/, '').split('\n');
}

test('a list has the highest ranked of all that match, not the newest', async (context) => {
  const server = await serving(context);
  await take(server.store, [address(1, 90), address(2, 50), address(3, 95)], START);
  server.clock.advance(DAY);
  await take(server.store, [address(4, 20, START + DAY), address(5, 50, START + DAY)], server.clock.now);
  server.clock.advance(5_000);
  const ranked = ['192.0.2.3', '192.0.2.1', '192.0.2.5', '192.0.2.2', '192.0.2.4'];
  assert.deepEqual(await entries(server, PALO_ALTO), ranked);
  for (const limit of [1, 2, 3, 4])
    assert.deepEqual(await entries(server, `${PALO_ALTO}&limit=${limit}`), ranked.slice(0, limit));
  assert.deepEqual(await entries(server, `${PALO_ALTO}&confidence=medium,low&limit=2`), ranked.slice(2, 4));
});

test('whatever is published, a list is the list of JSON put in the order of score, last sight and text', async (context) => {
  const server = await serving(context);
  const sighting = fc.record({
    type: fc.constant('ipv4' as const),
    value: fc.nat(60).map((last) => `192.0.2.${last}`),
    confidence: fc.nat(100),
    lastSeen: fc.nat(5).map((hours) => START - hours * 3_600_000),
  });
  const round = fc.record({
    batch: fc.uniqueArray(sighting, { minLength: 1, maxLength: 12, selector: ({ value }) => value }),
    limit: fc.integer({ min: 1, max: 70 }),
    levels: fc.constantFrom('', '&confidence=high', '&confidence=low,medium'),
  });
  for (const [at, { batch, limit, levels }] of fc.sample(round, { seed: 11, numRuns: 30 }).entries()) {
    await take(server.store, batch, server.clock.now, { ...SOURCE, name: `Feed ${at % 3}` });
    server.clock.advance(5_000);
    if (at % 4 === 3) await server.store.retract(batch.slice(0, 2), 'false positive', server.clock.now);
    server.clock.advance(5_000);
    const { body } = await list(server, `/api/v1/iocs?limit=10000${levels}`);
    const { data } = JSON.parse(body.toString()) as {
      data: { value: string; score: number; last_seen: string }[];
    };
    const ranked = data.toSorted(
      (a, b) =>
        b.score - a.score ||
        Date.parse(b.last_seen) - Date.parse(a.last_seen) ||
        (a.value < b.value ? -1 : 1),
    );
    const expected = ranked.map(({ value }) => value).slice(0, limit);
    assert.deepEqual(await entries(server, `${PALO_ALTO}&limit=${limit}${levels}`), expected);
  }
});

test('a list is one file: all that match without a limit, more than a page of anything else', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(10_500), START);
  server.clock.advance(20_000);
  const { body, headers } = await list(server, PALO_ALTO);
  assert.equal(new Set(body.toString().trimEnd().split('\n')).size, 10_500);
  assert.equal(headers.link, undefined);
  assert.deepEqual([headers['x-iocs-matched'], headers['x-iocs-left-out']], ['10500', '0']);
});

test('the answer says how many matched and how many of them were left out', async (context) => {
  const server = await serving(context);
  const urls = [
    'http://bad.example.com/a',
    'https://bad.example.com/a',
    'http://bad.example.com/*',
    'http://b.example.com/',
  ];
  await take(
    server.store,
    urls.map((value) => ({ type: 'url', value, lastSeen: START })),
    START,
  );
  server.clock.advance(5_000);
  const query = `${PATH}?profile=paloalto-url&limit=1`;
  const head = await get(server, query, bearer(server.pro), 'HEAD');
  assert.deepEqual([head.headers['x-iocs-matched'], head.headers['x-iocs-left-out']], ['4', undefined]);
  for (const [limit, leftOut] of [
    [1, '3'],
    [2, '2'],
    [3, '2'],
  ] as const) {
    const { headers } = await list(server, `${PATH}?profile=paloalto-url&limit=${limit}`);
    assert.deepEqual([headers['x-iocs-matched'], headers['x-iocs-left-out']], ['4', leftOut], String(limit));
  }
  const again = await get(server, query, bearer(server.pro), 'HEAD');
  assert.equal(again.headers['x-iocs-left-out'], '3');
  const empty = await list(server, PALO_ALTO);
  assert.deepEqual(
    [empty.body.length, empty.headers['x-iocs-matched'], empty.headers['x-iocs-left-out']],
    [0, '0', '0'],
  );
});

test('what is taken back is in no list', async (context) => {
  const server = await serving(context);
  await take(server.store, [address(1, 90), address(2, 90)], START);
  server.clock.advance(5_000);
  await server.store.retract([address(1, 90)], 'false positive', server.clock.now);
  server.clock.advance(5_000);
  for (const query of [PALO_ALTO, `${PALO_ALTO}&since=2026-01-01`])
    assert.deepEqual(await entries(server, query), ['192.0.2.2']);
});

test('a list that has not changed is a 304, and one of another limit or product is another', async (context) => {
  const server = await serving(context);
  await take(server.store, [address(1, 90), address(2, 80)], START);
  server.clock.advance(5_000);
  const tags = new Set<string>();
  for (const query of [PALO_ALTO, `${PALO_ALTO}&limit=1`, `${PATH}?profile=pfsense`]) {
    const first = await list(server, query);
    tags.add(first.headers.etag!);
    const same = await get(server, query, { ...bearer(server.pro), 'if-none-match': first.headers.etag! });
    assert.deepEqual([same.status, same.body.length], [304, 0]);
    const packed = await get(server, query, { ...bearer(server.pro), 'accept-encoding': 'gzip' });
    assert.deepEqual(gunzipSync(packed.body), first.body);
  }
  assert.equal(tags.size, 3);
  await take(server.store, [address(3, 99)], server.clock.now);
  server.clock.advance(5_000);
  const changed = await list(server, PALO_ALTO);
  assert.ok(!tags.has(changed.headers.etag!));
  assert.equal(changed.headers['content-type'], 'text/plain; charset=utf-8');
  assert.equal(changed.headers['content-disposition'], 'attachment; filename="iocs-paloalto-ip.txt"');
});

test('what a list cannot be asked for is refused with what there is', async (context) => {
  const server = await serving(context);
  for (const [query, parameter, message] of [
    ['', 'profile', /is needed/],
    ['?profile=other', 'profile', /paloalto-ip or .*opnsense/],
    ['?profile=paloalto-ip&profile=pfsense', 'profile', /more than once/],
    ['?profile=paloalto-ip&limit=50001', 'limit', /1 to 50000/],
    ['?profile=fortigate-ip&limit=131073', 'limit', /1 to 131072/],
    ['?profile=paloalto-ip&limit=0', 'limit', /1 to/],
    ['?profile=paloalto-ip&type=domain', 'type', /only ipv4, ipv6/],
    ['?profile=paloalto-ip&cursor=x', 'cursor', /no such parameter/],
    ['?profile=paloalto-ip&offset=1', 'offset', /no such parameter/],
    ['?profile=paloalto-ip&format=txt', 'format', /no such parameter/],
    ['?profile=paloalto-ip&revoked=include', 'revoked', /no such parameter/],
  ] as const) {
    const error = errorOf(await get(server, PATH + query, bearer(server.pro)));
    assert.deepEqual([error.code, error.details?.[0]?.parameter], ['invalid_parameter', parameter], query);
    assert.match(error.message, message);
  }
  const free = await get(server, PALO_ALTO, bearer(server.free));
  assert.equal(errorOf(free).code, 'insufficient_tier');
});

test('what is less certain is not read when what is more certain fills the list', async (context) => {
  const asked: unknown[] = [];
  const wrap = (store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: readonly unknown[]): unknown => {
          if (name === 'items') asked.push((args[0] as { levels: unknown }).levels);
          return Reflect.apply(value, target, args);
        };
      },
    });
  const server = await serving(context, { wrap });
  await take(server.store, [address(1, 90), address(2, 90), address(3, 50), address(4, 10)], START);
  server.clock.advance(5_000);
  await list(server, `${PALO_ALTO}&limit=2`);
  assert.deepEqual(asked.splice(0), [['high']]);
  await list(server, `${PALO_ALTO}&limit=3`);
  assert.deepEqual(asked.splice(0), [['high'], ['medium']]);
  await list(server, PALO_ALTO);
  assert.deepEqual(asked, [['high'], ['medium'], ['low']]);
});
