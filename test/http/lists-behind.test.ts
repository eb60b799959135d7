import assert from 'node:assert/strict';
import { mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { renderStatistics } from '../../src/render/statistics.ts';
import { domain, START, take } from '../store/fixtures.ts';
import { bearer, errorOf, get, PATH, serving } from './serving.ts';

const LISTS = [
  '/api/v1/iocs',
  '/api/v1/iocs?format=csv',
  '/api/v1/iocs?format=txt&since=2026-01-01',
  '/api/v1/iocs?category=community',
  '/api/v1/iocs/count',
  '/api/v1/iocs/count?type=domain',
  '/api/v1/iocs/search?q=host-1',
  '/api/v1/iocs/cef',
  '/api/v1/iocs/firewall?profile=paloalto-domain',
];

test('lists that cannot be told whole are 503 with the time to come back, never an empty 200; bundles are served', async (context) => {
  const server = await serving(context);
  const lists = join((await server.store.health()).location, 'lists.sqlite');
  mkdirSync(lists);
  await take(server.store, [domain(1), domain(2)], START);
  for (const path of LISTS) {
    const answer = await get(server, path, bearer(server.pro));
    assert.equal(answer.status, 503, path);
    assert.equal(errorOf(answer).code, 'unavailable');
    assert.match(String(answer.headers['retry-after']), /^\d+$/);
  }
  assert.equal((await get(server, PATH, bearer(server.pro))).status, 200);
  rmdirSync(lists);
  for (const path of LISTS) assert.equal((await get(server, path, bearer(server.pro))).status, 200, path);
});

test('an answer that a client has is another once lists were made anew', async (context) => {
  const server = await serving(context);
  await take(server.store, [domain(1)], START);
  const ask = (etag = '"none"') =>
    get(server, '/api/v1/iocs?format=txt', { ...bearer(server.pro), 'if-none-match': etag });
  const first = String((await ask()).headers.etag);
  assert.equal((await ask(first)).status, 304);
  const { location } = await server.store.health();
  for (const end of ['', '-wal', '-shm']) rmSync(join(location, `lists.sqlite${end}`), { force: true });
  assert.equal((await ask(first)).status, 200);
});

test('statistics tell how far lists are until they have everything', async (context) => {
  const { store } = await serving(context);
  await take(store, [domain(1)], START);
  const statistics = await store.statistics(START);
  assert.deepEqual(statistics.lists, { complete: true, listed: 1, known: 1 });
  assert.ok(!('lists' in renderStatistics(statistics, [], START, START)));
  const lists = { complete: false, listed: 1, known: 3 };
  const told = renderStatistics({ ...statistics, lists }, [], START, START) as { lists?: object };
  assert.deepEqual(told.lists, lists);
});
