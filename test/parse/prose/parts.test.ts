import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { candidates } from '../../../src/parse/prose/candidates.ts';
import { chromeOf } from '../../../src/parse/prose/chrome.ts';
import { decodeDocument } from '../../../src/parse/prose/decode-document.ts';
import { isDefangedFile } from '../../../src/parse/prose/domain-shape.ts';
import { evidenceOf } from '../../../src/parse/prose/evidence.ts';
import { VersionNumbers } from '../../../src/parse/prose/number-shape.ts';
import {
  isInstitution,
  isReferenceHost,
  OwnHosts,
  readsLikeArticle,
} from '../../../src/parse/prose/references.ts';
import { columnsOf } from '../../../src/parse/prose/table.ts';
import { TextBuilder } from '../../../src/parse/prose/text-builder.ts';
import { Tones } from '../../../src/parse/prose/tones.ts';
import { urlEnd } from '../../../src/parse/prose/url-end.ts';

test('a URL ends where its sentence goes on', () => {
  for (const [text, url] of [
    ['http://name.example.com/a.', 'http://name.example.com/a'],
    ['http://name.example.com/a, and', 'http://name.example.com/a'],
    ['(http://name.example.com/a) b', 'http://name.example.com/a'],
    ['(see http://name.example.com/a(b)) c', 'http://name.example.com/a(b)'],
    ['"http://name.example.com/a" b', 'http://name.example.com/a'],
    ['<http://name.example.com/a>', 'http://name.example.com/a'],
    ['**http://name.example.com/a** b', 'http://name.example.com/a'],
    ['http://name.example.com/a[text] b', 'http://name.example.com/a'],
    ['http://name[.]example[.]com/a b', 'http://name[.]example[.]com/a'],
    ['http://name [.] example [.] com/a b', 'http://name [.] example [.] com/a'],
    ['http://name.example.com/a?b=1&c=2! d', 'http://name.example.com/a?b=1&c=2'],
    ['http://name.example.com/a」です', 'http://name.example.com/a'],
    ['http://a.example.com/,http://b.example.com/', 'http://a.example.com/'],
  ] as const) {
    const start = text.indexOf('http');
    assert.equal(text.slice(start, urlEnd(text, start, start + 7)), url, text);
  }
  assert.equal(urlEnd('http://a.example.com/x;y', 0, 7, ';'), 22, 'at what parts the fields of its line');
});

test('candidates stand in the text as they are told, in order and without overlap', () => {
  const piece = fc.constantFrom(
    'http://',
    'hxxp[:]//',
    'name',
    '[.]',
    '.',
    'example.com',
    ' ',
    '\n',
    '(',
    ')',
    '"',
    '192.0.2.1',
    '@',
    '/',
    '例え',
    'é',
    '%3a%2f%2f',
    'https%3a%2f%2f',
    '...',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join('');
      let at = 0;
      for (const { text: found, start, end } of candidates(text)) {
        assert.ok(start >= at && end > start);
        assert.equal(text.slice(start, end), found);
        at = end;
      }
    }),
    { numRuns: 300 },
  );
});

test('the last telling word before a value counts, else the first behind it', () => {
  for (const [text, tone] of [
    ['the malware contacts X daily', 'hostile'],
    ['read more at X, the malware', 'informative'],
    ['malware, see X', 'informative'],
    ['see the malware at X', 'hostile'],
    ['X is a backdoor', 'hostile'],
    ['X was documented', 'informative'],
    ['X', undefined],
    ['mere words X and others', undefined],
  ] as const) {
    const start = text.indexOf('X');
    assert.equal(new Tones(text).at(0, start, start + 1, text.length), tone, text);
  }
});

