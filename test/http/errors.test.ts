import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import fastify from 'fastify';

import { buildApp } from '../../src/http/app.ts';
import { HTTP_DEFAULTS } from '../../src/http/config.ts';
import { API_ERRORS } from '../../src/errors.ts';
import { SILENT } from '../../src/observe/log.ts';
import { type Store, StoreError } from '../../src/store/store.ts';
import { addresses, bearer, errorOf, get, PATH, serving } from './serving.ts';
import { take } from '../store/fixtures.ts';

/** A store of which one method fails. */
function failing(method: keyof Store, error: Error) {
  return (store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        if (name === method) return () => Promise.reject(error);
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
}

test('the table of errors has a status and a sentence for each code', () => {
  for (const [code, { status, message }] of Object.entries(API_ERRORS)) {
    assert.match(code, /^[a-z_]+$/);
    assert(status >= 400 && status < 600);
    assert.match(message, /[.]$/);
  }
});

test('every answer carries an id of its own that no client chooses', async (context) => {
  const server = await serving(context);
  const ids = new Set<string>();
  for (const [query, headers] of [
    ['', bearer(server.pro)],
    ['', {}],
    ['/nothing', {}],
    ['/%zz', {}],
    ['', { ...bearer(server.pro), 'x-request-id': 'forged', 'request-id': 'forged' }],
  ] as const) {
    const answer = await get(server, query, headers);
    assert.match(answer.headers['x-request-id'] ?? '', /^req_[0-9a-f-]{36}$/);
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    ids.add(answer.headers['x-request-id']!);
  }
  assert.equal(ids.size, 5);
});

test('every answer says what a browser may make of it, however it is sent', async (context) => {
  const server = await serving(context);
  const { etag } = (await get(server, '', bearer(server.pro))).headers;
  const answers = [
    await get(server, '', bearer(server.pro)),
    await get(server, '', bearer(server.pro), 'HEAD'),
    await get(server, '', { ...bearer(server.pro), 'if-none-match': etag! }),
    await get(server, '', { ...bearer(server.pro), 'accept-encoding': 'gzip' }),
    await get(server, '', bearer(server.pro), 'POST'),
    await get(server, '?limit=0', bearer(server.pro)),
    await get(server, '', {}),
    await get(server, '/nothing', {}),
    await get(server, '/%zz', {}),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 304, 200, 405, 400, 401, 404, 400],
  );
  for (const { status, headers } of answers) {
    assert.match(headers['x-request-id'] ?? '', /^req_/);
    if (status === 304) continue;
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.match(headers['content-security-policy'] ?? '', /^default-src 'none'/);
  }
});

test('a wrong parameter is named, with the reason and what is allowed', async (context) => {
  const server = await serving(context);
  const answer = await get(server, '?tpye=ipv4&limit=20000&type=ipv5', bearer(server.pro));
  assert.equal(answer.status, 400);
  const { code, message, details } = errorOf(answer);
  assert.equal(code, 'invalid_parameter');
  assert.match(message, /tpye: no such parameter; did you mean type\?/);
  assert.deepEqual(
    details?.map(({ parameter, value }) => [parameter, value]),
    [
      ['tpye', undefined],
      ['limit', '20000'],
      ['type', 'ipv5'],
    ],
  );
  assert.equal(details?.[1]?.allowed, 'a number from 1 to 10000');
  assert(Array.isArray(details?.[2]?.allowed) && details[2].allowed.includes('mitre-attack'));
});

test('a path that is not there is 404, with and without a key', async (context) => {
  const server = await serving(context);
  for (const path of [
    '/api/v1/nothing',
    `${PATH}/`,
    `/${PATH}`,
    `${PATH};x`,
    '/api/v1/iocs%2Fstix',
    '/../etc',
  ]) {
    assert.equal(errorOf(await get(server, path)).code, 'not_found', path);
    assert.equal(errorOf(await get(server, path, bearer(server.pro))).code, 'not_found', path);
  }
});

