import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';

import { parse } from 'csv-parse/sync';

import { LIST_FORMATS } from '../../src/model/list-parameters.ts';
import type { Sighting } from '../../src/model/sighting.ts';
import { DAY, domain, SOURCE, START, take } from '../store/fixtures.ts';
import { addresses, bearer, type ErrorBody, errorOf, get, type Serving, serving } from './serving.ts';

const LIST = '/api/v1/iocs';

interface ListBody {
  readonly meta: Record<string, unknown>;
  readonly data: readonly Record<string, unknown>[];
  readonly links: { readonly self: string; readonly next: string | null };
}

async function list(server: Serving, query = '', key = server.pro): Promise<ListBody> {
  const answer = await get(server, LIST + query, bearer(key));
  assert.equal(answer.status, 200, answer.body.toString('utf8'));
  return JSON.parse(answer.body.toString('utf8')) as ListBody;
}

async function values(server: Serving, query = '', key = server.pro): Promise<unknown[]> {
  return (await list(server, query, key)).data.map(({ value }) => value);
}

const FULL: Sighting = {
  type: 'url',
  value: 'http://bad.example.com/a.exe',
  firstSeen: START - DAY,
  lastSeen: START,
  confidence: 85,
  threatType: 'malware_download',
  family: 'Mozi',
  tags: ['ELF', '32-bit'],
  techniques: ['T1105'],
  cves: ['CVE-2024-12345'],
  sectors: ['energy'],
  reference: 'https://feed.example.com/1',
  comment: 'seen on a router',
  actors: ['Example Group'],
};

test('a list is meta, data and links, each item with what the contract names', async (context) => {
  const server = await serving(context);
  await take(server.store, [FULL], START);
  const { meta, data, links } = await list(server, '?type=url&limit=5');
  const { generated_at: at, feed_version: version, ...rest } = meta;
  assert.deepEqual(rest, {
    total: 1,
    limit: 5,
    offset: 0,
    source: 'SOC Defenders',
    filters: { type: 'url' },
  });
  assert.equal(new Date(Number(version)).toISOString(), at);
  assert.deepEqual(links, { self: `${LIST}?type=url&limit=5`, next: null });
  const [item, ...others] = data;
  assert.deepEqual(others, []);
  const { id, created, modified, valid_until: until, context: sentence, ...shown } = item!;
  assert.match(String(id), /^indicator--[0-9a-f-]{36}$/);
  assert.deepEqual([created, modified], [at, at]);
  assert.equal(until, new Date(START + 60 * DAY).toISOString());
  assert.equal(
    sentence,
    'URL (malware download) of Mozi, attributed to Example Group, reported by Example Feed.',
  );
  assert.deepEqual(shown, {
    type: 'url',
    value: FULL.value,
    confidence: 'high',
    score: 85,
    first_seen: new Date(START - DAY).toISOString(),
    last_seen: new Date(START).toISOString(),
    tlp: 'clear',
    source: {
      feed_name: 'Example Feed',
      category: 'community',
      origin: 'feed',
      reference_url: 'https://feed.example.com/1',
      article_id: null,
      article_title: null,
      article_url: null,
      comment: 'seen on a router',
    },
    tags: ['32-bit', 'ELF'],
    mitre_techniques: ['T1105'],
    industries: ['energy'],
    threat_types: ['malware_download'],
    malware_families: ['Mozi'],
    threat_actors: ['Example Group'],
    cves: ['CVE-2024-12345'],
  });
});

test('what was found in a report says so, and links to it', async (context) => {
  const server = await serving(context);
  const evidence = { sentence: 'It calls home to bad.example.com.', offset: 5, defanged: false };
  await take(server.store, [domain(1, { evidence, reference: 'https://blog.example.com/post' })], START);
  const { source } = (await list(server)).data[0]! as { source: Record<string, unknown> };
  assert.equal(source.origin, 'article');
  assert.equal(source.article_url, 'https://blog.example.com/post');
});

