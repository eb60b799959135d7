import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';

import { type AdminParts, closeAdmin, createAdminServer, listenOn } from '../../src/http/admin.ts';
import { exchange } from './raw-client.ts';

async function admin(context: TestContext, parts: Partial<AdminParts> = {}): Promise<string> {
  const server = createAdminServer({
    checks: async () => [{ name: 'store' }],
    metrics: async () => 'a 1\n',
    ...parts,
  });
  const url = await listenOn(server, '127.0.0.1', 0);
  context.after(() => closeAdmin(server));
  return url;
}

test('livez says that the process answers, whatever else is wrong', async (context) => {
  const url = await admin(context, { checks: async () => [{ name: 'store', problem: 'gone' }] });
  const answer = await fetch(`${url}/livez`);
  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), 'ok\n');
  assert.equal(answer.headers.get('cache-control'), 'no-store');
});

test('readyz is 200 while every part is well, and 503 with the problem when one is not', async (context) => {
  let problem: string | undefined;
  const url = await admin(context, {
    checks: async () => [
      { name: 'store' },
      problem === undefined ? { name: 'writer' } : { name: 'writer', problem },
    ],
  });
  const well = await fetch(`${url}/readyz`);
  assert.equal(well.status, 200);
  assert.deepEqual(await well.json(), { ready: true, checks: { store: 'ok', writer: 'ok' } });
  problem = 'it has stopped';
  const ill = await fetch(`${url}/readyz`);
  assert.equal(ill.status, 503);
  assert.match(ill.headers.get('content-type')!, /^application\/json/);
  assert.deepEqual(await ill.json(), { ready: false, checks: { store: 'ok', writer: 'it has stopped' } });
});

test('metrics come in the type that Prometheus expects, and a scrape that fails is a 500 without details', async (context) => {
  let fail = false;
  const url = await admin(context, {
    metrics: async () => {
      if (fail) throw new Error('at /var/lib/secret');
      return 'a 1\n';
    },
  });
  const answer = await fetch(`${url}/metrics`);
  assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(await answer.text(), 'a 1\n');
  fail = true;
  const failed = await fetch(`${url}/metrics`);
  assert.equal(failed.status, 500);
  assert.doesNotMatch(await failed.text(), /secret/);
});

test('HEAD is answered without a body, other methods are refused, and other paths are not there', async (context) => {
  const url = await admin(context);
  const head = await fetch(`${url}/metrics`, { method: 'HEAD' });
  assert.equal(head.headers.get('content-length'), '4');
  assert.equal(await head.text(), '');
  const post = await fetch(`${url}/metrics`, { method: 'POST', body: 'x'.repeat(100_000) });
  assert.equal(post.status, 405);
  assert.equal(post.headers.get('allow'), 'GET, HEAD');
  for (const path of [
    '/',
    '/nope',
    '/livez/',
    '/LIVEZ',
    '/__proto__',
    '/constructor',
    '//livez',
    '/api/v1/iocs',
  ])
    assert.equal((await fetch(url + path)).status, 404, path);
  assert.equal((await fetch(`${url}/livez?verbose=1`)).status, 200);
});

test('scrapes that come at the same time share one look at the store', async (context) => {
  let looks = 0;
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const url = await admin(context, {
    metrics: async () => {
      looks += 1;
      begun.resolve();
      await go.promise;
      return 'a 1\n';
    },
  });
  const asked = Array.from({ length: 20 }, () => fetch(`${url}/metrics`));
  await begun.promise;
  // All of them have arrived when the last one's neighbour is answered.
  await fetch(`${url}/livez`);
  go.resolve();
  for (const answer of await Promise.all(asked)) assert.equal(answer.status, 200);
  assert.ok(looks <= 2, `${looks} looks`);
});

test('what is no HTTP, or far too long, is refused, and the next probe is answered', async (context) => {
  const url = await admin(context);
  const port = Number(new URL(url).port);
  for (const bytes of [
    'nonsense\r\n\r\n',
    `GET /${'a'.repeat(10_000)} HTTP/1.1\r\nHost: h\r\n\r\n`,
    `GET /livez HTTP/1.1\r\nHost: h\r\nX: ${'a'.repeat(10_000)}\r\n\r\n`,
  ]) {
    assert.match(await exchange(port, bytes), /^HTTP\/1\.1 4(?:00|31) /);
  }
  assert.equal((await fetch(`${url}/livez`)).status, 200);
});

test('closing does not wait for whoever is connected', async () => {
  const server = createAdminServer({ checks: async () => [], metrics: async () => '' });
  const url = await listenOn(server, '127.0.0.1', 0);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write('GET /livez HTTP/1.1\r\nHost: h\r\n');
  await closeAdmin(server);
  socket.destroy();
});
