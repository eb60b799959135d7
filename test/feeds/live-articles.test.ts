import assert from 'node:assert/strict';
import test from 'node:test';

import type { ListedArticle } from '../../src/model/article.ts';
import type { Store } from '../../src/store/store.ts';
import { searched } from '../store/fixtures.ts';
import { type Live, live } from './live.ts';
import type { Script } from './world.ts';

const HOUR = 3_600_000;
const RSS_TYPE = { 'content-type': 'application/rss+xml' };
const PAGE_TYPE = { 'content-type': 'text/html; charset=utf-8' };

function rss(...items: readonly string[]): Script {
  const body = `<?xml version="1.0"?><rss version="2.0"><channel><title>Labs</title><link>/</link>${items
    .map((item) => `<item>${item}</item>`)
    .join('')}</channel></rss>`;
  return { headers: RSS_TYPE, body };
}

function page(text: string): Script {
  return { headers: PAGE_TYPE, body: `<!doctype html><html><body><article>${text}</article></body></html>` };
}

const item = (id: string, more = ''): string =>
  `<guid>${id}</guid><title>Report ${id} on APT28</title><link>/${id}</link><pubDate>Wed, 14 Jan 2026 10:00:00 GMT</pubDate>${more}`;

async function articlesOf(store: Store, now: number): Promise<readonly ListedArticle[]> {
  const query = { words: [], categories: [], severities: [], sectors: [], since: 0, limit: 100 };
  return (await store.listArticles(query, now)).articles;
}

async function open(t: Parameters<typeof live>[0]): Promise<Live & { readonly run: () => Promise<string> }> {
  const bench = await live(t);
  const feed = bench.feed('/feed', { kind: 'reports', absence: 'means-nothing', tags: ['labs'] });
  const run = async (): Promise<string> => {
    const { state } = await bench.turn(feed);
    bench.clock.advance(6 * HOUR);
    return state;
  };
  return { ...bench, run };
}

test('what a feed of reports announces appears as articles, with what was found in each', async (t) => {
  const { world, store, clock, run } = await open(t);
  world.serve(
    '/feed',
    rss(item('a', '<category>Loaders</category><description>It phones home.</description>'), item('b')),
  );
  world.serve(
    '/a',
    page('<p>The loader calls evil[.]example[.]com and CVE-2024-12345 is exploited in the wild.</p>'),
  );
  world.serve('/b', page('<p>Nothing in particular happened this week.</p>'));
  assert.equal(await run(), 'fine');
  const articles = await articlesOf(store, clock.now);
  assert.deepEqual(
    articles.map(({ title, url, source, hasIocs }) => [title, url, source, hasIocs]),
    [
      ['Report b on APT28', `${world.origin}/b`, 'Example', false],
      ['Report a on APT28', `${world.origin}/a`, 'Example', true],
    ],
  );
  const { id } = articles.find(({ hasIocs }) => hasIocs)!;
  const article = (await store.findArticle(id, clock.now, 10))!;
  assert.deepEqual(
    [article.summary, article.tags, article.actors, article.cves, article.severity, article.publishedAt],
    [
      'It phones home.',
      ['Loaders', 'labs'],
      ['APT28'],
      ['CVE-2024-12345'],
      'high',
      Date.UTC(2026, 0, 14, 10),
    ],
  );
  assert.deepEqual(
    article.iocs.map(({ value, evidence }) => [value, evidence?.defanged]),
    [
      ['evil.example.com', true],
      ['CVE-2024-12345', false],
    ],
  );
});

test('the article stands in the list’s item and in the reasons of what was found in it', async (t) => {
  const { world, store, clock, run, find } = await open(t);
  world.serve('/feed', rss(item('a')));
  world.serve('/a', page('<p>The loader calls evil[.]example[.]com.</p>'));
  await run();
  const [{ id, title, url } = { id: '', title: '', url: '' }] = await articlesOf(store, clock.now);
  const named = { id, title, url };
  const record = await find('domain', 'evil.example.com');
  assert.deepEqual(record?.sightings[0]?.article, named);
  const question = { text: 'evil', types: [], limit: 1, related: 0 };
  const { items } = await searched(store, question, clock.now);
  assert.deepEqual(items[0]?.sources[0]?.article, named);
});

test('reports in which nothing is found are articles all the same, and are not read again', async (t) => {
  const { world, store, clock, run } = await open(t);
  world.serve('/feed', rss(item('a')));
  world.serve('/a', page('<p>Nothing in particular happened this week.</p>'));
  assert.equal(await run(), 'fine');
  assert.deepEqual((await articlesOf(store, clock.now)).length, 1);
  assert.equal(await run(), 'unchanged');
  assert.equal(world.requests('/a').length, 1);
});

test('an article whose page came late is brought up to date', async (t) => {
  const { world, store, clock, run } = await open(t);
  world.serve('/feed', rss(item('a', '<description>The loader calls one[.]example[.]com.</description>')));
  world.serve(
    '/a',
    { status: 503 },
    page('<p>The loader calls one[.]example[.]com and two[.]example[.]com.</p>'),
  );
  assert.equal(await run(), 'fine');
  const [before] = await articlesOf(store, clock.now);
  assert.equal(await run(), 'fine');
  const after = await articlesOf(store, clock.now);
  assert.deepEqual(
    after.map(({ id }) => id),
    [before?.id],
  );
  const { iocs } = (await store.findArticle(before!.id, clock.now, 10))!;
  assert.deepEqual(
    iocs.map(({ value }) => value),
    ['one.example.com', 'two.example.com'],
  );
});

test('a hostile announcement leads nowhere and shows nothing unseen', async (t) => {
  const { world, store, clock, run } = await open(t);
  const title = `&lt;script&gt;alert(1)&lt;/script&gt;&#x202e;${'x'.repeat(65_536)}`;
  world.serve(
    '/feed',
    rss(
      `<guid>a</guid><title>${title}</title><link>javascript:alert(1)</link><description>It calls evil[.]example[.]com.</description>`,
    ),
  );
  assert.equal(await run(), 'fine');
  const [article] = await articlesOf(store, clock.now);
  assert.ok(article !== undefined && article.title.length <= 300 && article.hasIocs);
  assert.equal(article.url, undefined);
  assert.doesNotMatch(JSON.stringify(article), /javascript:|\u202e|<script>/);
});

test('what a run published is taken back with its articles', async (t) => {
  const { world, store, clock, run } = await open(t);
  world.serve('/feed', rss(item('a')));
  world.serve('/a', page('<p>The loader calls evil[.]example[.]com.</p>'));
  await run();
  const [newest] = await store.listRuns(1);
  await store.undoRun(newest!.id, clock.now);
  assert.deepEqual(await articlesOf(store, clock.now), []);
});
