import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { mispAccess, MISP_LIMITS } from '../../../src/feeds/access/misp.ts';
import { openDocument } from '../../../src/feeds/open-document.ts';
import { InputError } from '../../../src/parse/format.ts';
import { fixture } from '../../parse/reading.ts';
import { sharedData } from '../../shared-data.ts';
import { bookmarkOf, feedOf, NOW, notesOf, startSite, type Site } from './site.ts';

const access = mispAccess();
const UUIDS = [1, 2, 3, 4, 5].map((digit) => `0000000${digit}-0000-4000-8000-000000000000`);
const [A, B, C] = UUIDS as [string, string, string];

function manifest(site: Site, times: Readonly<Record<string, unknown>>, headers = {}): void {
  const entries = Object.entries(times).map(([uuid, timestamp]) => [
    uuid,
    { info: 'x', Orgc: {}, timestamp },
  ]);
  site.serve('/feed/manifest.json', { body: JSON.stringify(Object.fromEntries(entries)), headers });
}

function event(site: Site, uuid: string, text = uuid): void {
  site.serve(`/feed/${uuid}.json`, { body: JSON.stringify({ Event: { uuid, info: text, Attribute: [] } }) });
}

const paths = (site: Site): string[] => site.asked.splice(0).map(({ path }) => path);

test('a first run takes every event, the newest first; the next asks for the manifest alone', async (t) => {
  const site = await startSite(t);
  const feed = feedOf({ url: `${site.origin}/feed/manifest.json` });
  assert.deepEqual(feed.access, { kind: 'misp', url: `${site.origin}/feed/` });
  manifest(site, { [A]: 100, [B]: '300', [C]: 200 }, { etag: '"1"' });
  for (const uuid of UUIDS) event(site, uuid);
  const first = await access(site.context(feed));
  assert.ok(first.state === 'fetched' && !first.complete && first.more === undefined);
  assert.deepEqual(paths(site), [
    '/feed/manifest.json',
    `/feed/${B}.json`,
    `/feed/${C}.json`,
    `/feed/${A}.json`,
  ]);
  assert.equal(first.documents[0]!.format, 'misp-event');
  assert.equal(site.take(first).length, 3);
  assert.deepEqual(await access(site.context(feed, bookmarkOf(first))), { state: 'unchanged' });
  assert.deepEqual(paths(site), ['/feed/manifest.json']);
  assert.deepEqual(site.files(), []);
});

test('later runs take what is new or has another timestamp, and note what is gone', async (t) => {
  const site = await startSite(t);
  const feed = feedOf({ url: `${site.origin}/feed`, kind: 'misp' });
  manifest(site, { [A]: 100, [B]: 300 });
  for (const uuid of UUIDS) event(site, uuid);
  const first = await access(site.context(feed));
  site.take(first);
  paths(site);
  manifest(site, { [B]: 299, [C]: 50 });
  const second = await access(site.context(feed, bookmarkOf(first)));
  assert.deepEqual(paths(site), ['/feed/manifest.json', `/feed/${B}.json`, `/feed/${C}.json`]);
  assert.match(notesOf(second), new RegExp(`1 events are no longer in the manifest: ${A}`));
  site.take(second);
  manifest(site, { [B]: 299, [C]: 50, [A]: 100 }, { 'x-changed': 'yes' });
  const third = await access(site.context(feed, bookmarkOf(second)));
  assert.deepEqual(paths(site), ['/feed/manifest.json', `/feed/${A}.json`]);
  assert.equal(site.take(third).length, 1);
});

test('a manifest that changed without a changed event is unchanged, and its validators are kept', async (t) => {
  const site = await startSite(t);
  const feed = feedOf({ url: `${site.origin}/feed/`, kind: 'misp' });
  manifest(site, { [A]: 100 }, { etag: '"1"' });
  event(site, A);
  const first = await access(site.context(feed));
  site.take(first);
  site.serve('/feed/manifest.json', {
    body: JSON.stringify({ [A]: { info: 'another title', timestamp: 100 } }),
    headers: { etag: '"2"' },
  });
  const second = await access(site.context(feed, bookmarkOf(first)));
  assert.equal(second.state, 'unchanged');
  assert.equal(bookmarkOf(second).etag, '"2"');
});

test('a cap on events or bytes ends a run, and the next goes on where it ended', async (t) => {
  for (const cap of [{ events: 2 }, { bytes: 150 }]) {
    const site = await startSite(t);
    const feed = feedOf({ url: `${site.origin}/feed/`, kind: 'misp' });
    manifest(site, Object.fromEntries(UUIDS.map((uuid, index) => [uuid, index])), { etag: '"1"' });
    for (const uuid of UUIDS) event(site, uuid);
    const capped = mispAccess({ ...MISP_LIMITS, ...cap });
    const taken: string[] = [];
    let bookmark = undefined;
    let runs = 0;
    for (let more: boolean | undefined = true; more === true; runs += 1) {
      const outcome = await capped(site.context(feed, bookmark));
      assert.ok(outcome.state === 'fetched');
      taken.push(...site.take(outcome));
      bookmark = outcome.bookmark;
      more = outcome.more;
    }
    assert.equal(runs, 3);
    assert.equal(new Set(taken).size, 5);
    assert.equal(taken.length, 5);
    assert.equal((await capped(site.context(feed, bookmark))).state, 'unchanged');
  }
});

