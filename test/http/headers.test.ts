import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { START, take } from '../store/fixtures.ts';
import { exchange } from './raw-client.ts';
import { addresses, type Answer, bearer, bundleOf, get, PATH, type Serving, serving } from './serving.ts';

async function open(context: TestContext, count = 3): Promise<Serving> {
  const server = await serving(context);
  await take(server.store, addresses(count), START);
  return server;
}

/** One answer of every kind that there is. */
async function everyKind(server: Serving): Promise<ReadonlyMap<string, Answer>> {
  const pro = bearer(server.pro);
  const { headers } = await get(server, '', pro);
  const expired = await server.key('pro', { expiresAt: server.clock.now });
  const elsewhere = await server.key('pro', { allowedNetworks: ['203.0.113.1'] });
  const kinds: readonly (readonly [string, string, Record<string, string>, ('GET' | 'HEAD' | 'POST')?])[] = [
    ['200', '', pro],
    ['200 with a second page', '?limit=1', pro],
    ['200 ascending', '?since=2026-01-01', pro],
    ['200 empty', '?type=md5', pro],
    ['200 compressed', '', { ...pro, 'accept-encoding': 'gzip' }],
    ['200 STIX', '', { ...pro, accept: 'application/stix+json' }],
    ['200 objects', '?format=objects', pro],
    ['200 HEAD', '', pro, 'HEAD'],
    ['304', '', { ...pro, 'if-none-match': headers.etag! }],
    ['400 parameter', '?limit=0', pro],
    ['400 target', '/%zz', pro],
    ['401 missing', '', {}],
    ['401 invalid', '', bearer('sk_live_x')],
    ['401 expired', '', bearer(expired)],
    ['403 tier', '', bearer(server.free)],
    ['403 address', '', bearer(elsewhere)],
    ['404', '/nothing', pro],
    ['405', '', pro, 'POST'],
    ['406 type', '', { ...pro, accept: 'text/html' }],
    ['406 coding', '', { ...pro, 'accept-encoding': 'identity;q=0' }],
  ];
  const answers = new Map<string, Answer>();
  for (const [kind, query, sent, method] of kinds) answers.set(kind, await get(server, query, sent, method));
  for (const [kind, { status }] of answers) assert.equal(status, Number(kind.slice(0, 3)), kind);
  return answers;
}

test('every answer has an id, forbids sniffing and framing, and names no software', async (context) => {
  for (const [kind, { headers }] of await everyKind(await open(context))) {
    assert.match(headers['x-request-id'] ?? '', /^req_[0-9a-f-]{36}$/, kind);
    // A 304 has no content to make something of.
    if (kind !== '304') {
      assert.equal(headers['x-content-type-options'], 'nosniff', kind);
      assert.match(
        headers['content-security-policy'] ?? '',
        /default-src 'none'.*frame-ancestors 'none'/,
        kind,
      );
    }
    for (const name of ['server', 'x-powered-by', 'set-cookie', 'access-control-allow-origin']) {
      assert.equal(headers[name], undefined, `${kind}: ${name}`);
    }
  }
});

test('no answer to a key may be kept by a cache that others share, and no error by any', async (context) => {
  for (const [kind, { status, headers }] of await everyKind(await open(context))) {
    if (status < 400) {
      assert.equal(headers['cache-control'], 'private, no-cache', kind);
      for (const name of ['Accept', 'Accept-Encoding', 'Authorization', 'X-API-Key']) {
        assert.ok((headers.vary ?? '').split(', ').includes(name), `${kind}: Vary ${name}`);
      }
    } else assert.equal(headers['cache-control'], 'no-store', kind);
  }
});

test('every answer to a valid key tells its limit, and none to somebody else', async (context) => {
  for (const [kind, { headers }] of await everyKind(await open(context))) {
    const known = !/^(?:401|403 address|400 target)/.test(kind);
    for (const name of ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset']) {
      assert.equal(headers[name] !== undefined, known, `${kind}: ${name}`);
      if (known) assert.match(headers[name]!, /^\d+$/, `${kind}: ${name}`);
    }
  }
});

