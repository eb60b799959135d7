import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';

import fc from 'fast-check';

import { deliveryOf, held } from '../../src/http/delivery.ts';
import { ANY, domain, take } from '../store/fixtures.ts';
import { consumer, KEYS } from './consumer.ts';
import { addresses, bearer, get, PATH } from './serving.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

test('requests are counted by endpoint, status and day, with latencies and the nearest to the limit', async (context) => {
  const { server, poll, usage } = await consumer(context);
  const { headers } = await poll();
  for (let index = 0; index < 3; index += 1) await poll('', { 'if-none-match': headers.etag! });
  await poll('?limit=0');
  await poll('/api/v1/iocs/stats');
  await poll('/nothing');
  server.clock.advance(DAY);
  await poll();
  const report = await usage('?days=7');
  assert.equal(report.requests, 8);
  assert.deepEqual(report.by_status, { 200: 3, 304: 3, 400: 1, 404: 1 });
  assert.deepEqual(
    report.endpoints.map(({ endpoint, requests }) => [endpoint, requests]),
    [
      ['/api/v1/iocs/stix', 6],
      ['/api/v1/iocs/stats', 1],
      ['other', 1],
    ],
  );
  assert.deepEqual(
    report.daily.map(({ date, requests, errors }) => [date, requests, errors]),
    [
      ...['2026-01-10', '2026-01-11', '2026-01-12', '2026-01-13', '2026-01-14'].map((date) => [date, 0, 0]),
      ['2026-01-15', 7, 2],
      ['2026-01-16', 1, 0],
    ],
  );
  assert.deepEqual(report.rate_limit_peak, { date: '2026-01-15', limit: 1_000, used: 7 });
  assert.ok(report.latency_ms.p50! > 0 && report.latency_ms.p50! <= report.latency_ms.p99!);
  assert.deepEqual(
    report.addresses.map(({ address }) => address),
    ['127.0.0.1'],
  );
});

test('a key that was never used has zeros for every day, and no percentiles', async (context) => {
  const { usage } = await consumer(context);
  const report = await usage();
  assert.equal(report.daily.length, 30);
  assert.deepEqual([report.requests, report.latency_ms.p50, report.rate_limit_peak], [0, null, null]);
  assert.deepEqual(report.addresses, []);
});

test('parameters of usage and receipts are checked', async (context) => {
  const { browser, id } = await consumer(context);
  const { send } = await browser();
  for (const query of [
    'usage?days=0',
    'usage?days=401',
    'usage?day=1',
    'receipts',
    'receipts?value=',
    'receipts?value=nonsense',
    'receipts?value=192.0.2.1&type=x',
    'receipts?value=192.0.2.1&value=192.0.2.2',
  ])
    assert.equal((await send('GET', `${KEYS}/${id}/${query}`)).status, 400, query);
});

test('who is refused for its address has not used the key', async (context) => {
  const { server, usage, browser, id, poll } = await consumer(context);
  await (await browser()).send('PATCH', `${KEYS}/${id}`, { allowed_networks: ['192.0.2.0/24'] });
  assert.equal((await poll()).status, 403);
  const report = await usage();
  assert.deepEqual([report.by_status, report.addresses], [{ 403: 1 }, []]);
  await server.usage.flush();
});

