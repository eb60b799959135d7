import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';

import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

import type { Bookmark } from '../../src/feeds/access/access.ts';
import { mispAccess } from '../../src/feeds/access/misp.ts';
import { MISP_FEED_OPERATIONS } from '../../src/http/routes/misp-feed-operations.ts';
import type { Sighting } from '../../src/model/sighting.ts';
import { isUuid } from '../../src/model/uuid.ts';
import { normaliseIoc } from '../../src/normalise/normalise.ts';
import { mispManifest } from '../../src/parse/misp-manifest.ts';
import type { Store } from '../../src/store/store.ts';
import { feedOf, notesOf, startSite } from '../feeds/access/site.ts';
import { reading } from '../parse/reading.ts';
import { NASTY } from '../render/formats/nasty.ts';
import { DAY, SOURCE, START, take } from '../store/fixtures.ts';
import { type Answer, bearer, errorOf, get, type Serving, serving } from './serving.ts';

const FEED = '/api/v1/misp/feed';

interface Facts {
  readonly date: string;
  readonly info: string;
  readonly timestamp: string;
  readonly Orgc: { readonly name: string; readonly uuid: string };
  readonly Tag: readonly { readonly name: string }[];
}

interface Attribute {
  readonly uuid: string;
  readonly type: string;
  readonly value: string;
  readonly timestamp: string;
  readonly deleted?: boolean;
}

interface Event extends Facts {
  readonly uuid: string;
  readonly Attribute: readonly Attribute[];
}

async function file(server: Serving, name: string): Promise<Answer> {
  const answer = await get(server, `${FEED}/${name}`, bearer(server.pro));
  assert.equal(answer.status, 200, answer.body.toString());
  return answer;
}

async function manifestOf(server: Serving): Promise<Record<string, Facts>> {
  return JSON.parse((await file(server, 'manifest.json')).body.toString()) as Record<string, Facts>;
}

async function eventOf(server: Serving, uuid: string): Promise<Event> {
  return (JSON.parse((await file(server, `${uuid}.json`)).body.toString()) as { Event: Event }).Event;
}

async function events(server: Serving): Promise<Event[]> {
  const uuids = Object.keys(await manifestOf(server));
  return await Promise.all(uuids.map((uuid) => eventOf(server, uuid)));
}

/** The event's values as they stand. */
function valuesOf({ Attribute: attributes }: Event): string[] {
  return attributes.filter(({ deleted }) => deleted !== true).map(({ value }) => value);
}

/** Lets so much time go by that the feed is looked at again. */
function later(server: Serving, milliseconds = 10_000): number {
  return server.clock.advance(milliseconds);
}

const OTHER = { ...SOURCE, name: 'Other "Feed" ../../etc/passwd', tlp: 'amber' } as const;

const SIGHTINGS: readonly Sighting[] = [
  { type: 'domain', value: 'a.example.com', firstSeen: START - DAY, lastSeen: START },
  { type: 'ipv4', value: '192.0.2.1', firstSeen: START - DAY, lastSeen: START },
  { type: 'ipv4', value: '198.51.100.0/24', firstSeen: START, lastSeen: START },
  { type: 'ipv6', value: '2001:db8::1', firstSeen: START, lastSeen: START },
  { type: 'url', value: 'http://b.example.com/?q="\'<x>|;', firstSeen: START, lastSeen: START },
  { type: 'md5', value: 'd41d8cd98f00b204e9800998ecf8427e', lastSeen: START },
  { type: 'sha1', value: 'da39a3ee5e6b4b0d3255bfef95601890afd80709', lastSeen: START },
  {
    type: 'sha256',
    value: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    lastSeen: START,
  },
  { type: 'email', value: "o'brien@example.com", lastSeen: START },
  { type: 'cve', value: 'CVE-2024-12345', lastSeen: START },
  { type: 'mitre-attack', value: 'T1059', lastSeen: START },
];

async function filled(server: Serving): Promise<void> {
  await take(server.store, SIGHTINGS, START);
  await take(server.store, SIGHTINGS.slice(0, 3), START, OTHER);
  later(server);
}

