import assert from 'node:assert/strict';
import test from 'node:test';

import { type Store, StoreError } from '../../src/store/store.ts';
import { addresses, type Answer, bearer, get, serving, type Serving } from '../http/serving.ts';
import { take } from '../store/fixtures.ts';
import { ACCEPT, ask, collectionPath, readObjects, ROOT, taxiiError } from './reading.ts';

const OBJECTS = `${collectionPath()}objects/`;

test('without a key, every path answers 401 and says how to send one', async (context) => {
  const here = await serving(context);
  const paths = ['/api/taxii2/', '/taxii2/', ROOT, `${ROOT}collections/`, OBJECTS, `${OBJECTS}x/versions/`];
  for (const path of paths) {
    for (const headers of [{}, { authorization: 'Basic Og==' }, { authorization: 'Basic' }]) {
      const answer = await get(here, path, { ...ACCEPT, ...headers });
      assert.equal(answer.status, 401, path);
      assert.equal(taxiiError(answer).error_code, 'missing_api_key');
      assert.match(answer.headers['www-authenticate'] ?? '', /^Basic realm="TAXII"/);
    }
  }
});

test('a wrong key, or two that differ, is 401 in whatever way it comes', async (context) => {
  const here = await serving(context);
  const other = await here.key('pro');
  const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;
  for (const headers of [
    { authorization: basic('user:password') },
    { authorization: basic(`user:${here.pro}x`) },
    { authorization: 'Token abc' },
    { authorization: 'Bearer abc' },
    { authorization: basic(`user:${here.pro}`), 'x-api-key': other },
  ]) {
    const answer = await get(here, '/api/taxii2/', { ...ACCEPT, ...headers });
    assert.equal(answer.status, 401, JSON.stringify(headers));
    assert.equal(taxiiError(answer).error_code, 'invalid_api_key');
  }
});

test('a Free key is 403 on every path, before its parameters are looked at', async (context) => {
  const here = await serving(context);
  for (const path of ['/api/taxii2/', ROOT, `${ROOT}collections/none/`, `${OBJECTS}?limit=none`]) {
    const answer = await get(here, path, { ...bearer(here.free), ...ACCEPT });
    assert.equal(answer.status, 403, path);
    assert.equal(taxiiError(answer).error_code, 'insufficient_tier');
  }
});

test('what is not there is 404, told as TAXII tells it', async (context) => {
  const here = await serving(context);
  const paths = [
    `${ROOT}collections/none/`,
    `${ROOT}collections/00000000-0000-4000-8000-000000000000/objects/`,
    `${ROOT}nothing/`,
    '/api/taxii2/other/',
    '/taxii2/other',
    `${OBJECTS}a/b/c/`,
  ];
  for (const path of paths) {
    const answer = await ask(here, path);
    assert.equal(answer.status, 404, path);
    assert.equal(taxiiError(answer).error_code, 'not_found');
  }
});

test('errors elsewhere keep the shape that they have there', async (context) => {
  const here = await serving(context);
  for (const path of ['/api/v1/nothing', '/api/taxii', '/api/taxii2x/', '/taxii2x']) {
    const answer = await ask(here, path);
    assert.equal(answer.status, 404);
    assert.match(answer.headers['content-type']!, /^application\/json/);
  }
});

test('nobody deletes an object, not even who may contribute: 403, or 404 where there is no such collection', async (context) => {
  const here = await serving(context);
  const writer = await here.key('pro', { canWrite: true });
  const id = 'indicator--00000000-0000-4000-8000-000000000000';
  for (const key of [here.pro, writer]) {
    for (const [path, status] of [
      [`${OBJECTS}${id}/`, 403],
      [`${OBJECTS}${id}`, 403],
      [`${collectionPath('all', '/taxii2/')}objects/${id}/`, 403],
      [`${ROOT}collections/none/objects/${id}/`, 404],
    ] as const) {
      const answer = await send(here, 'DELETE', path, key);
      assert.equal(answer.status, status, path);
      taxiiError(answer);
    }
  }
});

