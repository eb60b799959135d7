import assert from 'node:assert/strict';
import { test } from 'node:test';

import { corpus, formatNamed, item, lines, render } from './nasty.ts';
import { readSyslog } from './readers/syslog.ts';

test('every value without control characters is read back as it was, one message a line', async () => {
  const items = corpus(formatNamed('syslog').types);
  const { text, written } = await render('syslog', items);
  const messages = lines(text).map(readSyslog);
  assert.equal(messages.length, written);
  const carried = new Set(
    items
      .map(({ value }) => value)
      .filter((value) => value !== '' && value.isWellFormed() && value.length < 7_000)
      .filter((value) => !/[\p{Cc}\u2028\u2029]/u.test(value)),
  );
  const values = new Set(messages.map(({ parameters }) => parameters.get('value')));
  assert.deepEqual(
    [...carried].filter((value) => !values.has(value)),
    [],
  );
  assert.deepEqual(
    [...values].filter((value) => !carried.has(value!)),
    [],
  );
});

test('a message carries its IOC, with the severity of its level', async () => {
  const { text } = await render('syslog', [
    item('domain', 'bad.example.com'),
    item('domain', 'worse.example.com', { level: 'low', description: '' }),
  ]);
  const [high, low] = lines(text).map(readSyslog);
  assert.equal(high!.parameters.get('type'), 'domain');
  assert.equal(high!.parameters.get('tlp'), 'green');
  assert.equal(high!.message, 'A domain of Emotet, reported by Example Feed.');
  assert.deepEqual([high!.priority, low!.priority], [16 * 8 + 4, 16 * 8 + 6]);
  assert.equal(low!.message, '');
});

test('no message is longer than receivers take', async () => {
  const { text } = await render('syslog', corpus(['url', 'domain']));
  for (const line of lines(text)) assert.ok(Buffer.byteLength(line) <= 8_192);
  const { written } = await render('syslog', [item('url', `http://bad.example.com/${'a'.repeat(9_000)}`)]);
  assert.equal(written, 0);
});
