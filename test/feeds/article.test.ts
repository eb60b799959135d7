import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { articleAddress, articleOf, ArticleReading } from '../../src/feeds/article.ts';
import { isUuid } from '../../src/model/uuid.ts';
import type { RawReport } from '../../src/parse/format.ts';

const REPORT: RawReport = {
  digest: 'ab'.repeat(32),
  title: 'Told by the page',
  url: 'https://forged.example.net/',
  summary: 'The page sums up.',
  publishedAt: 2_000,
  paragraphs: ['The group APT28 came.', 'APT28 went.'],
};

test('an id is the UUIDv5 of the address, and the same however the address is led to', () => {
  const url = 'https://labs.example.com/a?id=1';
  const { id } = articleOf({ url, name: 'x' });
  // Worked out with another program: uuid.uuid5(uuid.NAMESPACE_URL, url).
  assert.equal(id, EXPECTED);
  for (const other of [
    `${url}#top`,
    `${url}&utm_source=rss`,
    'https://me:secret@LABS.example.com:443/a?id=1',
  ])
    assert.deepEqual([articleOf({ url: other, name: 'x' }).id, articleAddress(other)], [id, url]);
});
const EXPECTED = 'a6f9649a-e8ce-57f2-9b33-10be85cc9d7a';

test('without an address, an id follows from the key, else from the content', () => {
  const byContent = articleOf({ name: 'a' }, REPORT);
  assert.equal(articleOf({ name: 'b' }, { ...REPORT, title: 'Other' }).id, byContent.id);
  assert.notEqual(articleOf({ name: 'a' }, { ...REPORT, digest: 'cd'.repeat(32) }).id, byContent.id);
  const byKey = articleOf({ name: 'a', key: 'feed 1' }, REPORT);
  assert.equal(articleOf({ name: 'a', key: 'feed 1' }).id, byKey.id);
  assert.notEqual(byKey.id, byContent.id);
});

test('what is announced comes before what the document says', () => {
  const told = articleOf(
    { url: 'https://labs.example.com/', title: 'T', summary: 'S', publishedAt: 1, name: 'x' },
    REPORT,
  );
  assert.deepEqual([told.title, told.summary, told.publishedAt], ['T', 'S', 1]);
  const bare = articleOf({ url: 'https://labs.example.com/', name: 'x' }, REPORT);
  assert.deepEqual(
    [bare.title, bare.summary, bare.publishedAt],
    ['Told by the page', 'The page sums up.', 2_000],
  );
  assert.deepEqual(bare.actors, ['APT28']);
  assert.equal(articleOf({ name: 'report.pdf' }).title, 'report.pdf');
});

test('only an operator’s own file is believed about its address', () => {
  assert.equal(articleOf({ key: 'k', name: 'x' }, REPORT).url, undefined);
  assert.equal(articleOf({ name: 'x', isTrusted: true }, REPORT).url, REPORT.url);
  assert.equal(
    articleOf({ name: 'x', isTrusted: true }, { ...REPORT, url: 'javascript:alert(1)' }).url,
    undefined,
  );
});

for (const url of [
  'javascript:alert(1)',
  ' JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'file:///etc/passwd',
  'ftp://labs.example.com/',
  '//labs.example.com/',
  'labs.example.com',
  '',
  `https://labs.example.com/${'a'.repeat(65_536)}`,
])
  test(`${JSON.stringify(url).slice(0, 40)} is no article’s address`, () => {
    assert.equal(articleAddress(url), undefined);
    assert.equal(articleOf({ url, name: 'x' }).url, undefined);
  });

test('titles, summaries and tags come out on one line, without unseen characters, and bounded', () => {
  const hostile = `\u0000\u001b[31m\u202e<b>${'x'.repeat(65_536)}\n`;
  const tags = Array<string>(1_000)
    .fill(hostile)
    .map((tag, index) => index + tag);
  const article = articleOf({ title: hostile, summary: hostile, tags, name: 'x' });
  assert.deepEqual([article.title.length, article.summary?.length, article.tags.length], [300, 500, 30]);
  assert.doesNotMatch(JSON.stringify(article), /\\u0|\\n|\u202e|\u001b/);
  assert.equal(articleOf({ title: '\u0000', name: '\u0007' }).title, 'Untitled');
});

test('whatever is said of it, an article has an id, a title and a web address or none', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 50 }),
    fc.webUrl(),
    fc.constant('javascript:1'),
  );
  const report = fc.record({
    digest: fc.constant('ab'),
    title: text,
    url: text,
    summary: text,
    paragraphs: fc.array(text, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(
      fc.record({ url: text, title: text, name: text, isTrusted: fc.boolean() }),
      report,
      (given, told) => {
        const { id, title, url = 'http://' } = articleOf(given, told);
        assert.ok(isUuid(id) && title !== '' && title.length <= 300 && /^https?:\/\//.test(url));
        assert.doesNotMatch(title, /[\p{Cc}\p{Cf}\p{Cs}]/u);
      },
    ),
  );
});

test('what is announced is an article whatever its document turns out to be; a mere file only once it is read', () => {
  assert.equal(new ArticleReading({ key: 'k', title: 'T', name: 'x' }).article?.title, 'T');
  const reading = new ArticleReading({ name: 'x' });
  const before = reading.article;
  reading.onReport(REPORT);
  assert.deepEqual([before, reading.article?.title], [undefined, REPORT.title]);
});
