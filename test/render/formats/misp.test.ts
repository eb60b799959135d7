import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import type { IocItem } from '../../../src/model/ioc-item.ts';
import { SOC_DEFENDERS } from '../../../src/model/producer.ts';
import { isUuid } from '../../../src/model/uuid.ts';
import { normaliseIoc } from '../../../src/normalise/normalise.ts';
import { mispManifest } from '../../../src/parse/misp-manifest.ts';
import { MispFeedIndex, mispFeedFiles } from '../../../src/render/misp/feed.ts';
import { reading } from '../../parse/reading.ts';
import { corpus, formatNamed, GOOD, item, render, SEEN, SETTING } from './nasty.ts';

interface Attribute {
  readonly uuid: string;
  readonly type: string;
  readonly category: string;
  readonly to_ids: boolean;
  readonly value: string;
  readonly timestamp: string;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly Tag: readonly { readonly name: string; readonly colour: string }[];
}

interface Event {
  readonly uuid: string;
  readonly info: string;
  readonly date: string;
  readonly timestamp: string;
  readonly published: boolean;
  readonly Orgc: { readonly name: string; readonly uuid: string };
  readonly Tag: readonly { readonly name: string }[];
  readonly Attribute: readonly Attribute[];
}

function readEvent(text: string): Event {
  return (JSON.parse(text) as { Event: Event }).Event;
}

/** Categories of MISP's `describeTypes.json` in which each of our attribute types may stand. */
const CATEGORIES: Readonly<Record<string, string>> = {
  'ip-dst': 'Network activity',
  domain: 'Network activity',
  url: 'Network activity',
  md5: 'Payload delivery',
  sha1: 'Payload delivery',
  sha256: 'Payload delivery',
  'email-src': 'Payload delivery',
  vulnerability: 'External analysis',
};

