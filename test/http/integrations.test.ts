import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isIPv4 } from 'node:net';
import { test, type TestContext } from 'node:test';

import { parse } from 'csv-parse/sync';

import type { Sighting } from '../../src/model/sighting.ts';
import { readCef } from '../render/formats/readers/cef.ts';
import { readEvent } from '../render/formats/readers/misp.ts';
import { readSigma } from '../render/formats/readers/sigma.ts';
import { DAY, SOURCE, START, take } from '../store/fixtures.ts';
import { bearer, errorOf, get, indicatorsOf, type Serving, serving } from './serving.ts';

/**
 * The requests that published guides to this service give their readers, sent and read as their scripts do: whoever
 * follows one of them against this server must get what it promises.
 */

const HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const SIGHTINGS: readonly Sighting[] = [
  { type: 'ipv4', value: '192.0.2.1', confidence: 95, lastSeen: START, techniques: ['T1071'] },
  { type: 'ipv4', value: '192.0.2.2', confidence: 50, lastSeen: START },
  { type: 'ipv4', value: '198.51.100.7', confidence: 90, lastSeen: START, family: 'Mozi' },
  { type: 'domain', value: 'bad.example.com', confidence: 95, lastSeen: START, tags: ['c2', 'a;b'] },
  { type: 'sha256', value: HASH, confidence: 95, lastSeen: START },
  { type: 'url', value: 'http://bank.example.com/x,y', lastSeen: START, sectors: ['financial-services'] },
  { type: 'cve', value: 'CVE-2024-12345', lastSeen: START },
];

const GOVERNMENT = { ...SOURCE, name: 'CISA Alerts', category: 'government', confidence: 95 };

async function open(context: TestContext): Promise<Serving> {
  const server = await serving(context);
  await take(server.store, SIGHTINGS, START, GOVERNMENT);
  server.clock.advance(60_000);
  return server;
}

async function text(server: Serving, path: string, key = server.pro): Promise<string> {
  const { status, body } = await get(server, path, bearer(key));
  assert.equal(status, 200, body.toString());
  return body.toString('utf8');
}

interface Item {
  readonly type: string;
  readonly value: string;
  readonly confidence: string;
  readonly tags: readonly string[];
  readonly source: { readonly feed_name: string; readonly category: string };
}

interface List {
  readonly meta: { readonly total: number; readonly limit: number; readonly offset: number };
  readonly data: readonly Item[];
}

async function list(server: Serving, query: string, key = server.pro): Promise<List> {
  return JSON.parse(await text(server, `/api/v1/iocs${query}`, key)) as List;
}

test('the published page: ?type=ipv4&since=2024-01-01T00:00:00Z is a bundle of addresses after an identity', async (context) => {
  const server = await open(context);
  const answer = await get(server, '?type=ipv4&since=2024-01-01T00:00:00Z', bearer(server.pro));
  const [identity, ...indicators] = (JSON.parse(answer.body.toString()) as { objects: { type: string }[] })
    .objects;
  assert.equal(identity!.type, 'identity');
  assert.equal(indicators.length, 3);
  for (const { pattern, pattern_type: type, valid_from: from } of indicatorsOf(answer)) {
    assert.match(String(pattern), /^\[ipv4-addr:value = '[\d.]+'\]$/);
    assert.equal(type, 'stix');
    assert.ok(!Number.isNaN(Date.parse(String(from))));
  }
});

test('a firewall block-list: ?type=ipv4&confidence=high&format=txt is one address a line, also with since', async (context) => {
  const server = await open(context);
  for (const since of ['', '&since=2025-05-16T00:00:00Z']) {
    const lines = (await text(server, `/api/v1/iocs?type=ipv4&confidence=high${since}&format=txt`)).split(
      '\n',
    );
    assert.equal(lines.pop(), '');
    assert.deepEqual(lines.toSorted(), ['192.0.2.1', '198.51.100.7']);
    for (const line of lines) assert.ok(isIPv4(line));
  }
});

test('a block-list that is polled with since does not block what was taken back', async (context) => {
  const server = await open(context);
  await server.store.retract([SIGHTINGS[0]!], 'false positive', server.clock.now);
  server.clock.advance(5_000);
  const poll = '/api/v1/iocs?type=ipv4&confidence=high&since=2025-05-16T00:00:00Z';
  assert.equal(await text(server, `${poll}&format=txt`), '198.51.100.7\n');
  assert.doesNotMatch(await text(server, `${poll}&format=csv`), /192\.0\.2\.1/);
  assert.match(await text(server, `${poll}&format=csv&revoked=include`), /192\.0\.2\.1/);
  const { data } = await list(server, '?type=ipv4&since=2025-05-16T00:00:00Z');
  const revoked = data.filter((item) => (item as Item & { revoked?: true }).revoked === true);
  assert.deepEqual(
    revoked.map(({ value }) => value),
    ['192.0.2.1'],
    'JSON says that it is',
  );
});

