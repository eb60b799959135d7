import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { bitsOf, covers, maskWord, parseAddress, parseNetwork } from '../../src/gate/address.ts';
import { carriedIpv4, specialUseOf } from '../../src/gate/special-addresses.ts';
import { specialNameOf } from '../../src/gate/special-names.ts';

const octet = fc.nat(255);
const word = fc.nat(0xff_ff_ff_ff);

test('what is no address and no network is neither, without an exception', () => {
  for (const text of [
    '',
    '/',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.4/',
    '1.2.3.4/33',
    '1.2.3.4/-1',
    '1.2.3.4/0x8',
    '1.2.3.4/1e1',
    '1.2.3.4/ 8',
    '1.2.3.4/0008',
    '::/129',
    '2001:db8::/12a',
    ':::',
    '1::2::3',
    'name.top',
    'name.top/24',
  ])
    assert.equal(parseNetwork(text), undefined, text);
});

test('a network in any notation is its first address and its prefix', () => {
  for (const [text, words, prefix] of [
    ['0.0.0.0/0', [0], 0],
    ['255.255.255.255', [0xff_ff_ff_ff], 32],
    ['192.0.2.7', [0xc0_00_02_07], 32],
    ['192.0.2.255/25', [0xc0_00_02_80], 25],
    ['192.0.2.255/024', [0xc0_00_02_00], 24],
    ['128.0.0.0/1', [0x80_00_00_00], 1],
    ['::', [0, 0, 0, 0], 128],
    ['2001:db8::ffff/32', [0x20_01_0d_b8, 0, 0, 0], 32],
    ['2001:db8:0:0:8000::/65', [0x20_01_0d_b8, 0, 0x80_00_00_00, 0], 65],
    ['::ffff:192.0.2.7', [0, 0, 0xff_ff, 0xc0_00_02_07], 128],
  ] as const)
    assert.deepEqual(parseNetwork(text), { words, prefix }, text);
});

test('a mask keeps as many leading bits as it is told and clears the others', () => {
  fc.assert(
    fc.property(word, fc.integer({ min: -40, max: 72 }), (value, bits) => {
      const kept = Math.min(32, Math.max(0, bits));
      const expected = value
        .toString(2)
        .padStart(32, '0')
        .split('')
        .map((bit, at) => (at < kept ? bit : '0'))
        .join('');
      assert.equal(maskWord(value, bits).toString(2).padStart(32, '0'), expected);
    }),
  );
});

test('every dotted address is read as the number that it writes', () => {
  fc.assert(
    fc.property(octet, octet, octet, octet, (a, b, c, d) => {
      const expected = ((a * 256 + b) * 256 + c) * 256 + d;
      assert.deepEqual(parseAddress(`${a}.${b}.${c}.${d}`), [expected]);
    }),
  );
});

test('an address lies in the networks of all its prefixes, and covering is an order', () => {
  fc.assert(
    fc.property(octet, octet, octet, octet, fc.nat(32), fc.nat(32), (a, b, c, d, one, other) => {
      const text = `${a}.${b}.${c}.${d}`;
      const [wide, narrow] = [Math.min(one, other), Math.max(one, other)].map((prefix) =>
        parseNetwork(`${text}/${prefix}`)!,
      );
      assert.ok(covers(wide!, parseNetwork(text)!));
      assert.ok(covers(wide!, narrow!));
      assert.equal(covers(narrow!, wide!), one === other);
    }),
  );
});

test('an address has 32 bits for each of its words', () => {
  assert.equal(bitsOf(parseAddress('192.0.2.1')!), 32);
  assert.equal(bitsOf(parseAddress('2001:db8::1')!), 128);
});

test('the IPv4 address that an IPv6 form carries is found, as wide as the form leaves it', () => {
  for (const [form, carried] of [
    ['::ffff:192.0.2.7', '192.0.2.7/32'],
    ['::ffff:192.0.2.0/120', '192.0.2.0/24'],
    ['64:ff9b::198.51.100.9', '198.51.100.9/32'],
    ['2002:c000:0207::1', '192.0.2.7/32'],
    ['2002:c000:0200::/40', '192.0.2.0/24'],
    ['2002:c000:0207::/48', '192.0.2.7/32'],
    ['2002:c000::/32', '192.0.0.0/16'],
  ] as const)
    assert.deepEqual(carriedIpv4(parseNetwork(form)!), parseNetwork(carried), form);
  for (const form of [
    '192.0.2.7',
    '::ffff:0:0/96',
    '2002::/16',
    '64:ff9b::/96',
    '64:ff9a::c000:207',
    '2003:c000:207::',
    '::192.0.2.7',
  ])
    assert.equal(carriedIpv4(parseNetwork(form)!), undefined, form);
});