test('an event is sound, whatever values and texts hold', async () => {
  const { text, written } = await render('misp', corpus(formatNamed('misp').types));
  const event = readEvent(text);
  assert.ok(isUuid(event.uuid));
  assert.equal(event.Attribute.length, written);
  assert.match(event.date, /^\d{4}-\d\d-\d\d$/);
  assert.equal(event.published, true);
  assert.deepEqual(event.Orgc, { name: SOC_DEFENDERS.name, uuid: SOC_DEFENDERS.uuid });
  for (const attribute of event.Attribute) {
    assert.ok(isUuid(attribute.uuid));
    assert.equal(CATEGORIES[attribute.type], attribute.category);
    assert.equal(attribute.to_ids, attribute.type !== 'vulnerability');
    assert.match(attribute.timestamp, /^\d{10}$/);
    assert.ok(attribute.first_seen <= attribute.last_seen);
    for (const { name, colour } of attribute.Tag) {
      assert.ok(name.length > 0 && name.length <= 255);
      assert.match(colour, /^#[0-9a-f]{6}$/);
    }
    assert.equal(
      attribute.Tag.filter(({ name }) => /^\s*tlp\s*:/i.test(name)).length,
      1,
      'one marking, ours',
    );
  }
});

test('every value that MISP can carry is in the event as it was', async () => {
  const items = corpus(['url']);
  const { text } = await render('misp', items);
  const carried = items
    .map(({ value }) => value)
    .filter(
      (value) => value !== '' && value.isWellFormed() && value === value.trim() && !/[\r\n\0]/.test(value),
    );
  assert.deepEqual(
    readEvent(text).Attribute.map(({ value }) => value),
    carried,
  );
});

test('our own reader gets the same IOCs from an event', async () => {
  const items = formatNamed('misp').types.flatMap((type) => GOOD[type].map((value) => item(type, value)));
  const { text } = await render('misp', items);
  const { format, iocs, rejections, failure } = await reading(text);
  assert.equal(failure, undefined);
  assert.equal(format, 'misp-event');
  assert.deepEqual(rejections, []);
  assert.deepEqual(
    iocs.map(({ value, typeHint }) => {
      const normal = normaliseIoc(value, typeHint);
      return normal.ok ? [normal.type, normal.value] : [];
    }),
    items.map(({ type, value }) => [type, value]),
  );
  for (const ioc of iocs) {
    assert.equal(ioc.tlp, 'green');
    assert.equal(ioc.family, 'Emotet');
    assert.deepEqual(ioc.techniques, ['T1059.001']);
    assert.deepEqual([ioc.firstSeen, ioc.lastSeen], [SEEN - 86_400_000, SEEN]);
    assert.ok(ioc.tags!.includes('botnet'));
  }
});

test('an event is marked by the strictest of its attributes', async () => {
  const { text } = await render('misp', [
    item('domain', 'a.example.com', { tlp: 'clear' }),
    item('domain', 'b.example.com', { tlp: 'amber+strict' }),
    item('domain', 'c.example.com', { tlp: 'green' }),
  ]);
  const event = readEvent(text);
  assert.deepEqual(
    event.Tag.map(({ name }) => name),
    ['tlp:amber+strict'],
  );
  assert.deepEqual(
    event.Attribute.map(({ Tag }) => Tag[0]!.name),
    ['tlp:clear', 'tlp:amber+strict', 'tlp:green'],
  );
});

test('event and attributes keep their ids, and no two events share an attribute', async () => {
  const one = [item('domain', 'a.example.com')];
  const first = readEvent((await render('misp', one)).text);
  const again = readEvent((await render('misp', [item('md5', GOOD.md5[0]!), ...one])).text);
  const other = readEvent((await render('misp', one, { ...SETTING, name: 'type=domain' })).text);
  assert.equal(first.uuid, again.uuid);
  assert.equal(first.Attribute[0]!.uuid, again.Attribute[1]!.uuid);
  assert.notEqual(first.uuid, other.uuid);
  assert.notEqual(first.Attribute[0]!.uuid, other.Attribute[0]!.uuid);
});

const FEED_ITEMS: readonly IocItem[] = [
  item('domain', 'a.example.com'),
  item('ipv4', '192.0.2.1', { modified: SEEN + 90_000, tlp: 'amber' }),
  item('url', 'http://b.example.com/', { firstSeen: SEEN }),
  item('sha256', GOOD.sha256[0]!, {
    sources: [
      { name: 'Example Feed', origin: 'feed' },
      { name: '../../etc/passwd\r\n"', origin: 'article' },
    ],
  }),
  item('mitre-attack', 'T1059'),
  item('domain', 'gone.example.com', { revoked: true }),
];

test('a feed has a manifest, hashes, and one event for each source and day', () => {
  const files = mispFeedFiles(FEED_ITEMS, SOC_DEFENDERS);
  const manifest = JSON.parse(files.get('manifest.json')!) as Record<string, Event>;
  const names = Object.keys(manifest).map((uuid) => `${uuid}.json`);
  assert.deepEqual([...files.keys()].sort(), [...names, 'hashes.csv', 'manifest.json'].sort());
  assert.equal(names.length, 3);
  for (const [uuid, entry] of Object.entries(manifest)) {
    assert.ok(isUuid(uuid));
    const event = readEvent(files.get(`${uuid}.json`)!);
    for (const field of ['info', 'date', 'timestamp', 'Orgc', 'Tag'] as const) {
      assert.deepEqual(event[field], entry[field], `${field} of manifest and event`);
    }
    assert.equal(event.uuid, uuid);
    assert.ok(event.Attribute.length > 0);
  }
});

test('hashes lead from the MD5 of each value to each event that holds it', () => {
  const files = mispFeedFiles(FEED_ITEMS, SOC_DEFENDERS);
  const expected = [...files]
    .filter(([name]) => name.endsWith('.json') && name !== 'manifest.json')
    .flatMap(([name, text]) =>
      readEvent(text).Attribute.map(
        ({ value }) => `${createHash('md5').update(value).digest('hex')},${name.replace('.json', '')}`,
      ),
    );
  assert.deepEqual(files.get('hashes.csv')!.trimEnd().split('\n').sort(), expected.sort());
});

test('an event of the feed stays the same event when its IOCs change, and a new source moves none', () => {
  const before = mispFeedFiles(FEED_ITEMS.slice(0, 1), SOC_DEFENDERS);
  const sources = [...FEED_ITEMS[0]!.sources, { name: 'Another Feed', origin: 'feed' as const }];
  const after = mispFeedFiles([{ ...FEED_ITEMS[0]!, sources, modified: SEEN + 99_000 }], SOC_DEFENDERS);
  const [name, text] = [...before][0]!;
  assert.ok(after.has(name));
  assert.equal(readEvent(after.get(name)!).Attribute[0]!.uuid, readEvent(text).Attribute[0]!.uuid);
  assert.ok(
    Number(readEvent(after.get(name)!).timestamp) > Number(readEvent(text).timestamp),
    'MISP sees it is newer',
  );
});

test('the index alone gives the same manifest and hashes as the whole feed, nasty values too', () => {
  const items = [...FEED_ITEMS, ...corpus(formatNamed('misp').types)];
  const files = mispFeedFiles(items, SOC_DEFENDERS);
  const index = new MispFeedIndex(SOC_DEFENDERS);
  assert.equal(items.map((each) => index.add(each)).join(''), files.get('hashes.csv'));
  assert.equal(index.manifest(), files.get('manifest.json'));
  for (const name of files.keys()) assert.match(name, /^(?:[0-9a-f-]{36}\.json|manifest\.json|hashes\.csv)$/);
});

test('our own reader knows the manifest and reads the events', async () => {
  const files = mispFeedFiles(FEED_ITEMS, SOC_DEFENDERS);
  assert.ok(mispManifest.recognises(files.get('manifest.json')!));
  let count = 0;
  for (const [name, text] of files) {
    if (!/^[0-9a-f-]{36}\.json$/.test(name)) continue;
    const { format, iocs, failure } = await reading(text);
    assert.deepEqual([format, failure], ['misp-event', undefined]);
    count += iocs.length;
  }
  assert.equal(count, 5, 'one of them is in the events of both of its sources');
});
