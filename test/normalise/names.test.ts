import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { normaliseIoc } from '../../src/normalise/normalise.ts';
import { assertNormal, assertRefused } from './expect.ts';

test('a domain becomes lower case, without its trailing dot or port, in ASCII', () => {
  assertNormal('domain', {
    'WWW.Example.COM': 'www.example.com',
    'example.com.': 'example.com',
    'example.com:8443': 'example.com',
    'bücher.example.com': 'xn--bcher-kva.example.com',
    'XN--BCHER-KVA.example.com': 'xn--bcher-kva.example.com',
    'example。com': 'example.com',
    'ｅxample.com': 'example.com',
    '_dmarc.a_b.example.com': '_dmarc.a_b.example.com',
    'a-.example.co.uk': 'a-.example.co.uk',
  });
});

test('a domain needs a known public suffix and a label before it', () => {
  assertRefused('bad_domain', ['host.example', 'a.localdomain', 'co.uk', 'example.c', 'file.txt'], undefined);
  assertRefused('bad_domain', ['com', 'localhost'], 'domain');
});

test('private suffixes are domains like any other', () => {
  assertNormal('domain', { 'github.io': 'github.io', 'x.github.io': 'x.github.io' });
});

test('a malformed domain is refused', () => {
  const long = `${'a'.repeat(64)}.example.com`;
  const deep = `${'a.'.repeat(125)}example.com`;
  assertRefused(
    'bad_domain',
    [long, deep, '.example.com', 'a..example.com', '*.example.com', 'a,b.example.com', 'ex!.example.com'],
    'domain',
  );
  assertRefused(
    'bad_domain',
    ['example.com..', 'a／b.example.com', 'a％2e.example.com', 'a b.example.com'],
    'domain',
  );
});

test('an e-mail address keeps its local part, its domain is normalised', () => {
  assertNormal(
    'email',
    {
      'First.Last+x@Example.ORG.': 'First.Last+x@example.org',
      'mailto:user@example.com': 'user@example.com',
      "o'neil@bücher.example.com": "o'neil@xn--bcher-kva.example.com",
      '<user@example.com>': 'user@example.com',
      'a/b@example.com': 'a/b@example.com',
    },
    'email',
  );
});

test('a malformed e-mail address is refused', () => {
  const values = [
    '@example.com',
    'user@',
    'a..b@example.com',
    '.a@example.com',
    'a b@example.com',
    'user@localhost',
    'a@b@example.com',
  ];
  assertRefused(
    'bad_email',
    [...values, 'user@192.0.2.1', 'user@[192.0.2.1]', `${'a'.repeat(65)}@example.com`, 'user@example.com:25'],
    'email',
  );
});

test('a hash becomes lower case and has exactly the length of its algorithm', () => {
  assertNormal('md5', { ['AB'.repeat(16)]: 'ab'.repeat(16) });
  assertNormal('sha1', { ['AB'.repeat(20)]: 'ab'.repeat(20) });
  assertNormal('sha256', { ['AB'.repeat(32)]: 'ab'.repeat(32) }, 'hash');
  assertRefused('bad_hash', ['ab'.repeat(17), 'ab'.repeat(64), 'g'.repeat(32)], 'hash');
  assertRefused('type_mismatch', ['ab'.repeat(16)], 'sha256');
});

test('a CVE id becomes upper case with plain hyphens', () => {
  assertNormal('cve', {
    'cve-2021-44228': 'CVE-2021-44228',
    'CVE\u20112024\u20131234567': 'CVE-2024-1234567',
  });
  assertRefused('bad_cve', [
    'CVE-2021-123',
    'CVE-1998-1234',
    'CVE-2100-1234',
    `CVE-2021-${'1'.repeat(20)}`,
    'CVE-2021-1234x',
  ]);
});

test('an ATT&CK id becomes upper case and must exist', () => {
  assertNormal('mitre-attack', { t1059: 'T1059', 'T1059.001': 'T1059.001', ta0001: 'TA0001' });
  assertRefused('unknown_technique', ['T9999', 'T1059.999', 'TA9999']);
  assertRefused('unknown_technique', ['PowerShell'], 'mitre-attack');
});

test('a domain in normal form is its own normal form', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (label) => {
      const normal = normaliseIoc(`${label}.example.com`, 'domain');
      if (normal.ok) assert.deepEqual(normaliseIoc(normal.value), normal);
    }),
  );
});
