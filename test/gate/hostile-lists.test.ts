import assert from 'node:assert/strict';
import test from 'node:test';

import { SubstringIndex } from '../../src/gate/substring-index.ts';
import { gateWithLists, listOf } from './checking.ts';
import { buildGate } from '../../src/gate/build.ts';

/** Expressions that take backtracking matchers for ever, or any matcher much memory. */
const HOSTILE = [
  '(a+)+$',
  '(x+x+)+y',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '(.*a){25}',
  '(a?){500}a{500}',
  '(\\pL{1000})',
  '((a{1,100}){1,100}){1,100}',
  '[a-z]{1000}[a-z]{1000}',
  '('.repeat(400),
  '.*'.repeat(200),
];

test('hostile expressions and values end in time', () => {
  const began = performance.now();
  const gate = gateWithLists({
    hostile: { type: 'regex', list: Array.from({ length: 500 }, (_, at) => HOSTILE[at % 10]!) },
  });
  assert.ok(gate.problems.length > 0);
  const built = performance.now();
  assert.ok(built - began < 10_000, `${built - began} ms to build`);
  for (const tail of ['a'.repeat(60_000), 'x'.repeat(60_000), 'a!'.repeat(30_000)])
    gate.check({ type: 'url', value: `http://45.9.1.2/${tail}` });
  const checked = performance.now() - built;
  assert.ok(checked < 5_000, `${checked} ms for three URLs of 60,000 characters`);
});

test('as many substrings as are allowed, all alike, are searched in one pass', () => {
  const list = Array.from({ length: 20_000 }, (_, at) => `${'aaaa'.repeat(8)}${at}`);
  const gate = gateWithLists({ hostile: { type: 'substring', list } });
  const value = `http://45.9.1.2/${'a'.repeat(60_000)}`;
  const began = performance.now();
  for (let round = 0; round < 10; round += 1) assert.equal(gate.check({ type: 'url', value }), undefined);
  assert.ok(performance.now() - began < 3_000);
});

test('substrings beyond the budget are told, not kept', () => {
  const list = Array.from({ length: 1_000 }, (_, at) => `${at}-${'x'.repeat(2_000)}`);
  const { problems } = gateWithLists({ hostile: { type: 'substring', list } });
  assert.match(problems.join('\n'), /all substrings together/);
});

test('a value with any number of dots, slashes or signs is checked in time', () => {
  const gate = buildGate({
    warninglists: [listOf('ours', { type: 'string', list: ['https://ours-7.com/a'] })],
    now: 0,
  });
  const began = performance.now();
  for (const value of [
    '/'.repeat(65_000),
    '%2f'.repeat(20_000),
    '@'.repeat(65_000),
    '.'.repeat(65_000),
    ':'.repeat(65_000),
  ])
    for (const type of ['url', 'domain', 'email', 'ipv4', 'ipv6', 'sha256'] as const)
      for (const before of ['', 'http://', 'http://x.com/', 'http://[', 'x@', '1.1.1.1/'])
        gate.check({ type, value: before + value });
  assert.ok(performance.now() - began < 3_000, `${performance.now() - began} ms`);
});

test('a text is found wherever it stands, also as the end of a longer one', () => {
  const index = new SubstringIndex(['she', 'hers', 'his', 'he', ''].map((text) => ({ text, payload: text })));
  assert.equal(index.find('ushers'), 'she');
  assert.equal(index.find('xhix'), undefined);
  assert.equal(index.find('this'), 'his');
  assert.equal(index.find('ache'), 'he');
  assert.equal(index.find(''), undefined);
});
