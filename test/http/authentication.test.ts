import assert from 'node:assert/strict';
import { test } from 'node:test';

import { makeApiKey } from '../../src/model/api-key.ts';
import { exchange, rawError } from './raw-client.ts';
import { bearer, errorOf, get, PATH, serving } from './serving.ts';

const MISSING =
  'API key is required. Include it in the Authorization header as "Bearer sk_live_..." or in the X-API-Key header.';

test('without a key every route answers 401, whoever the caller says it is', async (context) => {
  const server = await serving(context);
  for (const headers of [
    {},
    { authorization: '' },
    { authorization: 'Bearer' },
    { authorization: 'Bearer ' },
    { authorization: 'Basic YTpi' },
    { 'x-api-key': '' },
    { 'x-user': 'admin', 'x-forwarded-user': 'admin' },
  ]) {
    const answer = await get(server, '?limit=0&nonsense=1', headers);
    assert.equal(answer.status, 401, JSON.stringify(headers));
    assert.equal(answer.headers['www-authenticate'], 'Bearer');
    const { code, message, details } = errorOf(answer);
    assert.equal(code, 'missing_api_key');
    assert.equal(message, MISSING);
    assert.equal(details, undefined);
    assert.equal(answer.headers['x-ratelimit-limit'], undefined);
  }
});

test('a key is taken as a bearer token or as X-API-Key, in any case of the scheme', async (context) => {
  const server = await serving(context);
  for (const headers of [
    bearer(server.pro),
    { authorization: `bearer  ${server.pro} ` },
    { 'x-api-key': server.pro },
    { ...bearer(server.pro), 'x-api-key': server.pro },
  ]) {
    assert.equal((await get(server, '', headers as Record<string, string>)).status, 200);
  }
});

test('a key that is malformed, mistyped, unknown or revoked is invalid', async (context) => {
  const server = await serving(context);
  const mistyped = server.pro.slice(0, -1) + (server.pro.endsWith('0') ? '1' : '0');
  const revoked = await server.key('pro');
  assert.equal((await get(server, '', bearer(revoked))).status, 200);
  for (const { id, prefix } of await server.store.listKeys()) {
    if (prefix === revoked.slice(0, 12)) await server.store.revokeKey(id, server.clock.now);
  }
  for (const key of ['null', 'sk_live_', mistyped, makeApiKey().text, revoked, `${server.pro}x`, 'ж']) {
    const answer = await get(server, '?limit=0', { 'x-api-key': key });
    assert.equal(answer.status, 401, key);
    assert.equal(errorOf(answer).code, 'invalid_api_key');
    assert.match(answer.headers['www-authenticate'] ?? '', /^Bearer/);
  }
  assert.match(errorOf(await get(server, '', bearer(mistyped))).message, /mistyped/);
});

test('two keys that disagree are refused, even when both are valid', async (context) => {
  const server = await serving(context);
  const answer = await get(server, '', { ...bearer(server.pro), 'x-api-key': server.free });
  assert.equal(answer.status, 401);
  assert.equal(errorOf(answer).code, 'invalid_api_key');
});

test('a header that is sent twice counts as two keys, whichever comes first, and as one where it says the same', async (context) => {
  const server = await serving(context);
  const port = await server.listen();
  const lines = {
    bearer: (key: string) => `Authorization: Bearer ${key}\r\n`,
    header: (key: string) => `X-API-Key: ${key}\r\n`,
    token: (key: string) => `Authorization: Token ${key}\r\n`,
    basic: (key: string) => `Authorization: Basic ${Buffer.from(`x:${key}`).toString('base64')}\r\n`,
  };
  const ask = (path: string, headers: string): Promise<string> =>
    exchange(port, `GET ${path} HTTP/1.1\r\nHost: h.example\r\nConnection: close\r\n${headers}\r\n`);
  for (const [way, line] of Object.entries(lines)) {
    const path = way === 'token' || way === 'basic' ? '/api/taxii2/' : PATH;
    const { pro, free } = server;
    for (const [one, other] of [
      [pro, free],
      [free, pro],
      [pro, makeApiKey().text],
    ] as const) {
      const text = await ask(path, line(one) + line(other));
      assert.match(text, /^HTTP\/1\.1 401 /, way);
      assert.match(text, /two API keys that differ/);
    }
    assert.match(await ask(path, line(pro) + line(pro)), /^HTTP\/1\.1 200 /, way);
  }
  const mixed = await ask(PATH, 'Authorization: Digest username="x", realm="y"\r\n');
  assert.deepEqual(rawError(mixed), [401, 'missing_api_key']);
});

test('an expired key says so', async (context) => {
  const server = await serving(context);
  const key = await server.key('pro', { expiresAt: server.clock.now + 1_000 });
  assert.equal((await get(server, '', bearer(key))).status, 200);
  server.clock.advance(1_000);
  const answer = await get(server, '', bearer(key));
  assert.equal(answer.status, 401);
  assert.equal(errorOf(answer).code, 'expired_api_key');
});

