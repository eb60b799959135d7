import assert from 'node:assert/strict';
import { test } from 'node:test';

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

test('it is private, and HEAD works', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(1), START);
  const head = await get(server, `${PATH}?value=2001:db8::1`, bearer(server.free), 'HEAD');
  assert.deepEqual([head.status, head.body.length], [200, 0]);
  assert.equal(head.headers['cache-control'], 'private, no-cache');
  assert.match(head.headers['content-type']!, /^application\/json/);
});
