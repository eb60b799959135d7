import assert from 'node:assert/strict';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { test, type TestContext } from 'node:test';

import { TIERS } from '../../src/model/tier.ts';
import { RequestMeter } from '../../src/observe/request-meter.ts';
import { START, take } from '../store/fixtures.ts';
import { addresses, bearer, get, PATH, type Serving, serving, type ServingOptions } from './serving.ts';

const QUERY = '?since=2026-01-01';

interface Poller {
  readonly server: Serving;
  /** Asks on the one connection that it keeps. */
  readonly ask: (more?: Record<string, string>, query?: string) => Promise<Polled>;
}

interface Polled {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A poller that has everything, and has been told so once. */
async function polling(context: TestContext, options: ServingOptions = {}): Promise<Poller> {
  const server = await serving(context, options);
  await take(server.store, addresses(3), START);
  server.clock.advance(5_000);
  const port = await server.listen();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  context.after(() => agent.destroy());
  const { headers } = await get(server, QUERY, bearer(server.pro));
  const kept = { ...bearer(server.pro), 'if-none-match': headers.etag! };
  const ask = (more: Record<string, string> = {}, query = QUERY): Promise<Polled> =>
    new Promise((resolve, reject) => {
      const sent = request({ port, agent, path: PATH + query, headers: { ...kept, ...more } }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(chunks) }),
        );
      });
      sent.on('error', reject);
      sent.end();
    });
  assert.equal((await ask()).status, 304);
  return { server, ask };
}

/** What differs between two answers that say the same. */
function lasting({ headers }: Polled): Record<string, unknown> {
  const { date: _date, 'x-request-id': _id, 'x-ratelimit-remaining': _remaining, ...rest } = headers;
  return rest;
}

test('who asks again is answered the same, is counted, and gets an id of its own', async (context) => {
  const { ask } = await polling(context);
  const [first, second] = [await ask(), await ask()];
  // With a header that changes nothing it is another request, and goes the long way.
  const long = await ask({ 'user-agent': 'another' });
  assert.deepEqual([second.status, long.status], [304, 304]);
  assert.deepEqual(lasting(second), lasting(first));
  assert.deepEqual(lasting(long), lasting(first));
  const left = [first, second, long].map(({ headers }) => Number(headers['x-ratelimit-remaining']));
  assert.deepEqual(left, [left[0], left[0]! - 1, left[0]! - 2]);
  assert.equal(new Set([first, second, long].map(({ headers }) => headers['x-request-id'])).size, 3);
});

test('each is logged like any other request', async (context) => {
  const { server, ask } = await polling(context);
  const { headers } = await ask();
  const line = server
    .log()
    .split('\n')
    .find((text) => text.includes(String(headers['x-request-id'])));
  const { time: _time, ms, bytes, ...rest } = JSON.parse(line!) as Record<string, unknown>;
  assert.deepEqual(rest, {
    level: 'info',
    message: 'request',
    id: headers['x-request-id'],
    method: 'GET',
    route: PATH,
    status: 304,
    key: server.pro.slice(0, 12),
  });
  assert.ok(Number(ms) >= 0 && Number(bytes) > 200, line);
});

test('something new is sent at once', async (context) => {
  const { server, ask } = await polling(context);
  await take(server.store, addresses(4), server.clock.now);
  server.clock.advance(5_000);
  assert.equal((await ask()).status, 200);
});

test('a key that was revoked is refused on the next request', async (context) => {
  const { server, ask } = await polling(context);
  await server.store.revokeKey(server.pro.slice(0, 12), server.clock.now);
  assert.equal((await ask()).status, 401);
});

test('a key that expires is refused from that moment on', async (context) => {
  const { server, ask } = await polling(context);
  const expiresAt = server.clock.now + 60_000;
  const key = bearer(await server.key('pro', { expiresAt }));
  const { headers } = await ask(key, `${QUERY}&limit=2`);
  const again = { ...key, 'if-none-match': String(headers.etag) };
  for (let turn = 0; turn < 3; turn += 1) {
    assert.equal((await ask(again, `${QUERY}&limit=2`)).status, 304);
  }
  server.clock.advance(60_000);
  assert.equal((await ask(again, `${QUERY}&limit=2`)).status, 401);
});

test('another key on the same connection is judged by itself', async (context) => {
  const { server, ask } = await polling(context);
  assert.equal((await ask(bearer(server.free))).status, 403);
  assert.equal((await ask(bearer('sk_live_nonsense'))).status, 401);
  assert.equal((await ask()).status, 304);
});