test('names that are no UUID are never asked for', async (t) => {
  const site = await startSite(t);
  const feed = feedOf({ url: `${site.origin}/feed/`, kind: 'misp' });
  const hostile = [
    '../../etc/passwd',
    'http://169.254.169.254/x',
    `${A}/../x`,
    `${A}?x`,
    '',
    '__proto__',
    `${A}\n`,
  ];
  manifest(site, { ...Object.fromEntries(hostile.map((name) => [name, 1])), [A]: 100, [B]: 'soon' });
  event(site, A);
  const outcome = await access(site.context(feed));
  assert.deepEqual(paths(site), ['/feed/manifest.json', `/feed/${A}.json`]);
  assert.match(notesOf(outcome), /keys that are no event: \.\.\/\.\.\/etc\/passwd/);
  site.take(outcome);
});

test('an event that fails is passed over; trouble of the server ends the run with what came before', async (t) => {
  const site = await startSite(t);
  const feed = feedOf({ url: `${site.origin}/feed/`, kind: 'misp' });
  manifest(site, { [A]: 100, [B]: 300, [C]: 200 });
  event(site, A);
  event(site, B);
  const missing = await access(site.context(feed));
  assert.equal(site.take(missing).length, 2);
  assert.match(notesOf(missing), new RegExp(`passed over event ${C}`));
  site.serve(`/feed/${C}.json`, { status: 503 });
  const stopped = await access(site.context(feed));
  assert.ok(stopped.state === 'fetched' && stopped.more === undefined);
  assert.equal(site.take(stopped).length, 1);
  paths(site);
  event(site, C);
  const resumed = await access(site.context(feed, bookmarkOf(stopped)));
  assert.deepEqual(paths(site), ['/feed/manifest.json', `/feed/${C}.json`, `/feed/${A}.json`]);
  site.take(resumed);
  site.serve(`/feed/${B}.json`, { status: 401 });
  assert.equal((await access(site.context(feed))).state, 'auth_failed');
  assert.deepEqual(site.files(), []);
});

test('an event that is too large is passed over once, not at every run', async (t) => {
  const site = await startSite(t);
  const feed = feedOf({ url: `${site.origin}/feed/`, kind: 'misp' });
  manifest(site, { [A]: 100 });
  event(site, A, 'x'.repeat(2000));
  const small = mispAccess({ ...MISP_LIMITS, eventBytes: 1000 });
  const first = await small(site.context(feed));
  assert.match(notesOf(first), /passed over/);
  manifest(site, { [A]: 100, [B]: 1 });
  event(site, B);
  paths(site);
  const second = await small(site.context(feed, bookmarkOf(first)));
  assert.deepEqual(paths(site), ['/feed/manifest.json', `/feed/${B}.json`]);
  site.take(second);
});

test('what is no manifest is refused and leaves no file behind', async (t) => {
  const site = await startSite(t);
  const feed = feedOf({ url: `${site.origin}/feed/`, kind: 'misp' });
  for (const body of ['<!doctype html><html></html>', '[1]', '{"error":{"code":7}}', '"x"', '{"a":']) {
    site.serve('/feed/manifest.json', { body });
    await assert.rejects(access(site.context(feed)), InputError, body);
  }
  site.serve('/feed/manifest.json', { body: '{}' });
  assert.equal((await access(site.context(feed))).state, 'unchanged');
  assert.deepEqual(site.files(), []);
});

test('an event as MISP writes it is read', async (t) => {
  const site = await startSite(t);
  const feed = feedOf({ url: `${site.origin}/feed/`, kind: 'misp' });
  manifest(site, { [A]: 100 });
  site.serve(`/feed/${A}.json`, { body: fixture('misp-event.json').toString() });
  const outcome = await access(site.context(feed));
  assert.ok(outcome.state === 'fetched');
  const { items, format } = await openDocument(outcome.documents[0]!, feed, NOW);
  let count = 0;
  for await (const batch of items) count += batch.length;
  assert.deepEqual([format.name, count > 3], ['misp-event', true]);
});

test('a recorded feed is taken whole, in runs, and then not again', async (t) => {
  const folder = sharedData(t, 'misp/feed_infoblox');
  if (folder === undefined) return;
  const site = await startSite(t);
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  for (const name of files) site.serve(`/feed/${name}`, { body: readFileSync(`${folder}/${name}`, 'utf8') });
  const feed = feedOf({ url: `${site.origin}/feed/`, kind: 'misp' });
  const capped = mispAccess({ ...MISP_LIMITS, events: 20 });
  const listed = Object.keys(JSON.parse(readFileSync(`${folder}/manifest.json`, 'utf8')) as object);
  const present = listed.filter((uuid) => files.includes(`${uuid}.json`));
  let bookmark = undefined;
  let taken = 0;
  for (let more: boolean | undefined = true; more === true;) {
    const outcome = await capped(site.context(feed, bookmark));
    assert.ok(outcome.state === 'fetched');
    taken += site.take(outcome).length;
    ({ bookmark, more } = outcome);
  }
  assert.equal(taken, present.length);
  assert.equal((await capped(site.context(feed, bookmark))).state, 'unchanged');
});

test('an aborted run rejects and leaves no file behind', async (t) => {
  const site = await startSite(t);
  const feed = feedOf({ url: `${site.origin}/feed/`, kind: 'misp' });
  const controller = new AbortController();
  manifest(site, { [A]: 200, [B]: 100 });
  event(site, A);
  site.serve(`/feed/${B}.json`, () => {
    controller.abort();
    return { body: '{}' };
  });
  await assert.rejects(access(site.context(feed, undefined, { signal: controller.signal })));
  assert.deepEqual(site.files(), []);
});
