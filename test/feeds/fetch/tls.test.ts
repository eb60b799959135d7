import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import type { TLSSocket } from 'node:tls';

import { bodyOf, type Fetching, fetching, troubleOf } from '../fetching.ts';
import { startWorld } from '../world.ts';

const FIXTURES = new URL('../../fixtures/tls/', import.meta.url);
const CERTIFICATE = readFileSync(new URL('feeds.example.com.crt', FIXTURES), 'utf8');
const KEY = readFileSync(new URL('feeds.example.com.key', FIXTURES), 'utf8');

test('TLS asks for the name and verifies it, though the address was looked up beforehand', async (t) => {
  const { port, names } = await startTls(t);
  const { get } = looking(t, CERTIFICATE);
  assert.equal(bodyOf(await get(`https://feeds.example.com:${port}/`)), 'over TLS');
  assert.deepEqual(names, ['feeds.example.com']);
});

test('a certificate for another name, or by nobody who is trusted, is refused', async (t) => {
  const { port } = await startTls(t);
  const other = await looking(t, CERTIFICATE).get(`https://other.example.com:${port}/`);
  assert.match(troubleOf(other, 'unreachable'), /certificate is not valid \(ERR_TLS_CERT_ALTNAME_INVALID\)/);
  const unknown = await looking(t).get(`https://feeds.example.com:${port}/`);
  assert.match(troubleOf(unknown, 'unreachable'), /certificate is not valid \(\w*SELF_SIGNED\w*\)/);
});

test('a server that does not speak TLS is told from one that is not there', async (t) => {
  const world = await startWorld(t);
  const { get } = looking(t, CERTIFICATE);
  const reason = troubleOf(await get(world.origin.replace('http:', 'https:')), 'unreachable');
  assert.match(reason, /does not speak TLS/);
});

test('a redirect from https to http is refused while a credential is carried', async (t) => {
  const world = await startWorld(t);
  world.serve('/list', { body: 'plain' });
  const { port } = await startTls(t, `${world.origin}/list`);
  const { get } = looking(t, CERTIFICATE);
  const url = `https://feeds.example.com:${port}/`;
  const reason = troubleOf(await get(url, { headers: { 'Auth-Key': 'canary' } }), 'forbidden_address');
  assert.match(reason, /without TLS/);
  assert.doesNotMatch(reason, /canary/);
  assert.equal(world.requests().length, 0);
  assert.equal(bodyOf(await get(url)), 'plain');
});

function looking(t: TestContext, ca?: string): Fetching {
  return fetching(t, {
    resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    ...(ca !== undefined && { ca }),
  });
}

/** A server with a certificate for feeds.example.com, and the names that clients asked for. */
async function startTls(
  context: TestContext,
  location?: string,
): Promise<{ readonly port: number; readonly names: readonly unknown[] }> {
  const names: unknown[] = [];
  const server = createServer({ cert: CERTIFICATE, key: KEY }, (_request, response) => {
    if (location === undefined) response.end('over TLS');
    else response.writeHead(302, { location }).end();
  });
  server.on('secureConnection', (socket: TLSSocket & { servername?: unknown }) =>
    names.push(socket.servername),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, names };
}
