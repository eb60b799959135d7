import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { InputError } from '../../src/parse/format.ts';
import { readReportFeed, type ReportFeed } from '../../src/parse/report-feed.ts';
import { sharedData } from '../shared-data.ts';

const BASE = 'https://labs.example.com/feed/';

function read(text: string, contentType?: string): ReportFeed {
  return readReportFeed(Buffer.from(text), BASE, contentType);
}

function refused(text: string | Buffer, reason: RegExp): void {
  assert.throws(
    () => readReportFeed(Buffer.from(text), BASE),
    (error: unknown) => error instanceof InputError && reason.test(error.message),
  );
}

const HERON = {
  id: 'heron-1',
  title: 'Heron & friends',
  url: 'https://labs.example.com/heron',
  publishedAt: Date.UTC(2026, 2, 2, 10),
  summary: 'C2 is 192.0.2.1',
  html: '<p>C2 is <b>192.0.2.1</b></p>',
};

test('RSS 2.0, RSS 1.0, Atom and JSON Feed tell the same', () => {
  const feeds = [
    `<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Labs</title><link>/</link>
      <item><guid isPermaLink="false">heron-1</guid><title>Heron &amp; friends</title><link>../heron</link><pubDate>Mon, 02 Mar 2026 11:00:00 +0100</pubDate>
      <description>C2 is 192.0.2.1</description><content:encoded><![CDATA[<p>C2 is <b>192.0.2.1</b></p>]]></content:encoded></item></channel></rss>`,
    `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
      <channel rdf:about="x"><title>Labs</title><link>https://labs.example.com/</link></channel>
      <item rdf:about="heron-1"><title>Heron &amp; friends</title><link>/heron</link><dc:date>2026-03-02T10:00:00Z</dc:date>
      <description>&lt;p>C2 is &lt;b>192.0.2.1&lt;/b>&lt;/p></description></item></rdf:RDF>`,
    `<feed xmlns="http://www.w3.org/2005/Atom"><title>Labs</title><link rel="self" href="/feed/"/><link rel="alternate" href="/"/>
      <entry><id>heron-1</id><title>Heron &amp; friends</title><link href="/heron"/><published>2026-03-02T10:00:00Z</published><updated>2026-03-03T10:00:00Z</updated>
      <summary>C2 is 192.0.2.1</summary><content type="html">&lt;p>C2 is &lt;b>192.0.2.1&lt;/b>&lt;/p></content></entry></feed>`,
    JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      title: 'Labs',
      home_page_url: 'https://labs.example.com/',
      items: [
        {
          id: 'heron-1',
          title: 'Heron & friends',
          url: '/heron',
          date_published: '2026-03-02T10:00:00Z',
          summary: 'C2 is 192.0.2.1',
          content_html: HERON.html,
        },
      ],
    }),
  ];
  for (const feed of feeds)
    assert.deepEqual(read(feed), {
      title: 'Labs',
      url: 'https://labs.example.com/',
      items: [HERON],
      rejections: [],
    });
});

test('an item that leads nowhere and holds nothing is told, and the others are taken', () => {
  const { items, rejections } = read(
    '<rss version="2.0"><channel><title>x</title><item><title>lost</title><link>javascript:alert(1)</link></item><item><link>/a</link></item></channel></rss>',
  );
  assert.deepEqual(items, [
    {
      id: 'https://labs.example.com/a',
      title: 'https://labs.example.com/a',
      url: 'https://labs.example.com/a',
    },
  ]);
  assert.deepEqual(
    rejections.map(({ place, code, sample }) => [place, code, sample]),
    [['item 1', 'malformed_record', 'lost']],
  );
});

test('scripts, frames, handlers and their addresses are not kept', () => {
  const content = `<p onclick="x()">a</p><SCRIPT>alert(1)</SCRIPT ><a href="javascript:x">l</a><a href=" JaVaScRiPt:x">m</a><iframe src="/y">f</iframe>
    <style>s</style><img src=x onerror=alert(1)><svg><script>z</script></svg><a href="https://a.example.com/?a=1&amp;b=2" title="x">k</a><<script>script>q</script>`;
  const { items } = read(
    `<rss version="2.0"><channel><item><link>/a</link><description><![CDATA[${content}]]></description></item></channel></rss>`,
  );
  const html = items[0]?.html ?? '';
  assert.doesNotMatch(html, /<script|on\w+=|javascript:|iframe|alert|style/i);
  assert.match(html, /<a href="https:\/\/a\.example\.com\/\?a=1&amp;b=2">k<\/a>/);
});

