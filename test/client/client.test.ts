import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inspect } from 'node:util';

import { clientTypes } from '../../scripts/client-types.ts';
import { ApiError, ConnectionError, SocDefenders } from '../../src/client/client.ts';
import { documentOf, operationsOf } from '../http/openapi.ts';
import { addresses, serving } from '../http/serving.ts';
import { article, found, takeArticles } from '../store/contract-articles.ts';
import { DAY, domain, START, take } from '../store/fixtures.ts';
import { reading } from './reading.ts';

test('its types are those of the API as it is now', async (context) => {
  const types = clientTypes(await documentOf(await serving(context)));
  const file = readFileSync(new URL('../../src/client/types.ts', import.meta.url), 'utf8');
  assert.ok(types === file, 'src/client/types.ts is old: npm run client-types');
});

/** What the client leaves to others: what is read by MISP, by TAXII clients, by browsers, and with a session. */
const LEFT_OUT = new Set(['MISP feed', 'TAXII', 'Documentation', 'Console', 'Keys']);

test('every question has its method', async (context) => {
  const asked = new Set<string>();
  const server = await reading(context);
  const { clientWith, store } = server;
  const client = clientWith({
    fetch: async (url, init) => {
      asked.add(new URL(url instanceof Request ? url.url : url).pathname);
      return await fetch(url, init);
    },
  });
  const report = article(1);
  await takeArticles(store, [report, article(2), article(3)], [found(1, report)], START);
  await take(store, [domain(1, { confidence: 90, tags: ['elf'] }), ...addresses(2)], START);
  const list = await client.list({ type: ['ipv6', 'domain'], limit: 2 });
  assert.deepEqual([list.meta.total, list.data.length], [3, 2]);
  assert.equal((await client.count({ type: 'ipv6' })).count, 2);
  const { objects } = await client.stix({ type: 'domain', include_identity: false });
  assert.equal(objects.length, 1);
  const known = await client.lookup('host-1[.]example[.]com');
  assert.ok(known.found);
  assert.deepEqual([known.value, known.risk_score], ['host-1.example.com', 'critical']);
  assert.equal((await client.lookup('192.0.2.200', { type: 'ipv4' })).found, false);
  assert.equal((await client.search('host-', { limit: 5 })).data[0]?.value, 'host-1.example.com');
  assert.equal((await client.stats()).total, 3);
  assert.equal((await client.why(objects[0]!.id)).status, 'published');
  const hosts = await client.export('hosts', {});
  assert.match(hosts.text, /^0\.0\.0\.0 host-1\.example\.com$/m);
  assert.match(hosts.contentType, /^text\/plain/);
  const firewall = await client.export('firewall', { profile: 'paloalto-ip', limit: 1 });
  assert.match(firewall.text, /^2001:db8::[12]\n$/);
  const first = await client.export('cef', { type: 'ipv6', limit: 1, format: 'syslog' });
  const rest = await client.export('cef', { type: 'ipv6', limit: 1, format: 'syslog', cursor: first.next });
  assert.notEqual(rest.text, first.text);
  assert.equal(rest.next, undefined);
  for (const name of ['misp', 'sigma', 'openioc', 'suricata', 'rpz', 'splunk', 'ecs', 'sentinel'] as const)
    assert.notEqual((await client.export(name, {})).text, '', name);
  const titles: string[] = [];
  for await (const { title } of client.articles({
    limit: 2,
    severity: ['low', 'high'],
    since: new Date(START - DAY),
  }))
    titles.push(title);
  assert.deepEqual(titles, ['Report 1', 'Report 2', 'Report 3']);
  for await (const each of client.articles({ has_iocs: true })) assert.equal(each.id, report.id);
  const whole = await client.article(report.id);
  assert.deepEqual([whole.title, whole.iocs[0]?.evidence?.offset], ['Report 1', 1]);

  const unasked = operationsOf(await documentOf(server)).filter(([path, method, { tags }]) => {
    const isPath = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    return method === 'get' && !LEFT_OUT.has(tags[0]!) && !asked.values().some((each) => isPath.test(each));
  });
  assert.deepEqual(unasked, []);
});

test('a list is gone through to its end, each IOC once, page after page', async (context) => {
  const { client, store } = await reading(context);
  await take(store, addresses(7), START);
  const values: string[] = [];
  for await (const ioc of client.iocs({ type: 'ipv6', limit: 3 })) values.push(ioc.value);
  assert.deepEqual(
    values.sort(),
    addresses(7)
      .map(({ value }) => value)
      .sort(),
  );
  const none: string[] = [];
  for await (const ioc of client.iocs({ type: 'md5' })) none.push(ioc.value);
  assert.deepEqual(none, []);
});