test('tones of values asked one after another are those of each asked alone', () => {
  const word = fc.constantFrom('malware', 'see', 'X', 'X', 'and', 'report', 'backdoor', 'x');
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), fc.integer({ min: 5, max: 60 }), (words, reach) => {
      const text = words.join(' ');
      const inTurn = new Tones(text);
      for (const { index } of text.matchAll(/\bX\b/g)) {
        const bounds = [
          Math.max(0, index - reach),
          index,
          index + 1,
          Math.min(text.length, index + reach),
        ] as const;
        assert.equal(inTurn.at(...bounds), new Tones(text).at(...bounds), `${text} at ${index}`);
      }
    }),
  );
});

test('four numbers are a version where the words around say so, and along a list of versions', () => {
  for (const [text, expected] of [
    ['version 1.2.3.4', [true]],
    ['versions 1.2.3.4 and 1.2.3.5', [true, true]],
    ['version 1.2.3.4 talks to the host 192.0.2.1', [true, false]],
    ['fixed in 7.2.3.4', [true]],
    ['pkg==1.2.3.4', [true]],
    ['netmask: 255.255.255.0', [true]],
    ['Chrome/99.0.1.2', [true]],
    ['tcp/192.0.2.1', [false]],
    ['1.2.3.4 and earlier', [true]],
    ['1.2.3.4 Persistence', [true]],
    ['192.0.2.1 Persistence', [false]],
    ['the server 192.0.2.1', [false]],
  ] as const) {
    const versions = new VersionNumbers();
    const found = [...text.matchAll(/\d+(?:\.\d+){3}/g)].map(({ 0: match, index }) =>
      versions.isNoAddress(text, index, index + match.length, 0),
    );
    assert.deepEqual(found, expected, text);
  }
});

test('references, institutions and articles are told by host and path', () => {
  for (const host of ['github.com', 'gist.github.com', 'a.b.virustotal.com', 'x.com'])
    assert.ok(isReferenceHost(host), host);
  for (const host of ['github.com.example.net', 'notgithub.com', 'ax.com', 'com', ''])
    assert.ok(!isReferenceHost(host), host);
  for (const host of ['www.cert.gov', 'a.gov.uk', 'b.edu.au', 'c.mil']) assert.ok(isInstitution(host), host);
  for (const host of ['gov', 'gov.example.com', 'agov', 'a.government'])
    assert.ok(!isInstitution(host), host);
  for (const url of [
    'https://blog.example.com/',
    'https://example.com/blog/heron',
    'https://example.com/2026/03/a-heron',
    'https://example.com/one-two-three-four-five',
    'https://example.com/x.pdf',
  ])
    assert.ok(readsLikeArticle(url), url);
  for (const url of [
    'https://example.com/',
    'https://example.com/gate.php',
    'https://blogs-example.com/a',
    'https://example.com/a-b',
    'https://example.com/2026/13/a-b',
  ])
    assert.ok(!readsLikeArticle(url), url);
});

test('hosts of a document’s own addresses are its own, with all of their owner’s', () => {
  const own = new OwnHosts(['https://www.labs-7.com/feed', 'no address']);
  assert.ok(own.has('labs-7.com') && own.has('cdn.labs-7.com'));
  assert.ok(!own.has('labs-7.com.top') && !own.has('otherlabs-7.com'));
  assert.ok(!new OwnHosts([]).has('labs-7.com'));
});

test('chrome is told by element, role or class, and a layout’s words are no hint', () => {
  const traits = { role: '', names: '', isHidden: false };
  for (const [element, more, expected] of [
    ['nav', {}, 'certain'],
    ['div', { role: 'navigation' }, 'certain'],
    ['p', { isHidden: true }, 'certain'],
    ['div', { names: 'post related-posts' }, 'hinted'],
    ['ul', { names: 'cookie_banner' }, 'hinted'],
    ['p', { names: 'sidebar' }, undefined],
    ['div', { names: 'has-sidebar' }, undefined],
    ['div', { names: 'article-with-comments' }, undefined],
    ['div', { names: 'shareholder navigate' }, undefined],
    ['div', {}, undefined],
  ] as const)
    assert.equal(chromeOf(element, { ...traits, ...more }), expected, JSON.stringify([element, more]));
});

