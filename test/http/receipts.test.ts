import assert from 'node:assert/strict';
import { test } from 'node:test';

import { deliveryOf, held } from '../../src/http/delivery.ts';
import { receiptsOf } from '../../src/http/receipts.ts';
import { EXAMPLE_ITEM, EXAMPLE_ITEMS } from '../../src/http/schemas/item.ts';
import { makeApiKey } from '../../src/model/api-key.ts';
import { IOC_TYPES } from '../../src/model/ioc.ts';
import type { Sighting } from '../../src/model/sighting.ts';
import { admitted } from '../../src/render/admission.ts';
import { carries } from '../../src/render/carries.ts';
import { EXPORT_FORMATS } from '../../src/render/formats.ts';
import { NASTY, SETTING } from '../render/formats/nasty.ts';
import { ANY, domain, take } from '../store/fixtures.ts';
import { collectionPath } from '../taxii/reading.ts';
import { consumer } from './consumer.ts';
import { bearer, PATH } from './serving.ts';

const MINUTE = 60_000;
const EXPORTS = '/api/v1/iocs';
const FIREWALL = `${EXPORTS}/firewall`;
const FEED = '/api/v1/misp/feed';
const OBJECTS = `${collectionPath()}objects/`;

const VERSION = {
  stamp: 10,
  until: Infinity,
  expires: Infinity,
  type: 'domain',
  level: 'low',
  sectors: [],
  revoked: false,
} as const;

test('whatever way an IOC is fetched, its receipt does not say no', async (context) => {
  const { server, poll, receipts } = await consumer(context);
  const { store, clock } = server;
  await take(store, [domain(1)], clock.now);
  clock.advance(MINUTE);
  const [uuid] = Object.keys(JSON.parse((await poll(`${FEED}/manifest.json`)).text) as object);
  assert.equal((await receipts('host-1.example.com')).sent, 'no', 'a manifest has no IOCs');
  const { objects } = JSON.parse((await poll(PATH)).text) as { objects: { id: string }[] };
  const { id } = objects.find((object) => object.id.startsWith('indicator--'))!;
  const ways: readonly (readonly [path: string, sent: string])[] = [
    [PATH, 'yes'],
    ...['json', 'csv', 'txt', 'ndjson'].map((format) => [`${EXPORTS}?format=${format}`, 'yes'] as const),
    ...['misp', 'cef', 'cef?format=syslog', 'sigma', 'openioc', 'suricata', 'suricata?format=suricata-domain']
      .concat(['rpz', 'hosts', 'splunk', 'ecs', 'sentinel'])
      .map((name) => [`${EXPORTS}/${name}`, 'yes'] as const),
    [`${FIREWALL}?profile=paloalto-domain`, 'yes'],
    [`${FIREWALL}?profile=fortigate-domain&limit=1`, 'yes'],
    [`${FEED}/${uuid}.json`, 'possibly'],
    [`${FEED}/hashes.csv`, 'possibly'],
    [OBJECTS, 'yes'],
    [`${OBJECTS}?match[id]=${id}`, 'possibly'],
    [`${OBJECTS}?match[version]=all`, 'possibly'],
    [`${OBJECTS}${id}/`, 'possibly'],
  ];
  for (const [path, sent] of ways) {
    // A key each, so that no receipt is that of the way before.
    const { text, ...kept } = makeApiKey();
    const key = { ...kept, account: 'acme', name: path, tier: 'pro', allowedNetworks: [] } as const;
    const { id: used } = await store.createKey(key, clock.now);
    const answer = await poll(path, bearer(text));
    assert.equal(answer.status, 200, `${path}: ${answer.text}`);
    await server.usage.flush();
    assert.equal((await receiptsOf(store, used, domain(1))).sent, sent, path);
  }
});

test('a firewall list that was cut short possibly held what matches', async (context) => {
  const { server, poll, receipts } = await consumer(context);
  const { store, clock } = server;
  await take(store, [domain(1), domain(2)], clock.now);
  clock.advance(MINUTE);
  await poll(`${FIREWALL}?profile=paloalto-domain&limit=1`);
  assert.equal((await receipts('host-1.example.com')).sent, 'possibly');
  assert.equal((await receipts('host-2.example.com')).sent, 'possibly');
  await poll(`${FIREWALL}?profile=paloalto-domain`);
  assert.equal((await receipts('host-1.example.com')).sent, 'yes');
});