test('hashes for an endpoint scanner, sectors by their common names, CSV for a spreadsheet', async (context) => {
  const server = await open(context);
  const hashes = await list(server, '?type=sha256&confidence=high&limit=1000');
  assert.deepEqual(
    hashes.data.map(({ value }) => value),
    [HASH],
  );
  const finance = await list(server, '?industry=finance&since=2025-05-01T00:00:00Z&limit=500');
  assert.deepEqual(
    finance.data.map(({ type }) => type),
    ['url'],
  );
  const rows: string[][] = parse(await text(server, '/api/v1/iocs?type=domain&format=csv&limit=1000'));
  const columns = 'id,type,value,confidence,first_seen,last_seen,source_article,source_feed,category,tags';
  assert.deepEqual(rows[0], columns.split(','));
  assert.deepEqual(rows[1]!.slice(1, 4), ['domain', 'bad.example.com', 'high']);
  assert.deepEqual(rows[1]!.slice(6), ['', 'CISA Alerts', 'government', 'a,b;c2']);
  assert.equal(rows.length, 2);
});

test('Elastic: a script that polls a type and reads data[] can make its documents of it', async (context) => {
  const server = await open(context);
  const body = JSON.parse(await text(server, '/api/v1/iocs?type=ipv4&limit=1000')) as Record<string, unknown>;
  const items = (body.data ?? []) as Item[];
  const documents = items.map((ioc) => ({
    event: { kind: 'enrichment', category: ['threat'], type: ['indicator'] },
    threat: {
      indicator: {
        type: ioc.type,
        ip: ioc.value,
        confidence: ioc.confidence,
        provider: ioc.source.feed_name,
      },
    },
  }));
  assert.equal(documents.length, 3);
  for (const { threat } of documents) {
    assert.ok(isIPv4(threat.indicator.ip));
    assert.equal(threat.indicator.type, 'ipv4');
    assert.ok(['high', 'medium', 'low'].includes(threat.indicator.confidence));
    assert.equal(threat.indicator.provider, 'CISA Alerts');
  }
});

test('Splunk: what a scripted input pipes on is one JSON document with meta and data[], for Free keys too', async (context) => {
  const server = await open(context);
  const port = await server.listen();
  const received: string[] = [];
  const collector = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push(body);
      response.end('{"text":"Success","code":0}');
    });
  });
  collector.listen(0, '127.0.0.1');
  await new Promise((resolve) => collector.once('listening', resolve));
  context.after(() => collector.close());
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/iocs?type=ipv4&limit=100`, {
    headers: bearer(server.free),
  });
  assert.ok(answer.ok);
  await fetch(`http://127.0.0.1:${(collector.address() as AddressInfo).port}/services/collector/raw`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: await answer.text(),
  });
  const { meta, data } = JSON.parse(received[0]!) as List;
  assert.deepEqual([meta.total, meta.limit, meta.offset], [3, 100, 0]);
  assert.deepEqual(data.map(({ value }) => value).toSorted(), ['192.0.2.1', '192.0.2.2', '198.51.100.7']);
});

test('a poller that keeps the time of its last success gets what is new since then, once', async (context) => {
  const server = await open(context);
  const seen: string[] = [];
  let since = new Date(START - 30 * DAY).toISOString();
  for (let round = 0; round < 3; round += 1) {
    const began = new Date(server.clock.now).toISOString();
    const { data } = await list(server, `?type=ipv4&since=${since}&limit=10000`);
    seen.push(...data.map(({ value }) => value));
    since = began;
    const next: Sighting = { type: 'ipv4', value: `203.0.113.${round}`, lastSeen: server.clock.now };
    await take(server.store, [next], server.clock.advance(60_000), GOVERNMENT);
    server.clock.advance(60_000);
  }
  assert.deepEqual(seen, ['192.0.2.1', '192.0.2.2', '198.51.100.7', '203.0.113.0', '203.0.113.1']);
});

