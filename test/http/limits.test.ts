import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { TIER_NAMES, TIERS, tierSuffices } from '../../src/model/tier.ts';
import { type Answer, bearer, errorOf, get, PATH, type Serving, serving } from './serving.ts';

/** Asks until a key is refused, at most `most` times; returns the statuses. */
async function exhaust(ask: (turn: number) => Promise<Answer>, most: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let turn = 0; turn < most; turn += 1) statuses.push((await ask(turn)).status);
  return statuses;
}

const refusals = (statuses: readonly number[]): number => statuses.filter((status) => status === 429).length;

function open(context: TestContext, trustProxy: readonly string[] = []): Promise<Serving> {
  return serving(context, { config: { trustProxy } });
}

test('the tiers are those of the contract', () => {
  assert.deepEqual([...TIER_NAMES], ['free', 'pro']);
  const { free, pro } = TIERS;
  assert.deepEqual([free.keysPerAccount, pro.keysPerAccount], [3, 50]);
  assert.deepEqual([free.requestsPerMinute, pro.requestsPerMinute], [10, 1_000]);
  assert.deepEqual([free.requestsPerDay, pro.requestsPerDay], [1_000, 1_000_000]);
  assert.deepEqual([free.resultsPerRequest, pro.resultsPerRequest], [100, 10_000]);
  assert.deepEqual([free.lookBack, pro.lookBack], [86_400_000, 365 * 86_400_000]);
});

test('a tier suffices for itself and for what is below it', () => {
  assert.equal(tierSuffices('pro', 'free'), true);
  assert.equal(tierSuffices('pro', 'pro'), true);
  assert.equal(tierSuffices('free', 'free'), true);
  assert.equal(tierSuffices('free', 'pro'), false);
});

for (const proxies of [[], ['192.0.2.1']]) {
  const trusting = proxies.length > 0 ? 'with a trusted proxy' : 'without a proxy';
  test(`a hundred forged addresses give no key a second budget, ${trusting}`, async (context) => {
    const server = await open(context, proxies);
    const statuses = await exhaust(
      (turn) =>
        get(server, '', {
          ...bearer(server.free),
          'x-forwarded-for': `198.51.100.${turn}, 203.0.113.${turn}`,
          forwarded: `for=198.51.100.${turn}`,
          'x-real-ip': `198.51.100.${turn}`,
          'x-client-ip': `2001:db8::${turn}`,
          'cf-connecting-ip': `2001:db8::${turn}`,
        }),
      100,
    );
    assert.equal(refusals(statuses), 90);
  });
}

test('whatever is asked for comes out of the same budget: answers, errors, paths and methods that are not there', async (context) => {
  const server = await open(context);
  const free = bearer(server.free);
  const asks: readonly (() => Promise<Answer>)[] = [
    () => get(server, '', free),
    () => get(server, '?limit=0', free),
    () => get(server, '/nothing', free),
    () => get(server, `${PATH}/`, free),
    () => get(server, '/api/v1/iocs%2Fstix', free),
    () => get(server, '', free, 'HEAD'),
    () => get(server, '', free, 'POST'),
    () => get(server, '', { 'x-api-key': server.free }),
    () => get(server, '', { ...free, accept: 'text/html' }),
    () => get(server, '', { ...free, 'if-none-match': '*' }),
  ];
  const remaining: string[] = [];
  for (const ask of asks) remaining.push((await ask()).headers['x-ratelimit-remaining'] ?? 'none');
  assert.deepEqual(remaining, ['9', '8', '7', '6', '5', '4', '3', '2', '1', '0']);
  for (const ask of asks) assert.equal((await ask()).status, 429);
});

test('a 429 is an error as all others, with the state of the limit and the time to wait', async (context) => {
  const server = await open(context);
  await exhaust(() => get(server, '', bearer(server.free)), 10);
  const answer = await get(server, '', bearer(server.free));
  const { code, message } = errorOf(answer);
  assert.equal(code, 'rate_limit_exceeded');
  assert.match(message, /used up its 10 requests a minute\. The next is possible at \S+Z, in \d+ s\./);
  const wait = Number(answer.headers['retry-after']);
  assert.equal(answer.headers['x-ratelimit-limit'], '10');
  assert.equal(answer.headers['x-ratelimit-remaining'], '0');
  const reset = Number(answer.headers['x-ratelimit-reset']);
  assert.ok(Math.abs(reset - server.clock.now / 1_000 - wait) <= 1);
});