test('there is one event for each source and day, and the manifest says of each what the event says', async (context) => {
  const server = await serving(context);
  await filled(server);
  const manifest = await manifestOf(server);
  assert.ok(mispManifest.recognises((await file(server, 'manifest.json')).body.toString()));
  const shown = (await events(server)).map((event) => {
    assert.ok(isUuid(event.uuid));
    for (const field of ['info', 'date', 'timestamp', 'Orgc', 'Tag'] as const)
      assert.deepEqual(event[field], manifest[event.uuid]![field], field);
    return `${event.info}: ${valuesOf(event).length}, ${event.Tag[0]!.name}`;
  });
  assert.deepEqual(
    shown.sort(),
    [
      'Example Feed, first seen 2026-01-14: 2, tlp:amber',
      'Example Feed, first seen 2026-01-15: 8, tlp:amber',
      `${OTHER.name}, first seen 2026-01-14: 2, tlp:amber`,
      `${OTHER.name}, first seen 2026-01-15: 1, tlp:amber`,
    ],
    'an IOC of two sources has the stricter marking in the events of both',
  );
});

test('answers and examples are what the documentation of the routes says of them', async (context) => {
  const server = await serving(context);
  await filled(server);
  await server.store.retract([SIGHTINGS[0]!], 'false positive', later(server));
  later(server);
  const ajv = new Ajv2020({ allErrors: true });
  addFormats.default(ajv);
  const { manifest, hashes, event } = MISP_FEED_OPERATIONS;
  const uuids = Object.keys(await manifestOf(server));
  for (const [operation, names] of [
    [manifest, ['manifest.json']],
    [event, uuids.map((uuid) => `${uuid}.json`)],
  ] as const) {
    const { schema, example, mediaType } = operation.answers[0]!;
    const validate = ajv.compile(schema!);
    assert.ok(validate(example), ajv.errorsText(validate.errors));
    for (const name of names) {
      const { body, headers } = await file(server, name);
      assert.ok(validate(JSON.parse(body.toString())), ajv.errorsText(validate.errors));
      assert.equal(headers['content-type']?.split(';')[0], mediaType);
    }
  }
  const line = /^[0-9a-f]{32},[0-9a-f-]{36}\n$/;
  assert.match(String(hashes.answers[0]!.example), line);
  for (const each of (await file(server, 'hashes.csv')).body.toString().split(/(?<=\n)/))
    assert.match(each, line);
});

test('hashes lead from the MD5 of each value to each event that holds it', async (context) => {
  const server = await serving(context);
  await filled(server);
  await server.store.retract([SIGHTINGS[0]!], 'false positive', later(server));
  later(server);
  const expected = (await events(server)).flatMap((event) =>
    valuesOf(event).map((value) => `${createHash('md5').update(value).digest('hex')},${event.uuid}`),
  );
  const { body, headers } = await file(server, 'hashes.csv');
  assert.deepEqual(body.toString().trimEnd().split('\n').sort(), expected.sort());
  assert.equal(headers['content-type'], 'text/csv; charset=utf-8; header=absent');
});

