import assert from 'node:assert/strict';
import test from 'node:test';

import { DOMParser } from '@xmldom/xmldom';
import fc from 'fast-check';

import { dailyChart } from '../../src/http/console/chart.ts';
import { escapeHtml, html } from '../../src/http/console/html.ts';

/** The element that a piece of HTML is, by another's reader; it throws where there is more or less than one. */
function elementOf(text: string) {
  const problems: string[] = [];
  const parser = new DOMParser({
    onError: (level, message) => level !== 'warning' && problems.push(message),
  });
  const { documentElement } = parser.parseFromString(text, 'text/html');
  assert.deepEqual(problems, []);
  return documentElement!;
}

/** As browsers read texts: a line end is one character. */
function read(text: string): string {
  return text.replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    '\ufffd',
  );
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '<',
        '>',
        '"',
        "'",
        '&',
        '&lt;',
        '</p>',
        '<script>',
        '-->',
        '\u0000',
        ' onload=',
        '`',
        'x',
        '\u202e',
      ),
    )
    .map((pieces) => pieces.join('')),
);

test('whatever text is put between tags or into an attribute comes out as that text, in no other place', () => {
  fc.assert(
    fc.property(hostile, hostile, (text, attribute) => {
      const element = elementOf(html`<p title="${attribute}">${text}</p>`.toString());
      assert.equal(element.tagName.toLowerCase(), 'p');
      assert.equal(element.childNodes.length, text === '' ? 0 : 1);
      assert.equal(element.attributes.length, 1);
      assert.equal(element.textContent, read(text));
      // Line ends and tabs in attributes are spaces to this reader, as to XML.
      assert.equal(element.getAttribute('title'), read(attribute).replaceAll(/[\t\n]/g, ' '));
    }),
    { numRuns: 1_000 },
  );
});

test('no character that begins a tag, an entity or ends an attribute is left as it is', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      assert.doesNotMatch(escapeHtml(text).replaceAll(/&(?:amp|lt|gt|quot|#39);/g, ''), /[<>"'&]/);
    }),
  );
});

test('lists are joined, what is nothing is left out, and HTML is not escaped twice', () => {
  const inner = html`<b>${'<'}</b>`;
  assert.equal(html`a${[inner, 'x', undefined, false, 0]}b${[]}c`.toString(), 'a<b>&lt;</b>x0bc');
});

test('an object that only looks like HTML is not taken for it', () => {
  const forged = JSON.parse('{"text":"<script>"}') as string;
  assert.doesNotMatch(html`${[forged]}`.toString(), /<script>/);
});

test('a chart is drawn within its frame whatever the numbers, and says them in words', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 400 }), (counts) => {
      const days = counts.map((requests, index) => ({
        date: `day ${index}`,
        requests,
        errors: Math.floor(requests / 3),
      }));
      const text = dailyChart(days).toString();
      for (const [, name, value] of text.matchAll(/ (x|y|width|height)="([^"]*)"/g)) {
        const number = Number(value);
        assert.ok(
          number >= 0 && number <= (name === 'x' || name === 'width' ? 720 : 120),
          `${name} ${value}`,
        );
      }
      assert.match(text, /aria-label="Requests a day from day 0/);
    }),
    { numRuns: 50 },
  );
});
