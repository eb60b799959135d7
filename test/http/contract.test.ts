import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'csv-parse/sync';

import type { Sighting } from '../../src/model/sighting.ts';
import { readCef } from '../render/formats/readers/cef.ts';
import { readEvent } from '../render/formats/readers/misp.ts';
import { readOpenioc } from '../render/formats/readers/openioc.ts';
import { readSigma } from '../render/formats/readers/sigma.ts';
import { readSyslog } from '../render/formats/readers/syslog.ts';
import { readHosts } from '../render/formats/readers/hosts.ts';
import { readZone } from '../render/formats/readers/rpz.ts';
import { readBatches, readRows } from '../render/formats/readers/siem.ts';
import { readRule } from '../render/formats/readers/suricata.ts';
import { article, found, takeArticles } from '../store/contract-articles.ts';
import { DAY, SOURCE, START, take } from '../store/fixtures.ts';
import { documentOf, operationsOf } from './openapi.ts';
import { type Answer, bearer, errorOf, get, indicatorsOf, type Serving, serving } from './serving.ts';
import { json, makeAccount, type Method, send, signIn } from './signed-in.ts';

/** What the HTTP contract promises of each endpoint: who may use it, what it takes, and the shape of what it answers. */
interface Endpoint {
  /** A request that it answers; names in braces are those of `PLACES`. */
  readonly path: string;
  readonly tier: 'free' | 'pro';
  readonly mediaType: string;
  /** The schema of its JSON, or what reads its other formats. */
  readonly schema?: object;
  readonly read?: (text: string) => void;
}

const TIME = { type: 'string', format: 'date-time' };
const TEXT = { type: 'string' };
const TEXTS = { type: 'array', items: TEXT };
const OPTIONAL_TEXT = { type: ['string', 'null'] };
const LEVEL = { enum: ['high', 'medium', 'low'] };
const COUNT = { type: 'integer', minimum: 0 };
const TYPE = {
  enum: ['ipv4', 'ipv6', 'domain', 'url', 'md5', 'sha1', 'sha256', 'cve', 'mitre-attack', 'email'],
};

/** An object with all of these properties, and perhaps others. */
function has(properties: Readonly<Record<string, object>>): object {
  return { type: 'object', required: Object.keys(properties), properties };
}

function listOf(items: object): object {
  return { type: 'array', minItems: 1, items };
}

const ITEM = has({
  id: TEXT,
  type: TYPE,
  value: TEXT,
  confidence: LEVEL,
  first_seen: TIME,
  last_seen: TIME,
  source: has({
    feed_name: TEXT,
    category: OPTIONAL_TEXT,
    origin: { enum: ['feed', 'article'] },
    reference_url: OPTIONAL_TEXT,
    article_id: OPTIONAL_TEXT,
    article_title: OPTIONAL_TEXT,
    article_url: OPTIONAL_TEXT,
  }),
  context: TEXT,
  tags: TEXTS,
  mitre_techniques: TEXTS,
  industries: TEXTS,
});

const LIST = has({
  meta: has({
    total: COUNT,
    limit: COUNT,
    offset: COUNT,
    generated_at: TIME,
    feed_version: TEXT,
    source: TEXT,
    filters: { type: 'object' },
  }),
  data: listOf(ITEM),
  links: has({ self: TEXT, next: OPTIONAL_TEXT }),
});

const LOOKUP = has({
  value: TEXT,
  type: TYPE,
  found: { const: true },
  risk_score: { enum: ['critical', 'high', 'medium', 'low'] },
  score: { type: 'integer', minimum: 0, maximum: 100 },
  confidence: LEVEL,
  first_seen: TIME,
  last_seen: TIME,
  tags: TEXTS,
  malware_family: TEXT,
  mitre_techniques: listOf(has({ id: TEXT, name: TEXT })),
  hunting_queries: has({ splunk: TEXT, kql: TEXT }),
  sources: listOf(has({ feed_name: TEXT, category: OPTIONAL_TEXT })),
});

const TREND = has({ added: COUNT, updated: COUNT });