test('times may be dates, and what is undefined is left out', async (context) => {
  const { client, store, clock } = await reading(context);
  await take(store, addresses(2), START);
  clock.advance(DAY);
  const { meta } = await client.list({
    since: new Date(START - DAY),
    until: undefined,
    confidence: ['low', 'medium'],
  });
  assert.deepEqual(meta.filters, { since: new Date(START - DAY).toISOString(), confidence: 'low,medium' });
});

test('an error has its code, what is wrong, and the id of the request', async (context) => {
  const { client, clientWith, free, waits } = await reading(context);
  const error = await failure(client.list({ type: 'ipv5' as 'ipv4' }));
  assert.ok(error instanceof ApiError);
  assert.deepEqual(
    [error.status, error.code, error.details[0]?.parameter],
    [400, 'invalid_parameter', 'type'],
  );
  assert.match(error.requestId!, /^req_/);
  assert.match(error.message, /^type: must be ipv4 or/);
  const forbidden = await failure(clientWith({ key: free }).stix());
  assert.ok(forbidden instanceof ApiError);
  assert.deepEqual([forbidden.status, forbidden.code], [403, 'insufficient_tier']);
  const unknown = await failure(clientWith({ key: 'sk_live_x' }).stats());
  assert.ok(unknown instanceof ApiError && unknown.code === 'invalid_api_key');
  const missing = await failure(client.why('indicator--x/../../x'));
  assert.ok(missing instanceof ApiError && missing.code === 'not_found');
  assert.deepEqual(waits, [], 'none of these is tried again');
});

test('a URL below a path of a proxy keeps that path, on further pages too', async () => {
  const asked: string[] = [];
  const fetched: typeof fetch = async (url) => {
    asked.push(String(url));
    const next = asked.length === 1 ? '/api/v1/iocs?limit=1&cursor=abc' : null;
    return Response.json({ meta: {}, data: [{ value: asked.length }], links: { self: '', next } });
  };
  const client = new SocDefenders({ url: 'https://h.example/soc/', key: 'k', fetch: fetched });
  assert.equal((await Array.fromAsync(client.iocs({ limit: 1 }))).length, 2);
  assert.deepEqual(asked, [
    'https://h.example/soc/api/v1/iocs?limit=1',
    'https://h.example/soc/api/v1/iocs?limit=1&cursor=abc',
  ]);
});

test('a link that leads to another server is followed on this one', async () => {
  const asked: string[] = [];
  const fetched: typeof fetch = async (url) => {
    asked.push(new URL(String(url)).origin);
    const next = asked.length === 1 ? 'https://evil.example/api/v1/iocs?cursor=abc' : null;
    return Response.json({ meta: {}, data: [], links: { self: '', next } });
  };
  const client = new SocDefenders({ url: 'https://h.example', key: 'k', fetch: fetched });
  await Array.fromAsync(client.iocs());
  assert.deepEqual(asked, ['https://h.example', 'https://h.example']);
});

test('a URL or a key that cannot be one is refused at once, and the key is not shown', () => {
  for (const options of [
    { url: 'ftp://h.example', key: 'k' },
    { url: 'nonsense', key: 'k' },
    { url: 'https://h.example', key: '' },
    { url: 'https://h.example', key: 'sk_live_x\n' },
  ]) {
    assert.throws(() => new SocDefenders(options), TypeError);
  }
  const client = new SocDefenders({ url: 'https://h.example', key: 'sk_live_secret' });
  assert.doesNotMatch(inspect(client, { depth: 9, showHidden: true }) + JSON.stringify(client), /secret/);
});

test('an answer of somebody else is told as what it is', async () => {
  const client = (answer: Response): SocDefenders =>
    new SocDefenders({ url: 'https://h.example', key: 'k', retries: 0, fetch: async () => answer });
  const page = await failure(client(new Response('<html>', { status: 200 })).stats());
  assert.ok(page instanceof ConnectionError);
  const gateway = await failure(client(new Response('<html>', { status: 502 })).stats());
  assert.ok(gateway instanceof ApiError);
  assert.deepEqual([gateway.code, gateway.requestId, gateway.details], ['http_502', undefined, []]);
  const odd = await failure(client(Response.json({ error: 'x' }, { status: 418 })).stats());
  assert.ok(odd instanceof ApiError && odd.code === 'http_418');
});

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}
