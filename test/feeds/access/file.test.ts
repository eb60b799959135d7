import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accessFor } from '../../../src/feeds/access/index.ts';
import { openDocument } from '../../../src/feeds/open-document.ts';
import { InputError, type ReadItem } from '../../../src/parse/format.ts';
import type { Feed } from '../../../src/model/feed.ts';
import { bookmarkOf, feedOf, NOW, startSite, type Site } from './site.ts';

const accessFile = accessFor('file', () => ({ items: [] }));

test('a file is fetched once, and then only when it has changed', async (t) => {
  const site = await startSite(t);
  const feed = feedOf({ url: `${site.origin}/list.txt`, format: 'list' });
  site.serve('/list.txt', {
    body: '192.0.2.1\n',
    headers: { etag: '"1"', 'last-modified': 'Sun, 01 Nov 2026 00:00:00 GMT' },
  });
  const first = await accessFile(site.context(feed));
  assert.equal(first.state, 'fetched');
  assert.ok(first.state === 'fetched' && first.complete);
  assert.deepEqual(
    first.documents.map(({ url, format }) => ({ url, format })),
    [{ url: feed.access.url, format: 'list' }],
  );
  assert.deepEqual(site.take(first), ['192.0.2.1\n']);
  assert.deepEqual(await accessFile(site.context(feed, bookmarkOf(first))), { state: 'unchanged' });
  assert.equal(site.asked[1]!.headers['if-none-match'], '"1"');
  assert.equal(site.asked[1]!.headers['if-modified-since'], 'Sun, 01 Nov 2026 00:00:00 GMT');
  site.serve('/list.txt', { body: '192.0.2.2\n', headers: { etag: '"2"' } });
  const second = await accessFile(site.context(feed, bookmarkOf(first)));
  assert.deepEqual(site.take(second), ['192.0.2.2\n']);
  assert.deepEqual(site.files(), []);
});

test('a server that ignores conditions is found out by the content, and its new validators are kept', async (t) => {
  const site = await startSite(t);
  const feed = feedOf({ url: `${site.origin}/list.txt` });
  let count = 0;
  site.serve('/list.txt', () => ({ body: '192.0.2.1\n', headers: { etag: `"${(count += 1)}"` } }));
  const first = await accessFile(site.context(feed));
  site.take(first);
  const second = await accessFile(site.context(feed, bookmarkOf(first)));
  assert.equal(second.state, 'unchanged');
  assert.equal(bookmarkOf(second).etag, '"2"');
  assert.deepEqual(site.files(), []);
});

test('the bookmark of another URL is not taken for this one’s', async (t) => {
  const site = await startSite(t);
  site.serve('/a', { body: '192.0.2.1\n', headers: { etag: '"1"' } });
  site.serve('/b', { body: '192.0.2.1\n', headers: { etag: '"1"' } });
  const first = await accessFile(site.context(feedOf({ url: `${site.origin}/a` })));
  const second = await accessFile(site.context(feedOf({ url: `${site.origin}/b` }), bookmarkOf(first)));
  assert.equal(second.state, 'fetched');
});

test('a key in the URL goes to the server and nowhere else', async (t) => {
  const site = await startSite(t);
  const feed: Feed = {
    ...feedOf({ url: 'https://example.com/list' }),
    access: { kind: 'file', url: `${site.origin}/{key}/list` },
  };
  const key = 'canary-7f3a';
  const denied = await accessFile(site.context(feed, undefined, { key }));
  assert.equal(denied.state, 'not_found');
  assert.ok(!JSON.stringify(denied).includes(key));
  site.serve(`/${key}/list`, { body: '192.0.2.1\n', headers: { etag: '"1"' } });
  const first = await accessFile(site.context(feed, undefined, { key }));
  assert.equal(first.state, 'fetched');
  assert.ok(!JSON.stringify(first).includes(key));
  assert.deepEqual(await accessFile(site.context(feed, bookmarkOf(first), { key })), { state: 'unchanged' });
  site.serve('/list', { body: '192.0.2.9\n' });
  assert.equal((await accessFile(site.context(feed))).state, 'fetched');
});

test('trouble is passed on with its reason', async (t) => {
  const site = await startSite(t);
  const feed = feedOf({ url: `${site.origin}/list` });
  for (const [status, state] of [
    [404, 'not_found'],
    [500, 'server_error'],
    [429, 'blocked'],
    [401, 'auth_failed'],
  ] as const) {
    site.serve('/list', { status });
    assert.equal((await accessFile(site.context(feed))).state, state);
  }
  assert.deepEqual(site.files(), []);
});

test('columns of a feed reach the CSV reader', async (t) => {
  const site = await startSite(t);
  const feed = feedOf({ url: `${site.origin}/own.csv`, columns: 'value=what,tags=3,first_seen=when' });
  site.serve('/own.csv', { body: 'what,when,kind\nbad.example.com,2026-10-01,phish\n' });
  const [item] = await itemsOf(site, feed);
  assert.ok(item?.kind === 'ioc');
  assert.deepEqual(
    [item.ioc.value, item.ioc.tags, item.ioc.firstSeen],
    ['bad.example.com', ['phish'], Date.UTC(2026, 9, 1)],
  );
});

test('a page or a text in place of data is refused, whether or not the feed names a format', async (t) => {
  const site = await startSite(t);
  const page = '<!doctype html><html><body>Sign in to see 192.0.2.1</body></html>';
  for (const [body, format] of [
    [page, undefined],
    [page, 'list'],
    [page, 'urlhaus-csv'],
    ['Dear user, your key has expired. Ask for another at our desk, please.', undefined],
  ] as const) {
    site.serve('/list', { body });
    await assert.rejects(itemsOf(site, feedOf({ url: `${site.origin}/list`, format })), (error) => {
      assert.ok(error instanceof InputError);
      return /page|format is not recognised/.test(error.message);
    });
  }
});

async function itemsOf(site: Site, feed: Feed): Promise<ReadItem[]> {
  const outcome = await accessFile(site.context(feed));
  assert.ok(outcome.state === 'fetched');
  const { items } = await openDocument(outcome.documents[0]!, feed, NOW);
  const all: ReadItem[] = [];
  for await (const batch of items) all.push(...batch);
  return all;
}
