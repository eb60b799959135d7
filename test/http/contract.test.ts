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
import { DAY, SOURCE, START, take } from '../store/fixtures.ts';
import { type Answer, bearer, errorOf, get, type Serving, serving } from './serving.ts';

/** What the HTTP contract promises of each endpoint: who may use it, what it takes, and the shape of what it answers. */
interface Endpoint {
  /** A request that it answers. */
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
  await take(server.store, SIGHTINGS, START, { ...SOURCE, confidence: 95 });
  server.clock.advance(60_000);
  return server;
}

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);

function assertShape(schema: object, { body }: Answer, path: string): void {
  const validate = ajv.compile(schema);
  assert.ok(validate(JSON.parse(body.toString('utf8'))), `${path}: ${ajv.errorsText(validate.errors)}`);
}

for (const { path, tier, mediaType, schema, read } of ENDPOINTS) {
  const [plain = ''] = path.split('?');

  test(`${path} has the shape that the contract gives it, and says where its key stands`, async (context) => {
    const server = await open(context);
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
  });

  test(`${path} refuses in the contract's order: key, tier, parameters, method`, async (context) => {
    const server = await open(context);
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
    assert.equal(errorOf(malformed).details?.[0]?.parameter, 'no_such_parameter');
    const posted = await get(server, path, bearer(server[tier]), 'POST');
    assert.deepEqual([posted.status, posted.headers.allow], [405, 'GET, HEAD']);
  });

  test(`${path} takes the key in either header, and not two that disagree`, async (context) => {
    const server = await open(context);
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
}

test('a value that is not known is 200 with found false, and nothing calls it harmless', async (context) => {
  const server = await open(context);
  const answer = await get(server, '/api/v1/lookup?value=192.0.2.99', bearer(server.free));
  assertShape(has({ value: { const: '192.0.2.99' }, found: { const: false } }), answer, 'lookup');
  assert.doesNotMatch(answer.body.toString(), /clean|safe|benign/i);
});
