import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { type Store, StoreError } from '../../src/store/store.ts';
import { START, take } from '../store/fixtures.ts';
import { exchange } from './raw-client.ts';
import { addresses, bearer, PATH, type Serving, serving } from './serving.ts';

/** What a client has seen of an answer: its status, what came, and whether it was told that this was all. */
interface Seen {
  readonly status: number;
  readonly bytes: number;
  readonly complete: boolean;
}

function ask(port: number, key: string, query: string, headers: Record<string, string> = {}): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const asking = request(
      { port, path: PATH + query, headers: { ...bearer(key), ...headers } },
      (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => (bytes += chunk.byteLength));
        response.on('error', () => undefined);
        response.on('close', () =>
          resolve({ status: response.statusCode!, bytes, complete: response.complete }),
        );
      },
    );
    asking.on('error', reject);
    asking.end();
  });
}

/** A store whose slices fail from the call number `from` on; 0 for the first. */
function failingSlices(state: { from: number; error: Error; calls: number }) {
  return (store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (name !== 'slice') return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        return (...args: Parameters<Store['slice']>) => {
          state.calls += 1;
          return state.calls > state.from ? Promise.reject(state.error) : target.slice(...args);
        };
      },
    });
}

async function open(context: TestContext, count: number, error: Error, config: object = {}) {
  const state = { from: Infinity, calls: 0, error };
  const server = await serving(context, { wrap: failingSlices(state), config: { cacheBytes: 0, ...config } });
  await take(server.store, addresses(count, { comment: 'x'.repeat(300) }), START);
  return { server, state, port: await server.listen() };
}

/** The lines of the log with this message. */
const linesOf = (server: Serving, message: string): Record<string, unknown>[] =>
  server
    .log()
    .split('\n')
    .filter((line) => line.includes(`"message":"${message}"`))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

for (const coding of ['identity', 'gzip', 'br', 'zstd']) {
  test(`an export (${coding}) that fails on the way is cut, so that no client takes a part for the whole`, async (context) => {
    const { server, state, port } = await open(
      context,
      9_000,
      new StoreError('unavailable', 'the disk is gone'),
    );
    const whole = await ask(port, server.pro, '?limit=10000', { 'accept-encoding': coding });
    assert.deepEqual([whole.status, whole.complete], [200, true]);
    const { calls } = state;
    assert.ok(calls > 1, 'the answer takes several slices');
    state.from = calls + calls - 1;
    const cut = await ask(port, server.pro, '?limit=9999', { 'accept-encoding': coding });
    assert.equal(cut.complete, false);
    assert.ok(cut.bytes < whole.bytes);
    const [line] = linesOf(server, 'answer cut short');
    assert.match(JSON.stringify(line), /the disk is gone/);
    assert.match(String(line?.id), /^req_/);
    state.from = Infinity;
    const again = await ask(port, server.pro, '?limit=9998', { 'accept-encoding': coding });
    assert.deepEqual([again.status, again.complete], [200, true]);
  });
}

test('an export that fails before its first byte is an error as all others', async (context) => {
  const { server, state, port } = await open(context, 3_000, new StoreError('busy', 'locked'));
  state.from = 0;
  for (const query of ['?limit=10', '?limit=10000', '?limit=10000&include=related']) {
    for (const coding of ['identity', 'gzip']) {
      const { status, complete } = await ask(port, server.pro, query, { 'accept-encoding': coding });
      assert.deepEqual([status, complete], [503, true], `${query} ${coding}`);
    }
  }
  state.from = Infinity;
  assert.equal((await ask(port, server.pro, '?limit=10000')).status, 200);
});

test('a failure on the way is met by everybody who shares the rendering, and nothing of it is kept', async (context) => {
  const { server, state, port } = await open(context, 9_000, new StoreError('unavailable', 'gone'), {
    cacheBytes: 50_000_000,
    cacheBodyBytes: 20_000_000,
  });
  assert.equal((await ask(port, server.pro, '?limit=9000')).complete, true);
  state.from = state.calls + 2;
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => ask(port, server.pro, '?limit=9000&tlp=green')),
  );
  for (const { complete, status } of answers) assert.ok(!complete || status === 503);
  state.from = Infinity;
  const again = await ask(port, server.pro, '?limit=9000&tlp=green');
  assert.deepEqual([again.status, again.complete], [200, true]);
});

