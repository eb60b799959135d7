import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { normaliseIoc, refang } from '../../src/normalise/normalise.ts';
import { sharedData } from '../shared-data.ts';

function assertRefangs(expected: Readonly<Record<string, string>>): void {
  for (const [given, value] of Object.entries(expected)) assert.equal(refang(given), value, given);
}

test('dots are refanged in every bracket, alone, doubled or lacking its partner', () => {
  for (const dot of [
    '[.]',
    '(.)',
    '{.}',
    '[dot]',
    '(DOT)',
    '{dot}',
    '[.',
    '.]',
    '(.',
    '.)',
    '[dot',
    'dot]',
    ' [.] ',
    ' [ . ] ',
    '\\.',
    '\\(.\\)',
    '[[.]]',
    ' dot ',
  ])
    assertRefangs({
      [`example${dot}com`]: 'example.com',
      [`hxxp://www${dot}example.com/x`]: 'http://www.example.com/x',
    });
});

test('schemes are refanged in all their spellings', () => {
  for (const scheme of [
    'hxxp://',
    'hXXp://',
    'h**p://',
    'htxp://',
    'hxxp[:]//',
    'http[://]',
    'http:[//]',
    'hxxp[:][/][/]',
    '[http]://',
    '[http://]',
    'meow://',
    'http__',
    'hxxp:\\\\',
  ])
    assertRefangs({ [`${scheme}example.com/x`]: 'http://example.com/x' });
  assertRefangs({
    'hxxps://example.com': 'https://example.com',
    'http[s]://example.com': 'https://example.com',
    'fxp://example.com': 'ftp://example.com',
    'ftx://example.com': 'ftp://example.com',
    'http%3A%2F%2Fexample%2Ecom%2Fa%20b': 'http://example.com/a b',
  });
});

test('e-mail addresses are refanged', () => {
  for (const at of ['[at]', '(at)', '{at}', '[@]', '(@)', '{@}', ' [at] ', ' @ ', '@ ', ' @', ' at '])
    assertRefangs({ [`user${at}example[.]com`]: 'user@example.com' });
  assertRefangs({
    'first[.]last[at]example[dot]com': 'first.last@example.com',
    'user at example dot com': 'user@example.com',
  });
});

test('ports, slashes and IPv6 addresses are refanged', () => {
  assertRefangs({
    'hxxp[://]192[.]0[.]2[.]1[:]8077/6Qeq': 'http://192.0.2.1:8077/6Qeq',
    'example[.]com[:]9999': 'example.com:9999',
    'example[.]com[/]a[.]bin': 'example.com/a.bin',
    'hxxp://example.com[/a': 'http://example.com/a',
    'hxxp://[example.com]/a': 'http://example.com/a',
    '2001[:]db8[::]1': '2001:db8::1',
    '[192.0.2.1]:80': '192.0.2.1:80',
  });
});

test('a path is refanged only when scheme or host is defanged', () => {
  assertRefangs({
    'http://example.com/?a[]=1&b[.]c': 'http://example.com/?a[]=1&b[.]c',
    'http://example.com/a[.]b': 'http://example.com/a[.]b',
    'hxxp://example.com/a[.]b': 'http://example.com/a.b',
    'http://example[.]com/a[.]b?c[]=1': 'http://example.com/a.b?c[]=1',
    'HTTP://example.com/(dot)': 'HTTP://example.com/(dot)',
    'hxxps://example[.]com/?u=hxxps://example[.]org': 'https://example.com/?u=https://example.org',
  });
});

test('words that only contain dot or at stay', () => {
  assertRefangs({
    'polkadot.example.com': 'polkadot.example.com',
    'polkadot[.]example[.]com': 'polkadot.example.com',
    'anecdote.example.com': 'anecdote.example.com',
    'cat@example.com': 'cat@example.com',
    'x{.}y@example.com': 'x{.}y@example.com',
    'two words': 'two words',
    'look at this': 'look at this',
  });
});

const host = fc.stringMatching(/^[a-z0-9_-]{1,12}(\.(dot|at|[a-z]{1,9})){0,3}\.(com|org|net)$/);
const clean = fc.oneof(
  host,
  fc.ipV4(),
  fc.ipV6(),
  fc.emailAddress(),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc
    .tuple(fc.constantFrom('http', 'https', 'ftp'), host, fc.string({ unit: 'grapheme-ascii' }))
    .map(([scheme, name, path]) => `${scheme}://${name}/${path}`),
  fc.ipV6().map((address) => `http://[${address}]:8080/[.]`),
  fc.stringMatching(/^[0-9a-f]{32}$/),
);

test('what is not defanged passes unchanged', () => {
  fc.assert(
    fc.property(clean, (value) => assert.equal(refang(value), value)),
    { numRuns: 1_000 },
  );
});

test('defanging in any style is undone', () => {
  const dots = fc.constantFrom('[.]', '(.)', '{.}', '[dot]', '[.', '.]', ' [.] ', '\\.');
  const scheme = fc.constantFrom('hxxp://', 'http[:]//', 'h**p://', 'hXXp[://]');
  fc.assert(
    fc.property(fc.domain(), dots, scheme, (name, dot, prefix) => {
      const defanged = name.replaceAll('.', dot);
      assert.equal(refang(defanged), name);
      assert.equal(refang(`${prefix}${defanged}/a?b[]=c`), `http://${name}/a?b[]=c`);
      assert.equal(refang(`user[at]${defanged}`), `user@${name}`);
    }),
  );
});

test('the recorded styles of other tools are understood', (t) => {
  const file = sharedData(t, 'defang/cases.json');
  if (file === undefined) return;
  const cases = JSON.parse(readFileSync(file, 'utf8')) as Record<
    'refang_url' | 'refang_ipv4' | 'defang',
    [string, string][]
  >;
  /** Spaces without brackets and an HTML attribute: not one value. */
  const notOurs = new Set([
    'http:// example .com /test',
    'rget="http%3A%2F%2Fexample%2Ecom%2Fwhite%2Ehta"/>',
  ]);
  const pairs = [...cases.refang_url, ...cases.defang.map(([plain, fanged]) => [fanged, plain] as const)];
  for (const [given, expected] of pairs.filter(([text]) => !notOurs.has(text)))
    assert.deepEqual(normaliseIoc(given, 'url'), normaliseIoc(expected, 'url'), given);
  for (const [given, expected] of cases.refang_ipv4)
    assert.deepEqual(normaliseIoc(given), { ok: true, type: 'ipv4', value: expected });
});
