import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import type { AccessOutcome, Bookmark } from '../../../src/feeds/access/access.ts';
import { taxiiAccess, TAXII_LIMITS } from '../../../src/feeds/access/taxii.ts';
import { openDocument } from '../../../src/feeds/open-document.ts';
import { InputError } from '../../../src/parse/format.ts';
import { fixture } from '../../parse/reading.ts';
import { bookmarkOf, feedOf, NOW, notesOf, startSite, type Site } from './site.ts';
import { COLLECTION, held, OTHER, TaxiiServer, type Faults } from './taxii-server.ts';

const access = taxiiAccess({ ...TAXII_LIMITS, pageObjects: 2 });

async function start(t: TestContext, faults: Faults = {}): Promise<{ site: Site; server: TaxiiServer }> {
  const site = await startSite(t);
  return { site, server: new TaxiiServer(site, faults) };
}

const feedAt = (site: Site, path = '/taxii2/', collection: string | undefined = COLLECTION) =>
  feedOf({ url: `${site.origin}${path}`, kind: 'taxii', collection });

/** The ids in an outcome's documents, in order. */
function idsIn(site: Site, outcome: AccessOutcome): string[] {
  return site
    .take(outcome)
    .flatMap((text) => (JSON.parse(text) as { objects: { id: string }[] }).objects.map(({ id }) => id));
}

const ids = (count: number, from = 0): string[] => held(count, from).map(({ id }) => id);

test('all pages are taken, and the next run asks for what was added since', async (t) => {
  const { site, server } = await start(t);
  server.held = held(5);
  const feed = feedAt(site);
  const first = await access(site.context(feed));
  assert.ok(first.state === 'fetched' && !first.complete && first.more === undefined);
  assert.equal(first.documents[0]!.format, 'stix');
  assert.deepEqual(idsIn(site, first), ids(5));
  assert.ok(site.asked.every(({ headers }) => headers.accept === 'application/taxii+json;version=2.1'));
  assert.deepEqual(server.queries(), ['limit=2', 'limit=2&next=2', 'limit=2&next=4']);
  const { added } = held(5)[4]!;
  assert.equal(bookmarkOf(first).since, added);
  const second = await access(site.context(feed, bookmarkOf(first)));
  assert.equal(second.state, 'unchanged');
  assert.deepEqual(
    site.asked.map(({ path }) => path),
    [`/api/collections/${COLLECTION}/objects/`],
  );
  assert.deepEqual(server.queries(), [`limit=2&added_after=${added}`]);
  server.held = held(8);
  const third = await access(site.context(feed, bookmarkOf(second)));
  assert.deepEqual(idsIn(site, third), ids(3, 5));
  assert.deepEqual(server.queries(), [`limit=2&added_after=${added}`, `limit=2&added_after=${added}&next=2`]);
  assert.deepEqual(site.files(), []);
});

test('a collection is found from discovery, a root, its collections or itself, by id or title', async (t) => {
  const { site, server } = await start(t);
  server.held = held(1);
  for (const [path, collection] of [
    ['/taxii2/', COLLECTION],
    ['/taxii2', 'Indicators'],
    ['/api/', 'indicators'],
    ['/api', undefined],
    ['/api/collections/', COLLECTION.toUpperCase()],
    [`/api/collections/${COLLECTION}/`, undefined],
    [`/api/collections/${COLLECTION}`, undefined],
    [`/api/collections/${COLLECTION}/objects/`, undefined],
  ] as const) {
    const outcome = await access(site.context(feedAt(site, path, collection)));
    assert.deepEqual(idsIn(site, outcome), ids(1), `${path} ${collection}`);
  }
});

test('where no or several collections are meant, the error says which there are', async (t) => {
  const { site } = await start(t);
  for (const [collection, sentence] of [
    ['Indicator', /none called "Indicator".*"Indicators"/],
    [OTHER, /may not be read/],
  ] as const) {
    await assert.rejects(access(site.context(feedAt(site, '/taxii2/', collection))), (error) => {
      assert.ok(error instanceof InputError);
      return sentence.test(error.message);
    });
  }
  site.serve('/api/collections/', {
    body: '{"collections":[{"id":"a","title":"A"},{"id":"b","title":"B"}]}',
  });
  await assert.rejects(
    access(site.context(feedAt(site, '/taxii2/', ''))),
    /name one of.*"A" \(a\), "B" \(b\)/,
  );
  site.serve('/taxii2/', { body: '<html>sign in</html>' });
  await assert.rejects(access(site.context(feedAt(site))), /HTML page/);
});