test('one log line tells of a client that left, with the bytes that it took', async (context) => {
  const { server, port } = await open(context, 9_000, new Error('never'));
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET ${PATH}?limit=10000 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${server.pro}\r\n\r\n`);
  await once(socket, 'readable');
  socket.resetAndDestroy();
  while (linesOf(server, 'request').length === 0) await delay(5);
  const [line, ...others] = linesOf(server, 'request');
  assert.deepEqual(others, []);
  assert.equal(line?.cut, true);
  assert.equal(line.status, 200);
  assert.ok(Number(line.bytes) > 0);
  assert.deepEqual(linesOf(server, 'answer cut short'), []);
});

test('a client that leaves while its answer is looked up costs no error, and the next is served', async (context) => {
  const state = { hold: Promise.withResolvers<void>() };
  const server = await serving(context, {
    wrap: (store) =>
      new Proxy(store, {
        get: (target, name) => {
          const value: unknown = Reflect.get(target, name);
          if (name !== 'extent') return typeof value === 'function' ? (value.bind(target) as unknown) : value;
          return async (...args: Parameters<Store['extent']>) => {
            await state.hold.promise;
            return target.extent(...args);
          };
        },
      }),
  });
  await take(server.store, addresses(3_000), START);
  const port = await server.listen();
  const leaving = Array.from({ length: 12 }, (_, index) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      `GET ${PATH}?limit=${2_500 + index} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${server.pro}\r\n\r\n`,
    );
    return socket;
  });
  await delay(50);
  for (const socket of leaving) socket.resetAndDestroy();
  await delay(50);
  state.hold.resolve();
  for (let turn = 0; turn < 12; turn += 1) {
    const { status, complete } = await ask(port, server.pro, `?limit=${2_900 + turn}`);
    assert.deepEqual([status, complete], [200, true]);
  }
  assert.deepEqual(linesOf(server, 'internal error'), []);
});

test('several requests on one connection are answered in their order, whole', async (context) => {
  const { server, port } = await open(context, 50, new Error('never'));
  const one = (query: string, more = ''): string =>
    `GET ${PATH}${query} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${server.pro}\r\n${more}\r\n`;
  const text = await exchange(
    port,
    one('?limit=1') + one('?limit=0') + one('/x') + one('?limit=2', 'Connection: close\r\n'),
  );
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  assert.deepEqual(statuses, [200, 400, 404, 200]);
});

test('a connection that asked badly is closed only where what follows could not be told apart', async (context) => {
  const { server, port } = await open(context, 1, new Error('never'));
  const key = `Authorization: Bearer ${server.pro}\r\n`;
  const good = `GET ${PATH} HTTP/1.1\r\nHost: h\r\n${key}Connection: close\r\n\r\n`;
  const two = async (first: string): Promise<number> =>
    (await exchange(port, first + good)).match(/HTTP\/1\.1 \d{3} /g)?.length ?? 0;
  assert.equal(await two(`GET /nothing HTTP/1.1\r\nHost: h\r\n${key}\r\n`), 2);
  assert.equal(await two(`GET ${PATH}?limit=0 HTTP/1.1\r\nHost: h\r\n${key}\r\n`), 2);
  assert.equal(await two(`GET ${PATH} HTTP/1.1\r\nHost: h\r\n\r\n`), 2);
  assert.equal(await two(`POST ${PATH} HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n`), 1);
  assert.equal(await two('GET / HTTP/1.1\r\nBad Header: x\r\n\r\n'), 1);
});

test('HTTP/1.0 clients are served, and hung up on', async (context) => {
  const { server, port } = await open(context, 3, new Error('never'));
  for (const host of ['', 'Host: h\r\n']) {
    const text = await exchange(
      port,
      `GET ${PATH} HTTP/1.0\r\n${host}Authorization: Bearer ${server.pro}\r\n\r\n`,
    );
    assert.match(text, /^HTTP\/1\.1 200 /);
    assert.match(text, /connection: close/i);
    JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4));
  }
});
