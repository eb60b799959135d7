import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';

import { enrich } from '../../src/enrich/enrich.ts';
import { takeContribution } from '../../src/feeds/contribute.ts';
import { buildGate } from '../../src/gate/build.ts';
import { TAXII_MEDIA_TYPE } from '../../src/http/taxii/media-type.ts';
import { MAX_CONTENT_LENGTH } from '../../src/http/taxii/resources.ts';
import type { NewKey, Store } from '../../src/store/store.ts';
import { type Answer, bearer, serving, type Serving } from '../http/serving.ts';
import { DAY, type TestClock } from '../store/fixtures.ts';
import { ask, collectionPath, indicatorsIn, readObjects, ROOT, taxiiBody, taxiiError } from './reading.ts';

const OBJECTS = `${collectionPath()}objects/`;

interface Detail {
  readonly id: string;
  readonly version: string;
  readonly message: string;
}

interface Status {
  readonly id: string;
  readonly status: string;
  readonly request_timestamp: string;
  readonly total_count: number;
  readonly success_count: number;
  readonly successes: readonly Detail[];
  readonly failure_count: number;
  readonly failures: readonly Detail[];
  readonly pending_count: number;
  readonly pendings: readonly Detail[];
}

function contributing(store: Store, clock: TestClock) {
  const gate = buildGate({
    warninglists: [],
    operator: [],
    now: clock.now,
    documentation: 'pass',
    version: 'test',
  });
  const parts = { store, clock: clock.read, screening: { enrich, gate } };
  return (contribution: Parameters<typeof takeContribution>[0]) => takeContribution(contribution, parts);
}

async function open(context: TestContext): Promise<{ here: Serving; writer: string }> {
  const here = await serving(context, { contribute: contributing });
  return { here, writer: await here.key('pro', { canWrite: true, account: 'partner' }) };
}

async function post(
  here: Serving,
  key: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
  url = OBJECTS,
): Promise<Answer> {
  const response = await here.app.inject({
    method: 'POST',
    url,
    headers: { ...bearer(key), accept: TAXII_MEDIA_TYPE, 'content-type': TAXII_MEDIA_TYPE, ...headers },
    payload: body,
  });
  return {
    status: response.statusCode,
    headers: response.headers as Record<string, string>,
    body: response.rawPayload,
  };
}

function statusOf({ status, headers, body }: Answer): Status {
  assert.equal(status, 202, body.toString('utf8'));
  assert.equal(headers['content-type'], TAXII_MEDIA_TYPE);
  return JSON.parse(body.toString('utf8')) as Status;
}

const uuid = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

function indicator(index: number, value: string, more: object = {}): object {
  return {
    type: 'indicator',
    spec_version: '2.1',
    id: `indicator--${uuid(index)}`,
    created: '2026-01-14T10:00:00.000Z',
    modified: '2026-01-15T09:00:00.000Z',
    pattern: `[domain-name:value = '${value}']`,
    pattern_type: 'stix',
    valid_from: '2026-01-15T09:00:00Z',
    ...more,
  };
}

test('what a partner contributes is published like any source’s word, and its status tells what became of each object', async (context) => {
  const { here, writer } = await open(context);
  const identity = {
    type: 'identity',
    spec_version: '2.1',
    id: `identity--${uuid(9)}`,
    name: 'Partner',
    created: '2026-01-01T00:00:00.000Z',
    modified: '2026-01-01T00:00:00.000Z',
  };
  const objects = [
    identity,
    indicator(1, 'bad.example.com', { confidence: 90, created_by_ref: identity.id }),
    indicator(2, 'not a domain'),
    indicator(3, 'other.example.com', { pattern: '[process:pid = 4]' }),
    { type: 'indicator' },
  ];
  const status = statusOf(await post(here, writer, JSON.stringify({ objects })));
  assert.equal(status.status, 'complete');
  assert.match(status.request_timestamp, /^2026-01-15T10:00:00\.000000Z$/);
  assert.deepEqual(
    [status.total_count, status.success_count, status.failure_count, status.pending_count],
    [5, 2, 3, 0],
  );
  assert.deepEqual(
    status.successes.map(({ id }) => id),
    [identity.id, `indicator--${uuid(1)}`],
  );
  assert.equal(status.successes[1]!.version, '2026-01-15T09:00:00.000Z');
  assert.equal(status.successes[1]!.message, 'Taken: bad.example.com.');
  assert.deepEqual(
    status.failures.map(({ id }) => id),
    [`indicator--${uuid(2)}`, `indicator--${uuid(3)}`, 'objects[4]'],
  );
  assert.ok(status.failures.every(({ message }) => message.startsWith('Not taken: ')));
  here.clock.advance(1_000);
  const [published, ...others] = indicatorsIn(await readObjects(here));
  assert.deepEqual(others, []);
  assert.equal(published!.name, 'bad.example.com');
  assert.match(published!.description as string, /reported by Contributor partner\.$/);
});