test('an empty list is empty and no error', async (context) => {
  const server = await serving(context);
  const { meta, data, links } = await list(server, '?type=ipv4');
  assert.deepEqual([meta.total, data, links.next], [0, [], null]);
  assert.deepEqual([meta.generated_at, meta.feed_version], [new Date(server.clock.now).toISOString(), '0']);
  for (const path of [`${LIST}/count`, `${LIST}/stats`]) {
    const answer = await get(server, path, bearer(server.free));
    const { generated_at: at } = JSON.parse(answer.body.toString('utf8')) as { generated_at: string };
    assert.equal(at, new Date(server.clock.now).toISOString(), path);
  }
  const bodies = LIST_FORMATS.slice(1).map(async (format) => {
    return (await get(server, `${LIST}?format=${format}`, bearer(server.pro))).body.toString('utf8');
  });
  const header = 'id,type,value,confidence,first_seen,last_seen,source_article,source_feed,category,tags\r\n';
  assert.deepEqual(await Promise.all(bodies), [header, '', '']);
});

test('the filters are those of the bundle, and until and category', async (context) => {
  const server = await serving(context);
  await take(server.store, [domain(1, { confidence: 85, sectors: ['water'] }), ...addresses(2)], START);
  const government = { ...SOURCE, name: 'Agency', category: 'Government' };
  await take(server.store, [domain(2, { confidence: 85 })], START, government);
  const { data } = await list(server, '?since=2026-01-01');
  const cut = String(data[1]!.modified);
  assert.deepEqual(await values(server, '?type=domain&confidence=high&industry=water'), [
    'host-1.example.com',
  ]);
  assert.deepEqual(await values(server, `?until=${cut}`), ['2001:db8::1', 'host-1.example.com']);
  assert.deepEqual(await values(server, `?since=${cut}&until=${String(data[2]!.modified)}`), ['2001:db8::2']);
  assert.deepEqual(await values(server, '?category=government'), ['host-2.example.com']);
  assert.equal((await values(server, '?category=community')).length, 3);
  assert.equal((await values(server, '?category=government,community')).length, 4);
  assert.deepEqual(await values(server, '?category=community&type=domain&confidence=high&industry=water'), [
    'host-1.example.com',
  ]);
  assert.deepEqual(await values(server, '?category=community&industry=energy'), []);
  assert.deepEqual(await values(server, '?category=vendor'), []);
});

test('the filters are told as they were applied: a since from before the look-back where it was moved to', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(2), START);
  server.clock.advance(30_000);
  const base = `http://127.0.0.1:${await server.listen()}`;
  const minute = 60_000;
  for (const path of [LIST, `${LIST}/count`]) {
    const ask = async (query: string, key: string): Promise<[filters: unknown, etag: string | null]> => {
      const answer = await fetch(`${base}${path}?${query}`, { headers: bearer(key) });
      const body = (await answer.json()) as { meta?: { filters: object }; filters?: object };
      assert.equal(answer.status, 200);
      return [body.meta?.filters ?? body.filters, answer.headers.get('etag')];
    };
    const earliest = Math.ceil((server.clock.now - DAY) / minute) * minute;
    const moved = { type: 'IPV6', since: new Date(earliest).toISOString() };
    const [first, etag] = await ask('type=IPV6&since=2020-01-01', server.free);
    assert.deepEqual(first, moved);
    for (const since of ['2026-01-15', '2026-01-15T09:00:00+00:00'])
      assert.deepEqual((await ask(`since=${encodeURIComponent(since)}`, server.free))[0], { since });
    assert.deepEqual((await ask('type=ipv6&since=2020-01-01', server.pro))[0], {
      type: 'ipv6',
      since: new Date(earliest - 364 * DAY).toISOString(),
    });
    assert.deepEqual((await ask('type=ipv6', server.free))[0], { type: 'ipv6' });
    server.clock.advance(minute);
    const [later, other] = await ask('type=IPV6&since=2020-01-01', server.free);
    assert.deepEqual(later, { ...moved, since: new Date(earliest + minute).toISOString() });
    // The tag names the bytes, and these have become others.
    if (etag !== null) assert.notEqual(other, etag);
  }
});