test('what cannot be written is kept and written later, and requests are answered all the same', async (context) => {
  let broken = true;
  const { server, poll, usage } = await consumer(
    context,
    (store) =>
      new Proxy(store, {
        get: (target, name) => {
          if (name === 'recordUsage' && broken) return () => Promise.reject(new Error('the disk is full'));
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      }),
  );
  for (let index = 0; index < 3; index += 1) {
    assert.equal((await poll()).status, 200);
    await server.usage.flush();
  }
  assert.match(server.log(), /usage was not written/);
  broken = false;
  assert.equal((await usage()).requests, 3);
  assert.equal((await usage()).requests, 3, 'none is counted twice');
});

test('closing the server writes what was counted', async (context) => {
  const { server, poll, id } = await consumer(context);
  await poll();
  await server.app.close();
  const { requests } = await server.store.usageOf(id, 0);
  assert.equal(
    requests.reduce((sum, { count }) => sum + count, 0),
    1,
  );
});

test('“was it sent to me, and when?” is answered for every version', async (context) => {
  const { server, poll, receipts } = await consumer(context);
  const { store, clock } = server;
  const name = domain(1).value;
  assert.deepEqual(await receipts(name), { type: 'domain', value: name, sent: 'no', versions: [] });
  await take(store, [domain(1), domain(2)], clock.now);
  assert.equal((await receipts(name)).sent, 'no');
  const asked = clock.advance(MINUTE);
  await poll('?since=2026-01-01');
  const [first, ...rest] = (await receipts('host-1[.]example[.]com')).versions;
  assert.deepEqual(rest, []);
  const at = new Date(asked).toISOString();
  assert.deepEqual(first, { ...first, sent: 'yes', revoked: false, first_sent_at: at, last_sent_at: at });
  assert.deepEqual(first.endpoints, ['/api/v1/iocs/stix']);
  await store.retract([domain(1)], 'false positive', clock.advance(2 * 60 * MINUTE));
  clock.advance(MINUTE);
  const [, taken] = (await receipts(name)).versions;
  assert.deepEqual([taken!.revoked, taken!.sent, taken!.first_sent_at], [true, 'no', null]);
  clock.advance(MINUTE);
  await poll(`?since=${first.version}`);
  const after = await receipts(name);
  assert.deepEqual(
    after.versions.map(({ sent }) => sent),
    ['yes', 'yes'],
  );
  assert.equal(after.versions[0]!.last_sent_at, at);
});

test('a filter, a limit, a 304, HEAD and an error send nothing that they leave out', async (context) => {
  const { server, poll, receipts } = await consumer(context);
  const { store, clock } = server;
  await take(
    store,
    [domain(1), { type: 'ipv4', value: '192.0.2.1', lastSeen: clock.now }, domain(3)],
    clock.now,
  );
  clock.advance(MINUTE);
  const sent = async () => [
    (await receipts('host-1.example.com')).sent,
    (await receipts('192.0.2.1')).sent,
    (await receipts('host-3.example.com')).sent,
  ];
  await poll('?type=url');
  await poll('?since=2026-01-15T10:00:30Z');
  await get(server, '', bearer(server.pro));
  assert.deepEqual(await sent(), ['no', 'no', 'no']);
  const { headers } = await poll('?type=ipv4');
  await poll('', { 'if-none-match': '*' });
  assert.deepEqual(await sent(), ['no', 'yes', 'no']);
  await poll('?type=ipv4', { 'if-none-match': headers.etag! });
  await poll('?limit=1');
  assert.deepEqual(await sent(), ['no', 'yes', 'yes']);
  await poll('/api/v1/iocs/firewall?profile=nonsense');
  await poll('/api/v1/iocs?format=txt&offset=2');
  assert.deepEqual(await sent(), ['yes', 'yes', 'yes']);
});

test('an export counts for the types that its format can express', async (context) => {
  const { server, poll, receipts } = await consumer(context);
  const { store, clock } = server;
  await take(store, [domain(1), { type: 'cve', value: 'CVE-2021-44228', lastSeen: clock.now }], clock.now);
  clock.advance(MINUTE);
  assert.equal((await poll('/api/v1/iocs/hosts')).status, 200);
  assert.equal((await receipts('host-1.example.com')).sent, 'yes');
  assert.equal((await receipts('CVE-2021-44228')).sent, 'no');
  assert.deepEqual((await receipts('host-1.example.com')).versions[0]!.endpoints, ['/api/v1/iocs/hosts']);
});

test('an answer that its client did not take to the end leaves no receipt', async (context) => {
  const { server, key, receipts } = await consumer(context);
  const { store, clock } = server;
  await take(store, addresses(8_000, { comment: 'x'.repeat(1_500), lastSeen: clock.now }), clock.now);
  clock.advance(MINUTE);
  const socket = connect((server.app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(`GET ${PATH}?limit=8000 HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\n\r\n`);
  await once(socket, 'readable');
  // More than the network holds for a client that takes nothing.
  socket.destroy();
  while (!/"route":"\/api\/v1\/iocs\/stix".*"cut":true/.test(server.log())) await setImmediate();
  const { sent, versions } = await receipts('2001:db8::1');
  assert.deepEqual([sent, versions.length], ['no', 1]);
});

test('receipts of any pages say yes exactly for what was in one of them', () => {
  const stamps = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 });
  const optional = fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined });
  fc.assert(
    fc.property(
      stamps,
      fc.constantFrom('oldest-first', 'newest-first'),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 60 }),
      fc.record({ since: optional, until: optional, after: optional }),
      (all, order, limit, asOf, place) => {
        const given = Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined));
        const query = { ...ANY, ...given, order, limit };
        const { since = -1, until = Infinity, after } = place;
        const matching = all
          .filter((stamp) => stamp <= asOf && stamp > since && stamp <= until)
          .filter(
            (stamp) => after === undefined || (order === 'oldest-first' ? stamp > after : stamp < after),
          )
          .toSorted((a, b) => (order === 'oldest-first' ? a - b : b - a));
        const page = matching.slice(0, limit);
        const extent = {
          count: page.length,
          first: page[0] ?? 0,
          last: page.at(-1) ?? 0,
          more: matching.length > limit,
        };
        const delivery = deliveryOf({ query, extent, asOf }, 'k', '/x');
        assert.equal(delivery === undefined, page.length === 0);
        for (const stamp of delivery === undefined ? [] : all) {
          const version = {
            stamp,
            until: Infinity,
            expires: Infinity,
            type: 'domain',
            level: 'low',
            sectors: [],
            revoked: false,
          } as const;
          assert.equal(held(version, delivery!), page.includes(stamp) ? 'yes' : 'no', `stamp ${stamp}`);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a version that was replaced between two answers is possibly sent', () => {
  const version = {
    stamp: 10,
    until: 50,
    expires: Infinity,
    type: 'domain',
    level: 'low',
    sectors: ['energy'],
    revoked: false,
  } as const;
  const filter = { endpoint: '/x', types: [], levels: [], sectors: [], revoked: 'include' } as const;
  const delivery = { filter, lower: 0, upper: 100, firstAt: 20, lastAt: 40, answers: 2 };
  assert.equal(held(version, delivery), 'yes');
  assert.equal(held(version, { ...delivery, lastAt: 60 }), 'possibly');
  assert.equal(held(version, { ...delivery, firstAt: 50, lastAt: 60 }), 'no');
  assert.equal(held(version, { ...delivery, filter: { ...filter, levels: ['high'] } }), 'no');
  assert.equal(held(version, { ...delivery, filter: { ...filter, sectors: ['energy'] } }), 'yes');
  assert.equal(held(version, { ...delivery, filter: { ...filter, sectors: ['water'] } }), 'no');
  const byCategory = { ...delivery, filter: { ...filter, categories: ['cert'] } };
  assert.equal(held(version, byCategory), 'possibly', 'categories of old versions are not kept');
  assert.equal(held({ ...version, categories: ['cert'] }, byCategory), 'yes');
  assert.equal(held({ ...version, categories: ['vendor'] }, byCategory), 'no');
  const current = { ...delivery, filter: { ...filter, revoked: 'exclude' as const } };
  assert.equal(held({ ...version, revoked: true }, current), 'no');
  assert.equal(held({ ...version, expires: 15 }, current), 'no');
  assert.equal(held({ ...version, expires: 30 }, current), 'possibly');
});