test('special-use space is told with its edges exactly', () => {
  for (const [inside, outside, entry] of [
    ['10.0.0.0', '9.255.255.255', '10.0.0.0/8'],
    ['10.255.255.255', '11.0.0.0', '10.0.0.0/8'],
    ['100.64.0.0', '100.63.255.255', '100.64.0.0/10'],
    ['100.127.255.255', '100.128.0.0', '100.64.0.0/10'],
    ['169.254.255.255', '169.255.0.0', '169.254.0.0/16'],
    ['172.16.0.0', '172.15.255.255', '172.16.0.0/12'],
    ['172.31.255.255', '172.32.0.0', '172.16.0.0/12'],
    ['192.0.0.255', '192.0.1.0', '192.0.0.0/24'],
    ['198.19.255.255', '198.20.0.0', '198.18.0.0/15'],
    ['224.0.0.0', '223.255.255.255', '224.0.0.0/4'],
    ['fc00::', '2fff::', 'fc00::/7'],
    ['2001:1ff:ffff::', '2001:200::', '2001::/23'],
    ['fe80::1', '2001:4860::1', 'fe80::/10'],
    ['4000::', '3ffe::', '4000::/2'],
  ] as const) {
    assert.equal(specialUseOf(parseNetwork(inside)!)?.entry, entry, inside);
    assert.equal(specialUseOf(parseNetwork(outside)!), undefined, outside);
  }
});

test('a network that takes special-use space in is told as well', () => {
  assert.equal(specialUseOf(parseNetwork('172.0.0.0/8')!)?.entry, '172.16.0.0/12');
  assert.equal(specialUseOf(parseNetwork('::ffff:10.0.0.0/104')!)?.entry, '10.0.0.0/8');
  assert.equal(specialUseOf(parseNetwork('2002:a00::/24')!)?.entry, '10.0.0.0/8');
  assert.equal(specialUseOf(parseNetwork('64:ff9b::8.7.6.5')!), undefined, 'NAT64 of a public address');
});

test('documentation space is special, and told apart', () => {
  for (const text of ['192.0.2.1', '198.51.100.0/25', '203.0.113.255', '2001:db8::1', '3fff:fff::1'])
    assert.equal(specialUseOf(parseNetwork(text)!)?.isDocumentation, true, text);
  assert.equal(specialUseOf(parseNetwork('127.0.0.1')!)?.isDocumentation, false);
});

test('a special-use name covers what lies below it, at any depth, and nothing that only ends alike', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(
        'localhost',
        'test',
        'onion',
        'home.arpa',
        'example.com',
        'root-servers.net',
        '10.in-addr.arpa',
      ),
      fc.array(fc.stringMatching(/^[a-z0-9]{1,8}$/), { minLength: 1, maxLength: 4 }),
      (name, labels) => {
        const below = `${labels.join('.')}.${name}`;
        assert.equal(specialNameOf(below)?.entry, name, below);
        assert.notEqual(specialNameOf(`${labels.join('')}${name}`)?.entry, name);
        assert.notEqual(specialNameOf(`${name}.top`)?.entry, name);
      },
    ),
  );
});

test('the reverse zones of all private networks are special, those beside them are not', () => {
  for (let second = 0; second < 256; second += 1) {
    const isPrivate = second >= 16 && second < 32;
    const name = `9.8.${second}.172.in-addr.arpa`;
    assert.equal(specialNameOf(name) !== undefined, isPrivate, name);
  }
  for (const group of ['8', '9', 'a', 'b'])
    assert.ok(specialNameOf(`1.2.3.4.5.6.7.${group}.e.f.ip6.arpa`), group);
  assert.equal(specialNameOf('arpa'), undefined);
});
