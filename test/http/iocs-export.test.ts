import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';

import { readEvent } from '../render/formats/readers/misp.ts';
import { EXPORT_FORMATS } from '../../src/render/formats.ts';
import { FIREWALL_PROFILES } from '../../src/render/firewall/profiles.ts';
import { reading } from '../parse/reading.ts';
import type { Sighting } from '../../src/model/sighting.ts';
import { DAY, domain, START, take } from '../store/fixtures.ts';
import { bearer, type Bundle, errorOf, get, serving, type StixObject } from './serving.ts';

const PATHS = ['misp', 'cef', 'sigma', 'openioc', 'suricata', 'rpz', 'hosts', 'splunk', 'ecs', 'sentinel'];
function bad(value: string): Sighting {
  return { type: 'domain', value };
}

const FIREWALL = '/api/v1/iocs/firewall?profile=paloalto-domain';

test('every export answers a Pro key with its content type, as an attachment', async (context) => {
  const server = await serving(context);
  await take(server.store, [bad('bad.example.com')], START);
  for (const name of PATHS) {
    const answer = await get(server, `/api/v1/iocs/${name}`, bearer(server.pro));
    const format = EXPORT_FORMATS.find((each) => each.name === name)!;
    assert.equal(answer.status, 200, answer.body.toString());
    assert.equal(answer.headers['content-type'], format.mediaType);
    assert.match(
      String(answer.headers['content-disposition']),
      /^attachment; filename="iocs-[a-z-]+\.[a-z]+"$/,
    );
    assert.match(answer.body.toString(), /bad\.example\.com/);
  }
});

test('exports are for Pro keys', async (context) => {
  const server = await serving(context);
  // As many as a Free key may ask in a minute.
  for (const path of [FIREWALL, ...PATHS.slice(0, 9).map((name) => `/api/v1/iocs/${name}`)]) {
    const answer = await get(server, path, bearer(server.free));
    assert.equal(answer.status, 403);
    assert.equal(errorOf(answer).code, 'insufficient_tier');
  }
});

test('format and profile choose, and anything else is refused with what there is', async (context) => {
  const server = await serving(context);
  await take(server.store, [bad('bad.example.com')], START);
  const syslog = await get(server, '/api/v1/iocs/cef?format=syslog', bearer(server.pro));
  assert.match(syslog.body.toString(), /^<\d+>1 /);
  const list = await get(server, FIREWALL, bearer(server.pro));
  assert.equal(list.body.toString(), 'bad.example.com\n');
  for (const query of [
    'firewall',
    'firewall?profile=other',
    'firewall?profile=paloalto-domain&format=csv',
    'cef?format=misp',
    'misp?format=cef',
    'misp?colour=red',
  ]) {
    const answer = await get(server, `/api/v1/iocs/${query}`, bearer(server.pro));
    assert.equal(answer.status, 400, query);
    assert.equal(errorOf(answer).code, 'invalid_parameter');
  }
  const named = await get(server, '/api/v1/iocs/firewall', bearer(server.pro));
  for (const { name } of FIREWALL_PROFILES) assert.ok(named.body.toString().includes(name));
});

test('a type that the format has not, and a format that the path has not, are named with what there is', async (context) => {
  const server = await serving(context);
  for (const [query, parameter, value, allowed] of [
    ['hosts?type=ipv4', 'type', 'ipv4', ['domain']],
    ['hosts?type=domain,cve', 'type', 'cve', ['domain']],
    ['rpz?type=url', 'type', 'url', undefined],
    ['suricata?format=suricata-md5&type=domain', 'type', 'domain', ['md5']],
    ['cef?format=misp', 'format', 'misp', ['cef', 'syslog']],
    ['cef?format=cef&format=syslog', 'format', 'cef,syslog', ['cef', 'syslog']],
  ] as const) {
    const answer = await get(server, `/api/v1/iocs/${query}`, bearer(server.pro));
    assert.equal(answer.status, 400, query);
    const [problem] = errorOf(answer).details!;
    assert.deepEqual([problem?.parameter, problem?.value], [parameter, value]);
    if (allowed !== undefined) assert.deepEqual(problem?.allowed, allowed);
  }
  assert.equal((await get(server, '/api/v1/iocs/hosts?type=domain', bearer(server.pro))).status, 200);
});

test('two formats of one path have tags of their own, and each answers 304 to its own', async (context) => {
  const server = await serving(context);
  await take(server.store, [bad('bad.example.com')], START);
  const tags = new Set<string>();
  for (const path of ['/api/v1/iocs/cef', '/api/v1/iocs/cef?format=syslog']) {
    const first = await get(server, path, bearer(server.pro));
    tags.add(String(first.headers.etag));
    const again = await get(server, path, {
      ...bearer(server.pro),
      'if-none-match': String(first.headers.etag),
    });
    assert.equal(again.status, 304);
    const zipped = await get(server, path, { ...bearer(server.pro), 'accept-encoding': 'gzip' });
    assert.deepEqual(gunzipSync(zipped.body), first.body);
  }
  assert.equal(tags.size, 2);
});