test('what states no marking is taken for amber; a marking that is stated counts', async (context) => {
  const { here, writer } = await open(context);
  const clear = { object_marking_refs: ['marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9'] };
  await post(
    here,
    writer,
    JSON.stringify({ objects: [indicator(1, 'a.example.com'), indicator(2, 'b.example.com', clear)] }),
  );
  here.clock.advance(1_000);
  const names = async (alias: string): Promise<string[]> =>
    indicatorsIn(await readObjects(here, '', alias)).map(({ name }) => name);
  assert.deepEqual(await names('tlp-amber'), ['a.example.com']);
  assert.deepEqual(await names('tlp-clear'), ['b.example.com']);
});

test('the gate holds back what would hit bystanders, and the status says so', async (context) => {
  const { here, writer } = await open(context);
  const objects = [
    indicator(1, '', { pattern: "[ipv4-addr:value = '8.8.8.8']" }),
    indicator(2, '', { pattern: "[ipv4-addr:value = '10.0.0.1']" }),
  ];
  const status = statusOf(await post(here, writer, JSON.stringify({ objects })));
  assert.equal(status.failure_count, 2);
  assert.match(status.failures[0]!.message, /8\.8\.8\.8 is held back: a public DNS resolver/);
  here.clock.advance(1_000);
  assert.deepEqual(indicatorsIn(await readObjects(here)), []);
});

test('a partner takes back its own word, and not that of others', async (context) => {
  const { here, writer } = await open(context);
  const other = await here.key('pro', { canWrite: true, account: 'other' });
  const [one, two] = [indicator(1, 'a.example.com'), indicator(2, 'b.example.com')];
  await post(here, writer, JSON.stringify({ objects: [one, two] }));
  await post(here, other, JSON.stringify({ objects: [two] }));
  here.clock.advance(1_000);
  const revoked = { revoked: true, modified: '2026-01-15T09:30:00.000Z' };
  const objects = [indicator(1, 'a.example.com', revoked), indicator(2, 'b.example.com', revoked)];
  await post(here, writer, JSON.stringify({ objects }));
  here.clock.advance(1_000);
  assert.deepEqual(
    indicatorsIn(await readObjects(here)).map(({ name }) => name),
    ['b.example.com'],
  );
});

test('a status is there for its account for thirty days, and for no other', async (context) => {
  const { here, writer } = await open(context);
  const { id, ...status } = statusOf(
    await post(here, writer, JSON.stringify({ objects: [indicator(1, 'a.example.com')] })),
  );
  const sister = await here.key('pro', { account: 'partner' });
  for (const key of [writer, sister]) {
    const read = taxiiBody(await ask(here, `${ROOT}status/${id}/`, bearer(key))) as Status;
    assert.deepEqual(read, { id, ...status });
  }
  assert.equal((await ask(here, `${ROOT}status/${id}/`)).status, 404);
  assert.equal((await ask(here, `${ROOT}status/none/`, bearer(writer))).status, 404);
  here.clock.advance(30 * DAY);
  assert.equal((await ask(here, `${ROOT}status/${id}/`, bearer(writer))).status, 404);
});

test('can_write is true for keys that may contribute, and for one collection', async (context) => {
  const { here, writer } = await open(context);
  const writable = async (key: string): Promise<string[]> => {
    const answer = await ask(here, `${ROOT}collections/`, bearer(key));
    const { collections } = taxiiBody(answer) as { collections: { alias: string; can_write: boolean }[] };
    return collections.filter(({ can_write: can }) => can).map(({ alias }) => alias);
  };
  assert.deepEqual(await writable(writer), ['all']);
  assert.deepEqual(await writable(here.pro), []);
});

test('a key without the permission, a read-only collection, and a Free key are refused before the body is read', async (context) => {
  const { here, writer } = await open(context);
  const free = await here.key('free', { canWrite: true } satisfies Partial<NewKey>);
  const body = 'x'.repeat(1_000);
  const cases = [
    [here.pro, OBJECTS, 403, 'not_permitted'],
    [writer, `${collectionPath('network')}objects/`, 403, 'not_permitted'],
    [free, OBJECTS, 403, 'insufficient_tier'],
    [writer, `${ROOT}collections/none/objects/`, 404, 'not_found'],
    [`${writer}x`, OBJECTS, 401, 'invalid_api_key'],
  ] as const;
  for (const [key, url, status, code] of cases) {
    const answer = await post(here, key, body, {}, url);
    assert.equal(answer.status, status, `${url} ${code}`);
    assert.equal(taxiiError(answer).error_code, code);
  }
  assert.deepEqual(await here.store.listRuns(10), []);
});

