import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';

import { parse } from 'csv-parse/sync';
import fc from 'fast-check';

import { ARTICLE_OPERATION, ARTICLES_OPERATION } from '../../src/http/routes/articles-operation.ts';
import type { Article } from '../../src/model/article.ts';
import { ARTICLE_COLUMNS } from '../../src/render/article.ts';
import { article, found, takeArticles } from '../store/contract-articles.ts';
import { DAY, START } from '../store/fixtures.ts';
import { bearer, errorOf, get, type Serving, serving } from './serving.ts';

const PATH = '/api/v1/articles';

interface Body {
  readonly meta: { readonly count: number; readonly next_cursor: string | null; readonly since: string };
  readonly data: readonly Record<string, unknown>[];
}

interface Client extends Serving {
  /** Asks through a socket. */
  readonly ask: (path: string, key?: string, method?: string) => Promise<Response>;
  readonly list: (query: string, key?: string) => Promise<Body>;
}

async function client(
  context: TestContext,
  articles: readonly Article[] = [],
  sightings: Parameters<typeof takeArticles>[2] = [],
): Promise<Client> {
  const server = await serving(context);
  await takeArticles(server.store, articles, sightings, START);
  server.clock.advance(60_000);
  const port = await server.listen();
  const ask = (path: string, key = server.pro, method = 'GET'): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, { method, headers: bearer(key) });
  const list = async (query: string, key?: string): Promise<Body> => {
    const response = await ask(PATH + query, key);
    assert.equal(response.status, 200, query);
    return (await response.json()) as Body;
  };
  return { ...server, ask, list };
}

const FULL = article(1, {
  summary: 'It sums up.',
  categories: ['malware'],
  severity: 'high',
  tags: ['loader'],
  families: ['Mozi'],
  actors: ['APT28'],
  techniques: ['T1059.001'],
  cves: ['CVE-2024-12345'],
  sectors: ['energy'],
});

const ITEM = {
  id: FULL.id,
  title: 'Report 1',
  url: 'https://labs.example.com/1',
  source: 'Example Feed',
  published_at: '2026-01-15T09:59:59.000Z',
  summary: 'It sums up.',
  categories: ['malware'],
  severity: 'high',
  tags: ['loader'],
  has_iocs: true,
};

test('a list has what is told of each article, the newest first', async (context) => {
  const { list, free } = await client(context, [article(2), FULL], [found(1, FULL)]);
  const { meta, data } = await list('?has_iocs=true', free);
  assert.deepEqual(data, [ITEM]);
  assert.deepEqual(meta, {
    count: 1,
    limit: 30,
    since: '2026-01-08T00:00:00.000Z',
    next_cursor: null,
    filters: { has_iocs: 'true' },
  });
  assert.deepEqual(
    (await list('', free)).data.map(({ title, url, summary }) => [title, url, summary]),
    [
      ['Report 1', 'https://labs.example.com/1', 'It sums up.'],
      ['Report 2', 'https://labs.example.com/2', null],
    ],
  );
});

test('one article is a flat object with its IOCs and what it names', async (context) => {
  const { ask, free } = await client(context, [FULL], [found(1, FULL, { confidence: 85 })]);
  const response = await ask(`${PATH}/${FULL.id}`, free);
  assert.equal(response.headers.get('cache-control'), 'private, no-cache');
  assert.deepEqual(await response.json(), {
    ...ITEM,
    iocs: [
      {
        type: 'domain',
        value: 'host-1.example.com',
        confidence: 'high',
        status: 'published',
        evidence: { sentence: 'It calls host-1[.]example[.]com.', offset: 1, defanged: true },
      },
    ],
    ioc_count: 1,
    cves: ['CVE-2024-12345'],
    threat_actors: ['APT28'],
    malware_families: ['Mozi'],
    mitre_techniques: [{ id: 'T1059.001', name: 'PowerShell' }],
    industries: ['energy'],
  });
});

test('an answer has as many IOCs as the tier has results, and says how many there are', async (context) => {
  const many = Array.from({ length: 101 }, (_, index) => found(index, FULL));
  const { ask, free, pro } = await client(context, [FULL], many);
  for (const [key, count] of [
    [free, 100],
    [pro, 101],
  ] as const) {
    const body = (await (await ask(`${PATH}/${FULL.id}`, key)).json()) as { iocs: []; ioc_count: number };
    assert.deepEqual([body.iocs.length, body.ioc_count], [count, 101]);
  }
});

