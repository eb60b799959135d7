import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { type Survey, trip } from '../../src/feeds/fuse.ts';
import type { RejectionCode } from '../../src/model/sighting.ts';

const USUAL: Survey = {
  listed: 1_000,
  standing: 1_000,
  added: 30,
  changed: 100,
  same: 870,
  absent: 25,
  takenBack: 0,
  held: 3,
  rejected: new Map([['bad_domain', 4]]),
};

function rejected(code: RejectionCode, count: number): Survey['rejected'] {
  return new Map([[code, count]]);
}

test('an ordinary day is published', () => {
  assert.equal(trip(USUAL), undefined);
});

test('a first download of any size is published', () => {
  assert.equal(
    trip({ ...USUAL, standing: 0, listed: 500_000, added: 500_000, same: 0, absent: 0 }),
    undefined,
  );
});

test('a download without records is empty, whatever stood before', () => {
  for (const standing of [0, 5, 100_000]) {
    const survey = { ...USUAL, listed: 0, added: 0, changed: 0, same: 0, standing, absent: standing };
    assert.equal(trip({ ...survey, rejected: new Map() })?.state, 'empty');
  }
});

test('a download of which more than half is gone is held, and a smaller loss is not', () => {
  assert.equal(trip({ ...USUAL, absent: 501 })?.state, 'held');
  assert.equal(trip({ ...USUAL, absent: 500 }), undefined);
});

test('a download that takes more than half back in so many words is held', () => {
  assert.equal(trip({ ...USUAL, absent: 0, takenBack: 501 })?.state, 'held');
  assert.match(trip({ ...USUAL, absent: 100, takenBack: 401 })!.reason, /501 of 1000 .* taken back/);
  assert.equal(trip({ ...USUAL, absent: 100, takenBack: 400 }), undefined);
});

test('a small list may change as a whole', () => {
  assert.equal(trip({ ...USUAL, listed: 8, standing: 20, added: 8, absent: 20 }), undefined);
});

test('a download that is ten times what it was is held', () => {
  assert.equal(trip({ ...USUAL, listed: 10_000, added: 9_000 })?.state, 'held');
  assert.match(trip({ ...USUAL, listed: 10_000, added: 9_000 })!.reason, /9000 .* 1000/);
});

test('a young feed may grow to a thousand at once', () => {
  assert.equal(trip({ ...USUAL, standing: 3, listed: 1_000, added: 1_000, absent: 0 }), undefined);
});

test('a download that names what must never be blocked is held', () => {
  assert.equal(trip({ ...USUAL, held: 201 })?.state, 'held');
  assert.equal(trip({ ...USUAL, listed: 30, held: 19, added: 30, standing: 0, absent: 0 }), undefined);
});

test('a download that cannot be read for the most part has drifted', () => {
  assert.equal(trip({ ...USUAL, rejected: rejected('malformed_record', 1_001) })?.state, 'drifted');
  assert.equal(trip({ ...USUAL, rejected: rejected('malformed_record', 1_000) }), undefined);
  assert.equal(trip({ ...USUAL, listed: 0, rejected: rejected('type_unknown', 3) })?.state, 'drifted');
});

test('what a source calls harmless, or is foreign to us, is no drift', () => {
  for (const code of ['not_an_ioc', 'unsupported_type', 'own_host'] as const)
    assert.equal(trip({ ...USUAL, rejected: rejected(code, 5_000) }), undefined);
});

test('no survey is without a verdict, and what is held says how much it is about', () => {
  const count = fc.nat(1_000_000);
  fc.assert(
    fc.property(count, count, count, count, count, count, (listed, standing, added, absent, held, bad) => {
      const survey = { ...USUAL, listed, standing, added, absent, held, rejected: rejected('bad_url', bad) };
      const verdict = trip(survey);
      if (verdict?.state === 'held') assert.match(verdict.reason, /\d/);
      // Growth alone never takes anything back.
      if (verdict === undefined && standing > 20) assert.ok(absent * 2 <= standing);
    }),
  );
});
