import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Sighting } from '../../src/model/sighting.ts';
import { DAY, domain, SOURCE, START, take } from '../store/fixtures.ts';
import { addresses, bearer, errorOf, get, type Serving, serving } from './serving.ts';

const PATH = '/api/v1/lookup';

async function look(server: Serving, query: Record<string, string>, key = server.free) {
  const answer = await get(server, `${PATH}?${new URLSearchParams(query).toString()}`, bearer(key));
  assert.equal(answer.status, 200, answer.body.toString('utf8'));
  return JSON.parse(answer.body.toString('utf8')) as Record<string, unknown>;
}

const FULL = domain(1, {
  firstSeen: START - DAY,
  confidence: 95,
  threatType: 'botnet_cc',
  family: 'Mozi',
  tags: ['elf'],
  techniques: ['T1105'],
  cves: ['CVE-2024-12345'],
  sectors: ['energy'],
  reference: 'https://feed.example.com/1',
  comment: 'seen',
});

test('what is known of a value is one flat object', async (context) => {
  const server = await serving(context);
  await take(server.store, [FULL], START);
  const { id, hunting_queries: hunting, ...rest } = await look(server, { value: 'host-1.example.com' });
  assert.match(String(id), /^indicator--/);
  assert.deepEqual(Object.keys(hunting as object), ['splunk', 'kql']);
  assert.deepEqual(rest, {
    type: 'domain',
    value: 'host-1.example.com',
    found: true,
    status: 'published',
    risk_score: 'critical',
    score: 95,
    score_explanation: '95 of 100: Example Feed claims 95 and is believed at 100 %.',
    confidence: 'high',
    first_seen: new Date(START - DAY).toISOString(),
    last_seen: new Date(START).toISOString(),
    valid_until: new Date(START + 90 * DAY).toISOString(),
    tlp: 'clear',
    tags: ['elf'],
    malware_family: 'Mozi',
    threat_types: ['botnet_cc'],
    threat_actors: [],
    cves: ['CVE-2024-12345'],
    industries: ['energy'],
    mitre_techniques: [{ id: 'T1105', name: 'Ingress Tool Transfer' }],
    covered_by: [],
    sources: [
      {
        feed_name: 'Example Feed',
        category: 'community',
        origin: 'feed',
        reference_url: 'https://feed.example.com/1',
        first_reported: new Date(START).toISOString(),
        last_reported: new Date(START).toISOString(),
        comment: 'seen',
      },
    ],
  });
});

test('the value may be defanged, in any spelling, and be called ioc', async (context) => {
  const server = await serving(context);
  await take(
    server.store,
    [domain(1), { type: 'url', value: 'http://a.example.com/x', lastSeen: START }],
    START,
  );
  for (const query of [
    { value: 'HOST-1[.]example[.]com' },
    { ioc: ' host-1 dot example dot com ' },
    { value: 'host-1.example.com.', type: 'domain' },
    { value: 'hxxp://a[.]example.com/x' },
    { value: 'a.example.com/x', type: 'url' },
  ]) {
    assert.equal((await look(server, query)).found, true, JSON.stringify(query));
  }
});

test('what is not found is a 200 that says so, and never that it is clean', async (context) => {
  const server = await serving(context);
  const answer = await look(server, { value: '198.51.100.7' });
  assert.deepEqual([answer.found, answer.type, answer.risk_score, answer.score], [false, 'ipv4', null, null]);
  assert.deepEqual(answer.sources, []);
  assert.match(String(answer.message), /does not mean that it is harmless/);
  assert.doesNotMatch(JSON.stringify(answer), /clean|benign|safe|"low"/i);
});

test('what covers a value is told, the narrowest first, whether it is found or not', async (context) => {
  const server = await serving(context);
  const seen = (type: Sighting['type'], value: string, confidence: number): Sighting => ({
    type,
    value,
    confidence,
    lastSeen: START,
  });
  await take(
    server.store,
    [
      seen('ipv4', '203.0.113.0/24', 95),
      seen('ipv4', '203.0.112.0/22', 20),
      seen('ipv4', '203.0.113.9', 50),
      seen('ipv6', '2001:db8::/32', 75),
      seen('domain', 'evil.example.com', 75),
      seen('domain', 'example.co.uk', 75),
    ],
    START,
  );
  const network = { type: 'ipv4', value: '203.0.113.0/24', risk_score: 'critical', confidence: 'high' };
  const wide = { type: 'ipv4', value: '203.0.112.0/22', risk_score: 'low', confidence: 'low' };
  const six = { type: 'ipv6', value: '2001:db8::/32', risk_score: 'high', confidence: 'high' };
  const parent = { type: 'domain', value: 'evil.example.com', risk_score: 'high', confidence: 'high' };
  const under = { ...parent, value: 'example.co.uk' };
  for (const [value, found, covers] of [
    ['203.0.113.7', false, [network, wide]],
    ['203.0.113.9', true, [network, wide]],
    ['203.0.113.0/24', true, [wide]],
    ['203.0.113.128/25', false, [network, wide]],
    ['203.0.116.1', false, []],
    ['2001:db8:1::7', false, [six]],
    ['2001:db9::7', false, []],
    ['a.b.evil.example.com', false, [parent]],
    ['evil.example.com', true, []],
    ['notevil.example.com', false, []],
    ['www.example.co.uk', false, [under]],
    ['http://evil.example.com/x', false, [parent]],
    ['http://www.evil.example.com:8080/x', false, [parent]],
    ['http://203.0.113.7/x', false, [network, wide]],
    ['http://[2001:db8::1]/x', false, [six]],
    ['someone@evil.example.com', false, []],
  ] as const) {
    const answer = await look(server, { value }, server.pro);
    assert.deepEqual([answer.found, answer.covered_by], [found, covers], value);
    if (!found) assert.equal(/No source that is read here/.test(String(answer.message)), covers.length === 0);
    assert.doesNotMatch(String(answer.message), /clean|benign|safe/i);
  }
});