test('the limit holds for who repeats itself, to the last request', async (context) => {
  const { ask } = await polling(context);
  const statuses: number[] = [];
  for (let turn = 0; turn < TIERS.pro.requestsPerMinute + 5; turn += 1) statuses.push((await ask()).status);
  // Two were asked for before: the first, and the one that had everything.
  assert.equal(statuses.indexOf(429), TIERS.pro.requestsPerMinute - 2);
  assert.ok(statuses.slice(statuses.indexOf(429)).every((status) => status === 429));
});

test('a server that shuts down closes the connection of who repeats itself', async (context) => {
  const { server, ask } = await polling(context);
  const closing = server.app.close();
  await assert.rejects(ask());
  await closing;
});

test('a failure is told to who repeats itself, and is forgotten once it is over', async (context) => {
  let broken = false;
  const { ask } = await polling(context, {
    wrap: (store) =>
      new Proxy(store, {
        get: (target, name) => {
          const value: unknown = Reflect.get(target, name);
          if (broken && name === 'watermark') return () => Promise.reject(new Error('broken'));
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
  });
  broken = true;
  assert.equal((await ask()).status, 500);
  broken = false;
  assert.equal((await ask()).status, 304);
});

test('each is counted for the metrics like any other request', async (context) => {
  const meter = new RequestMeter();
  const { ask } = await polling(context, { meter });
  await ask();
  await ask({ 'user-agent': 'another' });
  const [requests] = meter.families();
  const polled = requests!.samples.find(({ labels }) => labels?.status === '304');
  assert.deepEqual(polled, { labels: { route: PATH, method: 'GET', status: '304' }, value: 3 });
});

test('who asks for a page again and again is sent the same, however it is coded, until there is another', async (context) => {
  const { server, ask } = await polling(context);
  for (const coding of ['identity', 'gzip']) {
    const whole = { 'if-none-match': '"other"', 'accept-encoding': coding };
    const long = await ask({ ...whole, 'user-agent': 'another' });
    for (let turn = 0; turn < 4; turn += 1) {
      const { status, ...rest } = await ask(whole);
      assert.equal(status, 200);
      assert.deepEqual(lasting({ status, ...rest }), lasting(long));
      assert.ok(rest.body.equals(long.body), coding);
    }
  }
  const whole = { 'if-none-match': '"other"' };
  const before = await ask(whole);
  await take(server.store, addresses(4), server.clock.now);
  server.clock.advance(5_000);
  const after = await ask(whole);
  assert.notEqual(after.headers.etag, before.headers.etag);
  assert.ok(after.body.length > before.body.length);
  await server.store.revokeKey(server.pro.slice(0, 12), server.clock.now);
  assert.equal((await ask(whole)).status, 401);
});

test('a page that is sent again is logged, counted and delivered like any other', async (context) => {
  const meter = new RequestMeter();
  const { server, ask } = await polling(context, { meter });
  const whole = { 'if-none-match': '"other"' };
  for (let turn = 0; turn < 4; turn += 1) await ask(whole);
  const { headers } = await ask(whole);
  // The end of an answer is told once its client has it.
  await ask();
  const lines = server.log().split('\n');
  const line = lines.find((text) => text.includes(String(headers['x-request-id'])))!;
  assert.match(line, /"method":"GET","route":"\/api\/v1\/iocs\/stix","status":200,.*"key":"sk_live_/);
  const [requests] = meter.families();
  assert.equal(requests!.samples.find(({ labels }) => labels?.status === '200')?.value, 6);
  await server.usage.flush();
  const key = (await server.store.listKeys()).find(({ prefix }) => prefix === server.pro.slice(0, 12))!;
  const { objects } = JSON.parse((await ask(whole)).body.toString()) as { objects: { modified?: string }[] };
  const stamps = objects.flatMap(({ modified }) => (modified === undefined ? [] : [Date.parse(modified)]));
  const deliveries = await server.store.deliveriesOf(key.id, [Math.max(...stamps)]);
  assert.equal(
    deliveries.reduce((sum, { answers }) => sum + answers, 0),
    5,
  );
});

test('the limit holds for who asks for a page again, to the last request', async (context) => {
  const { ask } = await polling(context);
  const statuses: number[] = [];
  for (let turn = 0; turn < TIERS.pro.requestsPerMinute + 5; turn += 1)
    statuses.push((await ask({ 'if-none-match': '"other"' })).status);
  assert.equal(statuses.indexOf(429), TIERS.pro.requestsPerMinute - 2);
});
