import assert from 'node:assert/strict';
import { test } from 'node:test';

import { IOC_TYPES } from '../../../src/model/ioc.ts';
import { corpus, formatNamed, item, lines, render, SEEN } from './nasty.ts';
import { readCef } from './readers/cef.ts';

test('every value that CEF can carry is read back as it was, one event a line', async () => {
  const items = corpus(formatNamed('cef').types);
  const { text, written } = await render('cef', items);
  const events = lines(text).map(readCef);
  assert.equal(events.length, written);
  const carried = items
    .map(({ value }) => value)
    .filter(
      (value) => value !== '' && value === value.trim() && value.length <= 4_000 && value.isWellFormed(),
    )
    .filter((value) => !/[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029]/.test(value));
  const values = events.map(({ extension }) => extension.get('cs1'));
  for (const value of new Set(carried))
    assert.ok(values.includes(value), `${JSON.stringify(value)} is there`);
  for (const value of values) assert.ok(carried.includes(value!), `${JSON.stringify(value)} was given`);
});

test('nothing in a value or text adds a field or an event', async () => {
  const known =
    /^(?:cs[1-6]|cs[1-6]Label|cn1|cn1Label|c6a3|c6a3Label|externalId|start|end|msg|dst|dhost|request|suser|fileHash)$/;
  const { text } = await render('cef', corpus(formatNamed('cef').types));
  for (const { header, extension } of lines(text).map(readCef)) {
    assert.deepEqual(header.slice(0, 4), ['CEF:0', 'SOC Defenders', 'SOC Defenders', '1']);
    assert.ok(IOC_TYPES.some((type) => header[4] === `ioc-${type}`));
    for (const key of extension.keys()) assert.match(key, known);
  }
});

test('values stand in the field of their type, times are milliseconds, severity goes from 0 to 10', async () => {
  const { text } = await render('cef', [
    item('ipv4', '192.0.2.1'),
    item('ipv4', '198.51.100.0/24', { confidence: 0 }),
    item('ipv6', '2001:db8::1', { confidence: 100 }),
    item('url', 'http://bad.example.com/?a=b'),
  ]);
  const [address, network, ipv6, url] = lines(text).map(readCef);
  assert.equal(address!.extension.get('dst'), '192.0.2.1');
  assert.equal(address!.extension.get('end'), String(SEEN));
  assert.equal(address!.extension.get('cs2'), 'Emotet');
  assert.equal(address!.extension.get('externalId')?.length, 36);
  assert.ok(!network!.extension.has('dst'), 'dst is one address');
  assert.equal(network!.extension.get('cs1'), '198.51.100.0/24');
  assert.equal(ipv6!.extension.get('c6a3'), '2001:db8::1');
  assert.equal(url!.extension.get('request'), 'http://bad.example.com/?a=b');
  assert.deepEqual(
    [address, network, ipv6].map((event) => event!.header[6]),
    ['9', '0', '10'],
  );
});

test('a URL too long for the field is left out rather than cut to another page', async () => {
  const { written } = await render('cef', [item('url', `http://bad.example.com/${'a'.repeat(4_000)}`)]);
  assert.equal(written, 0);
});
