import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Sighting, Source } from '../../src/model/sighting.ts';
import { domain, type Indicator, SOURCE, take } from '../store/fixtures.ts';
import { consumer } from './consumer.ts';
import { bearer, get, PATH, type Serving, serving } from './serving.ts';

const LIST = '/api/v1/iocs';
const HOUR = 3_600_000;

/** Says something else of host 1 than before, and lets it become visible. */
async function say({ store, clock }: Serving, said: Parameters<typeof domain>[1]): Promise<void> {
  await take(store, [domain(1, { entry: 'record', lastSeen: clock.now, ...said })], clock.now);
  clock.advance(HOUR);
}

async function bundle(server: Serving, query: string): Promise<Indicator[]> {
  const { objects = [] } = await read<{ objects?: Indicator[] }>(
    server,
    `${PATH}?include_identity=false&${query}`,
  );
  return objects;
}

async function read<T>(server: Serving, path: string): Promise<T> {
  return JSON.parse(String((await get(server, path, bearer(server.pro))).body)) as T;
}

test('a poll of a level is told of the retraction of an IOC that has another one by then, and of nothing else that left', async (context) => {
  const server = await serving(context);
  await bundle(server, '');
  await say(server, { confidence: 90, sectors: ['energy'] });
  const since = new Date(server.clock.now - 1).toISOString();
  const polls = ['confidence=high', 'industry=energy', 'confidence=high,medium&type=domain'].map(
    (filter) => `${filter}&since=${since}`,
  );
  await say(server, { confidence: 20 });
  for (const poll of polls) assert.deepEqual(await bundle(server, poll), [], poll);
  await say(server, { confidence: 20, revoked: true });
  for (const poll of polls) {
    const [told, ...others] = await bundle(server, poll);
    assert.equal(told?.revoked, true, poll);
    assert.equal(others.length, 0);
    assert.equal((await read<{ count: number }>(server, `${LIST}/count?${poll}`)).count, 1);
    const { data } = await read<{ data: { value: string; revoked: boolean }[] }>(server, `${LIST}?${poll}`);
    assert.deepEqual(
      data.map(({ value, revoked }) => [value, revoked]),
      [['host-1.example.com', true]],
    );
    const silent = await get(server, `${LIST}?${poll}&format=txt`, bearer(server.pro));
    assert.equal(String(silent.body).trim(), '', 'a value that is not said to be revoked');
    assert.deepEqual(await bundle(server, `${poll}&revoked=exclude`), []);
  }
  const never = new Date(server.clock.now - 1).toISOString();
  assert.deepEqual(await bundle(server, `confidence=high&since=${never}`), [], 'it was told before');
  assert.deepEqual(await bundle(server, 'confidence=high&since=2026-01-01'), [], 'it was never given');
});

test('a poll of a category is told of the retraction of what no source of it reports any more', async (context) => {
  const { server, poll, receipts } = await consumer(context);
  const agency = { ...SOURCE, name: 'Agency', category: 'government' };
  const say = async (source: Source, said: Partial<Sighting>): Promise<void> => {
    const of = domain(1, { entry: 'record', lastSeen: server.clock.now, ...said });
    await take(server.store, [of], server.clock.now, source);
    server.clock.advance(HOUR);
  };
  const ask = async (path: string): Promise<string> => {
    const { status, text } = await poll(path);
    assert.equal(status, 200, text);
    return text;
  };
  await poll(LIST);
  await say(SOURCE, { confidence: 50 });
  await say(agency, { confidence: 90 });
  const since = new Date(server.clock.now - 1).toISOString();
  assert.match(await ask(`${LIST}?category=government&format=txt`), /host-1/, 'it is given');
  const filters = ['category=government', 'category=government,vendor&confidence=high&type=domain'];
  await say(agency, { confidence: 90, revoked: true });
  for (const filter of filters)
    assert.equal(await ask(`${LIST}?${filter}&since=${since}&format=ndjson`), '', filter);
  await server.store.retract([domain(1)], 'false positive', server.clock.now);
  server.clock.advance(HOUR);
  for (const filter of filters) {
    const { data } = JSON.parse(await ask(`${LIST}?${filter}&since=${since}`)) as {
      data: { revoked?: boolean }[];
    };
    assert.deepEqual(
      data.map(({ revoked }) => revoked),
      [true],
      filter,
    );
    const { count } = JSON.parse(await ask(`${LIST}/count?${filter}&since=${since}`)) as { count: number };
    assert.equal(count, 1);
    assert.equal(await ask(`${LIST}?${filter}&since=${since}&format=txt`), '', 'not said to be revoked');
  }
  assert.equal(await ask(`${LIST}?category=vendor&since=${since}&format=ndjson`), '');
  const sent = (await receipts('host-1.example.com')).versions.map((version) => version.sent);
  assert.equal(sent.at(-1), 'possibly');
});

test('the later pages of a poll tell of what left after an earlier page gave it', async (context) => {
  const server = await serving(context);
  await bundle(server, '');
  const since = new Date(server.clock.now).toISOString();
  for (const index of [1, 2, 3]) {
    await take(server.store, [domain(index, { entry: 'record', confidence: 90 })], server.clock.advance(10));
  }
  server.clock.advance(HOUR);
  const url = `${PATH}?confidence=high&limit=2&since=${since}`;
  const first = await get(server, url, bearer(server.pro));
  await say(server, { confidence: 10, revoked: true });
  const [, next] = /<([^>]+)>; rel="next"/.exec(String(first.headers.link))!;
  const { objects } = await read<{ objects: Indicator[] }>(server, next!);
  assert.deepEqual(
    objects.slice(1).map(({ name, revoked }) => [name, revoked]),
    [
      ['host-3.example.com', undefined],
      ['host-1.example.com', true],
    ],
  );
});

test('a receipt says possibly of a retraction that a poll of another level was told, and no of what it was not', async (context) => {
  const { server, poll, receipts } = await consumer(context);
  await poll(PATH);
  await say(server, { confidence: 90 });
  const since = new Date(server.clock.now - 1).toISOString();
  await poll(`${PATH}?confidence=high&since=${since}`);
  await say(server, { confidence: 20 });
  await say(server, { confidence: 20, revoked: true });
  assert.equal((await receipts('host-1.example.com')).sent, 'no');
  await poll(`${PATH}?confidence=high&since=${since}`);
  const { versions } = await receipts('host-1.example.com');
  assert.deepEqual(
    versions.map(({ sent }) => sent),
    ['no', 'no', 'possibly'],
  );
});