test('pages of a limit follow each other by Link, in the format that was asked for', async (context) => {
  const server = await serving(context);
  await take(
    server.store,
    Array.from({ length: 5 }, (_, at) => bad(`h${at}.example.com`)),
    START,
  );
  const seen: string[] = [];
  let path: string | undefined = '/api/v1/iocs/cef?format=syslog&limit=2';
  while (path !== undefined) {
    const answer = await get(server, path, bearer(server.pro));
    assert.equal(answer.status, 200, answer.body.toString());
    seen.push(...[...answer.body.toString().matchAll(/value="([^"]+)"/g)].map(([, value]) => value!));
    path = /<([^>]+)>; rel="next"/.exec(answer.headers.link ?? '')?.[1];
  }
  assert.deepEqual(
    seen.sort(),
    ['h0', 'h1', 'h2', 'h3', 'h4'].map((name) => `${name}.example.com`),
  );
});

test('a MISP event of what is new is the event of the whole, with the same attributes, so that an import adds to it', async (context) => {
  const server = await serving(context);
  await take(server.store, [bad('bad.example.com'), bad('worse.example.com')], START);
  const asked = ['type=domain', 'type=domain&since=2026-01-01', 'type=domain&limit=1', 'type=url'];
  const events = await Promise.all(
    asked.map(async (filters) => {
      const { status, body } = await get(server, `/api/v1/iocs/misp?${filters}`, bearer(server.pro));
      assert.equal(status, 200, body.toString());
      return readEvent(body.toString());
    }),
  );
  const [whole, since, page, other] = events;
  assert.equal(whole!.info, 'SOC Defenders: type domain');
  assert.deepEqual([since!.uuid, page!.uuid], [whole!.uuid, whole!.uuid]);
  assert.deepEqual([since!.info, page!.info], [whole!.info, whole!.info]);
  const ids = ({ Attribute }: NonNullable<typeof whole>) => Attribute.map(({ uuid }) => uuid).sort();
  assert.equal(ids(whole!).length, 2);
  assert.deepEqual(ids(since!), ids(whole!));
  assert.notEqual(other!.uuid, whole!.uuid);
});

test('our own reader takes the MISP event', async (context) => {
  const server = await serving(context);
  await take(server.store, [bad('bad.example.com')], START);
  const { body } = await get(server, '/api/v1/iocs/misp', bearer(server.pro));
  const { format, iocs } = await reading(body);
  assert.equal(format, 'misp-event');
  assert.deepEqual(
    iocs.map(({ value }) => value),
    ['bad.example.com'],
  );
});

test('the serial of a zone rises when its newest IOC is taken back, and when something else is published', async (context) => {
  const server = await serving(context);
  const serial = async (): Promise<number> => {
    const { body, headers } = await get(server, '/api/v1/iocs/rpz', bearer(server.pro));
    const [, number] = /\((\d+) 3600/.exec(String(body)) ?? [];
    tags.add(String(headers.etag));
    return Number(number);
  };
  const tags = new Set<string>();
  await take(server.store, [domain(1)], server.clock.now);
  await take(server.store, [domain(2)], server.clock.advance(60_000));
  server.clock.advance(60_000);
  const both = await serial();
  await server.store.retract([domain(2)], 'false positive', server.clock.now);
  server.clock.advance(60_000);
  const one = await serial();
  await server.store.retract([domain(1)], 'false positive', server.clock.now);
  server.clock.advance(60_000);
  const none = await serial();
  assert.ok(both < one && one < none, `${both}, ${one}, ${none}`);
  assert.equal(tags.size, 3);
});

test('an indicator is the same in a batch for Sentinel as in the bundle: made when it was first published', async (context) => {
  const server = await serving(context);
  const base = `http://127.0.0.1:${await server.listen()}`;
  await take(server.store, [domain(1, { firstSeen: START - DAY }), domain(2)], server.clock.now);
  server.clock.advance(DAY);
  // A new version each, of which one says that it was seen earlier still, and one is taken back.
  await take(server.store, [domain(1, { firstSeen: START - 30 * DAY, tags: ['new'] })], server.clock.now);
  await server.store.retract([domain(2)], 'wrong', server.clock.now);
  server.clock.advance(60_000);
  const ask = async (path: string): Promise<string> => {
    return await (await fetch(base + path, { headers: bearer(server.pro) })).text();
  };
  const [, ...bundle] = (JSON.parse(await ask('/api/v1/iocs/stix?revoked=include')) as Bundle).objects;
  const batch = JSON.parse(await ask('/api/v1/iocs/sentinel?revoked=include')) as {
    stixobjects: StixObject[];
  };
  const listed = JSON.parse(await ask('/api/v1/iocs?revoked=include')) as { data: StixObject[] };
  const shown = ({ id, created, modified, revoked = false }: StixObject): unknown[] => [
    id,
    created,
    modified,
    revoked,
  ];
  assert.deepEqual(
    bundle.map(({ created, modified }) => created! < modified),
    [true, true],
  );
  assert.deepEqual(batch.stixobjects.map(shown), bundle.map(shown));
  assert.deepEqual(listed.data.map(shown), bundle.map(shown));
  assert.deepEqual(
    batch.stixobjects.map(({ valid_from: from }) => from),
    bundle.map(({ valid_from: from }) => from),
  );
});
