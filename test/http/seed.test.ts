import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { IOC_TYPES } from '../../src/model/ioc.ts';
import { isUuid } from '../../src/model/uuid.ts';
import { START, take } from '../store/fixtures.ts';
import { addresses, bearer, bundleOf, errorOf, get, indicatorsOf, type Serving, serving } from './serving.ts';

/** What the published page of `GET /api/v1/iocs/stix` says, sentence by sentence. */

const EXAMPLE_KEY_FORM = /^sk_live_[0-9A-Za-z]{49}$/;

async function open(context: TestContext): Promise<Serving> {
  const server = await serving(context);
  await take(
    server.store,
    [
      {
        type: 'ipv4',
        value: '192.0.2.1',
        lastSeen: Date.UTC(2026, 0, 15, 10),
        firstSeen: Date.UTC(2026, 0, 14, 10),
      },
      { type: 'domain', value: 'bad.example.com', lastSeen: START, confidence: 90, sectors: ['energy'] },
      {
        type: 'url',
        value: 'http://bad.example.com/a',
        lastSeen: START,
        confidence: 10,
        sectors: ['healthcare'],
      },
    ],
    START,
  );
  return server;
}

test('"Auth: Required": Bearer with a key that begins with sk_live_', async (context) => {
  const server = await open(context);
  assert.match(server.pro, EXAMPLE_KEY_FORM);
  assert.equal((await get(server, '', { authorization: `Bearer ${server.pro}` })).status, 200);
  assert.equal((await get(server, '')).status, 401);
});

test('"Content-Type: application/json (STIX bundle)"', async (context) => {
  const answer = await withPro(await open(context), '');
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
  assert.equal(bundleOf(answer).type, 'bundle');
});

test('"Requests made with a Free-tier key will receive a 403 Forbidden response"', async (context) => {
  const server = await open(context);
  const answer = await get(server, '', bearer(server.free));
  assert.equal(answer.status, 403);
  assert.equal(errorOf(answer).code, 'insufficient_tier');
});

test('"type": one of the ten types, each a filter', async (context) => {
  const server = await open(context);
  const documented = [
    'ipv4',
    'ipv6',
    'domain',
    'url',
    'md5',
    'sha1',
    'sha256',
    'cve',
    'mitre-attack',
    'email',
  ];
  assert.deepEqual([...IOC_TYPES].sort(), documented.sort());
  for (const type of documented) {
    const found = indicatorsOf(await withPro(server, `?type=${type}`)).map(({ name }) => name);
    const expected =
      { ipv4: ['192.0.2.1'], domain: ['bad.example.com'], url: ['http://bad.example.com/a'] }[type] ?? [];
    assert.deepEqual(found, expected, type);
  }
});

test('"since": only IOCs added or updated after this time', async (context) => {
  const server = await open(context);
  assert.equal(indicatorsOf(await withPro(server, '?since=2024-01-01T00:00:00Z')).length, 3);
  const middle = indicatorsOf(await withPro(server, '?since=2024-01-01T00:00:00Z'))[1]!.modified;
  assert.equal(indicatorsOf(await withPro(server, `?since=${middle}`)).length, 1, 'after, not at');
  server.clock.advance(60_000);
  const present = new Date(server.clock.now).toISOString();
  assert.equal(indicatorsOf(await withPro(server, `?since=${present}`)).length, 0);
  await take(
    server.store,
    [{ type: 'ipv4', value: '192.0.2.1', lastSeen: START, confidence: 99 }],
    server.clock.now,
  );
  server.clock.advance(1_000);
  const updated = indicatorsOf(await withPro(server, `?since=${present}`));
  assert.deepEqual(
    updated.map(({ name }) => name),
    ['192.0.2.1'],
  );
});

test('"confidence": high, medium, low', async (context) => {
  const server = await open(context);
  for (const [level, names] of [
    ['high', ['bad.example.com']],
    ['medium', ['192.0.2.1']],
    ['low', ['http://bad.example.com/a']],
  ] as const) {
    assert.deepEqual(
      indicatorsOf(await withPro(server, `?confidence=${level}`)).map(({ name }) => name),
      names,
    );
  }
});

