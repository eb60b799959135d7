import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { RateLimiter } from '../../src/http/rate-limit.ts';
import { RollingCount } from '../../src/http/rolling-count.ts';
import { DAY } from '../store/fixtures.ts';
import { bearer, type ErrorBody, errorOf, get, serving } from './serving.ts';

const LIMITS = { requestsPerMinute: 40, requestsPerDay: 1_000 };

test('every answer to a valid key tells what is left of its limit, errors and 304 included', async (context) => {
  const server = await serving(context);
  const first = await get(server, '', bearer(server.pro));
  assert.equal(first.headers['x-ratelimit-limit'], '1000');
  assert.equal(first.headers['x-ratelimit-remaining'], '999');
  const reset = Number(first.headers['x-ratelimit-reset']);
  assert(reset > server.clock.now / 1_000 && reset <= server.clock.now / 1_000 + 61);
  const answers = [
    await get(server, '', { ...bearer(server.pro), 'if-none-match': first.headers.etag! }),
    await get(server, '?limit=0', bearer(server.pro)),
    await get(server, '', { ...bearer(server.pro), accept: 'text/html' }),
    await get(server, '', bearer(server.pro), 'HEAD'),
    await get(server, '', bearer(server.pro), 'POST'),
    await get(server, '/api/v1/nothing', bearer(server.pro)),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [304, 400, 406, 200, 405, 404],
  );
  assert.deepEqual(
    answers.map(({ headers }) => headers['x-ratelimit-remaining']),
    ['998', '997', '996', '995', '994', '993'],
  );
});

test('the request after the last of a minute is refused, and told when to come back', async (context) => {
  const server = await serving(context);
  for (let count = 0; count < 10; count += 1)
    assert.equal((await get(server, '', bearer(server.free))).status, 403);
  const answer = await get(server, '?limit=0', bearer(server.free));
  assert.equal(answer.status, 429);
  assert.equal(errorOf(answer).code, 'rate_limit_exceeded');
  assert.equal(answer.headers['x-ratelimit-remaining'], '0');
  const wait = Number(answer.headers['retry-after']);
  assert(wait >= 59 && wait <= 61);
  server.clock.advance((wait - 2) * 1_000);
  assert.equal((await get(server, '', bearer(server.free))).status, 429);
  server.clock.advance(2_000);
  assert.equal((await get(server, '', bearer(server.free))).status, 403);
});

test('a refusal says which limit was reached and until when, as its headers do', async (context) => {
  const server = await serving(context);
  const base = `http://127.0.0.1:${await server.listen()}`;
  const ask = async (key: string): Promise<string | undefined> => {
    const answer = await fetch(`${base}/api/v1/iocs`, { headers: bearer(key) });
    const body = (await answer.json()) as { error: ErrorBody };
    if (answer.status !== 429) return undefined;
    const { headers } = answer;
    const { message } = body.error;
    const [, limit, window, until = '', wait] =
      /its ([\d,]+) requests a (\w+)\. The next is possible at (\S+), in (\d+) s\.$/.exec(message) ?? [];
    assert.equal(headers.get('x-ratelimit-limit'), limit?.replace(',', ''));
    assert.equal(headers.get('x-ratelimit-remaining'), '0');
    assert.equal(Number(headers.get('x-ratelimit-reset')) * 1_000, Date.parse(until));
    assert.equal(headers.get('retry-after'), wait);
    assert.ok(Math.abs(Date.parse(until) - server.clock.now - Number(wait) * 1_000) <= 1_000, message);
    return `${limit} ${window} ${wait}`;
  };
  // A slot of the minute is a second, one of the day five minutes.
  const start = server.clock.now;
  let served = 0;
  for (let minute = 0; minute < 100; minute += 1) {
    for (let count = 0; count < 10; count += 1) if ((await ask(server.free)) === undefined) served += 1;
    if (minute < 99) {
      assert.equal(await ask(server.free), '10 minute 61');
      server.clock.advance(61_000);
    }
  }
  assert.equal(served, 1_000);
  const left = (start + DAY + 300_000 - server.clock.now) / 1_000;
  assert.equal(await ask(server.free), `1,000 day ${left}`);
  server.clock.advance((left - 30) * 1_000);
  assert.equal(await ask(server.free), '1,000 day 30');
  server.clock.advance(30_000);
  assert.equal(await ask(server.free), undefined);
});

test('of two limits that are reached, the one that lasts longer is told, to another process too', async (context) => {
  const { store, clock } = await serving(context);
  const limits = { requestsPerMinute: 3, requestsPerDay: 6 };
  const limiter = new RateLimiter(store);
  const take = async (of = limiter): Promise<[boolean, string, number]> => {
    const { allowed, window, resetAt } = await of.take('both', limits, clock.now);
    return [allowed, window, (resetAt - clock.now) / 1_000];
  };
  for (let count = 0; count < 3; count += 1) assert.equal((await take())[0], true);
  clock.advance(DAY + 300_000 - 10_000);
  for (let count = 0; count < 3; count += 1) assert.equal((await take())[0], true);
  // Those of yesterday leave the day in ten seconds, and those of now the minute in 61.
  for (const each of [limiter, new RateLimiter(store)])
    assert.deepEqual(await take(each), [false, 'minute', 61]);
});