test('our own client takes the same IOCs from it, then what changed, then what is taken back', async (context) => {
  const server = await serving(context);
  await filled(server);
  const origin = `http://127.0.0.1:${await server.listen()}`;
  const site = await startSite(context);
  const feed = feedOf({ url: `${origin}${FEED}`, kind: 'misp' });
  let bookmark: Bookmark | undefined;
  const poll = async (): Promise<string[] | 'unchanged'> => {
    const outcome = await mispAccess()(site.context(feed, bookmark, { headers: bearer(server.pro) }));
    assert.ok(outcome.state === 'fetched' || outcome.state === 'unchanged', JSON.stringify(outcome));
    assert.equal(notesOf(outcome), '');
    if (outcome.bookmark !== undefined) bookmark = outcome.bookmark;
    if (outcome.state === 'unchanged') return 'unchanged';
    const readings = await Promise.all(site.take(outcome).map((text) => reading(text)));
    for (const { format, failure, rejections } of readings)
      assert.deepEqual([format, failure, rejections], ['misp-event', undefined, []]);
    const iocs = readings.flatMap((each) => each.iocs);
    const normal = iocs.map(({ value, typeHint }) => normaliseIoc(value, typeHint));
    return normal.map((each) => (each.ok ? `${each.type} ${each.value}` : assert.fail(each.reason)));
  };
  const list = await get(server, '/api/v1/iocs?limit=1000', bearer(server.pro));
  const { data } = JSON.parse(list.body.toString()) as { data: { type: string; value: string }[] };
  const all = data.filter(({ type }) => type !== 'mitre-attack').map(({ type, value }) => `${type} ${value}`);
  assert.equal(all.length, SIGHTINGS.length - 1);

  assert.deepEqual([...new Set(await poll())].sort(), all.sort());
  assert.equal(await poll(), 'unchanged');
  await take(
    server.store,
    [{ type: 'domain', value: 'new.example.com', firstSeen: START - 9 * DAY }],
    later(server),
  );
  later(server);
  assert.deepEqual(await poll(), ['domain new.example.com'], 'only the event that is new');
  await server.store.retract([{ type: 'domain', value: 'a.example.com' }], 'false positive', later(server));
  later(server);
  assert.deepEqual(
    await poll(),
    ['ipv4 192.0.2.1', 'ipv4 192.0.2.1'],
    'what is left of both events that had it',
  );
  assert.equal(await poll(), 'unchanged');
});

test('what is revoked is a deleted attribute under the id that it had, for some weeks', async (context) => {
  const server = await serving(context);
  await filled(server);
  const find = async (): Promise<[Event, Attribute | undefined]> => {
    const event = (await events(server)).find(({ info }) =>
      info.startsWith('Example Feed, first seen 2026-01-14'),
    )!;
    return [event, event.Attribute.find(({ value }) => value === 'a.example.com')];
  };
  const [before, standing] = await find();
  await server.store.retract([SIGHTINGS[0]!], 'false positive', later(server));
  later(server);
  const [after, deleted] = await find();
  assert.deepEqual([standing!.deleted, deleted!.deleted], [undefined, true]);
  assert.equal(deleted!.uuid, standing!.uuid);
  assert.ok(Number(after.timestamp) > Number(before.timestamp), 'MISP sees that the event is newer');
  assert.ok(Number(deleted!.timestamp) > Number(standing!.timestamp), 'and that the attribute is');
  await take(server.store, [{ type: 'domain', value: 'new.example.com' }], later(server, 60 * DAY));
  later(server);
  const kept = (await events(server)).flatMap(({ Attribute: attributes }) => attributes);
  assert.deepEqual(
    kept.filter(({ value }) => value === 'a.example.com'),
    [],
  );
});

test('what has expired is in no event, also before it is revoked', async (context) => {
  const server = await serving(context);
  await take(server.store, [{ type: 'ipv4', value: '192.0.2.1', lastSeen: START }], START);
  await take(server.store, [{ type: 'ipv4', value: '192.0.2.2', lastSeen: START + DAY }], START);
  later(server);
  assert.deepEqual((await events(server)).flatMap(valuesOf).sort(), ['192.0.2.1', '192.0.2.2']);
  later(server, 30 * DAY);
  assert.deepEqual((await events(server)).flatMap(valuesOf), ['192.0.2.2']);
  later(server, DAY);
  assert.deepEqual(await manifestOf(server), {});
});

test('hostile values and sources stay what they are', async (context) => {
  const server = await serving(context);
  const values = NASTY.filter((value) => value.isWellFormed() && !/[\0/]/.test(value) && value !== '');
  for (const [at, value] of values.entries()) {
    const source = { ...SOURCE, name: `${value} ${at}` };
    await take(
      server.store,
      [{ type: 'url', value, lastSeen: START, tags: [value], comment: value }],
      START,
      source,
    );
  }
  later(server);
  const manifest = await manifestOf(server);
  for (const uuid of Object.keys(manifest)) assert.ok(isUuid(uuid));
  const carried = values.filter((value) => value === value.trim() && !/[\r\n]/.test(value));
  assert.deepEqual((await events(server)).flatMap(valuesOf).sort(), carried.sort());
});

