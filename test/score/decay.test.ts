import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { IOC_TYPES, type IocType } from '../../src/model/ioc.ts';
import { decayed, decayScore, nextDecay, nextFall } from '../../src/score/decay.ts';
import { DECAY_SPEED, TIME_TO_LIVE } from '../../src/score/life.ts';

const DAY = 86_400_000;
const SEEN = Date.UTC(2026, 0, 15);

const base = fc.integer({ min: 0, max: 100 });
const anyType = fc.constantFrom(...IOC_TYPES);
const mortal = fc.constantFrom(...(Object.keys(TIME_TO_LIVE) as IocType[]));
const age = fc.integer({ min: -DAY, max: 200 * DAY });

test('the score follows MISP’s polynomial: all of it when seen, none when the time to live is over', () => {
  assert.equal(decayScore(80, 'ipv4', SEEN, SEEN), 80);
  // Half of 30 days at speed 0.5: 80 × (1 − 0.5²).
  assert.equal(decayScore(80, 'ipv4', SEEN, SEEN + 15 * DAY), 60);
  assert.equal(decayScore(80, 'ipv4', SEEN, SEEN + 30 * DAY), 0);
  assert.equal(decayScore(80, 'ipv4', SEEN, SEEN - DAY), 80);
});

test('every type with a time to live has a speed, none above 1', () => {
  assert.deepEqual(Object.keys(DECAY_SPEED).sort(), Object.keys(TIME_TO_LIVE).sort());
  for (const speed of Object.values(DECAY_SPEED)) assert.ok(speed > 0 && speed <= 1);
});

test('confidence stays what it was, and falls to the most that a lower band holds', () => {
  const after = (days: number) => decayed(85, 'ipv4', SEEN, SEEN + days * DAY);
  assert.deepEqual([0, 5, 12, 13, 24, 25, 500].map(after), [85, 85, 85, 69, 69, 29, 29]);
  assert.equal(decayed(20, 'ipv4', SEEN, SEEN + 500 * DAY), 20);
});

test('what is barely in a band does not leave it at once', () => {
  for (const barely of [70, 30]) {
    const next = nextDecay(barely, 'ipv4', SEEN, SEEN)!;
    assert.ok(next > SEEN + 2 * DAY, `${barely} after ${(next - SEEN) / DAY} days`);
  }
});

test('types that do not expire do not decay', () => {
  for (const type of ['md5', 'sha1', 'sha256', 'cve', 'mitre-attack'] as const) {
    assert.equal(decayed(85, type, SEEN, SEEN + 9_000 * DAY), 85);
    assert.equal(nextDecay(85, type, SEEN, SEEN), undefined);
  }
});

test('it never rises with time, never exceeds its base, and a greater base never gives less', () => {
  fc.assert(
    fc.property(anyType, base, base, age, age, (type, one, other, early, late) => {
      const [least, most] = [Math.min(one, other), Math.max(one, other)];
      const [before, after] = [SEEN + Math.min(early, late), SEEN + Math.max(early, late)];
      assert.ok(decayed(most, type, SEEN, after) <= decayed(most, type, SEEN, before));
      assert.ok(decayed(most, type, SEEN, before) <= most);
      assert.ok(decayed(least, type, SEEN, before) <= decayed(most, type, SEEN, before));
    }),
  );
});

test('it changes twice at most in a life, at exactly the moments that are foretold, and before it expires', () => {
  fc.assert(
    fc.property(mortal, base, (type, fresh) => {
      const values = [fresh];
      let now = SEEN;
      for (;;) {
        const next = nextDecay(fresh, type, SEEN, now);
        if (next === undefined) break;
        assert.ok(next > now && next < SEEN + TIME_TO_LIVE[type]!);
        assert.equal(decayed(fresh, type, SEEN, next - 1), values.at(-1));
        values.push(decayed(fresh, type, SEEN, next));
        assert.ok(values.at(-1)! < values.at(-2)!);
        now = next;
      }
      assert.equal(decayed(fresh, type, SEEN, SEEN + 2 * TIME_TO_LIVE[type]!), values.at(-1));
      assert.ok(values.length <= 3);
    }),
  );
});

test('between now and the moment foretold nothing changes', () => {
  fc.assert(
    fc.property(mortal, base, age, fc.double({ min: 0, max: 1, noNaN: true }), (type, fresh, since, part) => {
      const now = SEEN + since;
      const next = nextDecay(fresh, type, SEEN, now) ?? now + 900 * DAY;
      const between = Math.min(next - 1, now + Math.floor((next - now) * part));
      assert.equal(decayed(fresh, type, SEEN, between), decayed(fresh, type, SEEN, now));
    }),
  );
});

test('a falling score is searched to the millisecond, whatever its curve', () => {
  const curve = fc.constantFrom<(part: number) => number>(
    (part) => 1 - part,
    (part) => 1 - part ** 9,
    (part) => (1 - part) ** 9,
    (part) => (part < 0.999 ? 1 : 0),
    (part) => (part < 1e-6 ? 1 : 0),
  );
  fc.assert(
    fc.property(base, curve, fc.integer({ min: 1, max: 900 * DAY }), (fresh, shape, life) => {
      let calls = 0;
      const scoreAt = (time: number): number => {
        calls += 1;
        return fresh * shape(Math.min(1, (time - SEEN) / life));
      };
      const next = nextFall(fresh, scoreAt, SEEN, SEEN + life);
      assert.ok(calls < 80, `${calls} looks`);
      if (fresh < 30) return assert.equal(next, undefined);
      const border = fresh >= 70 ? 70 : 30;
      assert.ok(Math.round(scoreAt(next! - 1)) >= border && Math.round(scoreAt(next!)) < border);
    }),
  );
});
