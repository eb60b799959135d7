import assert from 'node:assert/strict';
import { test } from 'node:test';

import { codes, fixture, reading, values } from './reading.ts';

test('a list gives one value a line; comment lines and blank lines do not count', async () => {
  const read = await reading(fixture('list.txt'));
  assert.equal(read.format, 'list');
  assert.deepEqual(values(read), [
    '192.0.2.1',
    'hxxp://bad.example[.]com/a#b',
    '2001:db8::1',
    'CVE-2021-44228',
    'user@example.org',
    '"evil.example.net"',
  ]);
  assert.deepEqual(
    read.iocs.map(({ place }) => place),
    ['line 2', 'line 3', 'line 5', 'line 7', 'line 8', 'line 10'],
  );
});

test('a comment after a value is kept as what is said of it', async () => {
  const { iocs } = await reading(fixture('list.txt'));
  assert.equal(iocs[1]!.comment, 'seen in May');
  assert.equal(iocs[2]!.comment, 'Emotet C2');
  assert.equal(iocs[0]!.comment, undefined);
});

test('a hosts file gives the names that are blocked, not the machine’s own', async () => {
  const read = await reading(fixture('hosts.txt'));
  assert.equal(read.format, 'list');
  assert.deepEqual(values(read), ['ads.example.com', 'track.example.com', 'bad.example.org']);
  assert.equal(read.iocs[2]!.comment, 'phishing');
});

test('a list in UTF-16 or Latin-1, with CRLF or one value only, is recognised', async () => {
  for (const bytes of [
    Buffer.from('\ufeff192.0.2.1\r\n192.0.2.2\r\n', 'utf16le'),
    Buffer.from('# caf\u00e9\r\n192.0.2.1\r\n192.0.2.2', 'latin1'),
  ]) {
    const read = await reading(bytes, {}, 3);
    assert.deepEqual([read.format, ...values(read)], ['list', '192.0.2.1', '192.0.2.2']);
  }
  assert.deepEqual(values(await reading('192.0.2.1')), ['192.0.2.1']);
});

test('an over-long line is one rejection and the lines around it are read', async () => {
  const read = await reading(`192.0.2.1\n${'a.'.repeat(600_000)}\n192.0.2.2\n`, { format: 'list' });
  assert.deepEqual(values(read), ['192.0.2.1', '192.0.2.2']);
  assert.deepEqual(codes(read), ['oversized_record']);
  assert.equal(read.rejections[0]!.place, 'line 2');
  assert.equal(read.rejections[0]!.sample.length, 200);
});

test('a value longer than any IOC is a rejection, with a short sample', async () => {
  const read = await reading(`192.0.2.1\nhttp://www.example.com/${'a'.repeat(200_000)}\n`, {
    format: 'list',
  });
  assert.deepEqual(values(read), ['192.0.2.1']);
  assert.deepEqual(codes(read), ['too_long']);
  assert.equal(read.rejections[0]!.sample.length, 200);
});
