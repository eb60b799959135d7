import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { hashApiKey } from '../../src/model/api-key.ts';
import type { TierName } from '../../src/model/tier.ts';
import { ROTATION_QUIET } from '../../src/store/store.ts';
import { bearer, errorOf, get, PATH, serving, type Serving } from './serving.ts';
import { type Browser, json, makeAccount, signIn } from './signed-in.ts';

const KEYS = '/api/v1/keys';
const DAY = 86_400_000;

interface Key {
  readonly id: string;
  readonly key: string;
  readonly state: string;
  readonly name: string;
  readonly expires_at: string | null;
  readonly successor: string | null;
  readonly allowed_networks: readonly string[];
  readonly [field: string]: unknown;
}

async function signedIn(
  context: TestContext,
  tier: TierName = 'pro',
): Promise<{ server: Serving; acme: Browser; other: Browser }> {
  const server = await serving(context);
  await makeAccount(server, 'acme', tier);
  await makeAccount(server, 'other');
  return { server, acme: await signIn(server, 'acme'), other: await signIn(server, 'other') };
}

async function create(browser: Browser, body: object = { name: 'edge' }): Promise<Key> {
  return json<Key>(await browser.send('POST', KEYS, body), 201);
}

test('a key is made, shown once, works, and is listed without its secret', async (context) => {
  const { server, acme } = await signedIn(context);
  const answer = await acme.send('POST', KEYS, { name: '  edge firewall ' });
  const made = json<Key>(answer, 201);
  assert.equal(answer.headers.location, `${KEYS}/${made.id}`);
  assert.equal(answer.headers['cache-control'], 'private, no-store');
  assert.equal(made.name, 'edge firewall');
  assert.equal((await get(server, '', bearer(made.key))).status, 200);
  const { key: secret, ...kept } = made;
  const listed = json<{ meta: object; data: Key[] }>(await acme.send('GET', KEYS));
  assert.deepEqual(listed, { meta: { account: 'acme', limit: 50, taken: 1 }, data: [kept] });
  const one = await acme.send('GET', `${KEYS}/${made.id}`);
  assert.deepEqual(json(one), kept);
  assert(!server.log().includes(secret.slice(12)));
});

test('keys that were made for the account’s name before it could sign in are its own', async (context) => {
  const server = await serving(context);
  const { id } = await server.store.createKey(
    {
      hash: hashApiKey('old'),
      prefix: 'sk_live_Old0',
      account: 'acme',
      name: 'old',
      tier: 'pro',
      allowedNetworks: [],
    },
    server.clock.now,
  );
  await makeAccount(server, 'acme');
  const acme = await signIn(server, 'acme');
  assert.deepEqual(
    json<{ data: Key[] }>(await acme.send('GET', KEYS)).data.map((key) => key.id),
    [id],
  );
});

test('another account’s key is not there, and stays as it is, whatever is tried', async (context) => {
  const { server, acme, other } = await signedIn(context);
  const { id } = await create(acme);
  const before = await server.store.keysOf('acme');
  for (const [method, path, body] of [
    ['GET', '', undefined],
    ['PATCH', '', { name: 'mine' }],
    ['DELETE', '', undefined],
    ['POST', '/rotate', {}],
    ['GET', '/usage', undefined],
    ['GET', '/receipts?value=192.0.2.1', undefined],
  ] as const) {
    const theirs = await other.send(method, `${KEYS}/${id}${path}`, body);
    const nobodys = await other.send(method, `${KEYS}/00000000-0000-4000-8000-000000000000${path}`, body);
    for (const answer of [theirs, nobodys]) assert.equal(answer.status, 404, `${method} ${path}`);
    assert.equal(errorOf(theirs).message, errorOf(nobodys).message);
  }
  assert.deepEqual(await server.store.keysOf('acme'), before);
  assert.deepEqual(json<{ data: Key[] }>(await other.send('GET', KEYS)).data, []);
});

test('no field but those that are named is taken: a Free account makes no Pro key', async (context) => {
  const { server, acme } = await signedIn(context, 'free');
  for (const [name, value] of Object.entries({
    tier: 'pro',
    account: 'other',
    id: '1',
    role: 'admin',
    limit: 9_999,
    hash: 'x',
    constructor: {},
    toString: 'x',
  })) {
    const answer = await acme.send('POST', KEYS, { name: 'x', [name]: value });
    assert.equal(answer.status, 400, name);
    assert.match(errorOf(answer).message, /no such field/);
  }
  assert.deepEqual(await server.store.keysOf('acme'), []);
  const made = await create(acme);
  assert.equal(made.tier, 'free');
  const answer = await acme.send('PATCH', `${KEYS}/${made.id}`, { tier: 'pro' });
  assert.equal(answer.status, 400);
  assert.equal((await get(server, '', bearer(made.key))).status, 403);
});

for (const body of [
  {},
  { name: '' },
  { name: ' ' },
  { name: 5 },
  { name: 'a\nb' },
  { name: 'x'.repeat(101) },
  { name: 'x', expires_at: 'soon' },
  { name: 'x', expires_at: '2020-01-01' },
  { name: 'x', expires_at: 5 },
  { name: 'x', allowed_networks: '192.0.2.1' },
  { name: 'x', allowed_networks: ['192.0.2.0/33'] },
  { name: 'x', allowed_networks: ['example.com'] },
  { name: 'x', allowed_networks: [null] },
  { name: 'x', allowed_networks: Array.from({ length: 101 }, () => '192.0.2.1') },
]) {
  test(`a key is not made from ${JSON.stringify(body).slice(0, 60)}`, async (context) => {
    const { server, acme } = await signedIn(context);
    const answer = await acme.send('POST', KEYS, body);
    assert.equal(answer.status, 400);
    assert.equal(errorOf(answer).code, 'invalid_parameter');
    assert.deepEqual(await server.store.keysOf('acme'), []);
  });
}

