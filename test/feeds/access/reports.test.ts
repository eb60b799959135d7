import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  reportsAccess,
  REPORT_LIMITS,
  type ReadReportFeed,
  type ReportItem,
} from '../../../src/feeds/access/reports.ts';
import { openDocument } from '../../../src/feeds/open-document.ts';
import type { Feed } from '../../../src/model/feed.ts';
import { InputError } from '../../../src/parse/format.ts';
import { bookmarkOf, feedOf, NOW, notesOf, startSite, type Site } from './site.ts';

/** The feed documents of these tests are the items as JSON. */
const readFeed: ReadReportFeed = (bytes) => {
  try {
    return { items: JSON.parse(Buffer.from(bytes).toString()) as ReportItem[] };
  } catch {
    throw new InputError('the feed', 'it is no feed');
  }
};
const access = reportsAccess(readFeed);

function announce(site: Site, items: readonly ReportItem[], headers = {}): void {
  site.serve('/feed', { body: JSON.stringify(items), headers });
}

function item(site: Site, id: string, day: number, more: Partial<ReportItem> = {}): ReportItem {
  return {
    id,
    title: `Report ${id}`,
    url: `${site.origin}/${id}`,
    publishedAt: Date.UTC(2026, 9, day),
    ...more,
  };
}

const PAGE = { headers: { 'content-type': 'text/html; charset=utf-8' } };
const paths = (site: Site): string[] => site.asked.splice(0).map(({ path }) => path);
const reports = (site: Site, pages = 'true') =>
  feedOf({ url: `${site.origin}/feed`, kind: 'reports', pages });

test('new items are fetched as pages, the newest first, and never again', async (t) => {
  const site = await startSite(t);
  const feed = reports(site);
  for (const id of ['a', 'b', 'c'])
    site.serve(`/${id}`, { ...PAGE, body: `<html><p>${id}: 192.0.2.1</p></html>` });
  announce(site, [item(site, 'a', 1, { summary: 'short' }), item(site, 'b', 2)], { etag: '"1"' });
  const first = await access(site.context(feed));
  assert.ok(first.state === 'fetched' && !first.complete && first.more === undefined);
  assert.deepEqual(paths(site), ['/feed', '/b', '/a']);
  assert.deepEqual(first.documents[1], {
    path: first.documents[1]!.path,
    url: `${site.origin}/a`,
    format: 'prose',
    report: { id: 'a', title: 'Report a', publishedAt: Date.UTC(2026, 9, 1), summary: 'short' },
  });
  site.take(first);
  assert.deepEqual(await access(site.context(feed, bookmarkOf(first))), { state: 'unchanged' });
  announce(site, [item(site, 'c', 3), item(site, 'a', 1), item(site, 'b', 2)], { etag: '"2"' });
  paths(site);
  const third = await access(site.context(feed, bookmarkOf(first)));
  assert.deepEqual(paths(site), ['/feed', '/c']);
  site.take(third);
  announce(site, [item(site, 'b', 2)], { etag: '"3"' });
  const fourth = await access(site.context(feed, bookmarkOf(third)));
  assert.equal(fourth.state, 'unchanged');
  assert.equal(bookmarkOf(fourth).etag, '"3"');
  assert.deepEqual(site.files(), []);
});

test('where there is no page, or none is wanted, the item’s own text is the document', async (t) => {
  const site = await startSite(t);
  const html = '<p>Seen: <b>hxxp://bad[.]example[.]com/x</b></p>';
  const items = [
    item(site, 'a', 3, { html, title: 'A & <b>' }),
    { id: 'b', title: 'B', summary: 'Only 198.51.100.7 & words' },
    { id: 'c', title: 'C' },
    { id: 'd', title: 'D', url: 'javascript:alert(1)', html },
  ];
  announce(site, items);
  const outcome = await access(site.context(reports(site, 'false')));
  assert.deepEqual(paths(site), ['/feed']);
  assert.ok(outcome.state === 'fetched');
  assert.deepEqual(
    outcome.documents.map(({ report }) => report!.id),
    ['a', 'b', 'd'],
  );
  const { items: read, format } = await openDocument(outcome.documents[0]!, reports(site), NOW);
  const values: string[] = [];
  for await (const batch of read)
    for (const each of batch) if (each.kind === 'ioc') values.push(each.ioc.value);
  assert.deepEqual([format.name, values.length], ['prose', 1]);
  assert.match(site.take(outcome)[0]!, /^<!doctype html>[^]*<title>A &amp; &lt;b&gt;<\/title>[^]*hxxp/);
});

