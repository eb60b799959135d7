import assert from 'node:assert/strict';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { test, type TestContext } from 'node:test';

import { addresses, serving, type Serving } from '../http/serving.ts';
import { START, take } from '../store/fixtures.ts';
import { ACCEPT, collectionPath, readObjects, ROOT } from './reading.ts';

interface Polled {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

type Poll = (path: string, etag?: string, more?: Record<string, string>) => Promise<Polled>;

/** A poller that keeps its connection, over a server of three indicators. */
async function polling(context: TestContext): Promise<{ here: Serving; poll: Poll }> {
  const here = await serving(context);
  await take(here.store, addresses(3), START);
  here.clock.advance(5_000);
  const port = await here.listen();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  context.after(() => agent.destroy());
  const authorization = `Basic ${Buffer.from(`any:${here.pro}`).toString('base64')}`;
  const poll: Poll = (path, etag, more = {}) =>
    new Promise((resolve, reject) => {
      const known = etag === undefined ? {} : { 'if-none-match': etag };
      const headers = { authorization, ...ACCEPT, ...known, ...more };
      const sent = request({ port, agent, path, headers }, (answer) => {
        answer.resume();
        answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers }));
      });
      sent.on('error', reject);
      sent.end();
    });
  return { here, poll };
}

/** What differs between two answers that say the same. */
function lasting({ headers }: Polled): Record<string, unknown> {
  const { date: _date, 'x-request-id': _id, 'x-ratelimit-remaining': _left, ...rest } = headers;
  return rest;
}

test('who asks for a resource again and again is told alike that it has everything', async (context) => {
  const { here, poll } = await polling(context);
  const { objects } = await readObjects(here, '?match[type]=indicator');
  const collection = collectionPath();
  const object = `${collection}objects/${objects[0]!.id}/`;
  for (const path of [
    '/api/taxii2/',
    ROOT,
    `${ROOT}collections/`,
    collection,
    `${collection}objects/`,
    `${collection}objects/?added_after=2026-01-01T00:00:00Z`,
    `${collection}objects/?match[type]=identity`,
    `${collection}manifest/?limit=2`,
    object,
    `${object}versions/`,
  ]) {
    const { status, headers } = await poll(path);
    assert.equal(status, 200, path);
    const answers = [await poll(path, headers.etag), await poll(path, headers.etag)];
    // With a header that changes nothing it is another request, and goes the long way.
    answers.push(await poll(path, headers.etag, { 'user-agent': 'another' }));
    for (const answer of answers) {
      assert.equal(answer.status, 304, path);
      assert.deepEqual(lasting(answer), lasting(answers[0]!), path);
      assert.equal(answer.headers['x-taxii-date-added-last'], headers['x-taxii-date-added-last'], path);
    }
  }
});

test('what is new of a collection or of an object is sent to who repeats itself', async (context) => {
  const { here, poll } = await polling(context);
  const { objects } = await readObjects(here, '?match[type]=indicator');
  const collection = `${collectionPath()}objects/`;
  const object = `${collection}${objects[0]!.id}/`;
  const seen = new Map<string, string>();
  for (const path of [collection, object, `${object}versions/`]) {
    seen.set(path, (await poll(path)).headers.etag!);
    for (let turn = 0; turn < 2; turn += 1) assert.equal((await poll(path, seen.get(path))).status, 304);
  }
  await take(here.store, [{ ...addresses(3)[0]!, confidence: 95 }], here.clock.now);
  here.clock.advance(5_000);
  for (const [path, etag] of seen) assert.equal((await poll(path, etag)).status, 200, path);
});

test('what a poller reaches back to moves on while it repeats itself', async (context) => {
  const { here, poll } = await polling(context);
  const path = `${collectionPath()}objects/?added_after=2020-01-01T00:00:00Z`;
  const { etag } = (await poll(path)).headers;
  for (let turn = 0; turn < 2; turn += 1) assert.equal((await poll(path, etag)).status, 304);
  // The indicators are added longer ago than may be asked for.
  here.clock.advance(366 * 86_400_000);
  const later = await poll(path, etag);
  assert.equal(later.status, 200);
  assert.notEqual(later.headers.etag, etag);
});

test('collections and objects that are asked for alike are not taken for each other', async (context) => {
  const { poll } = await polling(context);
  const tags = new Map<string, string>();
  const paths = ['all', 'network', 'files', 'tlp-red'].map((alias) => `${collectionPath(alias)}objects/`);
  for (const path of [...paths, ...paths]) {
    const { status, headers } = await poll(`${path}?limit=1`);
    assert.equal(status, 200);
    assert.equal(tags.get(path) ?? headers.etag, headers.etag, path);
    tags.set(path, headers.etag!);
  }
  // Each page has a `next` of its own.
  assert.equal(new Set(tags.values()).size, paths.length);
});
