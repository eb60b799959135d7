import assert from 'node:assert/strict';
import { test } from 'node:test';

import { IOC_TYPES, type IocType } from '../../src/model/ioc.ts';
import type { Sighting } from '../../src/model/sighting.ts';
import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { START, take } from '../store/fixtures.ts';
import { addresses, bearer, bundleOf, errorOf, get, indicatorsOf, type Serving, serving } from './serving.ts';

const VALUES: Record<IocType, string> = {
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  domain: 'bad.example.com',
  url: 'http://bad.example.com/a',
  md5: 'd41d8cd98f00b204e9800998ecf8427e',
  sha1: 'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  cve: 'CVE-2024-12345',
  'mitre-attack': 'T1059.001',
  email: 'bad@example.com',
};

const ALL: Sighting[] = IOC_TYPES.map((type) => ({ type, value: VALUES[type], lastSeen: START }));

async function names(server: Serving, query: string): Promise<string[]> {
  return indicatorsOf(await get(server, query, bearer(server.pro))).map(({ name }) => name);
}

/** Follows the links from a query to the end. */
async function pages(server: Serving, query: string): Promise<string[][]> {
  const all: string[][] = [];
  for (let next: string | undefined = query; next !== undefined;) {
    const answer = await get(server, next, bearer(server.pro));
    all.push(indicatorsOf(answer).map(({ name }) => name));
    next = /^<([^>]+)>; rel="next"$/.exec(answer.headers.link ?? '')?.[1];
  }
  return all;
}

test('the bundle is the published one: identity first, then one indicator for each IOC', async (context) => {
  const server = await serving(context);
  await take(server.store, ALL, START);
  const answer = await get(server, '', bearer(server.pro));
  const bundle = bundleOf(answer);
  assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  assert.deepEqual(Object.keys(bundle), ['type', 'spec_version', 'id', 'objects']);
  assert.equal(bundle.type, 'bundle');
  assert.equal(bundle.spec_version, '2.1');
  assert.match(bundle.id, /^bundle--[0-9a-f-]{36}$/);
  const [identity, ...indicators] = bundle.objects;
  assert.equal(identity?.id, `identity--${SOC_DEFENDERS.uuid}`);
  assert.equal(identity?.name, 'SOC Defenders');
  assert.equal(indicators.length, 10);
  for (const indicator of indicators) {
    assert.equal(indicator.type, 'indicator');
    assert.equal(indicator.pattern_type, 'stix');
    assert.match(String(indicator.pattern), /^\[[a-z]/);
    assert.match(String(indicator.valid_from), /^2026-01-15T10:00:00.000Z$/);
    assert.equal(indicator.created_by_ref, identity?.id);
  }
});

test('an empty result is a bundle with the identity alone', async (context) => {
  const server = await serving(context);
  const answer = await get(server, '?type=ipv4', bearer(server.pro));
  assert.deepEqual(
    bundleOf(answer).objects.map(({ type }) => type),
    ['identity'],
  );
  assert.equal(answer.headers.link, undefined);
  assert.equal(answer.headers['last-modified'], undefined);
});

test('type, confidence and industry each filter, and together', async (context) => {
  const server = await serving(context);
  const levels = { low: 15, medium: 50, high: 85 };
  const sightings = ALL.flatMap(({ type }) => (type === 'domain' ? Object.entries(levels) : [])).map(
    ([level, confidence]): Sighting => ({
      type: 'domain',
      value: `${level}.example.com`,
      confidence,
      lastSeen: START,
      sectors: level === 'low' ? ['water'] : ['energy', 'water'],
    }),
  );
  await take(server.store, [...ALL.filter(({ type }) => type !== 'domain'), ...sightings], START);
  for (const type of IOC_TYPES.filter((name) => name !== 'domain')) {
    assert.deepEqual(await names(server, `?type=${type}`), [VALUES[type]]);
  }
  assert.deepEqual((await names(server, '?type=mitre_attack,cve')).sort(), ['CVE-2024-12345', 'T1059.001']);
  assert.deepEqual(await names(server, '?type=domain&confidence=high'), ['high.example.com']);
  assert.deepEqual((await names(server, '?industry=electricity')).sort(), [
    'high.example.com',
    'medium.example.com',
  ]);
  assert.deepEqual(await names(server, '?industry=energy&confidence=medium&type=domain'), [
    'medium.example.com',
  ]);
  assert.equal((await names(server, '?industry=energy,water')).length, 3);
  assert.deepEqual(await names(server, '?industry=dams'), []);
});

test('without since the newest come first, and pages lead to the end, each indicator once', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(7), START);
  const all = addresses(7).map(({ value }) => value);
  const found = await pages(server, '?limit=3&type=ipv6');
  assert.deepEqual(
    found.map(({ length }) => length),
    [3, 3, 1],
  );
  assert.deepEqual(found.flat(), all.toReversed());
  assert.equal((await pages(server, '?limit=7')).length, 1);
});

test('with since the oldest come first, and the last modified leads on without loss or repetition', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(7), START);
  const all = addresses(7).map(({ value }) => value);
  assert.deepEqual((await pages(server, '?limit=2&since=2026-01-01')).flat(), all);

  const polled: string[] = [];
  for (let since = '2026-01-01T00:00:00Z'; polled.length < 7;) {
    const answer = await get(server, `?limit=2&since=${since}`, bearer(server.pro));
    const indicators = indicatorsOf(answer);
    polled.push(...indicators.map(({ name }) => name));
    since = answer.headers['x-next-since']!;
    assert.equal(since, indicators.at(-1)?.modified);
  }
  assert.deepEqual(polled, all);
});