test('methods that a path does not have are refused with those that it has', async (context) => {
  const here = await serving(context);
  for (const method of ['PUT', 'PATCH', 'OPTIONS'] as const) {
    for (const path of [OBJECTS, `${OBJECTS}indicator--00000000-0000-4000-8000-000000000000/`, ROOT]) {
      const answer = await send(here, method, path, here.pro);
      assert.equal(answer.status, 405, `${method} ${path}`);
      assert.match(answer.headers.allow!, /GET, HEAD/);
      assert.equal(taxiiError(answer).error_code, 'method_not_allowed');
    }
  }
});

test('other versions of TAXII, and types that are not JSON, are 406', async (context) => {
  const here = await serving(context);
  for (const accept of [
    'application/taxii+json;version=2.0',
    'application/taxii+json;version=3',
    'application/vnd.oasis.taxii+json; version=2.0',
    'text/html',
    'application/taxii+json;version=2.1;q=0',
  ]) {
    const answer = await ask(here, '/api/taxii2/', { accept });
    assert.equal(answer.status, 406, accept);
    assert.equal(taxiiError(answer).error_code, 'not_acceptable');
  }
});

test('HEAD says what GET says, without a body', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(3), here.clock.now);
  here.clock.advance(5_000);
  const { objects } = await readObjects(here, '?match[type]=indicator');
  const object = `${OBJECTS}${objects[0]!.id}/`;
  const paths = [
    '/api/taxii2/',
    ROOT,
    `${ROOT}collections/`,
    `${collectionPath()}manifest/`,
    OBJECTS,
    object,
  ];
  for (const path of [...paths, `${object}versions/`, `${ROOT}collections/none/`]) {
    const [head, whole] = [await send(here, 'HEAD', path, here.pro), await ask(here, path)];
    assert.equal(head.status, whole.status, path);
    assert.equal(head.body.length, 0, path);
    for (const name of ['content-type', 'etag', 'x-taxii-date-added-first', 'x-taxii-date-added-last'])
      assert.equal(head.headers[name], whole.headers[name], `${name} of ${path}`);
  }
});

test('a Range of bytes or of items, as earlier versions had it, is answered with the whole page', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(3), here.clock.now);
  here.clock.advance(5_000);
  const whole = await ask(here, OBJECTS);
  for (const range of ['bytes=0-10', 'items=0-1']) {
    const answer = await ask(here, OBJECTS, { range });
    assert.deepEqual([answer.status, answer.headers['content-range']], [200, undefined], range);
    assert.deepEqual(answer.body, whole.body);
  }
});

test('a Content-Type on a GET is no reason to refuse it', async (context) => {
  const here = await serving(context);
  for (const type of ['application/json', 'application/taxii+json;version=2.0', 'x']) {
    assert.equal((await ask(here, OBJECTS, { 'content-type': type })).status, 200, type);
  }
});

test('a parameter that is unknown, misspelt, repeated, empty or malformed is 400 and named', async (context) => {
  const here = await serving(context);
  const cases: readonly (readonly [string, string])[] = [
    ['limit=0', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=1e3', 'limit'],
    ['limit=5&limit=6', 'limit'],
    ['limit=', 'limit'],
    ['added_after=yesterday', 'added_after'],
    ['added_after=2026-01-15T10:00:00', 'added_after'],
    ['added_afer=2026-01-15T10:00:00Z', 'added_afer'],
    ['match[version]=newest', 'match[version]'],
    ['match[version]=last,', 'match[version]'],
    ['match[version]=all,last', 'match[version]'],
    ['match[version]=last,last', 'match[version]'],
    ['match[version]=2026-01-01T00:00:00Z,2026-01-01T00:00:00.000Z', 'match[version]'],
    ['match[type]=indicator,%20identity', 'match[type]'],
    ['match[type]=Indicator', 'match[type]'],
    ['match[id]=indicator', 'match[id]'],
    ['match[name]=x', 'match[name]'],
    ['match[spec_version]=two', 'match[spec_version]'],
    ['match=x', 'match'],
    ['type=ipv4', 'type'],
    ['next=!', 'next'],
    ['next=AAAA', 'next'],
    [
      `match[id]=${Array.from({ length: 101 }, (_, i) => `indicator--00000000-0000-4000-8000-${String(i).padStart(12, '0')}`).join()}`,
      'match[id]',
    ],
  ];
  for (const [query, name] of cases) {
    const answer = await ask(here, `${OBJECTS}?${query}`);
    assert.equal(answer.status, 400, query);
    const { error_code: code, details } = taxiiError(answer);
    assert.equal(code, 'invalid_parameter');
    assert.equal(details!.problems[0]!.parameter, name);
  }
});

test('a limit beyond what a page holds is no error: the page is full, and the rest follows', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(20), here.clock.now);
  for (const limit of ['10001', '999999999', '9999999999', '9'.repeat(40)]) {
    assert.equal((await readObjects(here, `?limit=${limit}`)).objects.length, 26, limit);
  }
});

