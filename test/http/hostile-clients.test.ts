import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import type { Store } from '../../src/store/store.ts';
import { START, take } from '../store/fixtures.ts';
import { exchange, paused, rawError } from './raw-client.ts';
import { addresses, PATH, type Serving, serving } from './serving.ts';

const WHOLE = /\r\n\r\n.*\}/s;

function request(target: string, headers = '', method = 'GET'): string {
  return `${method} ${target} HTTP/1.1\r\nHost: evil.example\r\n${headers}\r\n`;
}

function withKey(key: string): string {
  return `Authorization: Bearer ${key}\r\n`;
}

async function alive(port: number): Promise<void> {
  assert.match(await exchange(port, request(PATH), WHOLE), /^HTTP\/1\.1 401/);
}

test('no spelling of a path gets around its guard', async (context) => {
  const server = await serving(context);
  const port = await server.listen();
  const spellings = [
    '/api/v1/iocs/sti%78',
    '/%61pi/v1/iocs/stix',
    `http://evil.example${PATH}`,
    `HTTPS://evil.example:443${PATH}?limit=1`,
    `${PATH}?`,
    `${PATH}#x`,
    '/api/v1/iocs/%2e%2e/iocs/stix',
    `/${PATH}`,
    `${PATH};x`,
    `${PATH}%2F`,
    `${PATH}/`,
    '/api/v1/iocs%2Fstix',
    '/API/V1/IOCS/STIX',
    '*',
  ];
  for (const target of spellings) {
    for (const method of ['GET', 'HEAD']) {
      const text = await exchange(port, request(target, 'Connection: close\r\n', method));
      assert.match(text, /^HTTP\/1\.1 40[014] /, `${method} ${target}`);
      assert(!text.includes('"bundle"'));
      assert(!text.toLowerCase().includes('evil'));
    }
  }
  const absolute = request(`http://evil.example${PATH}`, `${withKey(server.pro)}Connection: close\r\n`);
  assert.match(await exchange(port, absolute), /^HTTP\/1\.1 200 /);
});

test('two Host headers, or none, are no request; an expectation that nobody knows is passed over', async (context) => {
  const server = await serving(context);
  const port = await server.listen();
  const close = 'Connection: close\r\n';
  for (const hosts of ['', 'Host: one.example\r\nHost: two.example\r\n']) {
    const text = await exchange(port, `GET ${PATH} HTTP/1.1\r\n${hosts}${withKey(server.pro)}${close}\r\n`);
    assert.deepEqual(rawError(text), [400, 'bad_request']);
    assert.match(text, /no Host header, or more than one/);
  }
  const expecting = `Expect: the-unexpected\r\n${close}`;
  assert.deepEqual(rawError(await exchange(port, request(PATH, expecting))), [401, 'missing_api_key']);
  const served = await exchange(port, request(PATH, withKey(server.pro) + expecting));
  assert.match(served, /^HTTP\/1\.1 200 /);
});

test('what is not HTTP is answered in the shape of all errors, and hung up on', async (context) => {
  const server = await serving(context);
  const port = await server.listen();
  const cases: [string, [number, string]][] = [
    ['nonsense\r\n\r\n', [400, 'bad_request']],
    ['GET / HTTP/9.9\r\n\r\n', [400, 'bad_request']],
    ['FOO / HTTP/1.1\r\nHost: a\r\n\r\n', [400, 'bad_request']],
    ['GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n', [400, 'bad_request']],
    [
      'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      [400, 'bad_request'],
    ],
    [request(`/${'a'.repeat(20_000)}`), [414, 'uri_too_long']],
    [request('/', `X: ${'a'.repeat(20_000)}\r\n`), [431, 'headers_too_large']],
  ];
  for (const [bytes, expected] of cases) {
    const text = await exchange(port, bytes);
    assert.deepEqual(rawError(text), expected, bytes.slice(0, 40));
    assert.match(text, /connection: close/i);
  }
  const text = await exchange(port, 'GET / HTTP/1.1\r\n\r\n', WHOLE);
  assert.deepEqual(rawError(text), [400, 'bad_request']);
  await alive(port);
});

