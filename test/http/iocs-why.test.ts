import assert from 'node:assert/strict';
import test from 'node:test';

import type { Why } from '../../src/render/why.ts';
import { DAY, domain, SOURCE, take } from '../store/fixtures.ts';
import { bearer, errorOf, get, serving, type Serving } from './serving.ts';

const LOW = { ...SOURCE, name: 'Rumours', publisher: 'rumours.example', reliability: 40, confidence: 60 };

async function why(server: Serving, value: string): Promise<Why> {
  const listed = await get(server, '?limit=100&revoked=include&format=objects', bearer(server.pro));
  const objects = JSON.parse(listed.body.toString()) as { id: string; name: string }[];
  const { id } = objects.find(({ name }) => name === value)!;
  const answer = await get(server, `/api/v1/iocs/${id}/why`, bearer(server.pro));
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['cache-control'], 'private, no-cache');
  assert.equal(answer.headers.vary, 'Authorization, X-API-Key');
  const head = await get(server, `/api/v1/iocs/${id}/why`, bearer(server.pro), 'HEAD');
  assert.deepEqual([head.status, head.body.length], [200, 0]);
  assert.equal(head.headers['content-length'], String(answer.body.length));
  return JSON.parse(answer.body.toString()) as Why;
}

test('it says who reported an IOC, when, and how its confidence came about', async (t) => {
  const server = await serving(t);
  const { store, clock } = server;
  await take(store, [domain(1, { tags: ['c2'], comment: 'seen in the wild' })], clock.now);
  await take(store, [domain(1)], clock.now + 5_000, LOW);
  clock.advance(DAY);
  const told = await why(server, 'host-1.example.com');
  assert.equal(told.status, 'published');
  assert.equal(told.because, 'Reported by Example Feed, Rumours.');
  assert.deepEqual(
    told.sources.map(({ name, stands, reports }) => [name, stands, reports]),
    [
      ['Example Feed', true, 1],
      ['Rumours', true, 1],
    ],
  );
  assert.deepEqual(told.sources[0]?.records[0], {
    first_seen: '2026-01-15T10:00:00.000Z',
    last_seen: '2026-01-15T10:00:00.000Z',
    tags: ['c2'],
    comment: 'seen in the wild',
  });
  // 1 − (1 − 0.50)(1 − 0.24)
  assert.equal(told.confidence.value, 62);
  assert.deepEqual(
    told.confidence.claims.map(({ source, claimed, reliability, weight }) => [
      source,
      claimed,
      reliability,
      weight,
    ]),
    [
      ['Example Feed', 50, 100, 50],
      ['Rumours', 60, 40, 24],
    ],
  );
});

test('it says why an IOC is out: held back, taken back by its source, by the operator, expired', async (t) => {
  const server = await serving(t);
  const { store, clock } = server;
  await take(store, [domain(1), domain(2), domain(3), domain(4)], clock.now);
  const hold = { rule: 'popular_site', list: 'Top sites', entry: 'example.com' } as const;
  await store.setHolds([{ id: 1, hold }], clock.now);
  await take(store, [domain(2, { revoked: true })], clock.now);
  await store.retract([domain(3)], 'a false alarm', clock.now);
  await server.store.markPolled(clock.now);
  clock.advance(100 * DAY);
  await store.review(clock.now, 100);
  clock.advance(DAY);
  const told = Object.fromEntries(
    await Promise.all(
      [1, 2, 3, 4].map(async (index) => {
        const { status, because } = await why(server, `host-${index}.example.com`);
        return [status, because] as const;
      }),
    ),
  );
  assert.deepEqual(Object.keys(told).sort(), ['expired', 'held', 'retracted', 'withdrawn']);
  assert.match(told.held!, /most visited sites \(Top sites: example\.com\)/);
  assert.match(told.retracted!, /a false alarm/);
});

test('an id of nothing, and what is no id, are told apart from a path that is not there', async (t) => {
  const server = await serving(t);
  const none = await get(
    server,
    '/api/v1/iocs/indicator--5a3d8f0e-0c3f-5b3c-9d7e-0a1b2c3d4e5f/why',
    bearer(server.pro),
  );
  assert.equal(none.status, 404);
  assert.match(errorOf(none).message, /no indicator of this id/);
  for (const id of ['x', "indicator--'", '%00', 'indicator--5A3D8F0E-0c3f-5b3c-9d7e-0a1b2c3d4e5f']) {
    const answer = await get(server, `/api/v1/iocs/${id}/why`, bearer(server.pro));
    assert.equal(answer.status, 404, id);
    assert.match(errorOf(answer).message, /no indicator’s id/);
  }
});

test('it is for Pro keys, and takes no parameters', async (t) => {
  const server = await serving(t);
  const path = '/api/v1/iocs/indicator--5a3d8f0e-0c3f-5b3c-9d7e-0a1b2c3d4e5f/why';
  assert.equal((await get(server, path)).status, 401);
  assert.equal((await get(server, path, bearer(server.free))).status, 403);
  const answer = await get(server, `${path}?verbose=1`, bearer(server.pro));
  assert.equal(answer.status, 400);
  assert.match(errorOf(answer).message, /verbose: this path takes no parameters/);
});