test('a category finds what any of its sources reports, once', async (context) => {
  const server = await serving(context);
  await take(server.store, [domain(1)], START);
  await take(server.store, [domain(1)], START, { ...SOURCE, name: 'Agency', category: 'government' });
  assert.deepEqual(await values(server, '?category=government,community'), ['host-1.example.com']);
  const [item] = (await list(server, '?category=government')).data;
  assert.equal((item!.source as { feed_name: string }).feed_name, 'Agency');
  assert.equal((item!.other_sources as { feed_name: string }[])[0]?.feed_name, 'Example Feed');
});

test('pages lead to the end by links.next and by offset, each IOC once', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(7), START);
  const all = addresses(7).map(({ value }) => value);
  for (const since of ['', '&since=2026-01-01']) {
    const found: unknown[] = [];
    for (let next: string | null = `${LIST}?limit=3${since}`; next !== null;) {
      const { data, links, meta }: ListBody = await list(server, next.slice(LIST.length));
      found.push(...data.map(({ value }) => value));
      assert.equal(meta.total, 7);
      next = links.next;
    }
    const paged: unknown[] = [];
    for (let offset = 0; offset <= 9; offset += 3)
      paged.push(...(await values(server, `?limit=3&offset=${offset}${since}`)));
    assert.deepEqual(found, since === '' ? all.toReversed() : all);
    assert.deepEqual(paged, found);
  }
});

test('the link to the next page is in the header too, in every format', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(5), START);
  const lines: string[] = [];
  for (let next: string | undefined = `${LIST}?format=txt&limit=2`; next !== undefined;) {
    const { headers, body } = await get(server, next, bearer(server.pro));
    lines.push(...body.toString('utf8').trimEnd().split('\n'));
    next = /^<([^>]+)>; rel="next"$/.exec(headers.link ?? '')?.[1];
  }
  assert.deepEqual(
    lines,
    addresses(5)
      .map(({ value }) => value)
      .toReversed(),
  );
});

test('a deep offset is refused, with the cursor as the remedy', async (context) => {
  const server = await serving(context);
  const error = errorOf(await get(server, `${LIST}?offset=10001`, bearer(server.pro)));
  assert.equal(error.code, 'invalid_parameter');
  assert.match(error.message, /^offset: must be a number from 0 to 10000.*links\.next.*cursor/);
});

test('what is unknown or contradictory is refused', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(3), START);
  const { next } = (await list(server, '?limit=1')).links;
  const cursor = new URL(next!, 'http://server').searchParams.get('cursor')!;
  for (const [query, parameter] of [
    ['?typ=url', 'typ'],
    ['?format=xml', 'format'],
    ['?tlp_version=2', 'tlp_version'],
    ['?until=yesterday', 'until'],
    ['?category=', 'category'],
    ['?category=cert,,own', 'category'],
    ['?category=goverment', 'category'],
    ['?offset=-1', 'offset'],
    [`?offset=1&cursor=${cursor}`, 'offset'],
    [`?type=ipv6&cursor=${cursor}`, 'cursor'],
    [`?category=cert&cursor=${cursor}`, 'cursor'],
    [`?until=2026-01-01&cursor=${cursor}`, 'cursor'],
    ['?limit=10001', 'limit'],
  ] as const) {
    const answer = await get(server, LIST + query, bearer(server.pro));
    assert.equal(answer.status, 400, query);
    assert.equal(errorOf(answer).details?.[0]?.parameter, parameter);
  }
});

test('a Free key has JSON, a hundred results and a day', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(3), START);
  server.clock.advance(2 * DAY);
  await take(server.store, [domain(1)], server.clock.now);
  server.clock.advance(1_000);
  assert.deepEqual(await values(server, '', server.free), ['host-1.example.com']);
  assert.deepEqual(await values(server, '?since=2020-01-01', server.free), ['host-1.example.com']);
  assert.equal((await values(server)).length, 4);
  const refused = await get(server, `${LIST}?limit=101`, bearer(server.free));
  assert.equal(errorOf(refused).code, 'invalid_parameter');
  for (const format of LIST_FORMATS.slice(1)) {
    const answer = await get(server, `${LIST}?format=${format}&typ=1`, bearer(server.free));
    assert.equal(answer.status, 403);
    assert.equal(errorOf(answer).code, 'insufficient_tier');
    assert.match(errorOf(answer).message, /Pro/);
  }
  assert.equal((await get(server, LIST)).status, 401);
});

