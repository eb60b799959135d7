import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { bitsOf, covers, type Network, parseNetwork } from '../../src/gate/address.ts';
import { NetworkIndex } from '../../src/gate/networks.ts';
import { SubstringIndex } from '../../src/gate/substring-index.ts';
import { IOC_TYPES } from '../../src/model/ioc.ts';
import { check, gateWith, gateWithLists, lenientGate, plainGate } from './checking.ts';

/** Networks that have something to do with one another: few different bits, all lengths. */
const ipv4 = fc
  .tuple(
    fc.constantFrom(45, 46),
    fc.nat(3),
    fc.constantFrom(0, 1, 128, 255),
    fc.nat(255),
    fc.integer({ min: 8, max: 32 }),
  )
  .map(([a, b, c, d, prefix]) => `${a}.${b}.${c}.${d}/${prefix}`);
const ipv6 = fc
  .tuple(
    fc.constantFrom('2a00', '2a01'),
    fc.nat(3),
    fc.nat(3),
    fc.nat(65_535),
    fc.integer({ min: 16, max: 128 }),
  )
  .map(([a, b, c, d, prefix]) => `${a}:${b}::${c}:${d.toString(16)}/${prefix}`);
const network = fc.oneof(ipv4, ipv6).map((text) => parseNetwork(text)!);

test('an index of networks finds what a look at each of them finds', () => {
  fc.assert(
    fc.property(
      fc.array(network, { maxLength: 40 }),
      fc.array(network, { minLength: 1, maxLength: 20 }),
      (listed, asked) => {
        const index = new NetworkIndex(listed.map((each) => ({ ...each, payload: text(each) })));
        for (const one of asked) {
          const family = listed.filter(({ words }) => words.length === one.words.length);
          const around = family.filter((each) => covers(each, one)).sort((a, b) => b.prefix - a.prefix)[0];
          assert.equal(index.covering(one), around && text(around));
          const inside = family.filter((each) => covers(one, each) && each.prefix > one.prefix).map(text);
          const found = index.inside(one);
          assert.equal(found === undefined, inside.length === 0);
          if (found !== undefined) assert.ok(inside.includes(found));
        }
      },
    ),
  );
});

test('a network covers just what shares its leading bits', () => {
  fc.assert(
    fc.property(network, network, (a, b) => {
      const same =
        a.words.length === b.words.length && bits(a).slice(0, a.prefix) === bits(b).slice(0, a.prefix);
      assert.equal(a.words.length === b.words.length && covers(a, b), same && a.prefix <= b.prefix);
    }),
  );
});

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
/** Domains of so many different owners, some of them deep. */
function sampleDomains(count: number): string[] {
  const suffixes = ['com', 'co.uk', 'top', 'ru'];
  return fc
    .sample(fc.array(label, { minLength: 1, maxLength: 3 }), count)
    .map((labels, at) => `${labels.join('.')}.owner-${at}.${suffixes[at % suffixes.length]}`);
}

test('whatever is below a held name of one owner is held too, and URLs to it', () => {
  const listed = sampleDomains(100);
  const gate = gateWithLists({ ours: { type: 'hostname', list: listed } });
  fc.assert(
    fc.property(
      fc.constantFrom(...listed),
      fc.array(label, { minLength: 1, maxLength: 3 }),
      (one, labels) => {
        const below = [...labels, one].join('.');
        for (const value of [
          one,
          below,
          `http://${below}/`,
          `https://${below}:8443/a`,
          `${one.toUpperCase()}.`,
        ])
          assert.notEqual(check(gate, value), undefined, value);
        assert.equal(check(gate, `no-one-has-this-${one}`), undefined);
      },
    ),
  );
});

test('an operator’s entry covers what lies below or inside it, and no neighbour', () => {
  const names = sampleDomains(50);
  const networks = Array.from({ length: 50 }, (_, at) => `45.${at}.${2 * at}.0/${20 + (at % 13)}`);
  const gate = gateWith(...[...names, ...networks].map((value) => ({ list: 'allow', value }) as const));
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.constantFrom(...networks), label, (allowed, net, below) => {
      const { words, prefix } = parseNetwork(net)!;
      assert.equal(check(gate, `${below}.${allowed}`)?.rule, 'operator_allow');
      assert.equal(check(gate, `http://${below}.${allowed}/x`)?.rule, 'operator_allow');
      assert.notEqual(check(gate, `no-one-has-this-${allowed}`)?.rule, 'operator_allow');
      const size = 2 ** (32 - prefix);
      assert.equal(check(gate, dotted(words[0]!))?.rule, 'operator_allow');
      assert.equal(check(gate, dotted(words[0]! + size - 1))?.rule, 'operator_allow');
      assert.notEqual(check(gate, dotted(words[0]! + size))?.rule, 'operator_allow');
      assert.notEqual(check(gate, dotted(words[0]! - 1))?.rule, 'operator_allow');
    }),
  );
});

test('a check never throws, whatever it is given, and answers alike each time', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.constantFrom(
      'constructor',
      '__proto__',
      'http://__proto__/',
      'x@toString',
      '::',
      '0.0.0.0/0',
      'http://[/',
      'http://@/',
    ),
    fc.ipV4Extended(),
    fc.ipV6(),
    fc.emailAddress(),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...IOC_TYPES),
      hostile,
      fc.array(fc.string(), { maxLength: 3 }),
      (type, value, ownHosts) => {
        for (const gate of [plainGate(), lenientGate()]) {
          const first = gate.check({ type, value }, { ownHosts });
          assert.deepEqual(gate.check({ type, value }, { ownHosts: [...ownHosts] }), first);
          if (first !== undefined) assert.ok(first.list !== '' && typeof first.entry === 'string');
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

test('special-use space is held inside of every form that carries it', () => {
  const special = fc.constantFrom('10.0.0.0', '127.0.0.0', '192.168.0.0', '169.254.0.0', '224.0.0.0');
  fc.assert(
    fc.property(special, fc.nat(255), fc.nat(255), (base, c, d) => {
      const [a, b] = base.split('.');
      const address = `${a}.${b}.${c}.${d}`;
      const hex = [0, 2].map((at) =>
        address
          .split('.')
          .slice(at, at + 2)
          .map((octet) => Number(octet).toString(16).padStart(2, '0'))
          .join(''),
      );
      for (const form of [
        address,
        `::ffff:${address}`,
        `64:ff9b::${address}`,
        `2002:${hex[0]}:${hex[1]}::1`,
        `http://${address}/x`,
        `http://[::ffff:${address}]/x`,
      ])
        assert.equal(check(plainGate(), form)?.rule, 'special_use', form);
    }),
  );
});

test('a search for many texts finds one just when some text stands in the value', () => {
  const short = fc.stringMatching(/^[ab]{1,5}$/);
  fc.assert(
    fc.property(fc.array(short, { maxLength: 8 }), fc.stringMatching(/^[abc]{0,20}$/), (texts, value) => {
      const index = new SubstringIndex(texts.map((each) => ({ text: each, payload: each })));
      const found = index.find(value);
      assert.equal(
        found !== undefined,
        texts.some((each) => value.includes(each)),
      );
      if (found !== undefined) assert.ok(value.includes(found));
    }),
  );
});

function text({ words, prefix }: Network): string {
  return `${words.join('.')}/${prefix}`;
}

function bits({ words }: Network): string {
  const all = words.map((word) => word.toString(2).padStart(32, '0')).join('');
  assert.equal(all.length, bitsOf(words));
  return all;
}

function dotted(word: number): string {
  return [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join('.');
}