test('a burst of a Pro key gets exactly its limit, one after the other or all at once', async (context) => {
  const server = await serving(context);
  const statuses = async (key: string) => {
    const answers = await Promise.all(
      Array.from({ length: 1_005 }, () => get(server, '', bearer(key), 'HEAD')),
    );
    return answers.filter(({ status }) => status === 200).length;
  };
  assert.equal(await statuses(server.pro), 1_000);
  server.clock.advance(5_000);
  assert.equal((await get(server, '', bearer(server.pro))).status, 429);
});

test('paths that are not there, and forged addresses, come out of the same budget', async (context) => {
  const server = await serving(context);
  for (let count = 0; count < 10; count += 1) {
    const headers = { ...bearer(server.free), 'x-forwarded-for': `192.0.2.${count}` };
    assert.equal((await get(server, `/api/v1/nothing/${count}`, headers)).status, 404);
  }
  assert.equal((await get(server, '/api/v1/nothing', bearer(server.free))).status, 429);
  assert.equal((await get(server, '', bearer(server.free), 'POST')).status, 429);
  assert.equal(
    (await get(server, '', { ...bearer(server.free), 'x-forwarded-for': '192.0.2.99' })).status,
    429,
  );
  assert.equal((await get(server, '/api/v1/nothing')).status, 404);
});

test('no rolling minute ever sees more than the limit, and an idle key always has all of it', async (context) => {
  const { store, clock } = await serving(context);
  let keyNumber = 0;
  const steps = fc.array(fc.tuple(fc.nat({ max: 25 }), fc.nat({ max: 30_000 })), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      const limiter = new RateLimiter(store);
      keyNumber += 1;
      const key = `key-${keyNumber}`;
      const allowed: number[] = [];
      for (const [requests, pause] of plan) {
        for (let index = 0; index < requests; index += 1) {
          if ((await limiter.take(key, LIMITS, clock.now)).allowed) allowed.push(clock.now);
        }
        const window = allowed.filter((time) => time > clock.now - 60_000);
        assert(window.length <= LIMITS.requestsPerMinute);
        clock.advance(pause);
      }
      clock.advance(62_000);
      for (let index = 0; index < LIMITS.requestsPerMinute; index += 1) {
        if (allowed.length + index >= LIMITS.requestsPerDay) break;
        assert((await limiter.take(key, LIMITS, clock.now)).allowed, `request ${index + 1} after a pause`);
      }
    }),
    { numRuns: 40 },
  );
});

test('two processes share one budget, but for what one of them holds in hand', async (context) => {
  const { store, clock } = await serving(context);
  const processes = [new RateLimiter(store), new RateLimiter(store)];
  let allowed = 0;
  for (let index = 0; index < 200; index += 1) {
    const verdict = await processes[index % 2]!.take('shared', LIMITS, clock.now);
    if (verdict.allowed) allowed += 1;
  }
  assert(allowed <= LIMITS.requestsPerMinute && allowed >= LIMITS.requestsPerMinute - 2);
});

test('the budget outlives the process', async (context) => {
  const { store, clock } = await serving(context);
  for (let index = 0; index < 40; index += 1) await new RateLimiter(store).take('again', LIMITS, clock.now);
  assert.equal((await new RateLimiter(store).take('again', LIMITS, clock.now)).allowed, false);
});

test('only the keys used last are remembered, and none is let off by that', async (context) => {
  const { store, clock } = await serving(context);
  const limiter = new RateLimiter(store, 2);
  for (let round = 0; round < 10; round += 1) {
    for (const key of ['a', 'b', 'c'])
      await limiter.take(key, { ...LIMITS, requestsPerMinute: 10 }, clock.now);
  }
  for (const key of ['a', 'b', 'c']) {
    const verdict = await limiter.take(key, { ...LIMITS, requestsPerMinute: 10 }, clock.now);
    assert.equal(verdict.allowed, false, key);
  }
});

test('a fast key asks the ledger seldom, an exhausted one not at all', async (context) => {
  const { store, clock } = await serving(context);
  let asked = 0;
  const limiter = new RateLimiter({
    takeRequests: (...args) => {
      asked += 1;
      return store.takeRequests(...args);
    },
  });
  const fast = { requestsPerMinute: 1_000, requestsPerDay: 1_000_000 };
  for (let index = 0; index < 1_001; index += 1) await limiter.take('fast', fast, clock.now);
  assert(asked < 150, `${asked} times`);
  const before = asked;
  for (let index = 0; index < 100; index += 1) await limiter.take('fast', fast, clock.now);
  assert.equal(asked, before);
});

test('a rolling count is what a plain list of times says, to the slot', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 4_000 }), { maxLength: 60 }), (pauses) => {
      const count = new RollingCount(10_000, 1_000);
      const times: number[] = [];
      let now = 1_000_000;
      for (const pause of pauses) {
        now += pause;
        const standing = times.filter((time) => Math.floor(time / 1_000) >= Math.floor(now / 1_000) - 10);
        assert.equal(count.count(now), standing.length);
        if (standing.length > 0) {
          assert.equal(count.leavesAt(now), (Math.floor(standing[0]! / 1_000) + 11) * 1_000);
        }
        count.add(now);
        times.push(now);
      }
    }),
  );
});