test('a server that takes no contributions refuses them to everybody', async (context) => {
  const here = await serving(context);
  const writer = await here.key('pro', { canWrite: true });
  const answer = await post(here, writer, JSON.stringify({ objects: [indicator(1, 'a.example.com')] }));
  assert.equal(answer.status, 403);
});

test('a body of another type is 415, however it is spelt', async (context) => {
  const { here, writer } = await open(context);
  const body = JSON.stringify({ objects: [indicator(1, 'a.example.com')] });
  for (const type of [
    'application/json',
    'Application/Json ;',
    'application/stix+json;version=2.1',
    'application/taxii+json;version=2.0',
    'text/plain',
    'x',
  ]) {
    const answer = await post(here, writer, body, { 'content-type': type });
    assert.equal(answer.status, 415, type);
    taxiiError(answer);
  }
  for (const type of [
    'application/taxii+json',
    'application/taxii+json; version=2.1',
    'Application/TAXII+json;version="2.1"',
  ]) {
    assert.equal((await post(here, writer, body, { 'content-type': type })).status, 202, type);
  }
});

test('a compressed body is 415, as none of ours would be read from it', async (context) => {
  const { here, writer } = await open(context);
  const body = JSON.stringify({ objects: [indicator(1, 'a.example.com')] });
  for (const coding of ['gzip', 'br', 'GZIP, identity']) {
    const answer = await post(here, writer, body, { 'content-encoding': coding });
    assert.equal(answer.status, 415, coding);
    assert.match(taxiiError(answer).description, /Content-Encoding/);
  }
  assert.equal((await post(here, writer, body, { 'content-encoding': 'Identity' })).status, 202);
});

test('what is no envelope is 422 and changes nothing, whatever it is', async (context) => {
  const { here, writer } = await open(context);
  const bodies: readonly (string | Buffer)[] = [
    '{}',
    '[]',
    'null',
    '"objects"',
    '{"objects":[]}',
    '{"objects":{}}',
    '{"objects":[1',
    '',
    'not json',
    Buffer.from([0x7b, 0xff, 0x7d]),
    '['.repeat(1_000_000),
    `{"objects":${'['.repeat(500_000)}${']'.repeat(500_000)}`,
    JSON.stringify({ objects: Array.from({ length: 5_001 }, () => ({})) }),
  ];
  for (const body of bodies) {
    const answer = await post(here, writer, body);
    assert.equal(answer.status, 422, body.toString().slice(0, 40));
    taxiiError(answer);
  }
  assert.deepEqual(await here.store.listRuns(10), []);
});

test('objects of every hostile shape are failures of their own, and the rest is taken', async (context) => {
  const { here, writer } = await open(context);
  const deep = JSON.parse(`${'['.repeat(2_000)}${']'.repeat(2_000)}`) as unknown;
  const objects = [
    null,
    1,
    'x',
    [],
    {},
    { type: 'bundle', id: `bundle--${uuid(1)}`, objects: [indicator(5, 'inner.example.com')] },
    { ...indicator(2, 'deep.example.com'), labels: deep },
    JSON.parse('{"__proto__":{"id":"x"},"type":"indicator"}'),
    { ...indicator(3, 'x.example.com'), pattern: "[domain-name:value = 'a'] ".repeat(2_000) },
    indicator(4, 'good.example.com'),
  ];
  const status = statusOf(await post(here, writer, JSON.stringify({ objects })));
  assert.equal(status.total_count, objects.length);
  assert.ok(status.successes.some(({ message }) => message === 'Taken: good.example.com.'));
  assert.ok(status.failure_count >= 7);
});

test('a body that is too large is 413, and is not taken in part', async (context) => {
  const { here, writer } = await open(context);
  const body = JSON.stringify({
    objects: [indicator(1, 'a.example.com')],
    pad: 'x'.repeat(MAX_CONTENT_LENGTH),
  });
  const answer = await post(here, writer, body);
  assert.equal(answer.status, 413);
  taxiiError(answer);
});

test('the same contribution once more changes nothing', async (context) => {
  const { here, writer } = await open(context);
  const body = JSON.stringify({ objects: [indicator(1, 'a.example.com')] });
  await post(here, writer, body);
  here.clock.advance(1_000);
  const before = await readObjects(here);
  statusOf(await post(here, writer, body));
  here.clock.advance(1_000);
  assert.deepEqual(await readObjects(here), before);
});
