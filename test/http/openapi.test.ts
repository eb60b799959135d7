import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { Validator } from '@seriousme/openapi-schema-validator';

import { buildApp } from '../../src/http/app.ts';
import { API_ERRORS } from '../../src/errors.ts';
import { HTTP_DEFAULTS } from '../../src/http/config.ts';
import { IOC_TYPES } from '../../src/model/ioc.ts';
import { SILENT } from '../../src/observe/log.ts';
import { DAY, domain, START, take } from '../store/fixtures.ts';
import {
  checker,
  documentOf,
  faultsOf,
  operationsOf,
  type ParameterObject,
  parameterOf,
  responseOf,
  type ResponseObject,
} from './openapi.ts';
import { addresses, type Answer, bearer, bundleOf, get, type Serving, serving } from './serving.ts';

const PATH = '/api/openapi.json';

async function seeded(context: TestContext): Promise<Serving> {
  const server = await serving(context);
  const full = domain(1, {
    firstSeen: START - DAY,
    confidence: 95,
    threatType: 'botnet_cc',
    family: 'Mozi',
    tags: ['elf'],
    techniques: ['T1105'],
    cves: ['CVE-2024-12345'],
    sectors: ['energy'],
    actors: ['Example Group'],
    reference: 'https://feed.example.com/1',
    comment: 'seen',
    tlp: 'green',
  });
  const hashes = ['a', 'b'].map((letter) => ({ type: 'sha256', value: letter.repeat(64) }) as const);
  const others = hashes.map((hash) => ({ ...hash, lastSeen: START }));
  await take(server.store, [full, ...addresses(3), ...others], START);
  await take(server.store, [full], START, {
    name: 'Other Feed',
    category: 'vendor',
    tlp: 'clear',
    confidence: 40,
  });
  return server;
}

test('the document is valid by the schema of OpenAPI 3.1', async (context) => {
  const document = await documentOf(await serving(context));
  const validator = new Validator();
  const { valid, errors } = await validator.validate({ ...document });
  assert.ok(valid, JSON.stringify(errors ?? '').slice(0, 2_000));
  assert.match(document.openapi, /^3\.1\./);
});

test('it is open to all, and a client that has it already is told so', async (context) => {
  const server = await serving(context);
  const first = await get(server, PATH);
  assert.equal(first.status, 200);
  assert.match(first.headers['content-type']!, /^application\/json/);
  assert.equal(first.headers['cache-control'], 'public, no-cache');
  const again = await get(server, PATH, { 'if-none-match': first.headers.etag! });
  assert.deepEqual([again.status, again.body.length], [304, 0]);
  const head = await get(server, PATH, {}, 'HEAD');
  assert.deepEqual([head.status, head.headers.etag], [200, first.headers.etag]);
  const packed = await get(server, PATH, { 'accept-encoding': 'gzip' });
  assert.ok(packed.body.length < first.body.length / 5);
  assert.equal((await get(server, `${PATH}?pretty=1`)).status, 400);
});

test('a route that does not say what it is for cannot be built', async (context) => {
  const { store, clock } = await serving(context);
  const app = buildApp({ store, clock: clock.read, log: SILENT, config: HTTP_DEFAULTS });
  context.after(() => app.close());
  assert.throws(() => app.get('/open', { config: { auth: 'none' } }, () => 'x'), /config\.operation/);
});