test('odd headers and bodies do no harm', async (context) => {
  const server = await serving(context);
  const port = await server.listen();
  const key = withKey(server.pro);
  for (const bytes of [
    request(PATH, `${key}__proto__: x\r\nconstructor: y\r\nConnection: close\r\n`),
    request(PATH, `${key}Content-Length: 400000\r\nConnection: close\r\n`) + '['.repeat(400_000),
    request(PATH, `${key}Accept: ${'*/*,'.repeat(3_000)}\r\nConnection: close\r\n`),
    request(PATH, `${key}Accept-Encoding: ${'gzip;q=0.'.repeat(1_000)}\r\nConnection: close\r\n`),
    request(PATH, `${key}If-None-Match: ${'"a",'.repeat(3_000)}\r\nConnection: close\r\n`),
    request(PATH, `${key}Upgrade: websocket\r\nConnection: upgrade, close\r\n`),
    request(PATH, `${key}X-HTTP-Method-Override: DELETE\r\nConnection: close\r\n`),
  ]) {
    assert.match(await exchange(port, bytes), /^HTTP\/1\.1 200 /, bytes.slice(0, 200));
  }
  const post = request(PATH, 'Content-Length: 400000\r\nContent-Type: application/json\r\n', 'POST');
  assert.match(await exchange(port, post + '{"__proto__":['.repeat(1_000), WHOLE), /^HTTP\/1\.1 405 /);
  await alive(port);
});

test('a query of any length is refused in bounded words', async (context) => {
  const server = await serving(context);
  const port = await server.listen();
  for (const query of ['a&'.repeat(7_000), `type=${'x,'.repeat(7_000)}`, `limit=${'9'.repeat(14_000)}`]) {
    const text = await exchange(
      port,
      request(`${PATH}?${query}`, `${withKey(server.pro)}Connection: close\r\n`),
    );
    assert.equal(rawError(text)[0], 400);
    assert(text.length < 10_000);
  }
});

test('clients that dribble their headers are hung up on while others are served', async (context) => {
  const server = await serving(context, { config: { headersTimeout: 300, requestTimeout: 400 } });
  const port = await server.listen();
  const sockets = Array.from({ length: 100 }, () => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\nX-'));
    socket.on('error', () => undefined);
    return socket;
  });
  const [first] = sockets;
  const answer = new Promise<string>((resolve) => {
    let text = '';
    first!.on('data', (data) => {
      text += data.toString();
    });
    first!.on('close', () => resolve(text));
  });
  await alive(port);
  for (const socket of sockets.slice(1)) socket.resume();
  await Promise.all(sockets.filter(({ destroyed }) => !destroyed).map((socket) => once(socket, 'close')));
  assert.deepEqual(rawError(await answer), [408, 'request_timeout']);
});

test('a client that takes nothing is dropped, and so is one that takes for ever', async (context) => {
  for (const config of [
    { progressDeadline: 400 },
    { responseDeadline: 400, cacheBytes: 0 },
    { responseDeadline: 400 },
  ]) {
    const server = await serving(context, { config });
    await fill(server, 6_000);
    const port = await server.listen();
    const socket = paused(port, request(`${PATH}?limit=10000`, withKey(server.pro)));
    const [connection] = await connected(server);
    await once(connection!, 'close');
    socket.destroy();
    await alive(port);
  }
});

test('a client that leaves stops the rendering', async (context) => {
  const counts = { slices: 0 };
  const wrap = (store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        if (name === 'slice') counts.slices += 1;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  const server = await serving(context, { wrap, config: { cacheBytes: 0 } });
  await fill(server, 10_000);
  const port = await server.listen();
  const socket = paused(port, request(`${PATH}?limit=10000`, withKey(server.pro)));
  await connected(server);
  while (counts.slices === 0) await delay(5);
  socket.resetAndDestroy();
  await delay(200);
  const then = counts.slices;
  await delay(200);
  assert.equal(counts.slices, then);
  assert(counts.slices < 40, `${counts.slices} slices`);
  await alive(port);
});

test(
  'two hundred clients that stop reading cost little memory, and others are served',
  { timeout: 60_000 },
  async (context) => {
    const server = await serving(context);
    await fill(server, 10_000);
    const port = await server.listen();
    const before = anonymousMemory();
    if (before === undefined) return context.skip('memory is measured on Linux only');
    const script = fileURLToPath(new URL('paused-clients.ts', import.meta.url));
    const clients = spawn(process.execPath, [script, String(port), server.pro, '200'], { stdio: 'ignore' });
    context.after(() => clients.kill('SIGKILL'));
    await delay(3_000);
    const grown = anonymousMemory()! - before;
    await alive(port);
    context.diagnostic(`${Math.round(grown)} MB for 200 clients`);
    assert(grown < 120, `${grown} MB`);
  },
);

/** Memory of this process in MB, mapped files left out. */
function anonymousMemory(): number | undefined {
  if (!existsSync('/proc/self/status')) return undefined;
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1_000;
}

async function fill(server: Serving, count: number): Promise<void> {
  await take(server.store, addresses(count, { comment: 'x'.repeat(300) }), START);
}

async function connected(server: Serving) {
  const [socket] = (await once(server.app.server, 'connection')) as [Socket];
  return [socket];
}
