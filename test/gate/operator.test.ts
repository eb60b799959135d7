import assert from 'node:assert/strict';
import test from 'node:test';

import { buildGate } from '../../src/gate/build.ts';
import { parseOperatorEntry, type OperatorEntryInput } from '../../src/gate/operator-entry.ts';
import { assertHeld, assertPasses, check, gateWith, NOW, plainGate } from './checking.ts';

test('an allowed domain holds itself, what is below it, URLs on it and mailboxes at it', () => {
  const gate = gateWith({ list: 'allow', value: 'shop.example.com' });
  const ours = [
    'shop.example.com',
    'www.shop.example.com',
    'https://shop.example.com/a/b',
    'x@shop.example.com',
  ];
  assertHeld(gate, 'operator_allow', ours);
  assertPasses(gate, ['other.example.com', 'notshop.example.com', 'https://example.com/shop.example.com']);
});

test('what contains something allowed is held: the domain above, and the network around', () => {
  const gate = gateWith(
    { list: 'allow', value: 'shop.example.com' },
    { list: 'allow', value: '203.0.113.7' },
  );
  assertHeld(gate, 'operator_allow', [
    'example.com',
    '203.0.113.0/24',
    '203.0.113.7',
    'http://203.0.113.7:8080/x',
  ]);
  assertPasses(gate, ['203.0.113.8', '203.0.113.128/25']);
});

test('an allowed network holds what lies in it', () => {
  const gate = gateWith(
    { list: 'allow', value: '203.0.113.0/25' },
    { list: 'allow', value: '2001:db8:1::/48' },
  );
  assertHeld(gate, 'operator_allow', [
    '203.0.113.9',
    '203.0.113.64/26',
    'http://203.0.113.9/x',
    '2001:db8:1::5',
  ]);
  assertPasses(gate, ['203.0.113.200', '2001:db8:2::5']);
});

test('an allowed URL holds itself only, and one that ends in / everything below it', () => {
  const gate = gateWith(
    { list: 'allow', value: 'https://example.com/a' },
    { list: 'allow', value: 'https://example.com/team/' },
  );
  assertHeld(gate, 'operator_allow', [
    'https://example.com/a',
    'https://example.com/team/',
    'https://example.com/team/x?y',
  ]);
  assertPasses(gate, [
    'https://example.com/ab',
    'https://example.com/a/b',
    'https://example.com/teams',
    'example.com',
  ]);
});

test('allowed hashes, mailboxes and CVEs hold themselves', () => {
  const hash = 'ab'.repeat(32);
  const gate = gateWith(
    { list: 'allow', value: hash },
    { list: 'allow', value: 'ceo@example.com' },
    { list: 'allow', value: 'CVE-2024-0001' },
  );
  assertHeld(gate, 'operator_allow', [hash, 'ceo@example.com', 'CVE-2024-0001']);
  assertPasses(gate, ['cd'.repeat(32), 'cfo@example.com', 'CVE-2024-0002']);
});

test('what is denied passes although lists hold it', () => {
  const values = [
    'mozilla.org',
    'www.mozilla.org',
    '8.8.8.8',
    'https://www.mozilla.org/',
    'd41d8cd98f00b204e9800998ecf8427e',
  ];
  for (const value of values) assert.notEqual(check(plainGate(), value), undefined, value);
  const gate = gateWith(
    { list: 'deny', value: 'mozilla.org' },
    { list: 'deny', value: '8.8.8.8' },
    { list: 'deny', value: 'd41d8cd98f00b204e9800998ecf8427e' },
  );
  assertPasses(gate, values);
  assertPasses(gate, ['mozilla.org'], { ownHosts: ['www.mozilla.org'] });
});

test('a network that is denied passes however wide, but never special-use space or a whole /7', () => {
  const gate = gateWith(
    { list: 'deny', value: '45.0.0.0/9' },
    { list: 'deny', value: '10.0.0.0/8' },
    { list: 'deny', value: '127.0.0.1' },
  );
  assertPasses(gate, ['45.0.0.0/9', '45.64.0.0/10']);
  assertHeld(gate, 'special_use', ['10.0.0.1', '127.0.0.1', '10.0.0.0/8']);
  assertHeld(gate, 'too_broad', ['45.0.0.0/8', '44.0.0.0/7']);
});