test('each format has its type, and is saved and not shown but for JSON', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(2), START);
  const types = {
    json: ['application/json; charset=utf-8', undefined],
    csv: ['text/csv; charset=utf-8; header=present', 'attachment; filename="iocs.csv"'],
    txt: ['text/plain; charset=utf-8', 'attachment; filename="iocs.txt"'],
    ndjson: ['application/x-ndjson; charset=utf-8', 'attachment; filename="iocs.ndjson"'],
  };
  for (const format of LIST_FORMATS) {
    const { headers } = await get(server, `${LIST}?format=${format}`, bearer(server.pro));
    assert.deepEqual([headers['content-type'], headers['content-disposition']], types[format]);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['cache-control'], 'private, no-cache');
    assert.equal(headers.vary, 'Accept-Encoding, Authorization, X-API-Key');
  }
});

test('without a format a list is JSON, and 406 where that is not taken; with one, Accept is not looked at', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(2), START);
  const base = `http://127.0.0.1:${await server.listen()}`;
  const ask = (path: string, accept: string, method = 'GET'): Promise<Response> =>
    fetch(base + path, { method, headers: { ...bearer(server.pro), accept } });
  const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';
  for (const path of [LIST, '/api/v1/articles']) {
    for (const accept of ['*/*', browser, 'application/json', 'application/*;q=0.1', 'text/csv, */*;q=0.1']) {
      const answer = await ask(path, accept);
      assert.equal(answer.status, 200, `${path} ${accept}`);
      assert.match(answer.headers.get('vary')!, /^Accept, /);
      assert.match(answer.headers.get('content-type')!, /^application\/json/);
    }
    for (const accept of ['application/xml', 'text/html', 'text/csv', '*/*, application/json;q=0']) {
      const answer = await ask(path, accept);
      assert.equal(answer.status, 406, `${path} ${accept}`);
      assert.equal((await ask(path, accept, 'HEAD')).status, 406);
      const { error } = (await answer.json()) as { error: ErrorBody };
      assert.match(error.message, /Accept does not take.*Name a format: json, csv/);
      assert.deepEqual(error.details?.[1]?.parameter, 'format');
      const named = await ask(`${path}?format=csv`, accept);
      assert.deepEqual([named.status, named.headers.get('vary')?.startsWith('Accept, ')], [200, false]);
    }
  }
});

test('every format says the same of the same IOCs', async (context) => {
  const server = await serving(context);
  await take(server.store, [FULL, ...addresses(250), domain(1)], START);
  const of = async (format: string): Promise<string> =>
    (await get(server, `${LIST}?limit=1000&format=${format}`, bearer(server.pro))).body.toString('utf8');
  const { data } = JSON.parse(await of('json')) as ListBody;
  assert.equal(data.length, 252);
  const lines = (await of('ndjson')).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line) as unknown),
    data,
  );
  assert.equal(await of('txt'), data.map(({ value }) => `${String(value)}\n`).join(''));
  const rows = parse<Record<string, string>>(await of('csv'), {
    columns: true,
    record_delimiter: '\r\n',
  });
  assert.deepEqual(
    rows.map(({ id, type, value, confidence, first_seen, last_seen }) => ({
      id,
      type,
      value,
      confidence,
      first_seen,
      last_seen,
    })),
    data.map(({ id, type, value, confidence, first_seen, last_seen }) => ({
      id,
      type,
      value,
      confidence,
      first_seen,
      last_seen,
    })),
  );
  const full = rows.find(({ value }) => value === FULL.value)!;
  assert.deepEqual(
    [full.source_article, full.source_feed, full.category, full.tags],
    ['', 'Example Feed', 'community', '32-bit;ELF'],
  );
});

