import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { isHtml, refuseUnreadable } from '../../src/parse/content-guard.ts';
import { decodeHead, decodeText } from '../../src/parse/decode.ts';
import { peek } from '../../src/parse/peek.ts';
import { piecesOf } from './reading.ts';

test('valid UTF-8 is UTF-8, all else windows-1252', () => {
  assert.equal(decodeText(Buffer.from('\u20ac')), '\u20ac');
  assert.equal(decodeText(Buffer.from([0x80])), '\u20ac');
});

test('a head that cuts a character in two is still UTF-8', () => {
  const bytes = Buffer.from('caf\u00e9 \u20ac \u{1f600}');
  for (let length = 1; length <= bytes.length; length += 1) {
    const text = decodeHead(bytes.subarray(0, length));
    assert.ok('caf\u00e9 \u20ac \u{1f600}'.startsWith(text), `${length}: ${text}`);
  }
});

test('a head in UTF-16 is told by its mark, also when cut at an odd byte', () => {
  const bytes = Buffer.from('\ufeffabc', 'utf16le');
  assert.equal(decodeHead(bytes), 'abc');
  assert.equal(decodeHead(bytes.subarray(0, 7)), 'ab');
});

test('looking at the beginning loses nothing and reads no further than it must', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 50 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 60 }),
      async (bytes, size, wanted) => {
        let read = 0;
        async function* watched(): AsyncGenerator<Uint8Array> {
          for await (const piece of piecesOf(bytes, size)) {
            read += piece.length;
            yield piece;
          }
        }
        const { head, stream } = await peek(watched(), wanted);
        assert.ok(read < wanted + size);
        assert.deepEqual([...head], [...bytes.subarray(0, wanted)]);
        const all: number[] = [];
        for await (const piece of stream) all.push(...piece);
        assert.deepEqual(all, [...bytes]);
      },
    ),
  );
});

test('text with a stray NUL is not refused as binary', () => {
  refuseUnreadable(Buffer.from(`a\0b${'x'.repeat(100)}`));
  assert.throws(() => refuseUnreadable(Buffer.from('a\0b\0c\0')), /binary/);
});

test('pages are told by how they begin, not by a tag somewhere', () => {
  for (const page of ['<!DOCTYPE html>', ' \n<html lang="en">', '<!-- x --><HTML>', '<head>'])
    assert.ok(isHtml(page), page);
  for (const text of ['a <html>', '<?xml version="1.0"?><rss>', '<htmlx>', ''])
    assert.ok(!isHtml(text), text);
});