const STATISTICS = has({
  total: COUNT,
  by_type: { type: 'object', required: TYPE.enum, additionalProperties: COUNT },
  by_feed: listOf(has({ feed_name: TEXT, count: COUNT })),
  by_category: listOf(has({ category: TEXT, count: COUNT })),
  trend: has({ last_24_hours: TREND, last_7_days: TREND }),
  feeds: { type: 'array' },
  top_techniques: listOf(has({ id: TEXT, count: COUNT })),
  top_cves: listOf(has({ id: TEXT, count: COUNT })),
});

const BUNDLE = has({
  type: { const: 'bundle' },
  spec_version: { const: '2.1' },
  id: { type: 'string', pattern: '^bundle--[0-9a-f-]{36}$' },
  objects: listOf(has({ type: { enum: ['identity', 'indicator'] }, id: TEXT })),
});

const CSV_COLUMNS = 'id,type,value,confidence,first_seen,last_seen,source_article,source_feed,category,tags';

const ARTICLE = {
  id: TEXT,
  title: TEXT,
  url: OPTIONAL_TEXT,
  source: TEXT,
  published_at: TIME,
  summary: OPTIONAL_TEXT,
  categories: TEXTS,
  severity: { enum: ['critical', 'high', 'medium', 'low'] },
  tags: TEXTS,
  has_iocs: { type: 'boolean' },
};

function linesOf(text: string): string[] {
  return text.trimEnd().split('\n');
}

