import assert from 'node:assert/strict';
import { test } from 'node:test';

import { makeApiKey } from '../../src/model/api-key.ts';
import { START, take } from '../store/fixtures.ts';
import { bearer, errorOf, get, PATH, serving } from './serving.ts';
import { exchange } from './raw-client.ts';

const LIST = '/api/v1/iocs/firewall?profile=paloalto-domain';
const ASKS_FOR_BOTH =
  /^Bearer(?: error="invalid_token")?, Basic realm="SOC Defenders, API key as password", charset="UTF-8"$/;

function basic(user: string, password: string): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

test('a firewall that has fields for a user and a password gets its list over a real connection', async (context) => {
  const server = await serving(context);
  await take(server.store, [{ type: 'domain', value: 'bad.example.com' }], START);
  const port = await server.listen();
  const { authorization } = basic('firewall', server.pro);
  const head = `GET ${LIST} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`;
  const answer = await exchange(port, head);
  assert.match(answer, /^HTTP\/1\.1 200 /);
  assert.match(answer, /bad\.example\.com/);
});

test('the password is the key, whatever the user is called', async (context) => {
  const server = await serving(context);
  for (const user of ['', 'firewall', 'sk_live_', 'Jürgen', 'a b']) {
    assert.equal((await get(server, LIST, basic(user, server.pro))).status, 200, user);
  }
  const { authorization } = basic('x', server.pro);
  for (const spelling of [authorization.replace('Basic', 'basic'), authorization.replace(' ', '  ')]) {
    assert.equal((await get(server, LIST, { authorization: spelling })).status, 200);
  }
});

test('a key as user without a password is taken, as some write it so', async (context) => {
  const server = await serving(context);
  assert.equal((await get(server, LIST, basic(server.pro, ''))).status, 200);
  assert.equal((await get(server, LIST, basic(server.pro, 'x'))).status, 401);
});

test('what has no user and password is no key', async (context) => {
  const server = await serving(context);
  const plain = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
  for (const [authorization, code] of [
    ['Basic', 'missing_api_key'],
    ['Basic ', 'missing_api_key'],
    ['Basic !!', 'missing_api_key'],
    [plain(':'), 'missing_api_key'],
    [`Basic${' '.repeat(4_000)}`, 'missing_api_key'],
    [plain('no colon'), 'invalid_api_key'],
    [plain('user:'), 'invalid_api_key'],
  ] as const) {
    const answer = await get(server, LIST, { authorization });
    assert.equal(answer.status, 401, authorization);
    assert.equal(errorOf(answer).code, code, authorization);
    assert.match(answer.headers['www-authenticate'] ?? '', ASKS_FOR_BOTH);
  }
});

test('a wrong, revoked or expired password is refused with both challenges, and is in no log line', async (context) => {
  const server = await serving(context);
  const expired = await server.key('pro', { expiresAt: server.clock.now + 1_000 });
  const revoked = await server.key('pro');
  for (const { id, prefix } of await server.store.listKeys()) {
    if (prefix === revoked.slice(0, 12)) await server.store.revokeKey(id, server.clock.now);
  }
  server.clock.advance(1_000);
  const unknown = makeApiKey().text;
  for (const [password, code] of [
    ['password', 'invalid_api_key'],
    [unknown, 'invalid_api_key'],
    [revoked, 'invalid_api_key'],
    [expired, 'expired_api_key'],
  ] as const) {
    const answer = await get(server, LIST, basic('firewall', password));
    assert.equal(answer.status, 401);
    assert.equal(errorOf(answer).code, code);
    assert.match(answer.headers['www-authenticate'] ?? '', ASKS_FOR_BOTH);
    const encoded = basic('firewall', password).authorization.slice(6);
    for (const secret of [password.slice(12) || password, encoded])
      assert(!server.log().includes(secret), secret);
  }
});

test('two credentials that disagree are refused on these paths too', async (context) => {
  const server = await serving(context);
  const both = { ...basic('x', server.pro), 'x-api-key': server.free };
  assert.equal((await get(server, LIST, both)).status, 401);
  assert.equal((await get(server, LIST, { ...both, 'x-api-key': server.pro })).status, 200);
});

test('a Free key by Basic gains nothing, nor does one from elsewhere', async (context) => {
  const server = await serving(context);
  assert.equal((await get(server, LIST, basic('x', server.free))).status, 403);
  const bound = await server.key('pro', { allowedNetworks: ['192.0.2.1'] });
  assert.equal(errorOf(await get(server, LIST, basic('x', bound))).code, 'ip_not_allowed');
});

test('other paths neither take Basic nor ask for it: a page in a browser opens no dialogue there', async (context) => {
  const server = await serving(context);
  for (const path of [PATH, '/api/v1/iocs', '/api/v1/iocs/stats', '/api/v1/lookup?value=192.0.2.1']) {
    const answer = await get(server, path, basic('x', server.pro));
    assert.equal(answer.status, 401, path);
    assert.equal(answer.headers['www-authenticate'], 'Bearer', path);
  }
  assert.equal((await get(server, PATH, bearer(server.pro))).status, 200);
});

test('paths that are not there count against a key by Basic as well', async (context) => {
  const server = await serving(context);
  const statuses: number[] = [];
  for (let request = 0; request < 12; request += 1) {
    statuses.push((await get(server, '/api/v1/nothing', basic('x', server.free))).status);
  }
  assert.equal(statuses[0], 404);
  assert.equal(statuses.at(-1), 429);
});