test('CEF is piped into logger line by line, and appended to a file poll by poll', async (context) => {
  const server = await open(context);
  const lines = (await text(server, '/api/v1/iocs/cef?type=ipv4&confidence=high')).trimEnd().split('\n');
  assert.deepEqual(lines.map((line) => readCef(line).extension.get('dst')!).toSorted(), [
    '192.0.2.1',
    '198.51.100.7',
  ]);
  const file =
    (await text(server, '/api/v1/iocs/cef?since=2025-05-16T00:00:00Z')) +
    (await text(server, '/api/v1/iocs/cef?format=cef&since=2025-05-15T00:00:00Z&limit=500'));
  assert.equal(file.trimEnd().split('\n').map(readCef).length, 2 * SIGHTINGS.length);
});

test('Sigma is saved to a file of rules whose ids are the same the next time', async (context) => {
  const server = await open(context);
  const first = readSigma(await text(server, '/api/v1/iocs/sigma?type=ipv4'));
  await take(server.store, [{ type: 'ipv4', value: '203.0.113.9', lastSeen: START }], server.clock.now);
  server.clock.advance(5_000);
  const second = readSigma(await text(server, '/api/v1/iocs/sigma?type=ipv4'));
  assert.deepEqual(
    first.map(({ id }) => id),
    second.map(({ id }) => id),
  );
  for (const rule of second)
    assert.ok(rule.title !== '' && rule.logsource.category !== undefined && rule.detection.condition !== '');
});

test('a MISP event is posted to events/add as it is', async (context) => {
  const server = await open(context);
  const body = await text(server, '/api/v1/iocs/misp?type=ipv4,sha256&confidence=high');
  const event = readEvent(body);
  assert.deepEqual(Object.keys(JSON.parse(body) as object), ['Event']);
  assert.deepEqual(event.Attribute.map(({ type }) => type).sort(), ['ip-dst', 'ip-dst', 'sha256']);
});

test('a triage looks one value up by value or ioc, and searches for one', async (context) => {
  const server = await open(context);
  for (const query of ['value=192.0.2.1&type=ipv4', 'ioc=192.0.2.1', `ioc=${HASH}`, 'ioc=CVE-2024-12345']) {
    const found = JSON.parse(await text(server, `/api/v1/lookup?${query}`, server.free)) as {
      risk_score: string;
      sources: { feed_name: string; category: string }[];
      hunting_queries: Record<string, string>;
    };
    assert.ok(['critical', 'high', 'medium', 'low'].includes(found.risk_score), query);
    assert.deepEqual(
      [found.sources[0]!.feed_name, found.sources[0]!.category],
      ['CISA Alerts', 'government'],
    );
    assert.deepEqual(Object.keys(found.hunting_queries), ['splunk', 'kql']);
  }
  const missing = JSON.parse(
    await text(server, '/api/v1/lookup?ioc=internal.example.com&type=domain'),
  ) as object;
  assert.equal((missing as { found: boolean }).found, false);
  const { data } = JSON.parse(
    await text(server, '/api/v1/iocs/search?q=bad.example.com', server.free),
  ) as List;
  assert.deepEqual(
    data.map(({ value, source }) => [value, source.category]),
    [['bad.example.com', 'government']],
  );
});

test('a client that watches its limit can stop before it is refused, and knows when to go on', async (context) => {
  const server = await open(context);
  let asked = 0;
  for (let remaining = 1; remaining > 0; asked += 1) {
    const { headers } = await get(server, '/api/v1/iocs?limit=1', bearer(server.free));
    assert.equal(headers['x-ratelimit-limit'], '10');
    remaining = Number(headers['x-ratelimit-remaining']);
    assert.ok(Number(headers['x-ratelimit-reset']) * 1_000 > server.clock.now);
  }
  assert.equal(asked, 10);
  const refused = await get(server, '/api/v1/iocs?limit=1', bearer(server.free));
  assert.deepEqual([refused.status, errorOf(refused).code], [429, 'rate_limit_exceeded']);
  server.clock.now = Number(refused.headers['x-ratelimit-reset']) * 1_000;
  assert.equal((await get(server, '/api/v1/iocs?limit=1', bearer(server.free))).status, 200);
});

test('a guide’s script with a Free key is told what it may not have, not given something else', async (context) => {
  const server = await open(context);
  for (const [path, status, code] of [
    ['/api/v1/iocs?type=ipv4&limit=1000', 400, 'invalid_parameter'],
    ['/api/v1/iocs?type=ipv4&confidence=high&format=txt', 403, 'insufficient_tier'],
    ['/api/v1/iocs/stix?type=ipv4', 403, 'insufficient_tier'],
    ['/api/v1/iocs?type=sha512', 400, 'invalid_parameter'],
  ] as const) {
    const answer = await get(server, path, bearer(server.free));
    assert.deepEqual([answer.status, errorOf(answer).code], [status, code], path);
  }
});
