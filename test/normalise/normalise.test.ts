import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { IOC_TYPES } from '../../src/model/ioc.ts';
import { detectType, normaliseIoc } from '../../src/normalise/normalise.ts';
import type { TypeHint } from '../../src/normalise/normalise.ts';
import { assertNormal, assertRefused } from './expect.ts';
import { cpuTime } from '../cpu-time.ts';

const HINTS: readonly (TypeHint | undefined)[] = [undefined, ...IOC_TYPES, 'ip', 'hash', 'host'];

const EXAMPLES = {
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  domain: 'example.com',
  url: 'http://example.com/',
  md5: 'ab'.repeat(16),
  sha1: 'ab'.repeat(20),
  sha256: 'ab'.repeat(32),
  cve: 'CVE-2021-44228',
  'mitre-attack': 'T1059',
  email: 'user@example.com',
};

test('the type of a bare value is detected', () => {
  for (const [type, value] of Object.entries(EXAMPLES)) assert.equal(detectType(value), type);
  for (const value of ['', ' ', 'word', 'two words', '-', '42', 'ab'.repeat(64)])
    assert.equal(detectType(value), undefined);
});

test('a hint that is right changes nothing, one that is wrong is a mismatch', () => {
  for (const [type, value] of Object.entries(EXAMPLES))
    for (const hint of IOC_TYPES) {
      const normal = normaliseIoc(value, hint);
      if (hint === type) assert.ok(normal.ok, `${value} as ${hint}`);
      else if (hint === 'domain' && type.startsWith('ipv')) assert.ok(normal.ok && normal.type === type);
      else if (hint === 'url' && ['domain', 'ipv4'].includes(type))
        assert.ok(normal.ok && normal.type === 'url');
      else assert.equal(normal.ok ? '' : normal.code, 'type_mismatch', `${value} as ${hint}`);
    }
});

test('a mismatch says what was claimed and what was found', () => {
  const normal = normaliseIoc(EXAMPLES.sha256, 'md5');
  assert.match(normal.ok ? '' : normal.reason, /it says md5, the value is of type sha256/);
});

test('open hints take each of their types', () => {
  assertNormal('ipv6', { '2001:db8::1': '2001:db8::1' }, 'ip');
  assertNormal('ipv4', { '192.0.2.1:80': '192.0.2.1' }, 'host');
  assertNormal('domain', { 'example.com': 'example.com' }, 'host');
  assertRefused('type_mismatch', ['http://example.com/'], 'host');
  assertRefused('bad_address', ['nothing', '192.0.2.x'], 'ip');
});

test('surrounding white space, quotes and angle brackets are trimmed', () => {
  assertNormal('domain', {
    ' "example.com" ': 'example.com',
    "\t'<example.com>'\n": 'example.com',
    '\u201cexample.com\u201d': 'example.com',
  });
  assertNormal('url', {
    '<http://example.com/x>': 'http://example.com/x',
    'http://example.com/"x"': 'http://example.com/"x"',
  });
});

test('an invisible character around or within a value is refused, not dropped', () => {
  const invisible = [
    '\u200b',
    '\u200d',
    '\ufeff',
    '\u00ad',
    '\u202e',
    '\u2066',
    '\0',
    '\u2028',
    '\ud800',
    '\udc00',
    '\u0085',
    '\ufe0f',
    '\u{e0041}',
    '\u3164',
  ];
  for (const character of invisible) {
    assertRefused('control_character', [
      `${character}example.com`,
      `exam${character}ple.com`,
      `example.com${character}`,
    ]);
    assertRefused('control_character', [`http://example.com/a${character}b`, `192.0.2.${character}1`]);
  }
  assertRefused('control_character', [
    'example.com\nexample.org',
    'http://example.com/\tb',
    'a\r\nb@example.com',
  ]);
});

test('a value that hides an invisible character behind percent-encoding of a whole URL is refused', () => {
  assertRefused('control_character', [
    'http%3A%2F%2Fexample%2Ecom%2F%0Ax',
    'http%3A%2F%2Fexample.com%2F%E2%80%8B',
  ]);
});

test('a huge value is refused at once', () => {
  assertRefused('too_long', ['a'.repeat(200_000), '['.repeat(10_000_000)]);
});

test('any text under any hint gives a normal form of its own type or a stated reason, never an exception', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom(
        ...Array.from('a1.:/@[](){}\\-%# \n'),
        'dot',
        'at',
        'http',
        'com',
        'example',
        '\ud800',
        'é',
      ),
    }),
  );
  fc.assert(
    fc.property(text, fc.constantFrom(...HINTS), (value, hint) => {
      const normal = normaliseIoc(value, hint);
      if (!normal.ok) return assert.ok(normal.reason.length > 0);
      assert.match(normal.value, /^[^\p{Cc}\p{Cf}]+$/u);
      assert.deepEqual(normaliseIoc(normal.value), normal);
      assert.deepEqual(normaliseIoc(normal.value, normal.type), normal);
    }),
    { numRuns: 3_000 },
  );
});

test('hostile values take linear time', () => {
  const seeds = [
    '[',
    '[.]',
    '(.',
    'a.',
    'dot ',
    ' @',
    '[at]',
    '\\.',
    ' ',
    '1.',
    'f:',
    '%',
    '[:]',
    'http__',
    'é',
    '"',
  ];
  const took = (count: number): number => {
    const start = cpuTime();
    for (const seed of seeds)
      for (const prefix of ['', 'http://', 'hxxp://', 'x@'])
        for (const hint of [undefined, 'url', 'host', 'email'] as const)
          normaliseIoc(prefix + seed.repeat(count / seed.length) + '!', hint);
    return cpuTime() - start;
  };
  took(1_000);
  assert.ok(took(100_000) < 2_000);
});
