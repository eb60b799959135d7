import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import fc from 'fast-check';

import { isUuid, uuidBytes, uuidText, uuidV5 } from '../../src/model/uuid.ts';

const DNS = uuidBytes('6ba7b810-9dad-11d1-80b4-00c04fd430c8');

test('the example of RFC 9562, appendix A.4', () => {
  assert.equal(uuidV5(DNS, 'www.example.com'), '2ed6657d-e927-568b-95e1-2665a8aea6a2');
});

test('a name of any length and script is hashed as UTF-8, whatever was hashed before it', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .tuple(fc.string({ unit: 'binary', minLength: 1 }), fc.integer({ min: 1, max: 2_000 }))
      .map(([text, times]) => text.repeat(times)),
  );
  fc.assert(
    fc.property(name, (text) => {
      const uuid = uuidV5(DNS, text);
      assert.ok(isUuid(uuid));
      const digest = createHash('sha1').update(DNS).update(text, 'utf8').digest().subarray(0, 16);
      digest[6] = (digest[6]! & 0x0f) | 0x50;
      digest[8] = (digest[8]! & 0x3f) | 0x80;
      assert.equal(uuid, uuidText(digest));
      assert.deepEqual(uuidBytes(uuid), digest);
    }),
  );
});
