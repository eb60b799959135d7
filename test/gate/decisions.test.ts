import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { covers, parseNetwork } from '../../src/gate/address.ts';
import { parseOperatorEntry } from '../../src/gate/operator-entry.ts';
import { OperatorIndex } from '../../src/gate/operator-index.ts';
import type { OperatorEntry, OperatorList } from '../../src/model/operator-entry.ts';
import { check, gateWith, gateWithLists, NOW, plainGate } from './checking.ts';

function entry(list: OperatorList, value: string): OperatorEntry {
  return { list, value, createdAt: NOW };
}

test('how wide a network may be, to the bit', () => {
  for (const [network, list] of [
    ['44.0.0.0/7', 'networks wider than /8'],
    ['45.0.0.0/8', 'networks wider than /12'],
    ['45.0.0.0/11', 'networks wider than /12'],
    ['45.0.0.0/12', undefined],
    ['2a00::/15', 'networks wider than /16'],
    ['2a00::/16', 'networks wider than /24'],
    ['2a00::/23', 'networks wider than /24'],
    ['2a00::/24', undefined],
  ] as const) {
    const hold = plainGate().check({ type: network.includes(':') ? 'ipv6' : 'ipv4', value: network });
    assert.equal(hold?.rule === 'too_broad' ? hold.list : undefined, list, network);
  }
});

test('no word of the operator releases special-use space, or a network that nobody could block', () => {
  const gate = gateWith(
    ...['10.0.0.0/8', '127.0.0.1', 'localhost', 'printer.local', '45.0.0.0/8'].map((value) =>
      entry('deny', value),
    ),
  );
  for (const [type, value, rule] of [
    ['ipv4', '10.1.2.3', 'special_use'],
    ['ipv4', '127.0.0.1', 'special_use'],
    ['domain', 'localhost', 'special_use'],
    ['url', 'http://printer.local/x', 'special_use'],
    ['email', 'x@printer.local', 'special_use'],
    ['ipv4', '44.0.0.0/7', 'too_broad'],
    ['ipv4', '45.0.0.0/9', undefined],
  ] as const)
    assert.equal(gate.check({ type, value })?.rule, rule, value);
});

test('what the operator says of documentation space counts where that passes', () => {
  const gate = gateWith(
    entry('allow', '192.0.2.0/25'),
    entry('allow', 'example.com'),
    entry('deny', 'c2.example.com'),
  );
  for (const [value, rule] of [
    ['192.0.2.127', 'operator_allow'],
    ['192.0.2.128', undefined],
    ['http://192.0.2.5/x', 'operator_allow'],
    ['x@example.com', 'operator_allow'],
    ['c2.example.com', undefined],
    ['a.c2.example.com', undefined],
    ['example.net', undefined],
  ] as const)
    assert.equal(check(gate, value)?.rule, rule, value);
});

test('a name that no DNS could hold is left to normalisation, as is what is no network or URL', () => {
  const long = `${'a'.repeat(60)}.`.repeat(5);
  const gate = gateWithLists({ ours: { type: 'hostname', list: ['evil-7.top'] } });
  for (const [type, value] of [
    ['domain', `${long}evil-7.top`],
    ['url', `http://${long}evil-7.top/`],
    ['email', `x@${long}evil-7.top`],
    ['ipv4', 'no address'],
    ['ipv6', '2001:db8::/200'],
    ['url', 'no url'],
  ] as const)
    assert.equal(gate.check({ type, value }), undefined, value);
  assert.equal(gate.check({ type: 'domain', value: 'a.evil-7.top' })?.rule, 'warninglist');
});

test('the same hosts of a reporter, in whichever list they come, give the same answer', () => {
  const hosts = ['vendor-7.com'];
  const first = check(plainGate(), 'https://blog.vendor-7.com/a-b', { ownHosts: hosts });
  assert.deepEqual(first, { rule: 'own_domain', list: 'source', entry: 'vendor-7.com' });
  assert.deepEqual(check(plainGate(), 'https://blog.vendor-7.com/a-b', { ownHosts: hosts }), first);
  assert.deepEqual(check(plainGate(), 'https://blog.vendor-7.com/a-b', { ownHosts: [...hosts] }), first);
  assert.equal(check(plainGate(), 'https://blog.vendor-7.com/a-b', { ownHosts: [] }), undefined);
});

test('a feed that is fetched from an address owns that address and no other', () => {
  const origin = { ownHosts: ['45.9.2.7'] };
  assert.equal(check(plainGate(), '45.9.2.7', origin)?.rule, 'own_domain');
  assert.equal(check(plainGate(), 'http://45.9.2.7/a/b.exe', origin)?.rule, 'own_domain');
  for (const other of ['46.8.2.7', 'http://46.8.2.7/a/b.exe', '45.9.2.8'])
    assert.equal(check(plainGate(), other, origin), undefined, other);
});

const network = fc
  .tuple(fc.constantFrom(0, 64, 128, 192), fc.nat(255), fc.integer({ min: 8, max: 32 }))
  .map(([c, d, prefix]) => `45.9.${c}.${d}/${prefix}`);
const list = fc.constantFrom<OperatorList>('allow', 'deny');