test('an answer that has not changed is a 304, and each file has tags of its own', async (context) => {
  const server = await serving(context);
  await filled(server);
  const [uuid, other] = Object.keys(await manifestOf(server));
  const names = ['manifest.json', 'hashes.csv', `${uuid}.json`, `${other}.json`];
  const tags = new Set<string>();
  for (const name of names) {
    const first = await file(server, name);
    tags.add(first.headers.etag!);
    const conditional = { ...bearer(server.pro), 'if-none-match': first.headers.etag! };
    const again = await get(server, `${FEED}/${name}`, conditional);
    assert.deepEqual([again.status, again.body.length], [304, 0]);
    const head = await get(server, `${FEED}/${name}`, bearer(server.pro), 'HEAD');
    assert.deepEqual([head.status, head.body.length, head.headers.etag], [200, 0, first.headers.etag]);
    const zipped = await get(server, `${FEED}/${name}`, { ...bearer(server.pro), 'accept-encoding': 'gzip' });
    assert.deepEqual(gunzipSync(zipped.body), first.body);
    assert.equal(first.headers['cache-control'], 'private, no-cache');
  }
  assert.equal(tags.size, names.length);
  const before = await file(server, `${uuid}.json`);
  await take(
    server.store,
    [{ type: 'domain', value: 'new.example.com', firstSeen: START - 9 * DAY }],
    later(server),
  );
  later(server);
  assert.equal(
    (await file(server, `${uuid}.json`)).headers.etag,
    before.headers.etag,
    'an event that did not change',
  );
  assert.ok(!tags.has((await file(server, 'manifest.json')).headers.etag!));
});

test('the feed is for Pro keys, and takes no parameters and no other names', async (context) => {
  const server = await serving(context);
  await filled(server);
  for (const name of ['manifest.json', 'hashes.csv', 'x.json']) {
    const refused = await get(server, `${FEED}/${name}`, bearer(server.free));
    assert.deepEqual([refused.status, errorOf(refused).code], [403, 'insufficient_tier']);
    const parameter = await get(server, `${FEED}/${name}?limit=1`, bearer(server.pro));
    assert.equal(errorOf(parameter).details?.[0]?.parameter, 'limit');
  }
  const uuid = '00000000-0000-4000-8000-000000000000';
  for (const name of [
    `${uuid}.json`,
    uuid,
    'index.html',
    '..%2fmanifest.json',
    '%00.json',
    `${uuid}.json%0a`,
  ]) {
    const missing = await get(server, `${FEED}/${name}`, bearer(server.pro));
    assert.deepEqual([missing.status, errorOf(missing).code], [404, 'not_found'], name);
  }
});

test('a poll reads nothing anew while nothing is published, and then only what changed', async (context) => {
  let read = 0;
  const wrap = (store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (name === 'items') read += 1;
        return value.bind(target) as unknown;
      },
    });
  const server = await serving(context, { wrap });
  const many = Array.from({ length: 6_000 }, (_, at): Sighting => ({
    type: 'ipv6',
    value: `2001:db8::${(at + 1).toString(16)}`,
    firstSeen: START,
    lastSeen: START,
  }));
  await take(server.store, many, START);
  later(server);
  const reads = async (): Promise<number> => {
    read = 0;
    await manifestOf(server);
    return read;
  };
  const first = await reads();
  assert.ok(first >= 12, `${first} slices of 6,000`);
  later(server);
  assert.equal(await reads(), 0);
  await take(server.store, [{ type: 'domain', value: 'new.example.com' }], later(server));
  later(server);
  assert.equal(await reads(), 1);
  await server.store.retract([many[2_500]!], 'false positive', later(server));
  later(server);
  const changed = await reads();
  assert.ok(
    changed > 0 && changed <= 6,
    `${changed} slices: the block that it left, and the one that it came to`,
  );
});
