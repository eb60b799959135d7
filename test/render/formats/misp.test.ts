import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SOC_DEFENDERS } from '../../../src/model/producer.ts';
import { isUuid } from '../../../src/model/uuid.ts';
import { normaliseIoc } from '../../../src/normalise/normalise.ts';
import { reading } from '../../parse/reading.ts';
import { corpus, formatNamed, GOOD, item, render, SEEN, SETTING } from './nasty.ts';
import { readEvent } from './readers/misp.ts';

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
