import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { parseNetwork } from '../../src/gate/address.ts';
import { nextLabel } from '../../src/gate/labels.ts';
import { NameIndex, ownsWhatIsBelow } from '../../src/gate/name-index.ts';
import { NetworkList } from '../../src/gate/networks.ts';
import { OwnHosts } from '../../src/gate/own-hosts.ts';
import { PatternList } from '../../src/gate/patterns.ts';
import { isSuffix, registrableOf, suffixOf } from '../../src/gate/public-suffix.ts';
import { SubstringIndex } from '../../src/gate/substring-index.ts';
import { IOC_TYPES } from '../../src/model/ioc.ts';

const LISTING = { rule: 'warninglist', list: 'ours' } as const;

test('the labels of a name are walked from left to right, each once', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z0-9]{1,6}$/), { minLength: 1, maxLength: 8 }), (labels) => {
      const host = labels.join('.');
      const seen: string[] = [];
      for (let at = 0; at >= 0; at = nextLabel(host, at)) seen.push(host.slice(at));
      assert.deepEqual(
        seen,
        labels.map((_, at) => labels.slice(at).join('.')),
      );
    }),
  );
});

test('suffixes are those of the Public Suffix List, shared ones told apart', () => {
  for (const [host, suffix, isShared, registrable] of [
    ['www.vendor-7.com', 'com', false, 'vendor-7.com'],
    ['vendor-7.co.uk', 'co.uk', false, 'vendor-7.co.uk'],
    ['a.b.team.github.io', 'github.io', true, 'team.github.io'],
    ['github.io', 'github.io', true, undefined],
    ['com', 'com', false, undefined],
    ['raw.githubusercontent.com', 'com', false, 'githubusercontent.com'],
    ['storage.googleapis.com', 'com', false, 'googleapis.com'],
  ] as const) {
    const found = suffixOf(host);
    if (host !== 'storage.googleapis.com') assert.deepEqual(found, { suffix, isShared }, host);
    assert.equal(registrableOf(host), registrable, host);
  }
  assert.equal(isSuffix('co.uk'), true);
  assert.equal(isSuffix('vendor-7.co.uk'), false);
  assert.equal(isSuffix('ec2-203-0-113-7.eu-west-1.compute.amazonaws.com'), false);
});

test('whose names are below a name: the owner’s, unless it is a suffix, shared, or a reverse zone', () => {
  for (const name of ['vendor-7.com', 'www.vendor-7.co.uk', 'team.github.io'])
    assert.ok(ownsWhatIsBelow(name), name);
  for (const name of ['com', 'co.uk', 'github.io', '7.1.9.45.in-addr.arpa', 'pages.dev'])
    assert.ok(!ownsWhatIsBelow(name), name);
});

test('of equal names the first given counts; an exact name covers only itself and its www', () => {
  const index = new NameIndex<number>();
  index.add('vendor-7.com', 1, true);
  index.add('vendor-7.com', 2, true);
  index.add('exact-7.com', 3, false);
  assert.deepEqual(index.find('vendor-7.com'), { entry: 'vendor-7.com', payload: 1 });
  assert.deepEqual(index.find('a.b.vendor-7.com'), { entry: 'vendor-7.com', payload: 1 });
  assert.deepEqual(index.find('exact-7.com'), { entry: 'exact-7.com', payload: 3 });
  assert.deepEqual(index.find('www.exact-7.com'), { entry: 'exact-7.com', payload: 3 });
  for (const other of ['a.exact-7.com', 'wwww.exact-7.com', 'otherexact-7.com', 'com', ''])
    assert.equal(index.find(other), undefined, other);
});

test('the narrowest name decides, and no entry reaches over a suffix that others share', () => {
  const index = new NameIndex<string>();
  for (const name of ['vendor-7.com', 'mail.vendor-7.com', 'io', 'github.io']) index.add(name, name, true);
  assert.equal(index.find('x.mail.vendor-7.com')?.payload, 'mail.vendor-7.com');
  assert.equal(index.find('x.vendor-7.com')?.payload, 'vendor-7.com');
  assert.equal(index.find('team.github.io'), undefined);
});

test('parents of a name are known up to what its owner registered, and of the first that was given', () => {
  const index = new NameIndex<number>();
  index.addParents('a.b.vendor-7.co.uk', 1);
  index.addParents('c.b.vendor-7.co.uk', 2);
  index.addParents('co.uk', 3);
  for (const name of ['b.vendor-7.co.uk', 'vendor-7.co.uk'])
    assert.deepEqual(index.findBelow(name), { entry: 'a.b.vendor-7.co.uk', payload: 1 }, name);
  for (const name of ['a.b.vendor-7.co.uk', 'co.uk', 'uk'])
    assert.equal(index.findBelow(name), undefined, name);
});

test('of equal networks the first given counts, and families do not mix', () => {
  const list = new NetworkList<string>();
  for (const [text, payload] of [
    ['192.0.2.0/24', 'first'],
    ['192.0.2.99/24', 'second'],
    ['192.0.2.128/25', 'narrow'],
    ['::/1', 'six'],
  ] as const)
    list.add(parseNetwork(text)!, payload);
  const index = list.index();
  for (const [text, payload] of [
    ['192.0.2.1', 'first'],
    ['192.0.2.128', 'narrow'],
    ['192.0.2.0/24', 'first'],
    ['192.0.2.0/23', undefined],
    ['192.0.1.255', undefined],
    ['192.0.3.0', undefined],
    ['7fff::1', 'six'],
    ['8000::', undefined],
  ] as const)
    assert.equal(index.covering(parseNetwork(text)!), payload, text);
  assert.equal(index.inside(parseNetwork('192.0.2.0/24')!), 'narrow');
  assert.equal(index.inside(parseNetwork('192.0.2.128/25')!), undefined, 'an equal one does not lie inside');
  assert.equal(new NetworkList<string>().index().covering(parseNetwork('192.0.2.1')!), undefined);
});

