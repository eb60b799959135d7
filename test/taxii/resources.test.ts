import assert from 'node:assert/strict';
import { request } from 'node:http';
import test from 'node:test';

import { COLLECTIONS } from '../../src/model/collection.ts';
import { bearer, get, serving } from '../http/serving.ts';
import { ACCEPT, ask, collectionPath, ROOT, taxiiBody } from './reading.ts';

interface Discovery {
  readonly title: string;
  readonly default: string;
  readonly api_roots: readonly string[];
}

interface ApiRoot {
  readonly title: string;
  readonly versions: readonly string[];
  readonly max_content_length: number;
}

interface CollectionResource {
  readonly id: string;
  readonly title: string;
  readonly alias: string;
  readonly can_read: boolean;
  readonly can_write: boolean;
  readonly media_types: readonly string[];
}

test('discovery names the API root, and its default is one of those it lists', async (context) => {
  const here = await serving(context);
  const discovery = taxiiBody(await ask(here, '/api/taxii2/')) as Discovery;
  assert.deepEqual(discovery.api_roots, ['/api/taxii2/api/']);
  assert.equal(discovery.default, '/api/taxii2/api/');
  assert.ok(discovery.title.length > 0);
});

test('the alias at the top has a discovery of its own, whose root is one part long, and is a root as well', async (context) => {
  const here = await serving(context);
  const alias = taxiiBody(await ask(here, '/taxii2/')) as Discovery & ApiRoot;
  assert.deepEqual(alias.api_roots, ['/taxii2/']);
  assert.deepEqual(alias.versions, ['application/taxii+json;version=2.1']);
  const { collections } = taxiiBody(await ask(here, '/taxii2/collections/')) as {
    collections: CollectionResource[];
  };
  assert.equal(collections.length, COLLECTIONS.length);
});

test('with a public URL the roots are absolute, and a forged Host never comes out', async (context) => {
  for (const config of [{ publicUrl: 'https://iocs.example.com' }, {}]) {
    const here = await serving(context, { config });
    const answer = await ask(here, '/api/taxii2/', {
      host: 'evil.example.net',
      'x-forwarded-host': 'evil.example.net',
    });
    assert.ok(!answer.body.toString('utf8').includes('evil'));
    const [root] = (taxiiBody(answer) as Discovery).api_roots;
    assert.equal(
      root,
      'publicUrl' in config ? 'https://iocs.example.com/api/taxii2/api/' : '/api/taxii2/api/',
    );
  }
});

test('the API root tells its version and how much it takes', async (context) => {
  const here = await serving(context);
  const root = taxiiBody(await ask(here, ROOT)) as ApiRoot;
  assert.deepEqual(root.versions, ['application/taxii+json;version=2.1']);
  assert.ok(Number.isInteger(root.max_content_length) && root.max_content_length > 0);
  assert.ok(root.title.length > 0);
});

test('every collection is listed, and is found by its id, in either case, and by its alias', async (context) => {
  const here = await serving(context);
  const { collections } = taxiiBody(await ask(here, `${ROOT}collections/`)) as {
    collections: CollectionResource[];
  };
  assert.deepEqual(
    collections.map(({ id }) => id),
    COLLECTIONS.map(({ id }) => id),
  );
  for (const collection of [collections[0]!, collections.at(-1)!]) {
    for (const name of [collection.id, collection.id.toUpperCase(), collection.alias]) {
      assert.deepEqual(taxiiBody(await ask(here, `${ROOT}collections/${name}/`)), collection);
    }
  }
});

test('a collection has a UUID of version 4, a title without dots, and is read and not written', () => {
  for (const { id, title } of COLLECTIONS) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.doesNotMatch(title, /\./);
  }
  const distinct = (property: 'id' | 'alias' | 'title'): number =>
    new Set(COLLECTIONS.map((collection) => collection[property])).size;
  assert.deepEqual([distinct('id'), distinct('alias'), distinct('title')], Array(3).fill(COLLECTIONS.length));
});

test('every resource answers without its last slash alike, and without a redirect', async (context) => {
  const here = await serving(context);
  const paths = ['/api/taxii2/', '/taxii2/', ROOT, `${ROOT}collections/`, collectionPath()];
  for (const path of [...paths, `${collectionPath()}objects/`, `${collectionPath()}manifest/`]) {
    const [with_, without] = [await ask(here, path), await ask(here, path.slice(0, -1))];
    assert.equal(with_.status, 200, path);
    assert.equal(without.status, 200, path);
    assert.deepEqual(without.body, with_.body);
  }
});

test('the two sites give the same objects', async (context) => {
  const here = await serving(context);
  const objects = await ask(here, `${collectionPath('all')}objects/`);
  const alias = await ask(here, `${collectionPath('all', '/taxii2/')}objects/`);
  assert.deepEqual(alias.body, objects.body);
  assert.equal(alias.headers.etag, objects.headers.etag);
});

test('a key is taken in every way that clients of TAXII send one, whatever the user name', async (context) => {
  const here = await serving(context);
  const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;
  const ways: Record<string, string>[] = [
    { authorization: `Bearer ${here.pro}` },
    { authorization: `Token ${here.pro}` },
    { authorization: `token ${here.pro}` },
    { 'x-api-key': here.pro },
    { authorization: basic(`anybody:${here.pro}`) },
    { authorization: basic(`_api_token_key:${here.pro}`) },
    { authorization: basic(`${here.pro}:`) },
    { authorization: basic(`:${here.pro}`).replace('Basic', 'basic') },
    { authorization: basic(`anybody:${here.pro}`), 'x-api-key': here.pro },
    { authorization: `basic ${here.pro}` },
  ];
  for (const way of ways) {
    const { status } = await get(here, '/api/taxii2/', { ...ACCEPT, ...way });
    assert.equal(status, 200, JSON.stringify(way));
  }
});

test('a request without a User-Agent is answered', async (context) => {
  const here = await serving(context);
  const port = await here.listen();
  const url = `http://127.0.0.1:${port}/taxii2/`;
  const status = await new Promise((resolve, reject) => {
    const asked = request(url, { headers: bearer(here.pro) }, (answer) =>
      resolve(answer.resume().statusCode),
    );
    asked.on('error', reject).end();
  });
  assert.equal(status, 200);
});

test('what is sent elsewhere as Basic is not taken there: only this server does', async (context) => {
  const here = await serving(context);
  const authorization = `Basic ${Buffer.from(`a:${here.pro}`).toString('base64')}`;
  assert.equal((await get(here, '', { authorization })).status, 401);
});

test('Accept may name our type, its siblings, or anything; the answer is always of our type', async (context) => {
  const here = await serving(context);
  const accepted = [
    'application/taxii+json;version=2.1',
    'application/taxii+json; version=2.1',
    'application/taxii+json;version="2.1"',
    'application/taxii+json',
    'application/json',
    'application/stix+json;version=2.1',
    'application/*',
    '*/*',
    'text/html, */*;q=0.1',
    'application/vnd.oasis.taxii+json; version=2.0, application/taxii+json; version=2.1',
  ];
  for (const accept of accepted) {
    const answer = await get(here, '/api/taxii2/', { ...bearer(here.pro), accept });
    assert.equal(answer.status, 200, accept);
    assert.equal(answer.headers['content-type'], 'application/taxii+json;version=2.1', accept);
  }
  const none = await get(here, '/api/taxii2/', bearer(here.pro));
  assert.equal(none.headers['content-type'], 'application/taxii+json;version=2.1');
});