test('a firewall list that leaves out what it cannot carry is whole all the same', async (context) => {
  const { server, poll, receipts } = await consumer(context);
  const { store, clock } = server;
  const url = (value: string): Sighting => ({ type: 'url', value, lastSeen: clock.now });
  const [kept, left] = [url('https://www.example.com/a'), url('https://www.example.com/*')];
  await take(store, [kept, left], clock.now);
  clock.advance(MINUTE);
  for (const round of ['made', 'from the cache']) {
    const { headers } = await poll(`${FIREWALL}?profile=paloalto-url`);
    assert.equal(headers['x-iocs-left-out'], '1', round);
    assert.equal((await receipts(kept.value)).sent, 'yes', round);
    assert.equal((await receipts(left.value)).sent, 'no', round);
  }
});

test('what filters by marking was possibly sent', () => {
  const query = { ...ANY, tlps: ['clear'] } as const;
  const extent = { count: 1, first: 10, last: 10, more: false };
  const delivery = deliveryOf({ query, extent, asOf: 20 }, 'k', '/x')!;
  assert.equal(held(VERSION, delivery), 'possibly');
});

test('replaced versions may be selected by name, and no other answer has them', () => {
  const extent = { count: 1, first: 10, last: 10, more: false };
  const page = { query: ANY, extent, asOf: 60 };
  const replaced = { ...VERSION, until: 50 };
  const sent = (part: 'current' | 'any-version') => held(replaced, deliveryOf({ ...page, part }, 'k', '/x')!);
  assert.equal(sent('any-version'), 'possibly');
  assert.equal(sent('current'), 'no');
});

test('what a format left out was not sent by it', async (context) => {
  const { server, poll, receipts } = await consumer(context);
  const { store, clock } = server;
  const lastSeen = clock.now;
  const long = `http://www.example.com/${'a'.repeat(4_000)}`;
  const left: readonly (readonly [path: string, Sighting])[] = [
    ['splunk', { type: 'email', value: '=x@example.com', lastSeen }],
    ['misp', { type: 'mitre-attack', value: 'T1566', lastSeen }],
    ['cef', { type: 'url', value: long, lastSeen }],
    ['suricata', { type: 'url', value: 'https://www.example.com/a', lastSeen }],
    ['ecs', { type: 'ipv4', value: '192.0.2.0/28', lastSeen }],
    ['firewall?profile=paloalto-url', { type: 'url', value: 'https://www.example.com/*', lastSeen }],
  ];
  await take(store, [domain(1), ...left.map(([, sighting]) => sighting)], clock.now);
  clock.advance(MINUTE);
  for (const [path, ioc] of left) {
    const { text, ...kept } = makeApiKey();
    const key = { ...kept, account: 'acme', name: path, tier: 'pro', allowedNetworks: [] } as const;
    const { id } = await store.createKey(key, clock.now);
    assert.equal((await poll(`${EXPORTS}/${path}`, bearer(text))).status, 200, path);
    await server.usage.flush();
    const { sent, versions } = await receiptsOf(store, id, ioc);
    assert.deepEqual([sent, versions.length], ['no', 1], path);
  }
  await poll(`${EXPORTS}/splunk`);
  assert.equal((await receipts('host-1.example.com')).sent, 'yes');
  await poll(`${EXPORTS}?format=csv&limit=100`);
  for (const [, ioc] of left) assert.equal((await receipts(ioc.value)).sent, 'yes', ioc.value.slice(0, 60));
});

test('a retraction is sent by an event of the MISP feed, and by no export that cannot tell it', async (context) => {
  const { server, poll, receipts } = await consumer(context);
  const { store, clock } = server;
  await take(store, [domain(1)], clock.now);
  await store.retract([domain(1)], 'false positive', clock.advance(MINUTE));
  clock.advance(MINUTE);
  const sent = async () => (await receipts('host-1.example.com')).versions.at(-1)!.sent;
  await poll(`${EXPORTS}/splunk?since=2026-01-01`);
  await poll(`${FEED}/hashes.csv`);
  assert.equal(await sent(), 'no');
  const [uuid] = Object.keys(JSON.parse((await poll(`${FEED}/manifest.json`)).text) as object);
  await poll(`${FEED}/${uuid}.json`);
  assert.equal(await sent(), 'possibly');
});

test('a format carries what its export writes, of whatever value, and nothing else', () => {
  const nasty = NASTY.flatMap((value) => IOC_TYPES.map((type) => ({ type, value })));
  for (const format of EXPORT_FORMATS) {
    for (const ioc of [...nasty, ...EXAMPLE_ITEMS]) {
      for (const revoked of [false, true]) {
        const item = { ...EXAMPLE_ITEM, type: ioc.type, value: ioc.value, revoked };
        const ready = admitted(item, format);
        const written = ready !== undefined && format.open(SETTING).item(ready) !== undefined;
        assert.equal(carries(format.name, item), written, `${format.name} ${JSON.stringify(ioc.value)}`);
      }
    }
  }
  assert.equal(carries('a format of old', EXAMPLE_ITEM), undefined);
});