test('every filter filters', async (context) => {
  const { list } = await client(context, [FULL, article(2)], [found(1, FULL)]);
  for (const query of [
    'q=sums',
    'q=SUMS%20%22report%201%22',
    'category=malware',
    'category=Ransomware,malware',
    'severity=critical,high',
    'has_iocs=true',
    'threat_actor=apt-28',
    'industry=energy',
    'mitre_technique=t1059',
    'mitre_technique=T1059.001',
    'since=2026-01-15T09:59:59Z',
    'since=2026-01-15T10:59:59%2B01:00',
  ])
    assert.deepEqual(
      (await list(`?${query}`)).data.map(({ title }) => title),
      ['Report 1'],
      query,
    );
  for (const query of ['q=nothing', 'category=phishing', 'threat_actor=APT29', 'mitre_technique=T1105'])
    assert.deepEqual((await list(`?${query}`)).data, [], query);
});

test('every wrong request names what is wrong', async (context) => {
  const { ask, list, clock } = await client(context, [article(1), article(2)]);
  const { meta } = await list('?limit=1');
  for (const [query, parameter] of [
    ['q=', 'q'],
    ['q=***', 'q'],
    ['q=a%00b', 'q'],
    [`q=${'a'.repeat(201)}`, 'q'],
    [`q=${'a%20'.repeat(30)}`, 'q'],
    ['category=news', 'category'],
    ['severity=grave', 'severity'],
    ['has_iocs=yes', 'has_iocs'],
    ['threat_actor=%21', 'threat_actor'],
    ['industry=films', 'industry'],
    ['mitre_technique=T9999', 'mitre_technique'],
    ['since=yesterday', 'since'],
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['cursor=x', 'cursor'],
    [`cursor=${meta.next_cursor}&severity=low`, 'cursor'],
    ['format=xml', 'format'],
    ['type=ipv4', 'type'],
    ['q=a&q=b', 'q'],
  ] as const) {
    clock.advance(60_000);
    const response = await ask(`${PATH}?${query}`);
    const { error } = (await response.json()) as {
      error: { code: string; details: { parameter: string }[] };
    };
    assert.deepEqual(
      [response.status, error.code, error.details[0]?.parameter],
      [400, 'invalid_parameter', parameter],
      query,
    );
  }
});

test('pages hold every article once, and a cursor goes with its filters', async (context) => {
  const articles = Array.from({ length: 7 }, (_, index) => article(index, { publishedAt: START - 1_000 }));
  const { list } = await client(context, articles);
  const seen: unknown[] = [];
  let query = '?limit=3&severity=low';
  for (let pages = 0; pages < 3; pages += 1) {
    const { meta, data } = await list(query);
    seen.push(...data.map(({ title }) => title));
    if (meta.next_cursor === null) break;
    query = `?limit=3&severity=low&cursor=${meta.next_cursor}`;
  }
  assert.deepEqual(seen, articles.map(({ title }) => title).toReversed());
});

test('each tier reaches back as far as it may, to the beginning of a day', async (context) => {
  const dated = (index: number, days: number): Article => article(index, { publishedAt: START - days * DAY });
  const articles = [dated(1, 1), dated(2, 7), dated(3, 8), dated(4, 365), dated(5, 366)];
  const { ask, list, free, pro } = await client(context, articles);
  const titles = async (query: string, key: string) =>
    (await list(query, key)).data.map(({ title }) => title);
  assert.deepEqual(await titles('', free), ['Report 1', 'Report 2']);
  assert.deepEqual(await titles('', pro), ['Report 1', 'Report 2', 'Report 3', 'Report 4']);
  assert.deepEqual(await titles('?since=2026-01-08', free), ['Report 1', 'Report 2']);
  for (const [path, key, status] of [
    [`${PATH}?since=2026-01-07`, free, 403],
    [`${PATH}?since=2025-01-15`, pro, 200],
    [`${PATH}?since=2025-01-14`, pro, 403],
    [`${PATH}/${articles[1]!.id}`, free, 200],
    [`${PATH}/${articles[2]!.id}`, free, 403],
    [`${PATH}/${articles[3]!.id}`, pro, 200],
    [`${PATH}/${articles[4]!.id}`, pro, 403],
  ] as const) {
    const response = await ask(path, key);
    assert.equal(response.status, status, path);
    if (status !== 403) continue;
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    assert.equal(error.code, 'lookback_exceeded');
    assert.match(error.message, /keys see articles published since 202[56]-01-\d\dT00:00:00\.000Z/);
  }
});

test('what is no article’s id, or none that is here, is article_not_found', async (context) => {
  const server = await serving(context);
  for (const id of [
    article(9).id,
    'x',
    '1',
    `${article(9).id}0`,
    '%00',
    '..%2f..',
    article(9).id.toUpperCase(),
  ]) {
    server.clock.advance(60_000);
    const answer = await get(server, `${PATH}/${id}`, bearer(server.free));
    assert.deepEqual([answer.status, errorOf(answer).code], [404, 'article_not_found'], id);
  }
});