test('what has not changed is a 304; what has is not; HEAD gives the headers', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(300), START);
  for (const format of LIST_FORMATS) {
    const path = `${LIST}?limit=300&format=${format}`;
    const first = await get(server, path, bearer(server.pro));
    const again = { ...bearer(server.pro), 'if-none-match': first.headers.etag! };
    const same = await get(server, path, again);
    assert.deepEqual([same.status, same.body.length, same.headers.etag], [304, 0, first.headers.etag]);
    const head = await get(server, path, bearer(server.pro), 'HEAD');
    assert.deepEqual([head.status, head.body.length, head.headers.etag], [200, 0, first.headers.etag]);
    assert.equal(head.headers['content-type'], first.headers['content-type']);
    const packed = await get(server, path, { ...bearer(server.pro), 'accept-encoding': 'gzip' });
    assert.equal(packed.headers['content-encoding'], 'gzip');
    assert.notEqual(packed.headers.etag, first.headers.etag);
    assert.deepEqual(gunzipSync(packed.body), first.body);
  }
  const path = `${LIST}?limit=1`;
  const { etag } = (await get(server, path, bearer(server.pro))).headers;
  server.clock.advance(1_000);
  await take(server.store, [domain(9)], server.clock.now);
  server.clock.advance(5_000);
  const changed = await get(server, path, { ...bearer(server.pro), 'if-none-match': etag! });
  assert.equal(changed.status, 200);
});

test('a poller by since misses nothing and learns what to take back', async (context) => {
  const server = await serving(context);
  await take(server.store, [domain(1), domain(2)], START);
  const first = await get(server, `${LIST}?since=2026-01-01`, bearer(server.pro));
  const next = first.headers['x-next-since']!;
  server.clock.advance(1_000);
  await server.store.retract([domain(1)], 'false positive', server.clock.now);
  server.clock.advance(5_000);
  const { data } = await list(server, `?since=${next}`);
  assert.deepEqual(
    data.map(({ value, revoked }) => [value, revoked]),
    [['host-1.example.com', true]],
  );
  assert.deepEqual(await values(server), ['host-2.example.com']);
});

test('the way that integrations ask works as they expect', async (context) => {
  const server = await serving(context);
  await take(server.store, [{ type: 'ipv4', value: '192.0.2.7', confidence: 85, lastSeen: START }], START);
  const { body } = await get(server, `${LIST}?type=ipv4&confidence=high&format=txt`, bearer(server.pro));
  assert.equal(body.toString('utf8'), '192.0.2.7\n');
});

test('a count says what a query would return, without limit, for Free keys too', async (context) => {
  const server = await serving(context);
  await take(server.store, [...addresses(120), domain(1, { sectors: ['energy'] })], START);
  const count = async (query: string, key = server.free): Promise<unknown> => {
    const answer = await get(server, `${LIST}/count${query}`, bearer(key));
    assert.equal(answer.headers['cache-control'], 'private, no-cache');
    return (JSON.parse(answer.body.toString('utf8')) as { count: number }).count;
  };
  assert.equal(await count(''), 121);
  assert.equal(await count('?type=ipv6'), 120);
  assert.equal(await count('?industry=energy&type=domain'), 1);
  assert.equal(await count('?category=community&since=2020-01-01'), 121);
  const refused = await get(server, `${LIST}/count?limit=5`, bearer(server.free));
  assert.equal(errorOf(refused).details?.[0]?.parameter, 'limit');
});

test('links are whole URLs where the server knows what it is reached by, and paths elsewhere', async (context) => {
  const publicUrl = 'https://iocs.example.com/soc';
  for (const [config, start] of [
    [{ publicUrl }, publicUrl],
    [{}, ''],
  ] as const) {
    const server = await serving(context, { config });
    await take(server.store, [domain(1), domain(2)], START);
    const { body } = await get(server, '/api/v1/iocs?limit=1', {
      ...bearer(server.pro),
      host: 'evil.example',
    });
    const { links } = JSON.parse(String(body)) as { links: { self: string; next: string } };
    assert.equal(links.self, `${start}/api/v1/iocs?limit=1`);
    assert.ok(links.next.startsWith(`${start}/api/v1/iocs?limit=1&cursor=`), links.next);
    for (const path of ['/api/v1/iocs/stix', '/api/v1/iocs/hosts']) {
      const { headers } = await get(server, `${path}?limit=1`, bearer(server.pro));
      assert.ok(String(headers.link).startsWith(`<${start}${path}?limit=1&cursor=`), String(headers.link));
    }
  }
});
