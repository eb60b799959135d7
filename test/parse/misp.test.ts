import assert from 'node:assert/strict';
import { test } from 'node:test';

import { codes, fixture, reading, values, type Reading } from './reading.ts';

const EVENT = JSON.parse(fixture('misp-event.json').toString()).response[0].Event;

async function readEvent(change: object): Promise<Reading> {
  return reading(JSON.stringify({ Event: { ...EVENT, ...change } }));
}

test('an attribute keeps its times, category and tags beside the event’s', async () => {
  const read = await reading(fixture('misp-event.json'), {}, 17);
  assert.equal(read.format, 'misp-event');
  assert.deepEqual(read.iocs[0], {
    value: '192.0.2.55',
    typeHint: 'ip',
    place: 'response[0].Event (line 4), attribute 1',
    entry: '39796508-2bc5-4f16-9ba3-e4a01fa19a43',
    firstSeen: Date.UTC(2021, 5, 1),
    lastSeen: Date.UTC(2021, 5, 5),
    confidence: 70,
    threatType: 'Network activity',
    family: 'ExampleLocker',
    tags: ['osint:source-type="blog-post"', 'APT-Example'],
    techniques: ['T1059'],
    sectors: ['healthcare'],
    reference: 'https://blog.example.org/campaign',
    comment: 'An example campaign; main server; reported by Example CERT',
    tlp: 'red',
  });
});

test('composite attributes give each part that is an IOC, objects their attributes', async () => {
  const read = await reading(fixture('misp-event.json'));
  assert.deepEqual(values(read).slice(1), [
    '00000000000000000000000000000000000000a1',
    'www.example.com',
    '192.0.2.56',
    'CVE-2021-26855',
    '000000000000000000000000000000a1',
  ]);
  assert.equal(read.iocs[1]!.tlp, 'amber');
  assert.equal(read.iocs[1]!.firstSeen, 1623092052000);
  assert.equal(read.iocs[2]!.firstSeen, Date.UTC(2021, 5, 7));
});

test('what is not for detection and what is no type of ours is rejected; deleted ones and remarks are passed over', async () => {
  const read = await reading(fixture('misp-event.json'));
  assert.deepEqual(codes(read), ['not_an_ioc', 'unsupported_type', 'unsupported_type', 'unsupported_type']);
  assert.equal(read.rejections[0]!.sample, 'cdn.example.net');
});

test('where no attribute of an event is for detection, the flag says nothing and all are taken', async () => {
  const Attribute = EVENT.Attribute.slice(0, 4).map((attribute: object) => ({ ...attribute, to_ids: false }));
  const read = await readEvent({ Attribute, Object: [] });
  assert.equal(read.iocs.length, 5);
  assert.deepEqual(codes(read), []);
});

test('threat levels are confidences, the undefined one is none', async () => {
  const of = async (level: unknown): Promise<number | undefined> =>
    (await readEvent({ threat_level_id: level })).iocs[0]!.confidence;
  assert.deepEqual(
    [await of('1'), await of(3), await of('4'), await of(undefined)],
    [85, 50, undefined, undefined],
  );
});

test('events are found however they are wrapped', async () => {
  for (const text of [{ Event: EVENT }, { response: { Event: EVENT } }, [{ Event: EVENT }], EVENT, [EVENT]]) {
    const read = await reading(JSON.stringify(text));
    assert.deepEqual([read.format, read.iocs.length], ['misp-event', 6]);
  }
});

test('several events in one file keep to their own tags', async () => {
  const other = { ...EVENT, Tag: [{ name: 'tlp:green' }], Galaxy: [] };
  const read = await reading(JSON.stringify({ response: [{ Event: EVENT }, { Event: other }] }));
  assert.deepEqual(
    [read.iocs[1]!.family, read.iocs[7]!.family, read.iocs[7]!.tlp],
    ['ExampleLocker', undefined, 'green'],
  );
});

test('an event of odd shape is no reason to throw', async () => {
  const odd = {
    Attribute: [null, 5, { type: ['x'], value: {} }, { type: 'md5', value: 7 }],
    Object: [null, { Attribute: 'x' }],
    Tag: 'x',
    Galaxy: [{ GalaxyCluster: [null] }],
    Orgc: [],
  };
  const read = await readEvent(odd);
  assert.equal(read.failure, undefined);
  assert.deepEqual(codes(read), ['malformed_record', 'malformed_record', 'malformed_record']);
});

test('a manifest is recognised and refused with what to import instead', async () => {
  const { format, failure } = await reading(fixture('misp-manifest.json'));
  assert.equal(format, 'misp-manifest');
  assert.match(failure!.message, /event files/);
});