test('of networks the narrowest entry decides, allow before deny, and what takes in something allowed is held', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(list, network), { maxLength: 8 }), network, (pairs, asked) => {
      const index = new OperatorIndex(pairs.map(([which, value]) => entry(which, value)));
      const wanted = parseNetwork(asked)!;
      const parsed = pairs.map(([which, value]) => ({ which, network: parseNetwork(value)! }));
      const takesIn = parsed.some(
        (each) =>
          each.which === 'allow' && covers(wanted, each.network) && each.network.prefix > wanted.prefix,
      );
      const around = parsed.filter((each) => covers(each.network, wanted));
      const narrowest = Math.max(...around.map((each) => each.network.prefix));
      const deciding = around.filter((each) => each.network.prefix === narrowest).map(({ which }) => which);
      const expected =
        takesIn || deciding.includes('allow') ? 'held' : deciding.length > 0 ? 'pass' : undefined;
      const verdict = index.ofNetwork(wanted);
      assert.equal(typeof verdict === 'object' ? 'held' : verdict, expected);
    }),
    { numRuns: 300 },
  );
});

const name = fc
  .array(fc.constantFrom('a', 'b'), { minLength: 0, maxLength: 3 })
  .map((labels) => [...labels, 'vendor-7', 'com'].join('.'));

test('of names too: the narrowest decides, allow before deny, and what stands above something allowed is held', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(list, name), { maxLength: 6 }), name, (pairs, asked) => {
      const index = new OperatorIndex(pairs.map(([which, value]) => entry(which, value)));
      const isAbove = pairs.some(([which, value]) => which === 'allow' && value.endsWith(`.${asked}`));
      const around = pairs.filter(([, value]) => asked === value || asked.endsWith(`.${value}`));
      const longest = Math.max(...around.map(([, value]) => value.length));
      const deciding = around.filter(([, value]) => value.length === longest).map(([which]) => which);
      const expected = deciding.includes('allow') ? 'held' : deciding.length > 0 ? 'pass' : undefined;
      const shown = (verdict: object | string | undefined) =>
        typeof verdict === 'object' ? 'held' : verdict;
      assert.equal(shown(index.ofDomain(asked)), isAbove ? 'held' : expected);
      assert.equal(shown(index.ofEmail(`x@${asked}`)), expected);
      assert.equal(shown(index.ofUrl(`http://${asked}/`, asked, undefined)), expected);
    }),
    { numRuns: 300 },
  );
});

test('of URLs the longest beginning decides, and a mailbox or URL by itself before its host', () => {
  const index = new OperatorIndex([
    entry('allow', 'http://name.top/'),
    entry('deny', 'http://name.top/a/'),
    entry('allow', 'http://name.top/a/b'),
    entry('allow', 'who@name.top'),
    entry('deny', 'name.top'),
    entry('allow', 'no value of any type'),
  ]);
  const url = (value: string) => index.ofUrl(value, 'name.top', undefined);
  assert.equal(typeof url('http://name.top/'), 'object');
  assert.equal(typeof url('http://name.top/x'), 'object');
  assert.equal(url('http://name.top/a/c'), 'pass');
  assert.equal(typeof url('http://name.top/a/b'), 'object');
  assert.equal(url('https://name.top/'), 'pass', 'by its host, as the scheme is another');
  assert.equal(typeof index.ofEmail('who@name.top'), 'object');
  assert.equal(index.ofEmail('other@name.top'), 'pass');
  assert.equal(new OperatorIndex([]).ofDomain('name.top'), undefined);
});

test('an entry as people type it comes to one normal form', () => {
  for (const [typed, value] of [
    [' *.Name.TOP ', 'name.top'],
    ['.name.top', 'name.top'],
    ['name[.]top', 'name.top'],
    ['hxxp://name[.]top/', 'http://name.top/'],
    ['45.9.2.77/24', '45.9.2.0/24'],
    ['45.0.0.0/8', '45.0.0.0/8'],
    ['2A00::0/16', '2a00::/16'],
    ['CVE-2021-44228', 'CVE-2021-44228'],
    ['Who[at]name.top', undefined],
  ] as const) {
    const reading = parseOperatorEntry({ list: 'allow', value: typed, createdAt: NOW });
    assert.ok(reading.ok, typed);
    if (value !== undefined) assert.equal(reading.entry.value, value, typed);
  }
});

test('a refused entry says why: no value, too wide, for special use, over before it begins', () => {
  for (const [input, reason] of [
    [{ value: '' }, /An entry is a domain/],
    [{ value: 'two words' }, /"two words": .*An entry is a domain/],
    [{ value: `x\u0000${'y'.repeat(500)}` }, /An entry is a domain/],
    [{ value: '44.0.0.0/7' }, /wider than \/8/],
    [{ value: '2a00::/15' }, /wider than \/16/],
    [{ list: 'deny', value: '10.0.0.1' }, /special use/],
    [{ list: 'deny', value: 'http://[::1]/x' }, /special use/],
    [{ list: 'deny', value: 'http://localhost.localdomain.test/x' }, /./],
    [{ value: 'name.top', expiresAt: NOW }, /expires before it begins/],
    [{ value: 'name.top', expiresAt: Number.NaN }, /expires before it begins/],
  ] as const) {
    const reading = parseOperatorEntry({ list: 'allow', createdAt: NOW, ...input });
    assert.ok(!reading.ok, JSON.stringify(input));
    assert.match(reading.reason, reason);
    assert.ok(reading.reason.length < 400);
  }
  for (const value of ['192.0.2.1', 'example.com'])
    assert.ok(
      parseOperatorEntry({ list: 'deny', value, createdAt: NOW }).ok,
      `${value} is for documentation`,
    );
});