const ENDPOINTS: readonly Endpoint[] = [
  { path: '/api/v1/iocs/stix?limit=10', tier: 'pro', mediaType: 'application/json', schema: BUNDLE },
  { path: '/api/v1/iocs?type=domain', tier: 'free', mediaType: 'application/json', schema: LIST },
  {
    path: '/api/v1/iocs?format=csv',
    tier: 'pro',
    mediaType: 'text/csv',
    read: (text) => {
      const [header, ...rows] = parse(text);
      assert.deepEqual(header, CSV_COLUMNS.split(','));
      assert.equal(rows.length, 3);
    },
  },
  {
    path: '/api/v1/iocs?format=txt&type=domain',
    tier: 'pro',
    mediaType: 'text/plain',
    read: (text) => assert.equal(text, 'bad.example.com\n'),
  },
  {
    path: '/api/v1/iocs/count?type=domain',
    tier: 'free',
    mediaType: 'application/json',
    schema: has({ count: { const: 1 } }),
  },
  {
    path: '/api/v1/iocs/search?q=example',
    tier: 'free',
    mediaType: 'application/json',
    schema: has({ meta: { type: 'object' }, data: listOf(ITEM), related: { type: 'array' } }),
  },
  {
    path: '/api/v1/lookup?value=bad.example.com',
    tier: 'free',
    mediaType: 'application/json',
    schema: LOOKUP,
  },
  { path: '/api/v1/iocs/stats', tier: 'free', mediaType: 'application/json', schema: STATISTICS },
  {
    path: '/api/v1/iocs/misp',
    tier: 'pro',
    mediaType: 'application/json',
    read: (text) => assert.equal(readEvent(text).Attribute.length, 3),
  },
  {
    path: '/api/v1/misp/feed/manifest.json',
    tier: 'pro',
    mediaType: 'application/json',
    schema: {
      type: 'object',
      minProperties: 1,
      additionalProperties: has({ timestamp: TEXT, Orgc: {}, Tag: {} }),
    },
  },
  {
    path: '/api/v1/iocs/cef',
    tier: 'pro',
    mediaType: 'text/plain',
    read: (text) => assert.equal(text.trimEnd().split('\n').map(readCef).length, 3),
  },
  {
    path: '/api/v1/iocs/cef?format=syslog',
    tier: 'pro',
    mediaType: 'text/plain',
    read: (text) => assert.equal(text.trimEnd().split('\n').map(readSyslog).length, 3),
  },
  {
    path: '/api/v1/iocs/sigma',
    tier: 'pro',
    mediaType: 'application/yaml',
    read: (text) => assert.equal(new Set(readSigma(text).map(({ id }) => id)).size, 2),
  },
  {
    path: '/api/v1/iocs/openioc',
    tier: 'pro',
    mediaType: 'application/xml',
    read: (text) => assert.equal(readOpenioc(text).items.length, 2),
  },
  {
    path: '/api/v1/iocs?format=ndjson',
    tier: 'pro',
    mediaType: 'application/x-ndjson',
    read: (text) => assert.equal(linesOf(text).map((line) => JSON.parse(line) as object).length, 3),
  },
  {
    path: '/api/v1/iocs/firewall?profile=paloalto-domain',
    tier: 'pro',
    mediaType: 'text/plain',
    read: (text) => assert.equal(text, 'bad.example.com\n'),
  },
  {
    path: '/api/v1/iocs/suricata',
    tier: 'pro',
    mediaType: 'text/plain',
    read: (text) => assert.ok(linesOf(text).map(readRule).length > 0),
  },
  {
    path: '/api/v1/iocs/suricata?format=suricata-domain',
    tier: 'pro',
    mediaType: 'text/plain',
    read: (text) => assert.equal(Buffer.from(text, 'base64').toString(), 'bad.example.com'),
  },
  {
    path: '/api/v1/iocs/rpz',
    tier: 'pro',
    mediaType: 'text/plain',
    read: (text) => assert.deepEqual(readZone(text).domains, ['bad.example.com']),
  },
  {
    path: '/api/v1/iocs/hosts',
    tier: 'pro',
    mediaType: 'text/plain',
    read: (text) => assert.deepEqual(readHosts(text), ['bad.example.com']),
  },
  {
    path: '/api/v1/iocs/splunk',
    tier: 'pro',
    mediaType: 'text/csv',
    read: (text) => assert.ok(readRows(text).length > 0),
  },
  {
    path: '/api/v1/iocs/ecs',
    tier: 'pro',
    mediaType: 'application/x-ndjson',
    read: (text) => assert.ok(linesOf(text).every((line) => 'threat' in (JSON.parse(line) as object))),
  },
  {
    path: '/api/v1/iocs/sentinel',
    tier: 'pro',
    mediaType: 'application/x-ndjson',
    read: (text) => assert.equal(readBatches(text).length, 1),
  },
  {
    path: '/api/v1/iocs/{indicator}/why',
    tier: 'pro',
    mediaType: 'application/json',
    schema: has({ id: TEXT, type: TYPE, value: TEXT, status: TEXT }),
  },
  {
    path: '/api/v1/articles',
    tier: 'free',
    mediaType: 'application/json',
    schema: has({
      meta: has({ count: COUNT, limit: COUNT, since: TIME, next_cursor: OPTIONAL_TEXT, filters: {} }),
      data: listOf(has(ARTICLE)),
    }),
  },
  {
    path: '/api/v1/articles/{article}',
    tier: 'free',
    mediaType: 'application/json',
    schema: has({
      ...ARTICLE,
      iocs: listOf(has({ type: TYPE, value: TEXT, confidence: LEVEL, status: TEXT, evidence: {} })),
      ioc_count: COUNT,
      cves: TEXTS,
      threat_actors: TEXTS,
      malware_families: TEXTS,
      mitre_techniques: { type: 'array' },
      industries: TEXTS,
    }),
  },
  {
    path: '/api/v1/misp/feed/hashes.csv',
    tier: 'pro',
    mediaType: 'text/csv',
    read: (text) => assert.ok(linesOf(text).every((line) => /^[0-9a-f]{32},[0-9a-f-]{36}$/.test(line))),
  },
  {
    path: '/api/v1/misp/feed/{event}.json',
    tier: 'pro',
    mediaType: 'application/json',
    schema: has({
      Event: has({ uuid: TEXT, info: TEXT, Attribute: listOf(has({ type: TEXT, value: TEXT })) }),
    }),
  },
];

const SIGHTINGS: readonly Sighting[] = [
  {
    type: 'domain',
    value: 'bad.example.com',
    firstSeen: START - DAY,
    lastSeen: START,
    confidence: 95,
    family: 'Mozi',
    tags: ['elf'],
    techniques: ['T1105'],
    cves: ['CVE-2024-12345'],
    sectors: ['energy'],
    reference: 'https://feed.example.com/1',
  },
  { type: 'url', value: 'http://bad.example.com/a', lastSeen: START },
  { type: 'cve', value: 'CVE-2024-12345', lastSeen: START },
];

async function open(context: TestContext): Promise<Serving> {
  const server = await serving(context);
  const source = { ...SOURCE, confidence: 95 };
  const report = article(1);
  await take(server.store, SIGHTINGS, START, source);
  const [named] = SIGHTINGS;
  await takeArticles(server.store, [report], [{ ...found(1, report), ...named! }], START, source);
  server.clock.advance(60_000);
  return server;
}

