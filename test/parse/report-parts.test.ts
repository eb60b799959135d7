import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateSync } from 'node:zlib';

import fc from 'fast-check';

import { InputError } from '../../src/parse/format.ts';
import { refuseInflating } from '../../src/parse/pdf/inflation.ts';
import { withoutScripts } from '../../src/parse/report-feed/content.ts';
import { refuseHostileXml } from '../../src/parse/report-feed/guard.ts';
import { readReportFeed } from '../../src/parse/report-feed.ts';

const BASE = 'https://labs.example.com/feed/';

function refusal(act: () => void): string {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof InputError);
    return `${error.place}: ${error.message}`;
  }
  return 'taken';
}

test('of HTML the text, the structure and where links lead are kept', () => {
  for (const [html, kept] of [
    ['<P CLASS="a" style="b" onclick=c>x</P>', '<p class="a">x</p>'],
    ["<a href='https://a.example.com/\"x'>y</a>", '<a href="https://a.example.com/&quot;x">y</a>'],
    ['<a href="data:text/html,x">y</a>', '<a>y</a>'],
    ['<a href="vbscript:x">y</a>', '<a>y</a>'],
    ['<a href=mailto:x@example.com>y</a>', '<a href="mailto:x@example.com">y</a>'],
    ['<a href="../up">y</a><a href="#z">z</a>', '<a href="../up">y</a><a href="#z">z</a>'],
    ['a<br>b<br/>c<img src=x>', 'a<br>b<br>c<img>'],
    ['a<script>if (1 < 2) { "</p>" }</script>b', 'ab'],
    ['a<svg>b<svg>c</svg>d</svg>e', 'ae'],
    ['a<!-- b -->c<?php d ?>e', 'ace'],
    ['a<noscript>b', 'a'],
    ['a</script>b</iframe>c', 'abc'],
    ['1 < 2 & 3', '1 &lt; 2 & 3'],
    ['<x-custom-element>a</x-custom-element>', 'a'],
    [`<p id="${'x'.repeat(5_000)}">a</p>`, '<p>a</p>'],
    ['', ''],
  ] as const)
    assert.equal(withoutScripts(html), kept, html.slice(0, 80));
});

test('whatever HTML comes, nothing that runs is left, and to clean it again changes nothing more', () => {
  const piece = fc.constantFrom(
    '<script>',
    '</script>',
    '<svg',
    '<p onclick="x" class="y">',
    '</p>',
    '<a href="javascript:x">',
    '<',
    '>',
    '"',
    "'",
    '&lt;',
    'x',
    '<!--',
    '-->',
    '<style>',
    '</style >',
    '<img src=x onerror=y>',
    '<iframe/>',
    '/',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const once = withoutScripts(pieces.join(''));
      assert.doesNotMatch(once, /<(?:script|style|svg|iframe)\b|<[a-z][^>]*\bon\w+=|<[^>]*javascript:/i);
      assert.equal(withoutScripts(once), once);
    }),
  );
});

test('XML with declarations, unended parts or unclosed elements is refused where it stands', () => {
  for (const [xml, reason] of [
    ['<rss><channel></channel></rss>', /^taken$/],
    ['<rss><channel/></rss>\n<!-- end -->', /^taken$/],
    ['<?xml version="1.0"?><rss a=">" b=\'>\'/>', /^taken$/],
    ['<rss><![CDATA[<!DOCTYPE x><a><b>]]></rss>', /^taken$/],
    ['<rss><!-- <!ENTITY x "y"> --></rss>', /^taken$/],
    ['<!DOCTYPE rss><rss/>', /^character 0: .*document type/],
    ['<rss><!ENTITY x "y"></rss>', /^character 5: .*entities/],
    ['<rss><!doctype x></rss>', /^character 5: /],
    ['<rss><item', /^the end: .*middle of a tag/],
    ['<rss><item a=">', /^the end: .*middle of a tag/],
    ['<rss><![CDATA[ x', /^the end: .*CDATA section/],
    ['<rss><!-- x', /^the end: .*comment/],
    ['<rss><channel><item>', /^the end: .*cut off/],
    ['<a>'.repeat(101), /deeper than 100 levels/],
    [`${'<a>'.repeat(100)}${'</a>'.repeat(100)}`, /^taken$/],
    ['&'.repeat(500_001), /more than 500000 character references/],
    ['<a/>'.repeat(250_001), /more than 250000 tags/],
  ] as const)
    assert.match(
      refusal(() => refuseHostileXml(xml)),
      reason,
      xml.slice(0, 60),
    );
});