test('"industry": a CISA sector name', async (context) => {
  const server = await open(context);
  for (const [sector, names] of [
    ['energy', ['bad.example.com']],
    ['healthcare', ['http://bad.example.com/a']],
    ['financial-services', []],
  ] as const) {
    assert.deepEqual(
      indicatorsOf(await withPro(server, `?industry=${sector}`)).map(({ name }) => name),
      names,
    );
  }
});

test('"limit": 100 by default, up to 10,000', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(150), START);
  assert.equal(indicatorsOf(await withPro(server, '')).length, 100);
  assert.equal(indicatorsOf(await withPro(server, '?limit=7')).length, 7);
  assert.equal(indicatorsOf(await withPro(server, '?limit=10000')).length, 150);
  assert.equal((await withPro(server, '?limit=10001')).status, 400);
});

test('the limit counts indicators: the identity comes on top', async (context) => {
  const server = await open(context);
  const { objects } = bundleOf(await withPro(server, '?limit=2'));
  assert.deepEqual(
    objects.map(({ type }) => type),
    ['identity', 'indicator', 'indicator'],
  );
});

test('the example request is answered with the example response', async (context) => {
  const server = await open(context);
  const bundle = bundleOf(await withPro(server, '?type=ipv4&since=2024-01-01T00:00:00Z'));
  assert.equal(bundle.type, 'bundle');
  assert.equal(bundle.spec_version, '2.1');
  assert.match(bundle.id, /^bundle--/);
  assert.ok(isUuid(bundle.id.slice('bundle--'.length)));
  const [identity, indicator, ...others] = bundle.objects;
  assert.deepEqual(others, []);
  assert.deepEqual(
    { type: identity?.type, spec_version: identity?.spec_version, name: identity?.name },
    { type: 'identity', spec_version: '2.1', name: 'SOC Defenders' },
  );
  assert.match(identity!.id, /^identity--/);
  assert.match(indicator!.id, /^indicator--/);
  assert.deepEqual(
    {
      type: indicator?.type,
      spec_version: indicator?.spec_version,
      pattern: indicator?.pattern,
      pattern_type: indicator?.pattern_type,
    },
    {
      type: 'indicator',
      spec_version: '2.1',
      pattern: "[ipv4-addr:value = '192.0.2.1']",
      pattern_type: 'stix',
    },
  );
  assert.equal(Date.parse(String(indicator?.valid_from)), Date.UTC(2026, 0, 14, 10));
});

test('"The objects array always begins with an identity object", also when nothing else is in it', async (context) => {
  const server = await open(context);
  for (const query of [
    '',
    '?type=md5',
    '?since=2025-12-31',
    '?limit=1',
    '?tlp_version=2',
    '?include=related',
    '?include_markings=true',
  ]) {
    assert.equal(bundleOf(await withPro(server, query)).objects[0]?.type, 'identity', query);
  }
});

test('"indicator objects — one per IOC": however many sources report it', async (context) => {
  const server = await open(context);
  for (const name of ['one', 'two', 'three']) {
    await take(server.store, [{ type: 'ipv4', value: '192.0.2.1', lastSeen: START }], START, {
      name,
      tlp: 'clear',
      confidence: 50,
    });
  }
  server.clock.advance(60_000);
  assert.deepEqual(
    indicatorsOf(await withPro(server, '?type=ipv4')).map(({ name }) => name),
    ['192.0.2.1'],
  );
});

test('the error is the documented one, to the letter', async (context) => {
  const answer = await get(await open(context), '');
  const { error } = JSON.parse(answer.body.toString()) as { error: Record<string, unknown> };
  assert.deepEqual(Object.keys(error), ['code', 'message', 'request_id']);
  assert.equal(error.code, 'missing_api_key');
  assert.equal(
    error.message,
    'API key is required. Include it in the Authorization header as "Bearer sk_live_..." or in the X-API-Key header.',
  );
  assert.match(String(error.request_id), /^req_/);
});

function withPro(server: Serving, query: string) {
  return get(server, query, bearer(server.pro));
}