test('a document is UTF-8 where it can be, else what server or document say, else windows-1252', () => {
  const latin = (text: string) => Buffer.from(text, 'latin1');
  for (const [bytes, contentType, text] of [
    [Buffer.from('é'), 'text/html; charset=iso-8859-1', 'é'],
    [latin('\xe9'), 'text/html; charset=iso-8859-7', 'ι'],
    [latin('\xe9'), 'text/html; charset="windows-1251"', 'й'],
    [latin('<meta charset="windows-1251">\xe9'), '', '<meta charset="windows-1251">й'],
    [latin("<?xml version='1.0' encoding='koi8-r'?>\xc9"), '', "<?xml version='1.0' encoding='koi8-r'?>и"],
    [latin('\xe9'), 'text/html; charset=no-such', 'é'],
    [latin('\xe9'), 'text/html; charset=utf-8', 'é'],
    [Buffer.alloc(0), '', ''],
  ] as const)
    assert.equal(decodeDocument(bytes, contentType), text);
});

test('a defanged name is a file where a word or a hash beside it says so', () => {
  const hash = 'ab12'.repeat(8);
  assert.ok(isDefangedFile('install.sh', 'the file ', ''));
  assert.ok(isDefangedFile('install.sh', `${hash} `, ''));
  assert.ok(isDefangedFile('a.ps', '', ` ${hash}`));
  assert.ok(isDefangedFile('x.zip', 'C:\\', ''));
  assert.ok(!isDefangedFile('install.sh', 'it connects to ', ''));
  assert.ok(!isDefangedFile('name.example.com', 'the file ', hash));
});

test('evidence is the sentence around a value, holds it, and is never longer than 500 characters', () => {
  const block = (text: string) =>
    ({ start: 0, end: text.length, kind: 'text', level: 0, isChrome: false }) as const;
  const text = 'One, e.g. this. It contacts\n  192.0.2.1 daily. And more.';
  const start = text.indexOf('192');
  assert.equal(evidenceOf(text, block(text), start, start + 9), 'It contacts 192.0.2.1 daily.');
  fc.assert(
    fc.property(
      fc.nat(900),
      fc.nat(900),
      fc.integer({ min: 1, max: 700 }),
      fc.constantFrom('x ', 'é', '😀', 'x. Y '),
      (before, after, length, filler) => {
        const value = 'v'.repeat(length);
        const head = filler.repeat(before);
        const whole = `${head}${value}${filler.repeat(after)}`;
        const evidence = evidenceOf(whole, block(whole), head.length, head.length + length);
        assert.ok(evidence.length <= 500, String(evidence.length));
        assert.ok(evidence.isWellFormed());
        assert.ok(length > 498 ? evidence.startsWith('vvv') : evidence.includes(value));
      },
    ),
  );
});

test('the labels of a table’s columns are trimmed, without markup, and short', () => {
  assert.deepEqual(columnsOf('| **Domain** | `IP` |', '|'), ['Domain', 'IP', '']);
  assert.deepEqual(columnsOf('"value",type', ','), ['value', 'type']);
  assert.deepEqual(columnsOf(`a\t${'x'.repeat(61)}`, '\t'), ['a', '']);
  assert.equal(columnsOf(','.repeat(500), ',').length, 65);
});

test('a text that was put together leads back to its source', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(8)), { maxLength: 12 }), (steps) => {
      const source = Array.from({ length: 120 }, (_, at) => String.fromCharCode(0x100 + at)).join('');
      const builder = new TextBuilder(source);
      let at = 0;
      for (const [isKept, length] of steps) {
        if (isKept) builder.copy(at, at + length);
        at += length;
      }
      assert.equal(builder.length, builder.finish().text.length);
      const { text, sourceOffset } = builder.finish();
      for (const [offset, character] of text.split('').entries())
        assert.equal(source.charAt(sourceOffset(offset)), character);
    }),
  );
});