test('a page that fails is not fatal: its own text is taken, and the page is tried again, some times', async (t) => {
  const site = await startSite(t);
  const feed = reports(site);
  announce(site, [item(site, 'a', 1, { html: '<p>192.0.2.1</p>' }), item(site, 'b', 2)], { etag: '"1"' });
  site.serve('/a', { status: 503 });
  site.serve('/b', { ...PAGE, body: '<html>b</html>' });
  const first = await access(site.context(feed));
  assert.ok(first.state === 'fetched' && first.more === undefined);
  assert.deepEqual(
    site.take(first).map((text) => text.includes('192.0.2.1')),
    [false, true],
  );
  assert.match(notesOf(first), /\/a could not be read: .*503/);
  paths(site);
  const second = await access(site.context(feed, bookmarkOf(first)));
  assert.deepEqual([second.state, ...paths(site)], ['unchanged', '/feed', '/a']);
  site.serve('/a', { ...PAGE, body: '<html>a</html>' });
  const third = await access(site.context(feed, bookmarkOf(second)));
  assert.deepEqual(site.take(third), ['<html>a</html>']);
  assert.ok(third.state === 'fetched' && third.more === undefined);
  assert.deepEqual(await access(site.context(feed, bookmarkOf(third))), { state: 'unchanged' });
});

test('a page is given up after three attempts, and at once when it is not there', async (t) => {
  const site = await startSite(t);
  const feed = reports(site);
  announce(site, [item(site, 'a', 1), item(site, 'b', 2)], { etag: '"1"' });
  site.serve('/a', { status: 503 });
  let bookmark = undefined;
  const asked: string[] = [];
  for (let run = 0; run < 5; run += 1) {
    const outcome = await access(site.context(feed, bookmark));
    bookmark = 'bookmark' in outcome ? outcome.bookmark : bookmark;
    asked.push(...paths(site));
  }
  assert.equal(asked.filter((path) => path === '/a').length, 3);
  assert.equal(asked.filter((path) => path === '/b').length, 1);
});

test('a cap on items ends a run, and the next goes on although the feed is the same', async (t) => {
  const site = await startSite(t);
  const feed = reports(site, 'false');
  const items = Array.from({ length: 7 }, (_, index) => item(site, `i${index}`, index + 1, { html: 'x' }));
  announce(site, items, { etag: '"1"' });
  const capped = reportsAccess(readFeed, { ...REPORT_LIMITS, items: 3 });
  const ids: string[] = [];
  let bookmark = undefined;
  for (let run = 0; run < 3; run += 1) {
    const outcome = await capped(site.context(feed, bookmark));
    assert.ok(outcome.state === 'fetched');
    assert.equal(outcome.more, run < 2 ? true : undefined);
    ids.push(...outcome.documents.map(({ report }) => report!.id));
    bookmark = outcome.bookmark;
  }
  assert.deepEqual(ids, ['i6', 'i5', 'i4', 'i3', 'i2', 'i1', 'i0']);
  assert.equal((await capped(site.context(feed, bookmark))).state, 'unchanged');
});