test('an account makes as many keys as its tier has', async (context) => {
  const { acme } = await signedIn(context, 'free');
  const made = [await create(acme), await create(acme), await create(acme)];
  const full = await acme.send('POST', KEYS, { name: 'x' });
  assert.equal(full.status, 409);
  assert.match(errorOf(full).message, /^Account acme already holds 3 Free keys.*revoke one first\.$/);
  await acme.send('DELETE', `${KEYS}/${made[0]!.id}`);
  await create(acme);
});

test('a revoked key works no more, and stays revoked', async (context) => {
  const { server, acme } = await signedIn(context);
  const { id, key } = await create(acme);
  assert.equal(json<Key>(await acme.send('DELETE', `${KEYS}/${id}`)).state, 'revoked');
  assert.equal((await get(server, '', bearer(key))).status, 401);
  assert.equal(json<Key>(await acme.send('DELETE', `${KEYS}/${id}`)).state, 'revoked');
  const change = await acme.send('PATCH', `${KEYS}/${id}`, { name: 'again' });
  assert.equal(change.status, 409);
  assert.equal((await acme.send('POST', `${KEYS}/${id}/rotate`)).status, 409);
});

test('a key’s end and allow-list are changed, in force on the next request', async (context) => {
  const { server, acme } = await signedIn(context);
  const { id, key } = await create(acme);
  const change = async (body: object) => json<Key>(await acme.send('PATCH', `${KEYS}/${id}`, body));
  assert.deepEqual((await change({ allowed_networks: ['192.0.2.0/24'] })).allowed_networks, ['192.0.2.0/24']);
  assert.equal((await get(server, '', bearer(key))).status, 403);
  await change({ allowed_networks: [], expires_at: '2026-01-16' });
  assert.equal((await get(server, '', bearer(key))).status, 200);
  server.clock.now = Date.UTC(2026, 0, 16);
  assert.equal((await get(server, '', bearer(key))).status, 401);
  const again = await signIn(server, 'acme');
  const found = json<Key>(await again.send('GET', `${KEYS}/${id}`));
  assert.equal(found.state, 'expired');
  assert.equal(json<Key>(await again.send('PATCH', `${KEYS}/${id}`, { expires_at: null })).state, 'active');
  assert.equal((await get(server, '', bearer(key))).status, 200);
  assert.equal(
    json<Key>(await again.send('PATCH', `${KEYS}/${id}`)).name,
    'edge',
    'nothing named, nothing changed',
  );
});

test('a rotated key lives on until its clients have come with the new one', async (context) => {
  const { server, acme } = await signedIn(context);
  const old = await create(acme, { name: 'edge', allowed_networks: ['127.0.0.0/8'] });
  assert.equal((await get(server, '', bearer(old.key))).status, 200);
  const answer = await acme.send('POST', `${KEYS}/${old.id}/rotate`);
  const { replaces, ...made } = json<Key & { replaces: Key }>(answer, 201);
  assert.deepEqual([made.name, made.allowed_networks], ['edge', ['127.0.0.0/8']]);
  assert.deepEqual([replaces.state, replaces.successor], ['rotated', made.id]);
  assert.equal(Date.parse(replaces.expires_at!), server.clock.now + 30 * DAY);
  assert.ok(!answer.body.includes(old.key));
  for (const { key } of [old, made]) assert.equal((await get(server, '', bearer(key))).status, 200);
  assert.equal((await acme.send('POST', `${KEYS}/${old.id}/rotate`)).status, 409);
  assert.equal((await acme.send('POST', `${KEYS}/${made.id}/rotate`)).status, 409);
  await server.usage.flush();
  server.clock.advance(1_000);
  await get(server, '', bearer(made.key));
  await server.usage.flush();
  server.clock.advance(ROTATION_QUIET);
  assert.equal((await server.store.retireKeys(server.clock.now)).length, 1);
  assert.equal((await get(server, '', bearer(old.key))).status, 401);
  assert.equal((await get(server, '', bearer(made.key))).status, 200);
});

test('a rotation ends at the date that is given, within ninety days', async (context) => {
  const { server, acme } = await signedIn(context);
  const old = await create(acme);
  const rotate = (body: object) => acme.send('POST', `${KEYS}/${old.id}/rotate`, body);
  for (const ends_at of ['2020-01-01', '2027-01-01', 'soon', null, 90])
    assert.equal((await rotate({ ends_at })).status, 400, String(ends_at));
  json(await rotate({ ends_at: '2026-02-01' }), 201);
  const later = await acme.send('PATCH', `${KEYS}/${old.id}`, { expires_at: '2026-03-01' });
  assert.equal(json<Key>(later).expires_at, '2026-03-01T00:00:00.000Z');
  for (const expires_at of [null, '2027-01-01'])
    assert.equal((await acme.send('PATCH', `${KEYS}/${old.id}`, { expires_at })).status, 400);
  server.clock.now = Date.UTC(2026, 2, 1);
  assert.equal((await get(server, PATH, bearer(old.key))).status, 401);
});
