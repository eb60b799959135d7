import assert from 'node:assert/strict';
import { test } from 'node:test';

import { IOC_TYPES } from '../../src/model/ioc.ts';
import { typeOfWord } from '../../src/parse/type-words.ts';

test('each of our own type names means its type', () => {
  for (const type of IOC_TYPES) assert.deepEqual(typeOfWord(type), { hint: type });
});

test('words of other platforms are understood in any case, with spaces or underscores', () => {
  const words = {
    'FileHash-SHA256': 'sha256',
    'IP Address': 'ip',
    md5_hash: 'md5',
    hostname: 'host',
    'Domain-Name': 'domain',
  };
  for (const [word, hint] of Object.entries(words)) assert.deepEqual(typeOfWord(word), { hint }, word);
});

test('kinds whose values look like ours are foreign', () => {
  for (const word of [
    'JA3',
    'ja3s',
    'imphash',
    'sha512',
    'x509-fingerprint-sha1',
    'TLSH',
    'Mutex',
    'filename',
  ]) {
    assert.equal(typeOfWord(word), 'foreign', word);
  }
});

test('other words mean no kind of observable', () => {
  for (const word of ['C2', 'phishing', '', 'x'.repeat(1000)])
    assert.equal(typeOfWord(word), undefined, word);
});
