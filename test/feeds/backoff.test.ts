import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { nextAttempt } from '../../src/feeds/backoff.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 0, 15, 12);

const attempt = fc.record({
  interval: fc.integer({ min: 0, max: 30 * DAY }),
  failures: fc.integer({ min: 0, max: 5_000 }),
  retryAt: fc.option(fc.integer({ min: NOW - DAY, max: NOW + 7 * DAY }), { nil: undefined }),
  now: fc.constant(NOW),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

test('after a good run the next one comes after the interval, a tenth more or less', () => {
  const next = (random: number): number =>
    nextAttempt({ interval: HOUR, failures: 0, now: NOW, random }) - NOW;
  assert.equal(next(0), 54 * MINUTE);
  assert.equal(next(0.5), HOUR);
  assert.ok(next(0.999_999) <= 66 * MINUTE);
});

test('with each failure the wait doubles, from a quarter of an hour up to a day', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 100].map(
    (failures) => (nextAttempt({ interval: 6 * HOUR, failures, now: NOW, random: 0 }) - NOW) / MINUTE,
  );
  assert.deepEqual(waits, [15, 30, 60, 120, 240, 480, 720, 720, 720]);
  const longest = nextAttempt({ interval: 6 * HOUR, failures: 100, now: NOW, random: 0.999_999 }) - NOW;
  assert.ok(longest > 0.99 * DAY && longest <= DAY);
});

test('a feed with a short interval is not tried sooner for failing', () => {
  for (const random of [0, 0.3, 0.9]) {
    assert.ok(nextAttempt({ interval: 5 * MINUTE, failures: 1, now: NOW, random }) >= NOW + 5 * MINUTE);
  }
});

test('a server that names a time is not asked before it', () => {
  const retryAt = NOW + 3 * HOUR;
  assert.equal(nextAttempt({ interval: HOUR, failures: 1, retryAt, now: NOW, random: 0.5 }), retryAt);
  assert.ok(nextAttempt({ interval: HOUR, failures: 9, retryAt, now: NOW, random: 0 }) > retryAt);
});

test('the next attempt is never within a minute, never before Retry-After, never far off when failing', () => {
  fc.assert(
    fc.property(attempt, (last) => {
      const next = nextAttempt(last);
      assert.ok(Number.isSafeInteger(next));
      assert.ok(next >= NOW + MINUTE);
      assert.ok(next >= (last.retryAt ?? 0));
      if (last.failures > 0) assert.ok(next <= Math.max(NOW + DAY, last.retryAt ?? 0));
    }),
  );
});

test('one more failure never shortens the wait by more than chance does', () => {
  fc.assert(
    fc.property(attempt, (last) => {
      const failures = Math.max(1, last.failures);
      const now = nextAttempt({ ...last, failures });
      assert.ok(nextAttempt({ ...last, failures: failures + 1 }) >= now);
    }),
  );
});