test('one article takes no parameters', async (context) => {
  const { ask } = await client(context, [FULL]);
  assert.equal((await ask(`${PATH}/${FULL.id}?include=text`)).status, 400);
});

test('formats other than JSON are for Pro keys, and nothing for nobody', async (context) => {
  const server = await client(context, [FULL], [found(1, FULL)]);
  for (const format of ['csv', 'ndjson']) {
    const refused = await get(server, `${PATH}?format=${format}`, bearer(server.free));
    assert.deepEqual([refused.status, errorOf(refused).code], [403, 'insufficient_tier']);
  }
  assert.equal((await get(server, PATH)).status, 401);
  assert.equal((await get(server, `${PATH}/${FULL.id}`)).status, 401);
  assert.equal((await server.ask(PATH, server.pro, 'POST')).status, 405);
});

test('HEAD has the headers alone', async (context) => {
  const { ask } = await client(context, [FULL]);
  for (const path of [PATH, `${PATH}/${FULL.id}`]) {
    const response = await ask(path, undefined, 'HEAD');
    assert.deepEqual([response.status, await response.text()], [200, '']);
  }
});

test('NDJSON is an article a line, CSV a record, both saved and with the next page in Link', async (context) => {
  const { ask } = await client(context, [FULL, article(2)], [found(1, FULL)]);
  const ndjson = await ask(`${PATH}?format=ndjson&limit=1`);
  assert.match(ndjson.headers.get('content-type') ?? '', /^application\/x-ndjson/);
  assert.match(ndjson.headers.get('content-disposition') ?? '', /^attachment; filename="articles\.ndjson"$/);
  assert.equal(await ndjson.text(), `${JSON.stringify(ITEM)}\n`);
  const next = /^<(\/api\/v1\/articles\?format=ndjson&limit=1&cursor=[\w-]+)>; rel="next"$/.exec(
    ndjson.headers.get('link') ?? '',
  )?.[1];
  const second = await ask(next ?? '');
  assert.match(await second.text(), /"title":"Report 2"/);
  assert.equal(second.headers.get('link'), null);
  const csv = await ask(`${PATH}?format=csv`);
  assert.match(csv.headers.get('content-type') ?? '', /^text\/csv/);
  const [first] = parse<Record<string, string>>(await csv.text(), { columns: true });
  assert.deepEqual(first, { ...ITEM, categories: 'malware', tags: 'loader', has_iocs: 'true' });
});

test('whatever titles, summaries and tags hold, JSON, NDJSON and CSV are read back, and no cell is run', async (context) => {
  const { store, list, ask, clock } = await client(context);
  const text = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
    fc.constantFrom('=1+1', '@SUM(A1)', '-1', '+1', '"', 'a,b', "'=1", '</script>', 'x'.repeat(300), ';'),
  );
  let index = 100;
  await fc.assert(
    fc.asyncProperty(text, text, fc.array(text, { maxLength: 3 }), async (title, summary, tags) => {
      clock.advance(60_000);
      const own = article((index += 1), { title, summary, tags, publishedAt: clock.now });
      await takeArticles(store, [own], [], clock.now);
      const [item] = (await list('?limit=1')).data;
      const plain = (each: string): string => each.toWellFormed();
      assert.deepEqual([item?.title, item?.summary], [title, summary].map(plain));
      const lines = (await (await ask(`${PATH}?limit=1&format=ndjson`)).text()).split('\n');
      assert.deepEqual([JSON.parse(lines[0]!), lines.length], [item, 2]);
      const csv = await (await ask(`${PATH}?limit=1&format=csv`)).text();
      const rows = parse(csv, { relax_quotes: false });
      assert.deepEqual([rows.length, rows[1]?.length], [2, ARTICLE_COLUMNS.length]);
      for (const cell of rows[1]!) assert.doesNotMatch(cell, /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/);
    }),
    { numRuns: 60 },
  );
});

test('what is documented of the answers is what they are', async (context) => {
  const { list, ask } = await client(context, [FULL], [found(1, FULL)]);
  const [listed] = ARTICLES_OPERATION.answers;
  const [one] = ARTICLE_OPERATION.answers;
  const body = await list('');
  const detail = (await (await ask(`${PATH}/${FULL.id}`)).json()) as Record<string, unknown>;
  const example = listed?.example as Body;
  assert.deepEqual(Object.keys(body), Object.keys(example));
  assert.deepEqual(Object.keys(body.meta), Object.keys(example.meta));
  assert.deepEqual(Object.keys(body.data[0]!), Object.keys(example.data[0]!));
  assert.deepEqual(Object.keys(detail).sort(), Object.keys(one?.example as object).sort());
  assert.deepEqual(one?.schema?.required, Object.keys(detail));
});