test('who waits as long as the 429 says is served then, and not before', async (context) => {
  const server = await open(context);
  for (let turn = 0; turn < 10; turn += 1) {
    await get(server, '', bearer(server.free));
    server.clock.advance(700);
  }
  const refused = await get(server, '', bearer(server.free));
  assert.equal(refused.status, 429);
  const wait = Number(refused.headers['retry-after']) * 1_000;
  server.clock.advance(wait - 2_000);
  assert.equal((await get(server, '', bearer(server.free))).status, 429);
  server.clock.advance(2_000);
  assert.equal((await get(server, '', bearer(server.free))).status, 403);
});

test('refused requests are not counted: a client that hammers is let in when its window moves', async (context) => {
  const server = await open(context);
  await exhaust(() => get(server, '', bearer(server.free)), 200);
  server.clock.advance(62_000);
  assert.equal(refusals(await exhaust(() => get(server, '', bearer(server.free)), 10)), 0);
});

test('the day is a window of its own, and is the one that is told when it is nearer to exhaustion', async (context) => {
  const server = await open(context);
  let served = 0;
  let last: Answer | undefined;
  for (let minute = 0; minute < 101; minute += 1) {
    for (let turn = 0; turn < 10; turn += 1) {
      last = await get(server, '', bearer(server.free));
      if (last.status !== 429) served += 1;
    }
    server.clock.advance(62_000);
  }
  assert.equal(served, 1_000);
  assert.equal(last?.status, 429);
  assert.equal(last.headers['x-ratelimit-limit'], '1000');
  assert.ok(Number(last.headers['retry-after']) > 3_600);
});

test('the keys of one account are limited each by itself, and one that is refused takes nothing from another', async (context) => {
  const server = await open(context);
  const keys = [await server.key('free'), await server.key('free', { account: 'other' }), server.free];
  for (const key of keys) {
    assert.equal(refusals(await exhaust(() => get(server, '', bearer(key)), 12)), 2);
  }
});

test('a request without a key that is known is in nobody’s budget', async (context) => {
  const server = await open(context);
  for (const headers of [
    {},
    bearer('nonsense'),
    bearer(`${server.free}x`),
    { ...bearer(server.free), 'x-api-key': server.pro },
  ]) {
    for (let turn = 0; turn < 15; turn += 1) {
      const answer = await get(server, '', headers);
      assert.equal(answer.status, 401);
      assert.equal(answer.headers['x-ratelimit-remaining'], undefined);
    }
  }
  assert.equal((await get(server, '', bearer(server.free))).headers['x-ratelimit-remaining'], '9');
});

test('a key at an address where it may not be used is refused without touching its budget', async (context) => {
  const server = await open(context);
  const key = await server.key('free', { allowedNetworks: ['203.0.113.0/24'] });
  for (let turn = 0; turn < 15; turn += 1) assert.equal((await get(server, '', bearer(key))).status, 403);
  const { statusCode, headers } = await server.app.inject({
    url: PATH,
    headers: bearer(key),
    remoteAddress: '203.0.113.9',
  });
  assert.equal(statusCode, 403);
  assert.equal(headers['x-ratelimit-remaining'], '9');
});

test('an expired or revoked key has no budget to tell of', async (context) => {
  const server = await open(context);
  const expired = await server.key('pro', { expiresAt: server.clock.now });
  const revoked = await server.key('pro');
  for (const { id, prefix } of await server.store.listKeys()) {
    if (prefix === revoked.slice(0, 12)) await server.store.revokeKey(id, server.clock.now);
  }
  for (const key of [expired, revoked]) {
    const answer = await get(server, '', bearer(key));
    assert.equal(answer.status, 401);
    assert.equal(answer.headers['x-ratelimit-limit'], undefined);
  }
});