test('every 401 says how to come in, and nothing else does', async (context) => {
  for (const [kind, { status, headers }] of await everyKind(await open(context))) {
    assert.equal(headers['www-authenticate'] !== undefined, status === 401, kind);
    if (status === 401)
      assert.match(headers['www-authenticate']!, /^Bearer(?: error="invalid_token")?$/, kind);
  }
});

test('tags are strong and of one form, and only answers with content have one', async (context) => {
  for (const [kind, { status, headers }] of await everyKind(await open(context))) {
    assert.equal(headers.etag !== undefined, status < 400, kind);
    if (status < 400) assert.match(headers.etag!, /^"[\w-]{22}(?:-(?:gzip|br|zstd))?"$/, kind);
  }
});

test('Link is there exactly when more remains, and X-Next-Since exactly when the order is ascending', async (context) => {
  for (const [kind, { headers }] of await everyKind(await open(context))) {
    assert.equal(headers.link !== undefined, kind === '200 with a second page', kind);
    assert.equal(headers['x-next-since'] !== undefined, kind === '200 ascending', kind);
  }
});

test('the type of every body is said, with its charset where it is JSON', async (context) => {
  for (const [kind, { headers, body }] of await everyKind(await open(context))) {
    if (kind === '304') assert.equal(headers['content-type'], undefined);
    else if (kind === '200 STIX') assert.equal(headers['content-type'], 'application/stix+json;version=2.1');
    else assert.equal(headers['content-type'], 'application/json; charset=utf-8', kind);
    if (body.length > 0 && !kind.includes('compressed')) JSON.parse(body.toString('utf8'));
  }
});

test('answers without a body have none, and 304 repeats what a cache needs', async (context) => {
  const answers = await everyKind(await open(context));
  assert.equal(answers.get('200 HEAD')?.body.length, 0);
  const unchanged = answers.get('304')!;
  assert.equal(unchanged.body.length, 0);
  const whole = answers.get('200')!;
  for (const name of ['etag', 'cache-control', 'vary'])
    assert.equal(unchanged.headers[name], whole.headers[name]);
});

test('Last-Modified is the time of the newest indicator of the page, whichever end it stands at', async (context) => {
  const server = await open(context, 5);
  for (const query of ['', '?limit=2', '?since=2026-01-01', '?since=2026-01-01&limit=2']) {
    const answer = await get(server, query, bearer(server.pro));
    const modified = bundleOf(answer).objects.flatMap((object) =>
      object.type === 'indicator' ? [Date.parse(object.modified)] : [],
    );
    const newest = Math.floor(Math.max(...modified) / 1_000) * 1_000;
    assert.equal(Date.parse(answer.headers['last-modified'] ?? ''), newest, query);
    assert.match(answer.headers['last-modified']!, /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
  }
});

test('only If-None-Match with the very tag is answered 304; no other condition is', async (context) => {
  const server = await open(context);
  const { etag, 'last-modified': modified } = (await get(server, '', bearer(server.pro))).headers;
  const opaque = etag!.slice(1, -1);
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await get(server, '', { ...bearer(server.pro), ...headers })).status;
  for (const match of [etag!, `W/${etag}`, `"x", ${etag}`, `${etag} , "y"`, '*', `"x",W/${etag},"y"`]) {
    assert.equal(await status({ 'if-none-match': match }), 304, match);
  }
  for (const match of [
    '""',
    '"x"',
    opaque,
    `"${opaque}`,
    `"${opaque.toUpperCase()}x"`,
    `"${opaque}-gzip"`,
    `"${opaque} "`,
    '"*"',
    '',
  ]) {
    assert.equal(await status({ 'if-none-match': match }), 200, match);
  }
  assert.equal(await status({ 'if-match': '"x"' }), 200);
  assert.equal(await status({ 'if-modified-since': modified! }), 200, 'seconds are too coarse for stamps');
  assert.equal(await status({ range: 'bytes=0-9' }), 200);
  assert.equal(await status({ 'if-range': etag!, range: 'bytes=0-9' }), 200);
});