test('what is held back, taken back or has expired covers nothing', async (context) => {
  const server = await serving(context);
  const hold = { rule: 'popular', list: 'own', entry: 'example.com' } as never;
  const network = { type: 'ipv4', value: '203.0.113.0/24', lastSeen: START } as const;
  await take(server.store, [domain(1, { hold }), domain(2), network], START);
  await server.store.retract([domain(2)], 'wrong', START);
  assert.deepEqual((await look(server, { value: 'a.host-1.example.com' })).covered_by, []);
  assert.deepEqual((await look(server, { value: 'a.host-2.example.com' })).covered_by, []);
  server.clock.advance(61 * DAY);
  assert.deepEqual((await look(server, { value: '203.0.113.7' })).covered_by, []);
});

test('what is held back, taken back, or not visible yet is not found', async (context) => {
  const server = await serving(context);
  const hold = { rule: 'popular', list: 'own', entry: 'host-2.example.com' } as never;
  await take(server.store, [domain(1), domain(2, { hold }), domain(3)], START);
  await server.store.retract([domain(1)], 'wrong', START);
  const run = await server.store.beginRun(SOURCE, 'test', START);
  await server.store.ingest(run, [domain(3, { revoked: true })], START);
  await server.store.markPolled(START);
  await take(server.store, [domain(4)], START);
  for (const index of [1, 2, 3, 4]) {
    assert.equal((await look(server, { value: `host-${index}.example.com` })).found, false, `host-${index}`);
  }
  server.clock.advance(5_000);
  assert.equal((await look(server, { value: 'host-4.example.com' })).found, true);
});

test('a value that is being updated stays found meanwhile', async (context) => {
  const server = await serving(context);
  await take(server.store, [domain(1)], START);
  await server.store.markPolled(START);
  await take(server.store, [domain(1, { confidence: 90 })], START);
  assert.equal((await look(server, { value: 'host-1.example.com' })).status, 'published');
});

test('what has expired says so, with a score that has faded', async (context) => {
  const server = await serving(context);
  await take(server.store, [domain(1, { confidence: 90 })], START);
  server.clock.advance(91 * DAY);
  const answer = await look(server, { value: 'host-1.example.com' }, server.pro);
  assert.deepEqual([answer.found, answer.status, answer.risk_score], [true, 'expired', 'low']);
  assert.match(String(answer.score_explanation), /faded from 90/);
});

test('the risk follows the score', async (context) => {
  const server = await serving(context);
  const risks = { 90: 'critical', 89: 'high', 70: 'high', 69: 'medium', 30: 'medium', 29: 'low', 1: 'low' };
  for (const [confidence, risk] of Object.entries(risks)) {
    const value = `c${confidence}.example.com`;
    await take(server.store, [domain(0, { value, confidence: Number(confidence) })], START);
    server.clock.advance(5_000);
    assert.equal((await look(server, { value }, server.pro)).risk_score, risk);
  }
});

test('every wrong request names what is wrong', async (context) => {
  const server = await serving(context);
  for (const [query, parameter] of [
    ['', 'value'],
    ['?value=', 'value'],
    ['?value=nonsense', 'value'],
    ['?value=192.0.2.1&type=domian', 'type'],
    ['?value=192.0.2.1&type=sha256', 'value'],
    ['?value=192.0.2.1&type=domain', 'value'],
    ['?ioc=2001:db8::1&type=domain', 'ioc'],
    ['?ioc=%00', 'ioc'],
    ['?value=192.0.2.1&ioc=192.0.2.1', 'ioc'],
    ['?value=192.0.2.1&value=192.0.2.2', 'value'],
    ['?value=192.0.2.1&limit=1', 'limit'],
  ] as const) {
    const answer = await get(server, PATH + query, bearer(server.pro));
    assert.equal(answer.status, 400, query);
    assert.equal(errorOf(answer).details?.[0]?.parameter, parameter, query);
  }
  assert.equal((await get(server, `${PATH}?value=192.0.2.1`)).status, 401);
});

test('a value of another type than the one asked for is refused with the reason', async (context) => {
  const server = await serving(context);
  const answer = await get(server, `${PATH}?value=192.0.2.1&type=domain`, bearer(server.free));
  assert.equal(answer.status, 400);
  assert.match(errorOf(answer).details![0]!.reason, /type says domain, the value is of type ipv4/);
});

test('it is private, and HEAD works', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(1), START);
  const head = await get(server, `${PATH}?value=2001:db8::1`, bearer(server.free), 'HEAD');
  assert.deepEqual([head.status, head.body.length], [200, 0]);
  assert.equal(head.headers['cache-control'], 'private, no-cache');
  assert.match(head.headers['content-type']!, /^application\/json/);
});