/** What names in braces stand for: how each is found out. */
const PLACES: Readonly<Record<string, (server: Serving) => Promise<string>>> = {
  '{indicator}': async (server) =>
    indicatorsOf(await get(server, '?type=domain', bearer(await server.key('pro'))))[0]!.id,
  '{article}': async () => article(1).id,
  '{event}': async (server) => {
    const path = '/api/v1/misp/feed/manifest.json';
    const manifest = json(await get(server, path, bearer(await server.key('pro'))));
    return Object.keys(manifest)[0]!;
  },
};

async function placed(server: Serving, path: string): Promise<string> {
  const name = /\{\w+\}/.exec(path)?.[0];
  return name === undefined ? path : path.replace(name, await PLACES[name]!(server));
}

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);

function assertShape(schema: object, { body }: Answer, path: string): void {
  const validate = ajv.compile(schema);
  assert.ok(validate(JSON.parse(body.toString('utf8'))), `${path}: ${ajv.errorsText(validate.errors)}`);
}

for (const { path: named, tier, mediaType, schema, read } of ENDPOINTS) {
  test(named, async (context) => {
    const server = await open(context);
    const path = await placed(server, named);
    await context.test(
      'has the shape that the contract gives it, and says where its key stands',
      async () => {
        server.clock.advance(60_000);
        const answer = await get(server, path, bearer(server[tier]));
        assert.equal(answer.status, 200, answer.body.toString());
        assert.equal(answer.headers['content-type']?.split(';')[0], mediaType);
        if (schema !== undefined) assertShape(schema, answer, path);
        read?.(answer.body.toString('utf8'));
        for (const header of ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'])
          assert.match(String(answer.headers[header]), /^\d+$/, header);
        assert.match(String(answer.headers['x-request-id']), /^req_/);
        assert.equal(answer.headers['cache-control'], 'private, no-cache');
        const head = await get(server, path, bearer(server[tier]), 'HEAD');
        assert.deepEqual([head.status, head.body.length], [200, 0]);
        assert.equal(head.headers['content-type'], answer.headers['content-type']);
      },
    );

    await context.test('refuses in the order of the contract: key, tier, parameters, method', async () => {
      server.clock.advance(60_000);
      const [plain = ''] = path.split('?');
      const wrong = `${plain}?no_such_parameter=1`;
      const missing = await get(server, wrong);
      assert.deepEqual([missing.status, errorOf(missing).code], [401, 'missing_api_key']);
      assert.ok(missing.headers['www-authenticate'] !== undefined);
      const invalid = await get(server, wrong, bearer('sk_live_nonsense'));
      assert.deepEqual([invalid.status, errorOf(invalid).code], [401, 'invalid_api_key']);
      if (tier === 'pro') {
        const refused = await get(server, path, bearer(server.free));
        assert.deepEqual([refused.status, errorOf(refused).code], [403, 'insufficient_tier']);
        assert.match(errorOf(refused).message, /Pro/);
      }
      const malformed = await get(server, wrong, bearer(server[tier]));
      assert.deepEqual([malformed.status, errorOf(malformed).code], [400, 'invalid_parameter']);
      assert.ok(errorOf(malformed).details?.some(({ parameter }) => parameter === 'no_such_parameter'));
      const posted = await get(server, path, bearer(server[tier]), 'POST');
      assert.deepEqual([posted.status, posted.headers.allow], [405, 'GET, HEAD']);
    });

    await context.test('takes the key in either header, and not two that disagree', async () => {
      server.clock.advance(60_000);
      const key = server[tier];
      assert.equal((await get(server, path, { 'x-api-key': key })).status, 200);
      assert.equal((await get(server, path, { ...bearer(key), 'x-api-key': key })).status, 200);
      const other = await server.key('pro');
      assert.equal((await get(server, path, { ...bearer(key), 'x-api-key': other })).status, 401);
      const separator = path.includes('?') ? '&' : '?';
      assert.equal(
        (await get(server, `${path}${separator}api_key=${key}`)).status,
        401,
        'off unless configured',
      );
    });
  });
}

test('a value that is not known is 200 with found false, and nothing calls it harmless', async (context) => {
  const server = await open(context);
  const answer = await get(server, '/api/v1/lookup?value=192.0.2.99', bearer(server.free));
  assertShape(has({ value: { const: '192.0.2.99' }, found: { const: false } }), answer, 'lookup');
  assert.doesNotMatch(answer.body.toString(), /clean|safe|benign/i);
});

/** Requests of whoever is signed in, with what they are answered; `{key}` is a key of theirs. */
const SIGNED_IN: readonly (readonly [Method, string, number, object?])[] = [
  ['GET', '/api/v1/session', 200],
  ['GET', '/api/v1/keys', 200],
  ['POST', '/api/v1/keys', 201, { name: 'another' }],
  ['GET', '/api/v1/keys/{key}', 200],
  ['PATCH', '/api/v1/keys/{key}', 200, { name: 'renamed' }],
  ['GET', '/api/v1/keys/{key}/usage', 200],
  ['GET', '/api/v1/keys/{key}/receipts?value=bad.example.com', 200],
  ['POST', '/api/v1/keys/{key}/rotate', 201, {}],
  ['DELETE', '/api/v1/keys/{key}', 200],
  [
    'POST',
    '/api/v1/session/password',
    200,
    { current_password: 'correct horse battery', new_password: 'staple battery horse' },
  ],
  ['DELETE', '/api/v1/session', 204],
];

for (const [method, named, status, body] of SIGNED_IN) {
  test(`${method} ${named} refuses in its order: other sites, session, token, and then answers`, async (context) => {
    const server = await open(context);
    await makeAccount(server, 'acme');
    const browser = await signIn(server, 'acme');
    const { id } = json(await browser.send('POST', '/api/v1/keys', { name: 'edge' }), 201);
    const path = named.replace('{key}', String(id));
    const refusals: [Readonly<Record<string, string>>, number, string][] = [
      [bearer(server.pro), 401, 'not_signed_in'],
    ];
    if (method !== 'GET') {
      const cookie = { cookie: browser.cookie };
      refusals.unshift([
        { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
        403,
        'cross_site_request',
      ]);
      refusals.push(
        [cookie, 403, 'cross_site_request'],
        [{ ...cookie, 'x-csrf-token': 'wrong' }, 403, 'cross_site_request'],
      );
    }
    for (const [headers, expected, code] of refusals) {
      const refused = await send(server, method, path, { headers, ...(body !== undefined && { body }) });
      assert.deepEqual([refused.status, errorOf(refused).code], [expected, code]);
    }
    const answer = await browser.send(method, path, body);
    assert.equal(answer.status, status, answer.body.toString());
    assert.match(answer.headers['cache-control']!, /no-store/);
  });
}

const OPEN: readonly (readonly [path: string, mediaType: string])[] = [
  ['/docs', 'text/html'],
  ['/docs/docs.css', 'text/css'],
  ['/api/openapi.json', 'application/json'],
];

for (const [path, mediaType] of OPEN) {
  test(`${path} is open to all, and takes neither parameters nor other methods`, async (context) => {
    const server = await serving(context);
    for (const method of ['GET', 'HEAD'] as const) {
      const answer = await get(server, path, {}, method);
      assert.deepEqual([answer.status, answer.headers['content-type']?.split(';')[0]], [200, mediaType]);
    }
    assert.equal(errorOf(await get(server, `${path}?no_such_parameter=1`)).code, 'invalid_parameter');
    assert.equal((await get(server, path, {}, 'POST')).headers.allow, 'GET, HEAD');
  });
}

test('no operation of the API goes without such a test; TAXII has its own, and so has signing in', async (context) => {
  const tried = [
    ...ENDPOINTS.map(({ path }) => `get ${path}`),
    ...SIGNED_IN.map(([method, path]) => `${method.toLowerCase()} ${path}`),
    ...OPEN.map(([path]) => `get ${path}`),
  ].map((each) => each.replace(/\?.*/, ''));
  const untried = operationsOf(await documentOf(await serving(context)))
    .filter(([, method, { tags }]) => method !== 'head' && tags[0] !== 'TAXII')
    .map(([path, method]) => `${method} ${path}`)
    .filter((each) => {
      const form = new RegExp(`^${each.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
      return !tried.some((request) => form.test(request));
    });
  assert.deepEqual(untried, ['post /api/v1/session']);
});