test('the bookmark stays small whatever ids come, and what the feed still has is never new again', async (t) => {
  const site = await startSite(t);
  const feed = reports(site, 'false');
  const everything = reportsAccess(readFeed, { ...REPORT_LIMITS, items: 10_000 });
  const many = (from: number): ReportItem[] =>
    Array.from({ length: 900 }, (_, index) => ({
      id: `${'x'.repeat(500)}${from + index}`,
      title: 'T',
      html: 'x',
    }));
  let bookmark = undefined;
  for (let round = 0; round < 3; round += 1) {
    announce(site, many(round * 900));
    const outcome = await everything(site.context(feed, bookmark));
    assert.ok(outcome.state === 'fetched' && outcome.documents.length === 900);
    site.take(outcome);
    bookmark = outcome.bookmark;
  }
  assert.ok(JSON.stringify(bookmark).length < 100_000);
  announce(site, many(2 * 900).toReversed());
  assert.equal((await everything(site.context(feed, bookmark))).state, 'unchanged');
});

test('the feed’s credential goes with its own pages, not with other hosts’', async (t) => {
  const site = await startSite(t);
  const other = await startSite(t);
  announce(site, [item(site, 'a', 2), item(other, 'b', 1)]);
  site.serve('/a', { body: 'a' });
  other.serve('/b', { body: 'b' });
  const headers = { authorization: 'Bearer canary' };
  const outcome = await access(site.context(reports(site), undefined, { headers }));
  assert.deepEqual(
    site.asked.map((asked) => asked.headers.authorization),
    ['Bearer canary', 'Bearer canary'],
  );
  assert.equal(other.asked[0]!.headers.authorization, undefined);
  site.take(outcome);
});

test('a report of 2083 has no date, and is not the newest', async (t) => {
  const site = await startSite(t);
  announce(site, [
    { id: 'a', title: 'A', html: 'x', publishedAt: Date.UTC(2083, 0, 1) },
    { id: 'b', title: 'B', html: 'x', publishedAt: Date.UTC(2026, 9, 1) },
  ]);
  const outcome = await access(site.context(reports(site)));
  assert.ok(outcome.state === 'fetched');
  assert.deepEqual(
    outcome.documents.map(({ report }) => [report!.id, report!.publishedAt]),
    [
      ['b', Date.UTC(2026, 9, 1)],
      ['a', undefined],
    ],
  );
});

test('a key in the feed’s URL is in no document, note or bookmark', async (t) => {
  const site = await startSite(t);
  const key = 'canary-7f3a';
  const feed: Feed = {
    ...reports(site),
    access: { kind: 'reports', url: `${site.origin}/{key}/feed`, pages: true },
  };
  const items = ['a', 'b'].map((id) => ({
    id: `${site.origin}/${key}/${id}`,
    title: id,
    url: `${site.origin}/${key}/${id}`,
  }));
  site.serve(`/${key}/feed`, { body: JSON.stringify(items) });
  site.serve(`/${key}/a`, { body: 'a' });
  const outcome = await access(site.context(feed, undefined, { key }));
  assert.ok(outcome.state === 'fetched' && outcome.documents.length === 1);
  assert.match(notesOf(outcome), /\{key\}\/b could not be read/);
  assert.ok(!JSON.stringify(outcome).includes(key));
});

test('what is linked but no text, a PDF say, tells its format by its content', async (t) => {
  const site = await startSite(t);
  announce(site, [item(site, 'a', 1)]);
  site.serve('/a', { body: '%PDF-1.7', headers: { 'content-type': 'application/pdf' } });
  const outcome = await access(site.context(reports(site)));
  assert.ok(outcome.state === 'fetched');
  assert.equal(outcome.documents[0]!.format, undefined);
});

test('what is no feed is refused, and trouble is passed on', async (t) => {
  const site = await startSite(t);
  site.serve('/feed', { body: '<html>' });
  await assert.rejects(access(site.context(reports(site))), InputError);
  site.serve('/feed', { status: 500 });
  assert.equal((await access(site.context(reports(site)))).state, 'server_error');
  assert.deepEqual(site.files(), []);
});
