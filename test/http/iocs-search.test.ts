import assert from 'node:assert/strict';
import { test } from 'node:test';

import { domain, START, take } from '../store/fixtures.ts';
import { addresses, bearer, errorOf, get, type Serving, serving } from './serving.ts';

const PATH = '/api/v1/iocs/search';

interface SearchBody {
  readonly meta: Record<string, unknown>;
  readonly data: readonly Record<string, unknown>[];
  readonly related: readonly Record<string, unknown>[];
}

async function search(server: Serving, query: Record<string, string>): Promise<SearchBody> {
  server.clock.advance(10_000);
  const url = `${PATH}?${new URLSearchParams(query).toString()}`;
  const answer = await get(server, url, bearer(server.free));
  assert.equal(answer.status, 200, answer.body.toString('utf8'));
  return JSON.parse(answer.body.toString('utf8')) as SearchBody;
}

test('an IOC, defanged or not, finds itself and others from the same document', async (context) => {
  const server = await serving(context);
  const reference = 'https://blog.example.com/post';
  await take(server.store, [domain(1, { reference }), domain(2, { reference }), domain(11)], START);
  const { meta, data, related } = await search(server, { q: ' HOST-1[.]example[.]com ' });
  assert.deepEqual(meta, {
    query: 'HOST-1.example.com',
    match: 'exact',
    count: 1,
    limit: 100,
    more: false,
    next_cursor: null,
  });
  assert.deepEqual(
    data.map(({ value }) => value),
    ['host-1.example.com'],
  );
  assert.deepEqual(
    related.map(({ value }) => value),
    ['host-2.example.com'],
  );
  const alone = await search(server, { q: 'host-1.example.com', include_related: 'false' });
  assert.deepEqual(alone.related, []);
});

test('a part finds what holds it, as items of the list', async (context) => {
  const server = await serving(context);
  await take(server.store, [domain(1), domain(2), ...addresses(2)], START);
  const { meta, data } = await search(server, { q: 'HOST-', limit: '1' });
  assert.deepEqual([meta.match, meta.count, meta.more], ['substring', 1, true]);
  const listed = await get(server, '/api/v1/iocs?type=domain&limit=1', bearer(server.pro));
  assert.deepEqual(data, (JSON.parse(listed.body.toString('utf8')) as SearchBody).data);
  assert.deepEqual((await search(server, { q: '2001:db8::' })).data.length, 2);
  assert.deepEqual((await search(server, { q: 'example', type: 'ipv6' })).data, []);
});

test('a cursor leads on, with the same question only', async (context) => {
  const server = await serving(context);
  await take(server.store, [domain(1), domain(2), domain(3), { ...domain(4), value: 'host' }], START);
  const question = { q: 'host-', limit: '2' };
  const first = await search(server, question);
  const cursor = String(first.meta.next_cursor);
  const second = await search(server, { ...question, cursor });
  assert.deepEqual([second.meta.more, second.meta.next_cursor], [false, null]);
  assert.deepEqual(
    [...first.data, ...second.data].map(({ value }) => value),
    [3, 2, 1].map((index) => domain(index).value),
  );
  for (const other of [
    { q: 'example' },
    { type: 'domain' },
    { cursor: `${cursor.slice(0, 4)}BBBB${cursor.slice(8)}` },
  ]) {
    server.clock.advance(60_000);
    const query = new URLSearchParams({ ...question, cursor, ...other } as Record<string, string>);
    const answer = await get(server, `${PATH}?${query.toString()}`, bearer(server.free));
    assert.equal(answer.status, 400);
    assert.equal(errorOf(answer).details?.[0]?.parameter, 'cursor');
  }
});

test('an answer has a thousand at most, whatever the key', async (context) => {
  const server = await serving(context);
  const most = await get(server, `${PATH}?q=host&limit=1000`, bearer(server.pro));
  const beyond = await get(server, `${PATH}?q=host&limit=1001`, bearer(server.pro));
  assert.deepEqual([most.status, beyond.status], [200, 400]);
  assert.equal(errorOf(beyond).details?.[0]?.allowed, 'a number from 1 to 1000');
});

test('what could be a query of the index or a pattern is only a text', async (context) => {
  const server = await serving(context);
  await take(server.store, [domain(1)], START);
  await server.store.indexValues(10);
  for (const q of [
    'hos*',
    'h_st',
    'h%st',
    '"host"',
    'host OR com',
    'NEAR(a b)',
    "'; DROP TABLE ioc",
    'a"b"c"',
    '^host',
    'value : host',
    '***',
  ]) {
    assert.deepEqual((await search(server, { q })).data, [], q);
  }
  assert.equal((await search(server, { q: 'ost-1.EXAMPLE' })).data.length, 1);
});

test('every wrong request names what is wrong', async (context) => {
  const server = await serving(context);
  for (const [query, parameter] of [
    ['', 'q'],
    ['?q=', 'q'],
    ['?q=ab', 'q'],
    ['?q=%20ab%20', 'q'],
    ['?q=abc%00', 'q'],
    [`?q=${'a'.repeat(1_025)}`, 'q'],
    ['?q=abc&limit=101', 'limit'],
    ['?q=abc&type=ip', 'type'],
    ['?q=abc&include_related=yes', 'include_related'],
    ['?q=abc&confidence=high', 'confidence'],
  ] as const) {
    server.clock.advance(60_000);
    const answer = await get(server, PATH + query, bearer(server.free));
    assert.equal(answer.status, 400, query);
    assert.equal(errorOf(answer).details?.[0]?.parameter, parameter, query);
  }
  assert.equal((await get(server, `${PATH}?q=abc`)).status, 401);
});

test('it is private, and HEAD works', async (context) => {
  const server = await serving(context);
  const head = await get(server, `${PATH}?q=abc`, bearer(server.free), 'HEAD');
  assert.deepEqual([head.status, head.body.length], [200, 0]);
  assert.equal(head.headers['cache-control'], 'private, no-cache');
});
