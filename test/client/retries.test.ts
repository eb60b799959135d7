import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';

import { ApiError, ConnectionError, SocDefenders } from '../../src/client/client.ts';
import { StoreError, type Store } from '../../src/store/store.ts';
import { addresses } from '../http/serving.ts';
import { START, take } from '../store/fixtures.ts';
import { reading } from './reading.ts';

const BODY = JSON.stringify({ count: 0, generated_at: '', filters: {} });

/** A server that does one thing after another with the requests that it is sent. */
async function scripted(context: TestContext, ...acts: ((socket: Socket) => void)[]) {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => (acts.shift() ?? answer(200, BODY))(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  const waits: number[] = [];
  const wait = async (milliseconds: number): Promise<void> => {
    waits.push(milliseconds);
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, url, waits, wait, client: new SocDefenders({ url, key: 'k', wait }), left: acts };
}

function answer(status: number, body: string, ...headers: string[]) {
  const head = [`HTTP/1.1 ${status} x`, `Content-Length: ${body.length}`, 'Connection: close', ...headers];
  return (socket: Socket): void => {
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  };
}

const hangUp = (socket: Socket): void => {
  socket.destroy();
};

test('a key that has used up its requests is waited for as long as the server says', async (context) => {
  const { clientWith, free, store, waits } = await reading(context);
  await take(store, addresses(2), START);
  const client = clientWith({ key: free });
  for (let asked = 0; asked < 12; asked += 1) await client.count();
  assert.equal(waits.length, 1);
  assert.ok(waits[0]! > 0 && waits[0]! <= 61_000, String(waits));
});

test('a server that cannot answer is asked again until it can', async (context) => {
  let failures = 2;
  const wrap = (store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (name !== 'count') return value.bind(target) as unknown;
        return (...given: unknown[]) => {
          failures -= 1;
          if (failures >= 0) throw new StoreError('unavailable', 'gone');
          return Reflect.apply(value, target, given) as unknown;
        };
      },
    });
  const { client, waits } = await reading(context, { wrap });
  assert.equal((await client.count()).count, 0);
  assert.deepEqual(waits, [5_000, 5_000], 'Retry-After is 5 s');
});

test('a connection that breaks, before or within an answer, is made again', async (context) => {
  const cut = (socket: Socket): void => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"count":', () => socket.destroy());
  };
  const { client, waits } = await scripted(context, hangUp, cut, answer(502, '<html>'), answer(504, ''));
  assert.equal((await client.count()).count, 0);
  assert.equal(waits.length, 4);
  for (const [index, wait] of waits.entries()) {
    const most = 500 * 2 ** index;
    assert.ok(wait >= most / 2 && wait <= most, `${wait} of ${most}`);
  }
});

test('it gives up after so many tries, with what happened last', async (context) => {
  const { url, wait, left } = await scripted(context, hangUp, hangUp, hangUp, hangUp);
  const client = new SocDefenders({ url, key: 'k', wait, retries: 2 });
  await assert.rejects(
    client.count(),
    (error) => error instanceof ConnectionError && error.cause !== undefined,
  );
  assert.equal(left.length, 1);
});

test('what does not pass is not tried again', async (context) => {
  for (const status of [400, 401, 403, 404, 406, 500]) {
    const { client, waits } = await scripted(context, answer(status, '{}'));
    await assert.rejects(client.count(), (error) => error instanceof ApiError && error.status === status);
    assert.deepEqual(waits, []);
  }
});

test('a wait may be told as a date; one that is too long is not begun', async (context) => {
  const soon = new Date(Date.now() + 60_000).toUTCString();
  const { client, waits } = await scripted(
    context,
    answer(503, '', `Retry-After: ${soon}`),
    answer(429, '', 'Retry-After: 7'),
    answer(429, '', 'Retry-After: 86400'),
  );
  await assert.rejects(
    client.count(),
    (error) => error instanceof ApiError && error.retryAfter === 86_400_000,
  );
  assert.equal(waits.length, 2);
  assert.ok(waits[0]! > 50_000 && waits[0]! <= 60_000);
  assert.equal(waits[1], 7_000);
});

test('no redirect is followed, as the key would go with it', async (context) => {
  let reached = 0;
  const other = await scripted(context, (socket) => {
    reached += 1;
    answer(200, BODY)(socket);
  });
  const { url, wait } = await scripted(context, answer(302, '', `Location: ${other.url}/api/v1/iocs/count`));
  const client = new SocDefenders({ url, key: 'k', wait, retries: 0 });
  await assert.rejects(client.count(), ConnectionError);
  assert.equal(reached, 0);
});

test('a signal ends a request under way, and what would come after', async (context) => {
  const stop = new AbortController();
  const reason = new Error('enough');
  const { client } = await scripted(context, () => stop.abort(reason));
  await assert.rejects(client.count({}, { signal: stop.signal }), (error) => error === reason);
  await assert.rejects(client.count({}, { signal: stop.signal }), (error) => error === reason);
});

test('a signal ends a wait at once', { timeout: 20_000 }, async () => {
  const stop = new AbortController();
  const reason = new Error('enough');
  const busy: typeof fetch = async () => {
    setTimeout(() => stop.abort(reason), 50);
    return new Response('', { status: 429, headers: { 'retry-after': '100' } });
  };
  const client = new SocDefenders({ url: 'https://h.example', key: 'k', fetch: busy });
  await assert.rejects(client.count({}, { signal: stop.signal }), (error) => error === reason);
});

test(
  'a signal that comes while a refusal is still being read ends the wait before it begins',
  { timeout: 20_000 },
  async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const busy: typeof fetch = async () => {
      const refusal = new ReadableStream({
        pull: (controller) => {
          stop.abort(reason);
          controller.close();
        },
      });
      return new Response(refusal, { status: 429, headers: { 'retry-after': '100' } });
    };
    const client = new SocDefenders({ url: 'https://h.example', key: 'k', fetch: busy });
    await assert.rejects(client.count({}, { signal: stop.signal }), (error) => error === reason);
  },
);

test('leaving a loop ends it: no further page is asked for', async (context) => {
  const { clientWith, store } = await reading(context);
  await take(store, addresses(5), START);
  let asked = 0;
  const counted: typeof fetch = (...given) => {
    asked += 1;
    return fetch(...given);
  };
  const client = clientWith({ fetch: counted });
  for await (const { id } of client.iocs({ limit: 2 })) {
    assert.match(id, /^indicator--/);
    break;
  }
  for await (const { id } of client.indicators({ limit: 2 })) {
    assert.match(id, /^indicator--/);
    break;
  }
  assert.equal(asked, 2);
});