test('of the texts in a value the one that ends first and is accepted is found', () => {
  const index = new SubstringIndex(['abcd', 'bc', 'cdef', ''].map((text) => ({ text, payload: text })));
  assert.equal(index.find('xabcdef'), 'bc');
  assert.equal(
    index.find('xabcdef', (text) => text.length > 2),
    'abcd',
  );
  assert.equal(
    index.find('xabcdef', (text) => text.startsWith('c')),
    'cdef',
  );
  assert.equal(index.find('xABCDEF'), undefined, 'case matters');
  assert.equal(index.find('ab cd ef'), undefined);
  assert.equal(index.find(''), undefined);
});

test('the search accepts just what a look for each text by itself accepts', () => {
  const short = fc.stringMatching(/^[ab]{1,4}$/);
  fc.assert(
    fc.property(
      fc.array(short, { maxLength: 8 }),
      short,
      fc.stringMatching(/^[abc]{0,16}$/),
      (texts, only, value) => {
        const index = new SubstringIndex(texts.map((text) => ({ text, payload: text })));
        const expected = texts.includes(only) && value.includes(only);
        assert.equal(
          index.find(value, (text) => text === only),
          expected ? only : undefined,
        );
      },
    ),
  );
});

test('substrings and expressions go by their types, whatever other types are listed', () => {
  const list = new PatternList();
  assert.equal(list.addSubstring('EVIL', LISTING, ['url']), undefined);
  assert.equal(list.addExpression('^x\\d+\\.top$', LISTING, ['domain', 'email']), undefined);
  const index = list.index();
  assert.equal(index.find({ type: 'url', value: 'https://name.top/Evil' })?.entry, 'evil');
  assert.equal(index.find({ type: 'domain', value: 'evil.top' }), undefined);
  assert.deepEqual(index.find({ type: 'domain', value: 'x12.top' }), { ...LISTING, entry: '^x\\d+\\.top$' });
  assert.equal(index.find({ type: 'url', value: 'x12.top' }), undefined);
});

test('an expression in PHP’s delimiters has the modifiers that stand behind it', () => {
  for (const [text, value, matches] of [
    ['/^abc$/', 'ABC', false],
    ['/^abc$/i', 'ABC', true],
    ['/^a.c$/', 'a\nc', false],
    ['/^a.c$/s', 'a\nc', true],
    ['/^b$/', 'a\nb', false],
    ['/^b$/m', 'a\nb', true],
    ['a/b', 'xa/by', true],
    ['/a/b/', 'a/b', true],
  ] as const) {
    const list = new PatternList();
    assert.equal(list.addExpression(text, LISTING, IOC_TYPES), undefined, text);
    assert.equal(list.index().find({ type: 'url', value }) !== undefined, matches, text);
  }
});

test('what RE2 has not, and what would be too large, is told and not taken', () => {
  for (const [text, reason] of [
    ['(?=a)b', /./],
    ['(a)\\1', /./],
    ['(', /./],
    ['a'.repeat(501), /longer than 500/],
    ['a{1001}', /more than 1000 times/],
    ['(?:a{600}){1}b{600}', /more than 1000 times/],
    ['a{1,1001}', /more than 1000 times/],
  ] as const) {
    const list = new PatternList();
    assert.match(list.addExpression(text, LISTING, IOC_TYPES) ?? '', reason, text);
    assert.equal(list.index().find({ type: 'url', value: 'ab'.repeat(700) }), undefined);
  }
  assert.match(new PatternList().addSubstring('abc', LISTING, IOC_TYPES) ?? '', /shorter than 4/);
  const many = new PatternList();
  for (let count = 0; count < 100; count += 1)
    assert.equal(many.addExpression(`x${count}`, LISTING, IOC_TYPES), undefined);
  assert.match(many.addExpression('one more', LISTING, IOC_TYPES) ?? '', /more than 100/);
});

test('the hosts of a reporter are theirs with all that they registered, of shared hosts only the host', () => {
  const own = new OwnHosts([
    'WWW.Vendor-7.com.',
    'team.github.io',
    'github.com',
    '192.0.2.7',
    'localhost',
    'co.uk',
    '[2001:db8::7]',
  ]);
  for (const [host, all, one] of [
    ['vendor-7.com', 'vendor-7.com', 'vendor-7.com'],
    ['a.b.vendor-7.com', 'vendor-7.com', 'vendor-7.com'],
    ['vendor-7.com.top', undefined, undefined],
    ['team.github.io', 'team.github.io', 'team.github.io'],
    ['other.github.io', undefined, undefined],
    ['github.com', undefined, 'github.com'],
    ['192.0.2.7', '192.0.2.7', '192.0.2.7'],
    ['198.51.2.7', undefined, undefined],
    ['2001:db8::7', '2001:db8::7', '2001:db8::7'],
    ['localhost', 'localhost', 'localhost'],
    ['x.co.uk', undefined, undefined],
    ['co.uk', undefined, 'co.uk'],
  ] as const) {
    assert.equal(own.holdAll(host)?.entry, all, host);
    assert.equal(own.holdHost(host)?.entry, one, host);
  }
  assert.equal(new OwnHosts([]).holdHost('vendor-7.com'), undefined);
});
