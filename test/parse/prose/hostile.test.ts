import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { extractIocs } from '../../../src/parse/prose/extract.ts';
import { cpuTime } from '../../cpu-time.ts';
import { found } from './found.ts';

const SEEDS = [
  'somelongishstring.',
  'a.',
  '[.]',
  'a[.]',
  '[[[[((((',
  'x',
  '<',
  '&#',
  '&#65;',
  'http://',
  '"\'',
  '<td>a</td>',
  '|a',
  '<a href="',
  '<div class="nav">',
  '</div>',
  '<p>a',
  '<!--',
  '<pre>',
  '](a',
  '- a\n',
  '# a\n',
  'Domains:\n',
  'x @ ',
  '\\.',
  '1.1.1.1 ',
  '1.2.3.4, and ',
  'a,b,',
  'see http://a.com/b ',
  'Word. ',
  ' - a',
  'a b c d to\n',
  `${'ab'.repeat(16)} `,
];

const PIECES = (
  'http:// hxxp[://] example [.] . com @ 192.0.2.1 / <p> &#46; ( ) [ ] CVE-2024-1 234 \\ , : % <table><tr><td> </tr> ' +
  `]( <nav> </nav> ${'ab'.repeat(16)} | = version :: <a\u00a0href="x">`
)
  .split(' ')
  .concat([' ', '\n', '\t', ' - ', '```\n', 'Domains:\n', '# References\n', '<a href="x">', "'"]);

/**
 * The processor time of reading `seed` repeated to a length, in milliseconds; the least of two, but for what is too
 * short to be measured.
 */
function timeOf(seed: string, length: number, prefix: string): number {
  const text = prefix + seed.repeat(length / seed.length);
  const once = (): number => {
    const start = cpuTime();
    extractIocs(text);
    return cpuTime() - start;
  };
  const first = once();
  return first < NOISE ? first : Math.min(first, once());
}

/** Below this, in milliseconds, what is measured is chance. */
const NOISE = 60;

test('time grows with the length of a text and no faster, whatever is repeated', () => {
  for (const prefix of ['', '<html><body>'])
    for (const seed of SEEDS) {
      const ratios = [0, 1, 2].values().map(() => ratioOf(seed, prefix));
      assert.ok(
        ratios.some((ratio) => ratio < 2.5),
        prefix + seed,
      );
    }
});

/** How many times longer twice the text takes; 2 where that is too short to be measured. */
function ratioOf(seed: string, prefix: string): number {
  const twice = timeOf(seed, 200_000, prefix);
  return twice < NOISE ? 2 : twice / Math.max(timeOf(seed, 100_000, prefix), NOISE / 2);
}

test('a page of 5 MB ends within two seconds', () => {
  for (const seed of ['[.]', '<', 'x @ ']) {
    const start = process.cpuUsage();
    extractIocs(`<html>${seed.repeat(5_000_000 / seed.length)}`);
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 2_000_000, `${seed}: ${(user + system) / 1_000} ms`);
  }
});

test('a row of a million cells is read', () => {
  const row = `<td>192.0.2.1</td>${'<td>a'.repeat(1_000_000)}</td><td>a.example.com</td>`;
  const start = process.cpuUsage();
  assert.deepEqual(found(`<table><tr>${row}</tr></table>`), ['ipv4 192.0.2.1', 'domain a.example.com']);
  const { user, system } = process.cpuUsage(start);
  assert.ok(user + system < 2_000_000, `${(user + system) / 1_000} ms`);
});

test('any text is read without an exception, and what is found has a normal form', () => {
  const piece = fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 3 }));
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }),
      fc.constantFrom('', '<html>', '# x\n'),
      (pieces, prefix) => {
        found(prefix + pieces.join(''));
      },
    ),
    { numRuns: 1_000 },
  );
});