test('a Free key learns which tier has it, and nothing about parameters', async (context) => {
  const server = await serving(context);
  for (const query of ['', '?limit=0', '?format=objects', '?nonsense=1', '?type=cve&include=related']) {
    for (const headers of [{}, { accept: 'text/html' }, { 'if-none-match': '*' }]) {
      server.clock.advance(60_000);
      const answer = await get(server, query, { ...bearer(server.free), ...headers });
      assert.equal(answer.status, 403, query);
      const { code, message, details } = errorOf(answer);
      assert.equal(code, 'insufficient_tier');
      assert.match(message, /Pro/);
      assert.equal(details, undefined);
      assert.equal(answer.headers['x-ratelimit-limit'], '10');
      assert.equal(answer.headers.etag, undefined);
    }
  }
});

test('a key that is bound to networks works from these alone', async (context) => {
  const server = await serving(context);
  const from = async (networks: readonly string[], remoteAddress: string) => {
    const key = await server.key('pro', { allowedNetworks: networks });
    const headers = { ...bearer(key), 'x-forwarded-for': '192.0.2.1', forwarded: 'for=192.0.2.1' };
    const { statusCode } = await server.app.inject({ url: PATH, headers, remoteAddress });
    return statusCode;
  };
  assert.equal(await from(['192.0.2.0/24'], '192.0.2.7'), 200);
  assert.equal(await from(['192.0.2.7'], '192.0.2.7'), 200);
  assert.equal(await from(['192.0.2.0/24'], '::ffff:192.0.2.7'), 200);
  assert.equal(await from(['2001:db8::/32'], '2001:db8::7'), 200);
  assert.equal(await from(['192.0.2.0/24'], '198.51.100.7'), 403);
  assert.equal(await from(['192.0.2.0/24'], '2001:db8::7'), 403);
  assert.equal(await from(['192.0.2.0/24'], 'unknown'), 403);
  assert.equal(await from(['nonsense', '192.0.2.0/99'], '192.0.2.7'), 403);
});

test('the address is the one that a trusted proxy tells, and no other’s word counts', async (context) => {
  const server = await serving(context, { config: { trustProxy: ['198.51.100.1', '10.0.0.0/8'] } });
  const key = await server.key('pro', { allowedNetworks: ['192.0.2.1'] });
  const from = async (remoteAddress: string, forwarded: string) => {
    const headers = { ...bearer(key), 'x-forwarded-for': forwarded };
    return (await server.app.inject({ url: PATH, headers, remoteAddress })).statusCode;
  };
  assert.equal(await from('198.51.100.1', '192.0.2.1'), 200);
  assert.equal(await from('198.51.100.1', '203.0.113.5, 192.0.2.1'), 200);
  assert.equal(await from('198.51.100.1', '192.0.2.1, 203.0.113.5'), 403);
  assert.equal(await from('203.0.113.5', '192.0.2.1'), 403);
});

test('a key in the URL is taken only where that is configured, and never logged or linked', async (context) => {
  const off = await serving(context);
  assert.equal(errorOf(await get(off, `?api_key=${off.pro}`)).code, 'missing_api_key');
  assert.equal(errorOf(await get(off, `?api_key=${off.pro}`, bearer(off.pro))).code, 'invalid_parameter');
  assert(!off.log().includes(off.pro));

  const on = await serving(context, { config: { apiKeyInQuery: true } });
  const { store, clock } = on;
  const run = await store.beginRun({ name: 'x', tlp: 'clear', confidence: 50 }, 'test', clock.now);
  await store.ingest(
    run,
    ['192.0.2.1', '192.0.2.2'].map((value) => ({ type: 'ipv4', value, lastSeen: clock.now })),
    clock.now,
  );
  const answer = await get(on, `?limit=1&api_key=${on.pro}`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.link ?? '', /cursor=/);
  assert(!JSON.stringify(answer.headers).includes(on.pro.slice(12)));
  assert.equal((await get(on, `?api_key=${on.free}`, bearer(on.pro))).status, 401);
  assert.equal((await get(on, `?api_key=${on.pro}&api_key=${on.pro}x`)).status, 200);
  assert.equal((await get(on, `/api/%zz?api_key=${on.pro}`)).status, 400);
  assert(!on.log().includes(on.pro.slice(0, 20)));
});

test('keys, wherever they come in, are in no log line of any outcome', async (context) => {
  let broken = false;
  const server = await serving(context, {
    wrap: (store) =>
      new Proxy(store, {
        get: (target, name) => {
          if (name === 'watermark' && broken) return () => Promise.reject(new Error(`crash ${server.pro}`));
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      }),
  });
  const unknown = makeApiKey().text;
  assert.equal((await get(server, '', bearer(server.pro))).status, 200);
  assert.equal((await get(server, '', bearer(unknown))).status, 401);
  assert.equal((await get(server, `/${unknown}`, { 'x-api-key': server.pro })).status, 404);
  broken = true;
  server.clock.advance(1);
  const answer = await get(server, '', bearer(server.pro));
  assert.equal(answer.status, 500);
  assert(!answer.body.includes('crash'));
  const log = server.log();
  assert(log.includes(errorOf(answer).request_id));
  assert(log.includes(server.pro.slice(0, 12)));
  for (const key of [server.pro, unknown]) assert(!log.includes(key.slice(0, 16)));
});