test('an ascending page that is empty repeats the since that was asked for', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(1), START);
  const answer = await get(server, '?since=2026-01-15T12:30:00%2B02:00', bearer(server.pro));
  assert.equal(answer.headers['x-next-since'], '2026-01-15T10:30:00.000Z');
  assert.equal((await get(server, '', bearer(server.pro))).headers['x-next-since'], undefined);
});

test('a link carries the filters, and a cursor goes with no others', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(5), START);
  const answer = await get(
    server,
    '?limit=2&type=ipv6&tlp=amber%2Bstrict&since=2026-01-01',
    bearer(server.pro),
  );
  const link = /^<([^>]+)>/.exec(answer.headers.link!)![1]!;
  const next = new URL(link, 'http://x.example');
  assert.equal(next.pathname, '/api/v1/iocs/stix');
  assert.deepEqual([...next.searchParams.keys()], ['limit', 'type', 'tlp', 'since', 'cursor']);
  assert.equal(next.searchParams.get('tlp'), 'amber+strict');
  const again = await get(server, link, bearer(server.pro));
  assert.equal(
    indicatorsOf(again)[0]?.object_marking_refs[0],
    'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
  );
  const cursor = next.searchParams.get('cursor')!;
  const other = await get(server, `?since=2026-01-01&cursor=${cursor}`, bearer(server.pro));
  assert.equal(errorOf(other).details?.[0]?.parameter, 'cursor');
});

test('the host that a client says it spoke to comes back nowhere', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(3), START);
  const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example' };
  const page = await get(server, '?limit=1', { ...bearer(server.pro), ...headers });
  const error = await get(server, '/nothing', headers);
  for (const answer of [page, error]) {
    assert(!JSON.stringify(answer.headers).includes('evil'));
    assert(!answer.body.includes('evil'));
  }
});

test('a retraction leaves the first download, and reaches a poller once', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(3), START);
  assert.equal((await names(server, '')).length, 3);
  const since = (await get(server, '?since=2026-01-01', bearer(server.pro))).headers['x-next-since']!;
  server.clock.advance(60_000);
  await server.store.retract([{ type: 'ipv6', value: '2001:db8::2' }], 'false positive', server.clock.now);
  server.clock.advance(60_000);
  assert.deepEqual((await names(server, '')).sort(), ['2001:db8::1', '2001:db8::3']);
  const poll = await get(server, `?since=${since}`, bearer(server.pro));
  assert.deepEqual(
    indicatorsOf(poll).map(({ name, revoked }) => [name, revoked]),
    [['2001:db8::2', true]],
  );
  assert.deepEqual(await names(server, `?since=${poll.headers['x-next-since']}`), []);
  assert.deepEqual(await names(server, `?since=${since}&revoked=exclude`), []);
});

test('an indicator that expires leaves the first download though nothing was published', async (context) => {
  const server = await serving(context);
  await take(server.store, [{ type: 'ipv4', value: '192.0.2.1', lastSeen: START }], START);
  const before = await get(server, '', bearer(server.pro));
  const until = Date.parse(String(indicatorsOf(before)[0]?.valid_until));
  server.clock.now = until - 500;
  assert.equal((await names(server, '')).length, 1);
  server.clock.now = until + 600;
  const after = await get(server, '', { ...bearer(server.pro), 'if-none-match': before.headers.etag! });
  assert.equal(after.status, 200);
  assert.equal(indicatorsOf(after).length, 0);
});

test('marks are at least as strict as asked for, and never freer than the source', async (context) => {
  const server = await serving(context);
  await take(
    server.store,
    [
      { ...ALL[0]!, tlp: 'clear' },
      { ...ALL[2]!, tlp: 'red' },
    ],
    START,
  );
  const marks = async (query: string) =>
    indicatorsOf(await get(server, query, bearer(server.pro))).map((object) =>
      object.object_marking_refs[0]?.slice(20, 28),
    );
  assert.deepEqual(await marks('?since=2026-01-01'), ['613f2e26', '5e57c739']);
  assert.deepEqual(await marks('?since=2026-01-01&tlp=green'), ['34098fce', '5e57c739']);
  assert.deepEqual(await marks('?since=2026-01-01&tlp_version=2'), ['94868c89', 'e828b379']);
  assert.deepEqual(await marks('?since=2026-01-01&tlp_version=2&tlp=red'), ['e828b379', 'e828b379']);
  const bundle = bundleOf(await get(server, '?tlp_version=2', bearer(server.pro)));
  assert.deepEqual(
    bundle.objects.slice(0, 7).map(({ type }) => type),
    ['identity', ...Array.from({ length: 5 }, () => 'marking-definition'), 'indicator'],
  );
});

test('format=objects is the bare array of the same objects', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(2), START);
  const array = await get(server, '?format=objects', bearer(server.pro));
  assert.deepEqual(
    JSON.parse(array.body.toString()),
    bundleOf(await get(server, '', bearer(server.pro))).objects,
  );
  const bare = await get(server, '?format=objects&include_identity=false&type=md5', bearer(server.pro));
  assert.equal(bare.body.toString(), '[]');
});

test('ten thousand indicators are one answer, and one more is a second page', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(10_001), START);
  const answer = await get(server, '?limit=10000&since=2026-01-01', bearer(server.pro));
  assert.equal(indicatorsOf(answer).length, 10_000);
  const next = /^<([^>]+)>/.exec(answer.headers.link!)![1]!;
  const last = await get(server, next, bearer(server.pro));
  assert.deepEqual(
    indicatorsOf(last).map(({ name }) => name),
    [addresses(10_001).at(-1)?.value],
  );
  assert.equal(last.headers.link, undefined);
});
