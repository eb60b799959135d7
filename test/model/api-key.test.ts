import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import fc from 'fast-check';

import { apiKeyPrefix, checkApiKey, makeApiKey } from '../../src/model/api-key.ts';

test('a new key has the form of one, its prefix and its SHA-256', () => {
  const { text, prefix, hash } = makeApiKey();
  assert.match(text, /^sk_live_[0-9A-Za-z]{49}$/);
  assert.equal(checkApiKey(text), 'ok');
  assert.equal(prefix, text.slice(0, 12));
  assert.equal(prefix, apiKeyPrefix(text));
  assert.deepEqual(hash, createHash('sha256').update(text).digest());
});

test('no two keys are the same', () => {
  assert.equal(new Set(Array.from({ length: 1_000 }, () => makeApiKey().text)).size, 1_000);
});

test('a key with one wrong character is known to be mistyped', () => {
  const { text } = makeApiKey();
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 56 }), fc.constantFrom(...digits.split('')), (place, digit) => {
      fc.pre(text[place] !== digit);
      assert.equal(checkApiKey(text.slice(0, place) + digit + text.slice(place + 1)), 'mistyped');
    }),
  );
});

test('what does not have the form of a key is malformed, whatever it is', () => {
  const { text } = makeApiKey();
  for (const other of [
    '',
    'null',
    'undefined',
    'sk_live_',
    text.slice(1),
    `${text}0`,
    ` ${text}`,
    `${text}\n`,
  ]) {
    assert.equal(checkApiKey(other), 'malformed', JSON.stringify(other));
  }
  fc.assert(fc.property(fc.string(), (other) => checkApiKey(other) === 'malformed'));
});