test('an API root on another server is passed over: the key is not for it', async (t) => {
  const { site } = await start(t);
  const other = await startSite(t);
  new TaxiiServer(other).held = held(1);
  site.serve('/taxii2/', { body: JSON.stringify({ title: 'x', api_roots: [`${other.origin}/api/`] }) });
  await assert.rejects(access(site.context(feedAt(site))), /lists no API root on this server/);
  assert.equal(other.asked.length, 0);
});

test('the credential is sent with every request', async (t) => {
  const { site, server } = await start(t);
  server.held = held(3);
  const headers = { authorization: 'Basic Y2FuYXJ5' };
  site.take(await access(site.context(feedAt(site), undefined, { headers })));
  assert.ok(site.asked.length >= 4);
  assert.ok(site.asked.every((asked) => asked.headers.authorization === 'Basic Y2FuYXJ5'));
});

const FORGIVEN: Readonly<Record<string, Faults>> = {
  'no next beside more': { noNext: true },
  'no dates in the headers': { noDates: true },
  'neither next nor dates': { noNext: true, noDates: true },
  'a bare {} at the end': { bare: true },
  'a next at the end, too': { nextAtEnd: true },
  'a bare {} behind that': { nextAtEnd: true, bare: true },
  'any content type': { contentType: 'text/html' },
  'no slash at the end of addresses': { noSlash: true },
};

for (const [fault, faults] of Object.entries(FORGIVEN)) {
  test(`forgiven: ${fault}`, async (t) => {
    const { site, server } = await start(t, faults);
    server.held = held(5);
    const feed = feedAt(site);
    const first = await access(site.context(feed));
    assert.deepEqual(idsIn(site, first), ids(5));
    assert.doesNotMatch(notesOf(first), /stopped/);
    const second = await access(site.context(feed, bookmarkOf(first)));
    assert.equal(second.state, 'unchanged');
    server.held = held(7);
    const third = await access(site.context(feed, bookmarkOf(second)));
    assert.deepEqual(idsIn(site, third), ids(2, 5));
    assert.deepEqual(site.files(), []);
  });
}

test('a cursor that goes round is noticed at once, and what came is kept', async (t) => {
  const { site, server } = await start(t, { stuck: true });
  server.held = held(5);
  const outcome = await access(site.context(feedAt(site)));
  assert.deepEqual(idsIn(site, outcome), ids(2));
  assert.match(notesOf(outcome), /goes round/);
  assert.ok(server.queries().length <= 3);
  assert.deepEqual(site.files(), []);
});

test('a server that promises more for ever is left after a few empty pages', async (t) => {
  const { site, server } = await start(t, { promises: true });
  const outcome = await access(site.context(feedAt(site)));
  assert.equal(outcome.state, 'unchanged');
  assert.match(notesOf(outcome), /empty pages/);
  assert.ok(server.queries().length <= 5);
});

test('a cap on pages or bytes ends a run, and the next goes on at the cursor', async (t) => {
  for (const cap of [{ pages: 2 }, { bytes: 200 }]) {
    const { site, server } = await start(t);
    server.held = held(9);
    const capped = taxiiAccess({ ...TAXII_LIMITS, pageObjects: 2, ...cap });
    const feed = feedAt(site);
    const all: string[] = [];
    let bookmark: Bookmark | undefined = undefined;
    let more: boolean | undefined = true;
    for (let runs = 0; more === true; runs += 1) {
      assert.ok(runs < 5);
      const outcome: AccessOutcome = await capped(site.context(feed, bookmark));
      assert.ok(outcome.state === 'fetched');
      all.push(...idsIn(site, outcome));
      ({ bookmark, more } = outcome);
    }
    assert.deepEqual(all, ids(9));
    assert.deepEqual(
      server.queries().map((query) => /next=(\d)/.exec(query)?.[1]),
      [undefined, '2', '4', '6', '8'],
    );
    assert.equal((await capped(site.context(feed, bookmark))).state, 'unchanged');
  }
});

test('a forgotten cursor is made good for by date, and nothing is lost', async (t) => {
  const { site, server } = await start(t, { forgets: 2 });
  server.held = held(5).map((object, index) =>
    index === 3 ? { ...object, added: held(5)[2]!.added } : object,
  );
  const capped = taxiiAccess({ ...TAXII_LIMITS, pageObjects: 2, pages: 2 });
  const first = await capped(site.context(feedAt(site)));
  const taken = idsIn(site, first);
  const second = await access(site.context(feedAt(site), bookmarkOf(first)));
  assert.match(notesOf(second), /no longer knows the place/);
  taken.push(...idsIn(site, second));
  assert.deepEqual([...new Set(taken)], ids(5));
});