test('every route of the server is in it, with every method, and no other', async (context) => {
  const server = await serving(context);
  const { store, clock } = server;
  const app = buildApp({ store, clock: clock.read, log: SILENT, config: HTTP_DEFAULTS });
  context.after(() => app.close());
  const registered = new Set<string>();
  app.addHook('onRoute', ({ url, method, config }) => {
    if (config?.operation === 'none') return;
    for (const each of [method].flat()) registered.add(`${each} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
  });
  await app.ready();
  const document = await documentOf(server);
  const described = operationsOf(document).map(([path, method]) => `${method.toUpperCase()} ${path}`);
  assert.ok(registered.size > 30);
  assert.deepEqual(described.sort(), [...registered].sort());
});

test('every operation has a name of its own, words, and all answers that follow from who may use it', async (context) => {
  const document = await documentOf(await serving(context));
  const operations = operationsOf(document);
  assert.ok(operations.length > 30);
  const ids = operations.map(([, , { operationId }]) => operationId);
  assert.equal(new Set(ids).size, ids.length);
  for (const [path, method, operation] of operations) {
    const place = `${method} ${path}`;
    assert.match(operation.operationId, /^[a-z][A-Za-z]+$/, place);
    assert.ok(operation.summary.length > 5 && !operation.summary.endsWith('.'), place);
    const statuses = Object.keys(operation.responses);
    const keyed = operation.security.some((way) => !('session' in way));
    const signedIn = operation.security.some((way) => 'session' in way);
    for (const status of ['400', '405', '408', '413', '431', '500', '503']) {
      assert.ok(statuses.includes(status), `${place}: ${status}`);
    }
    if (signedIn) assert.ok(statuses.includes('401'), place);
    else if (!path.startsWith('/api/v1/session')) {
      for (const status of ['401', '403', '429'])
        assert.equal(statuses.includes(status), keyed, `${place}: ${status}`);
    }
    for (const [status, response] of Object.entries(operation.responses)) {
      const { headers } = responseOf(document, response);
      assert.ok('X-Request-Id' in headers, place);
      const counted = keyed && !['401', '408', '414', '431'].includes(status);
      assert.equal('X-RateLimit-Remaining' in headers, counted, `${place}: ${status}`);
    }
    assert.equal(path.includes('{'), statuses.includes('404'), place);
  }
});

test('every error that there is can be found in it, with an example that tells its code', async (context) => {
  const document = await documentOf(await serving(context));
  const named = Object.values(document.components.responses!).flatMap((response) =>
    Object.values((response as ResponseObject).content ?? {}).flatMap(({ examples = {} }) =>
      Object.keys(examples),
    ),
  );
  const examples = new Set(named);
  const rest = Object.keys(API_ERRORS).filter((code) => !examples.has(code));
  assert.deepEqual(rest, []);
});

test('every parameter has words and a schema that its example and its default keep to', async (context) => {
  const document = await documentOf(await serving(context));
  const check = checker(document);
  const parameters = Object.values(document.components.parameters!) as ParameterObject[];
  assert.ok(parameters.length > 15);
  for (const { name, description, schema, example } of parameters) {
    assert.match(description, /\.$/, name);
    if (example !== undefined) assert.deepEqual(check(schema, example), [], name);
    if (schema.default !== undefined) assert.deepEqual(check(schema, schema.default), [], name);
  }
});

test('what operations refer to is called by its name, or after the operation that has its own', async (context) => {
  const document = await documentOf(await serving(context));
  for (const [, , { operationId, parameters = [] }] of operationsOf(document)) {
    for (const parameter of parameters as { readonly $ref: string }[]) {
      const called = parameter.$ref.replace('#/components/parameters/', '');
      const { name } = parameterOf(document, parameter);
      const plain = name.replace('[', '-').replace(']', '');
      assert.ok([plain, `${operationId.replace(/Head$/, '')}-${plain}`].includes(called), called);
    }
  }
  const all = Object.values(document.components).flatMap((kind) => Object.keys(kind));
  assert.deepEqual(
    all.filter((name) => /-\d+$/.test(name)),
    [],
  );
});

test('every example keeps to its schema', async (context) => {
  const document = await documentOf(await serving(context));
  const check = checker(document);
  let checked = 0;
  for (const [path, method, operation] of operationsOf(document)) {
    for (const response of Object.values(operation.responses)) {
      for (const [type, media] of Object.entries(responseOf(document, response).content ?? {})) {
        const examples = [media.example, ...Object.values(media.examples ?? {}).map(({ value }) => value)];
        for (const example of examples.filter((each) => each !== undefined)) {
          checked += 1;
          assert.deepEqual(check(media.schema!, example), [], `${method} ${path} ${type}`);
        }
        assert.ok(
          examples.some((each) => each !== undefined),
          `${method} ${path} ${type} has no example`,
        );
      }
    }
  }
  assert.ok(checked > 100, String(checked));
});

test('what a parameter is told to be is taken, and its opposite is not', async (context) => {
  const server = await serving(context);
  const document = await documentOf(server);
  for (const [path, method, operation] of operationsOf(document)) {
    if (method !== 'get' || operation.security.some((way) => 'session' in way)) continue;
    const parameters = (operation.parameters ?? [])
      .map((each) => parameterOf(document, each))
      .filter((each) => each.in === 'query' && each.name !== 'cursor' && each.name !== 'next');
    const needed = parameters.filter(({ name, required }) => required === true || name === 'value');
    // What a client has to know of before is asked for elsewhere.
    if (/\{(?:object|status)\}/.test(path)) continue;
    const url = path.replace('{collection}', 'all').replaceAll(/\{\w+\}/g, 'x');
    for (const parameter of parameters) {
      const values = new Map(
        [...needed, parameter].map((each): [string, string] => [each.name, valueFor(each)]),
      );
      if (parameter.name === 'ioc') continue;
      const query = new URLSearchParams([...values]);
      const answer = await get(server, `${url}?${query.toString()}`, bearer(server.pro));
      assert.equal(answer.status, 200, `${url}?${query.toString()} ${answer.body.toString('utf8')}`);
      if (!isChoice(parameter)) continue;
      query.set(parameter.name, 'no-such-word');
      const refused = await get(server, `${url}?${query.toString()}`, bearer(server.pro));
      assert.equal(refused.status, 400, `${url}?${query.toString()}`);
    }
  }
});

test('the types that an export is told to have are those that one of its formats takes', async (context) => {
  const server = await serving(context);
  const document = await documentOf(server);
  let narrow = 0;
  for (const [path, method, operation] of operationsOf(document)) {
    if (method !== 'get' || operation.tags[0] !== 'Exports') continue;
    const parameters = (operation.parameters ?? []).map((each) => parameterOf(document, each));
    const [type, form] = [/^type$/, /^(?:format|profile)$/].map((name) =>
      parameters.find((each) => name.test(each.name))!,
    );
    const told = (type!.schema.items as { readonly enum: readonly string[] }).enum;
    const taken = new Set<string>();
    for (const format of form!.schema.enum as readonly string[]) {
      for (const each of path.endsWith('/stix') ? [] : IOC_TYPES) {
        const query = `?${form!.name}=${format}&type=${each}&limit=1`;
        const { status } = await get(server, path + query, bearer(server.pro), 'HEAD');
        if (status === 200) taken.add(each);
        else assert.equal(status, 400, path + query);
      }
    }
    if (taken.size > 0) assert.deepEqual([...taken].sort(), [...told].sort(), path);
    if (told.length < IOC_TYPES.length) narrow += 1;
  }
  assert.ok(narrow > 6, String(narrow));
});

function isChoice({ name, schema }: ParameterObject): boolean {
  return schema.enum !== undefined || (schema.items !== undefined && !name.startsWith('match'));
}

function valueFor({ name, schema, example }: ParameterObject): string {
  if (name === 'since' || name === 'added_after') return new Date(START - DAY).toISOString();
  if (example !== undefined) return String(example);
  const items = (schema.items as { readonly enum?: readonly string[] } | undefined)?.enum;
  const words = (schema.enum as readonly string[] | undefined) ?? items ?? [];
  return words[0] ?? String(schema.default ?? schema.minimum ?? 'true');
}

test('every answer of the running server is as it is described', async (context) => {
  const server = await seeded(context);
  const document = await documentOf(server);
  const check = checker(document);
  const expired = await server.key('pro', { expiresAt: server.clock.now });
  const elsewhere = await server.key('pro', { allowedNetworks: ['203.0.113.1'] });
  server.clock.advance(DAY);
  const pro = bearer(server.pro);
  const { id } = bundleOf(await get(server, '?type=domain', pro)).objects[1]!;
  const etag = (await get(server, '', pro)).headers.etag!;
  const stix = '/api/v1/iocs/stix';
  const list = '/api/v1/iocs';
  const asked: [path: string, query: string, status: number, headers: Record<string, string>][] = [
    [stix, '?limit=2', 200, pro],
    [stix, '?since=2026-01-01&limit=2', 200, pro],
    [stix, '?format=objects', 200, pro],
    [stix, '?include=related&tlp_version=2', 200, pro],
    [stix, '?type=md5', 200, pro],
    [stix, '', 200, { ...pro, accept: 'application/stix+json' }],
    [stix, '?type=md5&include_identity=false', 200, { ...pro, accept: 'application/stix+json' }],
    [stix, '', 304, { ...pro, 'if-none-match': etag }],
    [stix, '?limit=0', 400, pro],
    [stix, '', 401, {}],
    [stix, '', 401, bearer('sk_live_x')],
    [stix, '', 401, bearer(expired)],
    [stix, '', 403, bearer(server.free)],
    [stix, '', 403, bearer(elsewhere)],
    [stix, '', 406, { ...pro, accept: 'text/html' }],
    [list, '?limit=2', 200, pro],
    [list, '?limit=2&offset=1&since=2026-01-01', 200, pro],
    ...['csv', 'txt', 'ndjson'].map((format): (typeof asked)[number] => [
      list,
      `?format=${format}`,
      200,
      pro,
    ]),
    [list, '?format=csv', 403, bearer(server.free)],
    [`${list}/count`, '?type=ipv6', 200, pro],
    [`${list}/search`, '?q=host', 200, pro],
    [`${list}/search`, '?q=host-1.example.com', 200, pro],
    [`${list}/search`, '', 400, pro],
    [`${list}/stats`, '', 200, pro],
    [`${list}/stats`, '?a=b', 400, pro],
    ['/api/v1/lookup', '?value=host-1.example.com', 200, pro],
    ['/api/v1/lookup', '?value=192.0.2.200', 200, pro],
    ['/api/v1/lookup', '?value=nonsense', 400, pro],
    [`${list}/firewall`, '?profile=paloalto-ip', 200, pro],
    [`${list}/firewall`, '', 400, pro],
    [`${list}/cef`, '?format=syslog', 200, pro],
    ...['misp', 'cef', 'sigma', 'openioc', 'suricata', 'rpz', 'hosts', 'splunk', 'ecs', 'sentinel'].map(
      (name): (typeof asked)[number] => [`${list}/${name}`, '', 200, pro],
    ),
    [PATH, '', 200, {}],
    ['/docs', '', 200, {}],
    ['/docs', '?theme=dark', 400, {}],
    [PATH, '', 200, { 'accept-encoding': 'gzip' }],
  ];
  for (const [path, query, status, headers] of asked) {
    const answer = await get(server, path + query, headers);
    assert.equal(answer.status, status, `${path}${query} ${answer.body.toString('utf8').slice(0, 300)}`);
    const readable =
      answer.headers['content-encoding'] === undefined ? answer : { ...answer, body: Buffer.of() };
    assert.deepEqual(faultsOf(document, check, [path, 'get'], readable), [], `${status} ${path}${query}`);
    const head = await get(server, path + query, headers, 'HEAD');
    assert.deepEqual(faultsOf(document, check, [path, 'head'], head), [], `HEAD ${status} ${path}${query}`);
    assert.equal(head.status, status);
  }
  const why = `${list}/{id}/why`;
  for (const [name, status] of [
    [id, 200],
    ['x', 404],
    ['x'.repeat(300), 414],
  ] as const) {
    const answer = await get(server, why.replace('{id}', name), pro);
    assert.equal(answer.status, status, name);
    assert.deepEqual(faultsOf(document, check, [why, 'get'], answer), [], name);
  }
  for (const name of ['docs.css', 'docs.js', 'icon.svg', 'index.html', 'docs.ts']) {
    const answer = await get(server, `/docs/${name}`);
    assert.equal(answer.status, /^docs\.(?:css|js)$|svg/.test(name) ? 200 : 404, name);
    assert.deepEqual(faultsOf(document, check, ['/docs/{asset}', 'get'], answer), [], name);
  }
  const refused = await get(server, stix, pro, 'POST');
  assert.deepEqual(faultsOf(document, check, [stix, 'get'], refused), []);
});

test('what every route answers to a client that has it already is as it is described', async (context) => {
  const server = await seeded(context);
  const document = await documentOf(server);
  const check = checker(document);
  const pro = bearer(server.pro);
  const base = `http://127.0.0.1:${await server.listen()}`;
  const ask = async (url: string, headers: Record<string, string>): Promise<Answer> => {
    const answer = await fetch(base + url, { headers: { 'accept-encoding': 'identity', ...headers } });
    const body = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body };
  };
  const { id } = bundleOf(await get(server, '?type=domain', pro)).objects[1]!;
  const manifest = (await ask('/api/v1/misp/feed/manifest.json', pro)).body.toString('utf8');
  const [event] = Object.keys(JSON.parse(manifest) as object);
  const queries: Readonly<Record<string, string>> = {
    '/api/v1/iocs/firewall': '?profile=paloalto-ip',
    '/api/v1/iocs/search': '?q=host',
    '/api/v1/lookup': '?value=host-1.example.com',
  };
  let same = 0;
  for (const [path, method, operation] of operationsOf(document)) {
    if (method !== 'get' || operation.security.some((way) => 'session' in way)) continue;
    const url = path
      .replace('{collection}', 'all')
      .replace('{asset}', 'docs.css')
      .replace(/\{(?:id|object)\}/, id)
      .replace('{event}', `${event}.json`)
      .replace('{status}', 'x');
    const whole = url + (queries[path] ?? '');
    const first = await ask(whole, pro);
    assert.deepEqual(faultsOf(document, check, [path, method], first), [], `${first.status} ${whole}`);
    const { etag } = first.headers;
    if (first.status !== 404)
      assert.equal(etag !== undefined, '304' in operation.responses, `${first.status} ${whole}`);
    if (etag === undefined) continue;
    same += 1;
    // The second on one connection comes the short way.
    for (const time of ['first', 'second']) {
      const again = await ask(whole, { ...pro, 'if-none-match': etag });
      assert.equal(again.status, 304, whole);
      assert.deepEqual(faultsOf(document, check, [path, method], again), [], `304 ${whole} ${time}`);
    }
  }
  assert.ok(same > 15, String(same));
});
