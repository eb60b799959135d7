import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { extractIocs } from '../../../src/parse/prose/extract.ts';

function sentences(text: string): string[] {
  return extractIocs(text).map(({ evidence }) => evidence?.sentence ?? '');
}

test('each value comes once, with its place, its offset, and whether it is defanged there', () => {
  const text = 'first\r\nC2: 192.0.2.1, seen\n192[.]0[.]2[.]1 again\nlast 192[.]0[.]2[.]2';
  assert.deepEqual(extractIocs(text), [
    {
      value: '192.0.2.1',
      typeHint: 'ipv4',
      place: 'offset 11 (line 2)',
      evidence: { sentence: 'C2: 192.0.2.1, seen', offset: 11, defanged: false },
    },
    {
      value: '192[.]0[.]2[.]2',
      typeHint: 'ipv4',
      place: 'offset 54 (line 4)',
      evidence: { sentence: 'last 192[.]0[.]2[.]2', offset: 54, defanged: true },
    },
  ]);
});

test('the sentence around a value is told, across the lines that it was wrapped into, and no other', () => {
  assert.deepEqual(
    sentences(
      'Nothing here, e.g. nothing. The loader, once it has been started by the task, asks\nthe server hxxp://example[.]com/a for orders. Then it sleeps.',
    ),
    ['The loader, once it has been started by the task, asks the server hxxp://example[.]com/a for orders.'],
  );
});

test('of a list the item is told, of a table the row, of a page what is seen of it', () => {
  assert.deepEqual(sentences('- a one\n- b 192.0.2.1 x\n- c'), ['- b 192.0.2.1 x']);
  assert.deepEqual(sentences('| A | B |\n|---|---|\n| C2 |  192.0.2.1 |'), ['| C2 | 192.0.2.1 |']);
  assert.deepEqual(
    sentences(
      '<html><table><tr><td>C2</td><td>192.0.2.1</td></tr><tr><td>x</td></tr></table><p>Not this. But <b>192.0.2.2</b>\nis&nbsp;bad. Nor this.</p>',
    ),
    ['C2 192.0.2.1', 'But 192.0.2.2 is bad.'],
  );
});

test('of HTML the offset is that in its source, in UTF-16 units', () => {
  const page =
    '<!DOCTYPE html><html><p>\u{1f600} &amp; caf&eacute; <a href="http://192.0.2.4/">192.0.2.1</a></p></html>';
  const [ioc] = extractIocs(page);
  assert.equal(ioc?.evidence?.offset, page.indexOf('192.0.2.1<'));
});

test('a long line is cut around the value to 500 characters', () => {
  const [sentence = ''] = sentences(`${'word '.repeat(500)}192.0.2.1${' word'.repeat(500)}`);
  assert.ok(sentence.length <= 500 && sentence.length > 450);
  assert.match(sentence, /^\u2026.* 192\.0\.2\.1 .*\u2026$/);
  assert.ok((sentences(`hxxp://example[.]com/${'a'.repeat(2_000)}`)[0] ?? '').length <= 500);
});

test('whatever the text, evidence has at most 500 characters on one line and its offset is where the value is', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '192.0.2.1',
      'hxxp://',
      'example',
      '[.]',
      'com',
      ' ',
      '. ',
      '\n',
      '<p>',
      '<td>',
      '&#46;',
      '\u{1f600}',
      '|',
      '- ',
    ),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.boolean(), (pieces, isPage) => {
      const text = `${isPage ? '<html>' : ''}${pieces.join('')}`;
      for (const { value, evidence } of extractIocs(text)) {
        assert.ok(evidence !== undefined && evidence.sentence.length <= 500);
        assert.doesNotMatch(evidence.sentence, /\s{2}|\n/);
        if (!isPage) assert.ok(text.startsWith(value, evidence.offset));
        else assert.ok(evidence.offset >= 0 && evidence.offset < text.length);
      }
    }),
    { numRuns: 500 },
  );
});
