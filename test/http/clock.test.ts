import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RateLimiter } from '../../src/http/rate-limit.ts';
import { RollingCount } from '../../src/http/rolling-count.ts';
import { START, take } from '../store/fixtures.ts';
import { addresses, bearer, errorOf, get, indicatorsOf, serving } from './serving.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test('a clock that is set back between publications loses nothing to a poller, and modified still rises', async (context) => {
  const server = await serving(context);
  const all = addresses(9);
  const seen: string[] = [];
  let since = '2026-01-01';
  let last = '';
  const poll = async (): Promise<void> => {
    const answer = await get(server, `?since=${encodeURIComponent(since)}`, bearer(server.pro));
    for (const { name, modified } of indicatorsOf(answer)) {
      assert.ok(modified > last, `${modified} after ${last}`);
      last = modified;
      seen.push(name);
    }
    since = answer.headers['x-next-since']!;
  };
  for (let index = 0; index < all.length; index += 1) {
    await take(server.store, [all[index]!], server.clock.now);
    // An hour back, once half a day: what is published then is stamped after all that came before.
    server.clock.advance(index === 5 ? -12 * HOUR : index % 2 === 0 ? -HOUR : 2 * HOUR);
    await poll();
  }
  server.clock.now = Math.max(server.clock.now, (await server.store.health()).lastStamp) + 1;
  await poll();
  assert.deepEqual(
    seen,
    all.map(({ value }) => value),
  );
});

test('what was published in a future that the clock had wrong is hidden until then, and never shown early', async (context) => {
  const server = await serving(context);
  server.clock.now = START + DAY;
  await server.store.markPolled(server.clock.now);
  await take(server.store, addresses(1), server.clock.now);
  server.clock.now = START;
  assert.equal(indicatorsOf(await get(server, '', bearer(server.pro))).length, 0);
  server.clock.now = START + DAY + 10;
  assert.equal(indicatorsOf(await get(server, '', bearer(server.pro))).length, 1);
});

test('a revoked key stays revoked however far the clock is set back', async (context) => {
  const server = await serving(context);
  const key = await server.key('pro');
  for (const { id, prefix } of await server.store.listKeys()) {
    if (prefix === key.slice(0, 12)) await server.store.revokeKey(id, server.clock.now);
  }
  for (const back of [0, HOUR, 400 * DAY]) {
    server.clock.now = START - back;
    const answer = await get(server, '', bearer(key));
    assert.equal(answer.status, 401);
    assert.equal(errorOf(answer).code, 'invalid_api_key');
  }
});

test('a page measured in a wrong future is measured anew when the clock is right again', async (context) => {
  const server = await serving(context);
  await take(server.store, addresses(2), START);
  const before = await get(server, '', bearer(server.pro));
  server.clock.now = START + 900 * DAY;
  assert.equal(indicatorsOf(await get(server, '', bearer(server.pro))).length, 0, 'all have expired by then');
  server.clock.now = START + 1_000;
  const after = await get(server, '', bearer(server.pro));
  assert.equal(after.headers.etag, before.headers.etag);
  assert.equal(indicatorsOf(after).length, 2);
});

for (const ahead of [2 * HOUR, 3 * DAY, 800 * DAY]) {
  test(`a key that was used while the clock was ${ahead / HOUR} hours ahead is not shut out until then`, async (context) => {
    const server = await serving(context);
    const ask = async (): Promise<number> => (await get(server, '', bearer(server.free), 'HEAD')).status;
    server.clock.now = START + ahead;
    for (let count = 0; count < 10; count += 1) assert.equal(await ask(), 403);
    assert.equal(await ask(), 429);
    server.clock.now = START;
    // A minute that lies as far ahead says nothing of this one.
    const statuses: number[] = [];
    for (let count = 0; count < 11; count += 1) statuses.push(await ask());
    assert.deepEqual(statuses, [...Array.from({ length: 10 }, () => 403), 429]);
  });
}

test('a clock that is set back by less than a window gives nobody a second budget', async (context) => {
  const { store, clock } = await serving(context);
  const limits = { requestsPerMinute: 10, requestsPerDay: 1_000 };
  for (const back of [1, 500, 5_000, 30_000, 59_000]) {
    clock.now += DAY;
    const limiter = new RateLimiter(store);
    const take = async (): Promise<boolean> =>
      (await limiter.take(`back ${back}`, limits, clock.now)).allowed;
    for (let count = 0; count < 10; count += 1) assert.ok(await take());
    clock.advance(-back);
    assert.equal(await take(), false, `${back} ms back`);
    assert.equal((await new RateLimiter(store).take(`back ${back}`, limits, clock.now)).allowed, false);
  }
});

test('a rolling count forgets what lies more than its window ahead, and keeps what does not', () => {
  const count = new RollingCount(10_000, 1_000);
  for (let index = 0; index < 5; index += 1) count.add(1_000_000);
  assert.equal(count.count(995_000), 5);
  assert.equal(count.count(1_000_000), 5);
  assert.equal(count.count(900_000), 0);
  count.add(900_000);
  assert.equal(count.count(900_000), 1);
  assert.equal(count.count(911_000), 0);
});