test('document types, entities and floods are refused before they are parsed, in no time and memory', () => {
  const rss = (title: string): string =>
    `<rss version="2.0"><channel><title>${title}</title></channel></rss>`;
  const laughs = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join(
    '',
  );
  const cases: readonly (readonly [string, RegExp])[] = [
    [`<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "lol">${laughs}]>${rss('&l9;')}`, /document type/],
    [`<!DOCTYPE q [<!ENTITY a "${'a'.repeat(100_000)}">]>${rss('&a;'.repeat(100_000))}`, /document type/],
    [`<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>${rss('&x;')}`, /document type/],
    [`<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd">${rss('x')}`, /document type/],
    [rss('<!DOCTYPE x [<!ENTITY a "b">]>&a;'), /document type/],
    [rss('&#65;'.repeat(5_000_000)), /more than 8 MiB/],
    [rss('&#65;'.repeat(1_500_000)), /character references/],
    [rss('<a>'.repeat(200)), /deeper than 100/],
    [rss('<a/>'.repeat(300_000)), /more than 250000 tags/],
    [`{"version":"https://jsonfeed.org/version/1.1","a":${'['.repeat(1_000_000)}`, /neither RSS nor Atom/],
  ];
  for (const [text, reason] of cases) {
    const bytes = Buffer.from(text);
    const before = process.memoryUsage().rss;
    const start = process.cpuUsage();
    refused(bytes, reason);
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 200_000, `${reason}: ${(user + system) / 1_000} ms`);
    assert.ok(process.memoryUsage().rss - before < 50_000_000);
  }
});

test('what is no feed, empty, or cut off is refused with the reason', () => {
  refused('', /empty/);
  refused('<!doctype html><html><body>Log in</body></html>', /HTML page/);
  refused('{"error":"forbidden"}', /neither RSS nor Atom nor JSON Feed/);
  refused('192.0.2.1\n192.0.2.2\n', /neither RSS nor Atom nor JSON Feed/);
  const whole =
    '<rss version="2.0"><channel><title>x</title><item><title>a</title><link>/a</link></item></channel></rss>';
  for (let length = 1; length < whole.length - 1; length += 1)
    assert.throws(() => read(whole.slice(0, length)), InputError, whole.slice(0, length));
});

test('encodings are read as they are, not as they are called', (t) => {
  const koi8 = Buffer.concat([
    Buffer.from('<?xml version="1.0" encoding="KOI8-R"?><rss version="2.0"><channel><title>'),
    Buffer.from([0xf0, 0xd2, 0xc9]),
    Buffer.from('</title></channel></rss>'),
  ]);
  assert.equal(readReportFeed(koi8, BASE).title, '\u041f\u0440\u0438');
  assert.equal(
    read(
      '<?xml version="1.0" encoding="ISO-8859-1"?><rss version="2.0"><channel><title>\u20ac</title></channel></rss>',
    ).title,
    '\u20ac',
  );
  const utf16 = Buffer.from(
    '\ufeff<rss version="2.0"><channel><title>\u20ac</title></channel></rss>',
    'utf16le',
  );
  assert.equal(readReportFeed(utf16, BASE).title, '\u20ac');
  const folder = sharedData(t, 'rss');
  if (folder === undefined) return;
  const titles: Readonly<Record<string, readonly [string, number]>> = {
    'encoding__windows-1252.xml': ['Euro \u20ac', 0],
    'encoding__windows-1252-incorrect-prolog.xml': ['Euro \u20ac', 0],
    'encoding__iso-8859-1.xml': ['Caf\u00e9', 0],
    'encoding__koi8r.xml': ['\u041f\u0440\u0438\u043c\u0435\u0440 RSS \u043b\u0435\u043d\u0442\u044b', 2],
    'encoding__utf8-incorrect-prolog.xml': ['\ud14c\uc2a4\ud2b8 \ud53c\ub4dc', 0],
    'encoding__invalid-prolog.xml': ['\ud14c\uc2a4\ud2b8 \ud53c\ub4dc', 0],
    'encoding_ISO-8859-1.xml': ['Golem.de', 40],
    'encoding_WINDOWS-1251.xml': ['iBash.Org.Ru', 50],
    'krebsonsecurity_2025-02-18.xml': ['Krebs on Security', 2],
    'large_atom.xml': ['Artificial truth', 25],
    'large_rss.xml': ['Artificial truth', 25],
    'rdf_UTF8.xml': ['heise online News', 60],
    'small_atom.xml': ['Recent Commits to v2:main', 20],
  };
  for (const [name, [title, count]] of Object.entries(titles)) {
    const feed = readReportFeed(readFileSync(`${folder}/${name}`), BASE);
    assert.deepEqual([feed.title, feed.items.length], [title, count], name);
  }
});

test('times are read with and without a zone, and left out where there are none', () => {
  const times: Readonly<Record<string, number | undefined>> = {
    'Mon, 02 Mar 2026 10:00:00 GMT': Date.UTC(2026, 2, 2, 10),
    'Mon, 02 Mar 2026 10:00:00 +0200': Date.UTC(2026, 2, 2, 8),
    'Mon, 02 Mar 2026 10:00:00': Date.UTC(2026, 2, 2, 10),
    '2026-03-02T10:00:00.5Z': Date.UTC(2026, 2, 2, 10, 0, 0, 500),
    '2026-03-02T10:00:00': Date.UTC(2026, 2, 2, 10),
    '2026-03-02': Date.UTC(2026, 2, 2),
    yesterday: undefined,
  };
  for (const [text, time] of Object.entries(times)) {
    const { items } = read(
      `<rss version="2.0"><channel><item><link>/a</link><pubDate>${text}</pubDate></item></channel></rss>`,
    );
    assert.equal(items[0]?.publishedAt, time, text);
  }
});