test('another method than GET and HEAD is 405 with Allow, before any body is looked at', async (context) => {
  const server = await serving(context);
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'] as const) {
    for (const [type, payload] of [
      ['application/json', '{"a":'],
      ['application/json', '['.repeat(200_000)],
      ['Application/Json ;', '{"__proto__":{"tier":"pro"}}'],
      ['application/json x', '{}'],
      ['text/xml', '<a/>'],
    ] as const) {
      const headers = { 'content-type': type };
      const response = await server.app.inject({ method: method as 'POST', url: PATH, headers, payload });
      assert.equal(response.statusCode, 405, method);
      assert.equal(response.headers.allow, 'GET, HEAD');
      assert.match(response.payload, /method_not_allowed/);
    }
  }
  assert.equal((await get(server, '', bearer(server.pro))).status, 200);
});

test('a URL that cannot be decoded is 400', async (context) => {
  const server = await serving(context);
  for (const path of ['/%zz', '/api/%', '/%c3%28']) {
    const answer = await get(server, path, bearer(server.pro));
    assert.equal(answer.status, 400, path);
    assert.equal(errorOf(answer).code, 'bad_request');
    assert(!answer.body.includes(path));
  }
});

test('a store that cannot answer is 503 with Retry-After, wherever it fails: never 401, never empty', async (context) => {
  const methods = ['findKey', 'takeRequests', 'markPolled', 'watermark', 'extent', 'slice'] as const;
  for (const method of methods) {
    const wrap = failing(method, new StoreError('unavailable', '/var/lib/secret.sqlite is gone'));
    const server = await serving(context, { wrap });
    await take(server.store, addresses(3), server.clock.now);
    for (const headers of [{}, { 'accept-encoding': 'gzip' }]) {
      const answer = await get(server, '', { ...bearer(server.pro), ...headers });
      assert.equal(answer.status, 503, method);
      assert.equal(errorOf(answer).code, 'unavailable');
      assert.equal(answer.headers['retry-after'], '5');
      assert.equal(answer.headers.etag, undefined);
      assert.equal(answer.headers['content-encoding'], undefined);
      assert(!answer.body.includes('secret'));
      assert(server.log().includes(errorOf(answer).request_id));
    }
  }
});

test('our own mistake is 500 without a word of it, and the log has it under the id', async (context) => {
  for (const method of ['findKey', 'extent', 'slice'] as const) {
    const wrap = failing(method, new TypeError('SELECT secret FROM /srv/data.sqlite'));
    const server = await serving(context, { wrap });
    await take(server.store, addresses(3), server.clock.now);
    const answer = await get(server, '', bearer(server.pro));
    assert.equal(answer.status, 500);
    const { code, message, request_id } = errorOf(answer);
    assert.equal(code, 'internal_error');
    assert.equal(message, API_ERRORS.internal_error.message);
    const line = server
      .log()
      .split('\n')
      .find((text) => text.includes(request_id) && text.includes('SELECT secret'));
    assert(line?.includes('"level":"error"'));
  }
});

test('a route that does not say who may use it cannot be built', async (context) => {
  const server = await serving(context);
  const { store, clock } = server;
  const app = buildApp({ store, clock: clock.read, log: SILENT, config: HTTP_DEFAULTS });
  context.after(() => app.close());
  assert.throws(() => app.get('/open', () => 'x'), /config\.auth/);
  assert.throws(() => app.get('/open', { config: {} }, () => 'x'), /config\.auth/);
  assert.doesNotThrow(() => fastify().get('/open', () => 'x'));
});

test('a request is one log line, of what was asked by whom, and how it ended', async (context) => {
  const server = await serving(context);
  const port = await server.listen();
  const answer = await fetch(`http://127.0.0.1:${port}${PATH}?limit=1`, { headers: bearer(server.pro) });
  const length = (await answer.arrayBuffer()).byteLength;
  while (server.log() === '') await delay(5);
  const { time, ms, bytes, ...line } = JSON.parse(server.log().trim()) as Record<string, unknown>;
  assert.deepEqual(line, {
    level: 'info',
    message: 'request',
    id: answer.headers.get('x-request-id'),
    method: 'GET',
    route: PATH,
    status: 200,
    key: server.pro.slice(0, 12),
  });
  assert.equal(typeof time, 'string');
  assert.equal(typeof ms, 'number');
  assert(Number(bytes) > length);
});