test('the narrower entry decides, and of two equal ones allow', () => {
  const gate = gateWith(
    { list: 'allow', value: 'example.com' },
    { list: 'deny', value: 'bad.example.com' },
    { list: 'allow', value: 'good.bad.example.com' },
    { list: 'deny', value: 'https://example.com/evil/' },
    { list: 'allow', value: '203.0.113.0/24' },
    { list: 'deny', value: '203.0.113.7' },
    { list: 'allow', value: 'both.example.net' },
    { list: 'deny', value: 'both.example.net' },
  );
  assertHeld(gate, 'operator_allow', [
    'example.com',
    'x.good.bad.example.com',
    'https://example.com/x',
    '203.0.113.8',
    'both.example.net',
  ]);
  assertPasses(gate, ['x.bad.example.com', 'https://example.com/evil/x', '203.0.113.7']);
  assertHeld(gate, 'operator_allow', ['bad.example.com']);
});

test('an entry that has expired does not count, and the gate tells when the next one does', () => {
  const entry = { list: 'allow', value: 'example.com', createdAt: NOW } as const;
  const build = (now: number) =>
    buildGate({
      operator: [
        { ...entry, expiresAt: NOW + 1000 },
        { ...entry, value: 'example.net', expiresAt: NOW + 5000 },
        { ...entry, value: 'example.org' },
      ],
      now,
      documentation: 'pass',
    });
  const gates = [build(NOW), build(NOW + 1000), build(NOW + 5000)];
  assert.deepEqual(
    gates.map(({ nextExpiry }) => nextExpiry),
    [NOW + 1000, NOW + 5000, undefined],
  );
  assert.deepEqual(
    gates.map((gate) => check(gate, 'example.com')?.rule),
    ['operator_allow', undefined, undefined],
  );
  assert.equal(new Set(gates.map(({ fingerprint }) => fingerprint)).size, 3);
});

test('an operator’s word on a suffix that others share covers all of it', () => {
  const gate = gateWith({ list: 'allow', value: 'github.io' });
  assertHeld(gate, 'operator_allow', ['github.io', 'someone-7.github.io']);
});

const input = (value: string, rest: Partial<OperatorEntryInput> = {}): OperatorEntryInput => ({
  list: 'deny',
  value,
  createdAt: NOW,
  ...rest,
});

test('an entry is brought to normal form, with what was said beside it', () => {
  const forms: Record<string, string> = {
    '*.Example.COM': 'example.com',
    '.example.com': 'example.com',
    'hxxps://example[.]com/a': 'https://example.com/a',
    '203.0.113.9/24': '203.0.113.0/24',
    '2001:DB8::1': '2001:db8::1',
    'X@EXAMPLE.com': 'X@example.com',
    'cve-2024-1': 'cve-2024-1',
  };
  for (const [value, normal] of Object.entries(forms).slice(0, -1)) {
    const reading = parseOperatorEntry(input(value));
    assert.equal(reading.ok && reading.entry.value, normal, value);
  }
  const reading = parseOperatorEntry(
    input('example.com', { list: 'allow', comment: ' our\u0000 shop ', owner: 'SOC', expiresAt: NOW + 1 }),
  );
  assert.deepEqual(reading, {
    ok: true,
    entry: {
      list: 'allow',
      value: 'example.com',
      comment: 'our shop',
      owner: 'SOC',
      createdAt: NOW,
      expiresAt: NOW + 1,
    },
  });
});

test('a bad entry is explained', () => {
  const reasons: [OperatorEntryInput, RegExp][] = [
    [input(''), /An entry is a domain, URL, address, network, hash, mailbox or CVE/],
    [input('no such thing'), /"no such thing": .*An entry is/],
    [input('com'), /An entry is/],
    [input('co.uk'), /public suffix/],
    [input('300.1.1.1'), /greater than 255/],
    [input('0.0.0.0/0', { list: 'allow' }), /wider than \/8: name the networks/],
    [input('2000::/3', { list: 'allow' }), /wider than \/16/],
    [input('10.1.2.3'), /special use: it is never published/],
    [input('http://127.0.0.1/x'), /special use/],
    [input('example.com', { expiresAt: NOW }), /expires before it begins/],
    [input(`a\u001b[31m${'x'.repeat(200)}`), /…"/],
  ];
  for (const [entry, reason] of reasons) {
    const reading = parseOperatorEntry(entry);
    assert.ok(!reading.ok, entry.value);
    assert.match(reading.reason, reason);
    assert.doesNotMatch(reading.reason, /[\u0000-\u001f]/);
  }
});