test('objects that were added at the same time as the last of a page are not lost to a cap', async (t) => {
  const { site, server } = await start(t);
  server.held = held(6).map((object) => ({ ...object, added: held(1)[0]!.added }));
  const capped = taxiiAccess({ ...TAXII_LIMITS, pageObjects: 2, pages: 1 });
  const taken: string[] = [];
  let bookmark: Bookmark | undefined = undefined;
  for (let run = 0; run < 3; run += 1) {
    const outcome: AccessOutcome = await capped(site.context(feedAt(site), bookmark));
    taken.push(...idsIn(site, outcome));
    bookmark = bookmarkOf(outcome);
  }
  assert.deepEqual(taken, ids(6));
});

test('a date of the future does not move the bookmark there, in headers or objects', async (t) => {
  for (const faults of [{}, { noDates: true }]) {
    const { site, server } = await start(t, faults);
    const [first, later] = held(2);
    server.held = [first!, { ...later!, added: '2083-01-01T00:00:00.000Z' }];
    const outcome = await access(site.context(feedAt(site)));
    assert.equal(idsIn(site, outcome).length, 2);
    assert.equal(bookmarkOf(outcome).since, first!.added);
    const second = await access(site.context(feedAt(site), bookmarkOf(outcome)));
    assert.equal(idsIn(site, second).length, 1);
    assert.equal((await access(site.context(feedAt(site), bookmarkOf(second)))).state, 'unchanged');
  }
});

test('microseconds of a date are kept, so that nothing is sent twice', async (t) => {
  const { site, server } = await start(t);
  server.held = [{ id: 'a', added: '2026-10-01T00:00:00.123456Z' }];
  const first = await access(site.context(feedAt(site)));
  site.take(first);
  assert.equal(bookmarkOf(first).since, '2026-10-01T00:00:00.123456Z');
});

test('trouble in the midst keeps what came before, and the next run goes on there', async (t) => {
  const { site, server } = await start(t);
  server.held = held(4);
  const path = `/api/collections/${COLLECTION}/objects/`;
  let broken = true;
  const page = (from: number): string =>
    JSON.stringify({
      more: from === 0,
      ...(from === 0 && { next: 'n' }),
      objects: [{ id: `x${from}`, modified: held(1)[0]!.added }],
    });
  site.serve(path, ({ query }) => {
    if (query.get('next') === null) return { body: page(0) };
    return broken ? { status: 503 } : { body: page(1) };
  });
  const first = await access(site.context(feedAt(site)));
  assert.ok(first.state === 'fetched' && first.more === undefined);
  assert.match(notesOf(first), /stopped before the end: .*503/);
  assert.deepEqual(idsIn(site, first), ['x0']);
  broken = false;
  const second = await access(site.context(feedAt(site), bookmarkOf(first)));
  assert.deepEqual(idsIn(site, second), ['x1']);
  site.serve(path, { status: 503 });
  assert.equal((await access(site.context(feedAt(site), bookmarkOf(second)))).state, 'server_error');
  site.serve(path, { status: 401 });
  assert.equal((await access(site.context(feedAt(site)))).state, 'auth_failed');
  assert.deepEqual(site.files(), []);
});

test('a page that is no envelope is refused and leaves no file behind', async (t) => {
  const { site } = await start(t);
  for (const body of [
    '<!doctype html><html></html>',
    '{"objects":[{"id":"a"}',
    '{"title":"error"}',
    '[1,2]',
    '',
  ]) {
    site.serve(`/api/collections/${COLLECTION}/objects/`, { body });
    await assert.rejects(access(site.context(feedAt(site))), InputError, body);
  }
  assert.deepEqual(site.files(), []);
});

test('a page of STIX is read as STIX', async (t) => {
  const { site } = await start(t);
  const { objects } = JSON.parse(fixture('stix-2.1.json').toString()) as { objects: unknown[] };
  site.serve(`/api/collections/${COLLECTION}/objects/`, { body: JSON.stringify({ more: false, objects }) });
  const outcome = await access(site.context(feedAt(site)));
  assert.ok(outcome.state === 'fetched');
  const { items } = await openDocument(outcome.documents[0]!, feedAt(site), NOW);
  let iocs = 0;
  for await (const batch of items) iocs += batch.filter(({ kind }) => kind === 'ioc').length;
  assert.ok(iocs > 0);
});
