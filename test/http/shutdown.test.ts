import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';

import { START, take } from '../store/fixtures.ts';
import { addresses, bearer, PATH, serving } from './serving.ts';

async function ask(port: number, agent: Agent, key: string, query = ''): Promise<IncomingMessage> {
  const request = get({ port, agent, path: PATH + query, headers: bearer(key), timeout: 10_000 });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

async function textOf(response: IncomingMessage): Promise<string> {
  return Buffer.concat(await Array.fromAsync(response as AsyncIterable<Buffer>)).toString('utf8');
}

test('on closing, an answer under way is finished, and whoever asks meanwhile is told to come back', async (context) => {
  const server = await serving(context, { config: { cacheBytes: 0 } });
  await take(server.store, addresses(10_000, { comment: 'x'.repeat(300) }), START);
  const port = await server.listen();
  const agent = new Agent({ keepAlive: true });
  context.after(() => agent.destroy());
  const slow = await ask(port, agent, server.pro, '?limit=10000');
  const idle = await ask(port, agent, server.pro, '?limit=10000');
  const start = performance.now();
  const closed = server.app.close();
  assert.equal((JSON.parse(await textOf(slow)) as { objects: unknown[] }).objects.length, 10_001);
  assert.equal((JSON.parse(await textOf(idle)) as { objects: unknown[] }).objects.length, 10_001);
  await closed;
  assert(performance.now() - start < 3_000);
  await assert.rejects(ask(port, new Agent(), server.pro));
});

test('a request on a connection that was kept open is answered 503 while the server closes', async (context) => {
  const server = await serving(context, { config: { cacheBytes: 0 } });
  await take(server.store, addresses(10_000, { comment: 'x'.repeat(300) }), START);
  const port = await server.listen();
  const socket = connect(port, '127.0.0.1');
  const whole = `GET ${PATH}?limit=10000 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${server.pro}\r\n\r\n`;
  socket.write(whole);
  await once(socket, 'readable');
  const closed = server.app.close();
  socket.write(whole);
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (data: string) => {
    text += data;
  });
  await once(socket, 'close');
  await closed;
  const second = text.slice(text.lastIndexOf('HTTP/1.1 '));
  assert.match(second, /^HTTP\/1\.1 503 /);
  assert.match(second, /connection: close/i);
  assert.match(second, /retry-after: 5/);
  assert.match(second, /"code":"unavailable"/);
});

test('closing does not wait for a client that takes nothing longer than it may', async (context) => {
  const server = await serving(context, { config: { cacheBytes: 0, drainTimeout: 300 } });
  await take(server.store, addresses(10_000, { comment: 'x'.repeat(300) }), START);
  const port = await server.listen();
  const response = await ask(port, new Agent(), server.pro, '?limit=10000');
  response.on('error', () => undefined);
  const start = performance.now();
  await server.app.close();
  assert(performance.now() - start < 2_000);
});