test('a condition is looked at after the key, the tier and the parameters', async (context) => {
  const server = await open(context);
  for (const [headers, query, expected] of [
    [{}, '', 401],
    [bearer(server.free), '', 403],
    [bearer(server.pro), '?limit=0', 400],
    [{ ...bearer(server.pro), accept: 'text/csv' }, '', 406],
    [bearer(server.pro), '', 304],
  ] as const) {
    assert.equal((await get(server, query, { ...headers, 'if-none-match': '*' })).status, expected);
  }
});

test('HEAD says what GET says, for every way to ask', async (context) => {
  const server = await open(context);
  for (const query of [
    '',
    '?limit=1',
    '?since=2026-01-01',
    '?strict=true',
    '?format=objects',
    '?type=md5',
    '?include=related',
  ]) {
    for (const accept of ['*/*', 'application/stix+json']) {
      if (query === '?format=objects' && accept !== '*/*') continue;
      server.clock.advance(1_000);
      const sent = { ...bearer(server.pro), accept };
      const whole = await get(server, query, sent);
      const head = await get(server, query, sent, 'HEAD');
      assert.equal(head.status, whole.status);
      for (const name of [
        'content-type',
        'etag',
        'last-modified',
        'link',
        'x-next-since',
        'vary',
        'cache-control',
      ]) {
        assert.equal(head.headers[name], whole.headers[name], `${query}: ${name}`);
      }
    }
  }
});

test('headers of one name sent twice do no harm', async (context) => {
  const server = await open(context);
  const port = await server.listen();
  const ask = async (headers: string): Promise<number> =>
    Number(
      (await exchange(port, `GET ${PATH} HTTP/1.1\r\nHost: h\r\n${headers}Connection: close\r\n\r\n`)).slice(
        9,
        12,
      ),
    );
  const key = `Authorization: Bearer ${server.pro}\r\n`;
  assert.equal(await ask(key), 200);
  assert.equal(await ask(`${key}Accept: text/html\r\nAccept: application/json\r\n`), 200);
  assert.equal(await ask(`${key}Accept-Encoding: gzip\r\nAccept-Encoding: br\r\n`), 200);
  assert.equal(
    await ask(`${key}If-None-Match: "x"\r\nIf-None-Match: *\r\n`),
    200,
    'a star in a list is no star',
  );
  const twice = await ask(`${key}Authorization: Bearer sk_live_other\r\n`);
  assert.ok([200, 400, 401].includes(twice), String(twice));
  assert.equal(await ask(`X-API-Key: ${server.pro}\r\nX-API-Key: ${server.free}\r\n`), 401);
});

test('no header of a client comes back in an answer', async (context) => {
  const server = await open(context);
  const marked = Object.fromEntries(
    [
      'host',
      'origin',
      'referer',
      'user-agent',
      'cookie',
      'x-forwarded-for',
      'x-forwarded-proto',
      'x-forwarded-host',
      'forwarded',
      'x-request-id',
      'traceparent',
      'via',
      'x-real-ip',
      'from',
    ].map((name) => [name, 'reflected.example']),
  );
  for (const headers of [
    marked,
    { ...marked, ...bearer(server.pro) },
    { ...marked, ...bearer(server.free) },
  ]) {
    for (const query of ['?limit=1', '?limit=0', '/nothing', '/%zz']) {
      const answer = await get(server, query, headers);
      assert.ok(!JSON.stringify(answer.headers).includes('reflected'), query);
      assert.ok(!answer.body.includes('reflected'), query);
    }
  }
});

test('what depends on the key and not on a coding says so, for whoever keeps answers', async (context) => {
  const server = await open(context);
  for (const path of [
    'iocs/count',
    'iocs/search?q=2001:db8',
    'iocs/stats',
    'lookup?value=2001:db8::1',
    'articles?format=json',
  ]) {
    const { status, headers } = await get(server, `/api/v1/${path}`, bearer(server.free));
    assert.deepEqual([status, headers.vary], [200, 'Authorization, X-API-Key'], path);
  }
});
