import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { readNext, type TaxiiPlace, writeNext } from '../../src/model/taxii-cursor.ts';

const stamp = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const place: fc.Arbitrary<TaxiiPlace> = fc.oneof(
  stamp.map((only) => ({ stamp: only })),
  fc.tuple(stamp, stamp).map(([last, begun]) => ({ stamp: last, begun })),
);

test('a place comes back as it was written, in text that needs no escaping', () => {
  fc.assert(
    fc.property(place, fc.string(), (written, scope) => {
      const text = writeNext(written, scope);
      assert.match(text, /^[A-Za-z0-9_-]{26}$/);
      assert.deepEqual(readNext(text, scope), written);
    }),
  );
});

test('a place of another scope, or with any character changed, is foreign', () => {
  fc.assert(
    fc.property(place, fc.string(), fc.string(), fc.nat(25), (written, scope, other, at) => {
      fc.pre(scope !== other);
      const text = writeNext(written, scope);
      assert.equal(readNext(text, other), 'foreign');
      const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
      assert.equal(readNext(changed, scope), 'foreign');
    }),
  );
});

test('whatever text it is given, it never throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
      assert.equal(readNext(text, 'scope'), 'foreign');
    }),
  );
});
