import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { LONGEST_LINE, readLines, type Line } from '../../src/parse/lines.ts';
import { piecesOf } from './reading.ts';

async function linesOf(input: string | Uint8Array, size = 1000): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const block of readLines(piecesOf(Buffer.from(input), size))) lines.push(...block);
  return lines;
}

async function texts(input: string | Uint8Array, size?: number): Promise<string[]> {
  return (await linesOf(input, size)).map(({ text }) => text);
}

test('LF, CRLF and CR end a line, and the last line needs no end', async () => {
  assert.deepEqual(await texts('a\nb\r\nc\rd\n\ne'), ['a', 'b', 'c', 'd', '', 'e']);
});

test('lines are counted from 1 whatever their ends', async () => {
  const lines = await linesOf('a\r\n\r\nb\rc', 2);
  assert.deepEqual(
    lines.map(({ number, text }) => `${number}${text}`),
    ['1a', '2', '3b', '4c'],
  );
});

test('a UTF-8 byte-order mark is dropped', async () => {
  assert.deepEqual(await texts('\ufeffa\nb', 1), ['a', 'b']);
});

test('UTF-16 of both kinds is told by its byte-order mark, also in odd pieces', async () => {
  const little = Buffer.from('\ufeffa.example\r\nb\u00e9', 'utf16le');
  const big = Buffer.from(little).swap16();
  for (const size of [1, 3, 1000]) {
    assert.deepEqual(await texts(little, size), ['a.example', 'b\u00e9']);
    assert.deepEqual(await texts(big, size), ['a.example', 'b\u00e9']);
  }
});

test('a line that is not UTF-8 is windows-1252, and the lines beside it stay UTF-8', async () => {
  const bytes = Buffer.concat([
    Buffer.from('caf\u00e9\n'),
    Buffer.from([0x63, 0xe9, 0x80, 0x0a]),
    Buffer.from('na\u00efve\n'),
  ]);
  assert.deepEqual(await texts(bytes), ['caf\u00e9', 'c\u00e9\u20ac', 'na\u00efve']);
});

test('NUL and other controls stay in the text for normalisation to refuse', async () => {
  assert.deepEqual(await texts('a\0b\u0001\nc'), ['a\0b\u0001', 'c']);
});

test('an empty input has no lines, and an input of one byte has one', async () => {
  assert.deepEqual(await texts(''), []);
  assert.deepEqual(await texts('x', 1), ['x']);
});

test('of an over-long line only the beginning comes through, and the next line is whole and rightly counted', async () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const lines = await linesOf(`first${end}${'x'.repeat(LONGEST_LINE + 5)}${end}last`, 4096);
    assert.deepEqual(
      lines.map(({ number, text, oversized }) => [number, text.length, oversized ?? false]),
      [
        [1, 5, false],
        [2, 800, true],
        [3, 4, false],
      ],
    );
  }
});

test('an over-long line within one large piece is cut too', async () => {
  const lines = await linesOf(`a\n${'x'.repeat(LONGEST_LINE + 1)}\nb\n`, 8 * LONGEST_LINE);
  assert.deepEqual(
    lines.map(({ number, oversized }) => [number, oversized ?? false]),
    [
      [1, false],
      [2, true],
      [3, false],
    ],
  );
});

test('however an input is cut into pieces, its lines are the same', async () => {
  const text = fc.array(
    fc.constantFrom('a', '\u00e9', '\u20ac', '\u{1f600}', '\r', '\n', '\r\n', '"', '\0'),
    {
      maxLength: 60,
    },
  );
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (parts, size) => {
      const whole = parts.join('');
      const expected = whole.split(/\r\n|\r|\n/);
      if (expected.at(-1) === '') expected.pop();
      assert.deepEqual(await texts(whole, size), expected);
    }),
  );
});