test('a next of another collection, or of other filters, is refused: what it skips would be lost', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(40), here.clock.now);
  const { next } = await readObjects(here, '?limit=20&match[type]=indicator');
  assert.ok(next !== undefined);
  const damaged = `${next.slice(0, -2)}${next.endsWith('AA') ? 'BB' : 'AA'}`;
  for (const [alias, query] of [
    ['network', `match[type]=indicator&next=${next}`],
    ['all', `next=${next}`],
    ['all', `match[type]=indicator,identity&next=${next}`],
    ['all', `match[type]=indicator&next=${damaged}`],
  ] as const) {
    const answer = await ask(here, `${collectionPath(alias)}objects/?${query}`);
    assert.equal(answer.status, 400, query);
    assert.equal(taxiiError(answer).details!.problems[0]!.parameter, 'next');
  }
});

test('filters that a resource does not have are refused there', async (context) => {
  const here = await serving(context);
  await take(here.store, addresses(1), here.clock.now);
  const [object] = (await readObjects(here, '?match[type]=indicator')).objects;
  for (const path of [
    `${OBJECTS}${object!.id}/?match[id]=${object!.id}`,
    `${OBJECTS}${object!.id}/versions/?match[version]=all`,
  ]) {
    assert.equal((await ask(here, path)).status, 400, path);
  }
});

test('a storm of refused requests is limited, with Basic as well', async (context) => {
  const here = await serving(context);
  const authorization = `Basic ${Buffer.from(`u:${here.free}`).toString('base64')}`;
  const statuses: number[] = [];
  for (let count = 0; count < 12; count += 1) {
    const path = count % 2 === 0 ? '/api/taxii2/nothing/' : `${ROOT}collections/`;
    statuses.push((await get(here, path, { ...ACCEPT, authorization })).status);
  }
  assert.deepEqual(statuses.slice(-2), [429, 429]);
});

test('an error that is ours says nothing of what is inside, and 503 says when to come back', async (context) => {
  for (const [error, status, code] of [
    [new Error('SELECT secret FROM /var/lib'), 500, 'internal_error'],
    [new StoreError('unavailable', 'SELECT secret FROM /var/lib'), 503, 'unavailable'],
  ] as const) {
    const here = await serving(context, { wrap: (store) => failing(store, error) });
    const answer = await ask(here, OBJECTS);
    assert.equal(answer.status, status);
    assert.equal(taxiiError(answer).error_code, code);
    assert.equal(answer.headers['retry-after'], status === 503 ? '5' : undefined);
    assert.doesNotMatch(answer.body.toString('utf8'), /secret|var/);
  }
});

async function send(
  { app }: Serving,
  method: 'DELETE' | 'HEAD' | 'PUT' | 'PATCH' | 'OPTIONS',
  url: string,
  key: string,
): Promise<Answer> {
  const response = await app.inject({ method, url, headers: { ...bearer(key), ...ACCEPT } });
  const headers = response.headers as Record<string, string>;
  return { status: response.statusCode, headers, body: response.rawPayload };
}

/** A store that cannot tell how much there is. */
function failing(store: Store, error: Error): Store {
  return new Proxy(store, {
    get(target, property) {
      if (property === 'extent') return () => Promise.reject(error);
      const value: unknown = Reflect.get(target, property);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