test('an RSS whose pieces are cut anywhere is refused or read, never anything else', () => {
  const rss =
    '<?xml version="1.0"?><rss version="2.0"><channel><title>x</title><item><title>a</title><link>/a</link><description><![CDATA[<p>b</p>]]></description></item></channel></rss>';
  for (let length = 0; length < rss.length; length += 1) {
    const outcome = refusal(() => readReportFeed(Buffer.from(rss.slice(0, length)), BASE));
    assert.notEqual(outcome, 'taken', rss.slice(0, length));
  }
  assert.equal(readReportFeed(Buffer.from(rss), BASE).items.length, 1);
});

test('times of reports are read with and without a zone, and what is no time is left out', () => {
  const published = (text: string): number | undefined =>
    readReportFeed(
      Buffer.from(
        `<rss version="2.0"><channel><item><link>/a</link><pubDate>${text}</pubDate></item></channel></rss>`,
      ),
      BASE,
    ).items[0]?.publishedAt;
  const noon = Date.UTC(2026, 2, 2, 12);
  for (const [text, time] of [
    ['Mon, 02 Mar 2026 12:00:00 GMT', noon],
    ['Mon, 02 Mar 2026 12:00:00 +0000', noon],
    ['Mon, 02 Mar 2026 07:00:00 EST', noon],
    ['02 Mar 2026 12:00:00', noon],
    ['2026-03-02T12:00:00Z', noon],
    ['2026-03-02T13:00:00+01:00', noon],
    ['2026-03-02T12:00:00', noon],
    ['2026-03-02 12:00:00', noon],
    ['2026-03-02', Date.UTC(2026, 2, 2)],
    ['yesterday', undefined],
    ['Mon, 02 Mar 1902 12:00:00 GMT', undefined],
    ['', undefined],
  ] as const)
    assert.equal(published(text), time, text);
});

test('links of reports are made absolute, and lead to the web or nowhere', () => {
  const url = (link: string): string | undefined =>
    readReportFeed(
      Buffer.from(
        `<rss version="2.0"><channel><item><title>t</title><link>${link}</link><description>d</description></item></channel></rss>`,
      ),
      BASE,
    ).items[0]?.url;
  for (const [link, expected] of [
    ['https://labs.example.com/a', 'https://labs.example.com/a'],
    ['a', 'https://labs.example.com/feed/a'],
    ['/a?b=1&amp;c=2', 'https://labs.example.com/a?b=1&c=2'],
    ['//other.example.com/a', 'https://other.example.com/a'],
    ['ftp://labs.example.com/a', undefined],
    ['javascript:x', undefined],
    ['file:///etc/passwd', undefined],
    [`/${'x'.repeat(2_048)}`, undefined],
    ['', undefined],
  ] as const)
    assert.equal(url(link), expected, link.slice(0, 60));
});

test('a JSON Feed with a plain text has it as a text, and one of no version is refused', () => {
  const feed = (item: object): string =>
    JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', title: 'x', items: [item] });
  const { items } = readReportFeed(Buffer.from(feed({ id: '1', content_text: 'a <b> & c' })), BASE);
  assert.equal(items[0]?.html, 'a &lt;b> &amp; c');
  assert.equal(items[0]?.summary, 'a <b> & c');
  for (const text of ['{', '{}', '[]', 'null', '"x"', 'x'])
    assert.notEqual(
      refusal(() => readReportFeed(Buffer.from(text), BASE)),
      'taken',
      text,
    );
  assert.match(
    refusal(() => readReportFeed(Buffer.alloc(0), BASE)),
    /it is empty/,
  );
  assert.match(
    refusal(() => readReportFeed(Buffer.alloc(8 * 1024 * 1024 + 1, ' '), BASE)),
    /more than 8 MiB/,
  );
});

function stream(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from('1 0 obj <<>> stream\r\n'), bytes, Buffer.from('\nendstream endobj\n')]);
}

test('compressed streams of a PDF are looked into, and what is none is passed over', () => {
  const small = deflateSync(Buffer.alloc(1_000, 'x'));
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('stream'),
    Buffer.from('no PDF'),
    stream(Buffer.from('BT (plain) ET')),
    stream(small),
    stream(deflateSync(small)),
    stream(small.subarray(0, 5)),
    stream(Buffer.concat([small.subarray(0, 2), Buffer.alloc(50, 0xff)])),
    stream(small).subarray(0, -18),
  ])
    assert.equal(
      refusal(() => refuseInflating(bytes)),
      'taken',
    );
});

test('a PDF’s stream in four layers is refused with where it begins', () => {
  let layered: Buffer = Buffer.alloc(1_000, 'x');
  for (let layer = 0; layer < 4; layer += 1) layered = deflateSync(layered);
  const before = stream(Buffer.from('plain'));
  const found = refusal(() => refuseInflating(Buffer.concat([before, stream(layered)])));
  assert.equal(found, `byte ${before.length + 13}: a stream of the PDF is compressed again and again`);
});
