import assert from 'node:assert/strict';
import { test } from 'node:test';

import { formatNamed, FORMATS, openInput, recogniseFormat } from '../../src/parse/formats.ts';
import { fixture, NOW, piecesOf, reading } from './reading.ts';

const FIXTURES: Readonly<Record<string, string>> = {
  'urlhaus.csv': 'urlhaus-csv',
  'urlhaus.json': 'urlhaus-json',
  'threatfox.csv': 'threatfox-csv',
  'threatfox.json': 'threatfox-json',
  'feodo.csv': 'feodo-csv',
  'feodo.json': 'feodo-json',
  'malwarebazaar.csv': 'malwarebazaar-csv',
  'malwarebazaar.ndjson': 'malwarebazaar-json',
  'sslbl-addresses.csv': 'sslbl-csv',
  'sslbl-addresses-new.csv': 'sslbl-csv',
  'sslbl-certificates.csv': 'sslbl-csv',
  'sslbl-ja3.csv': 'sslbl-csv',
  'kev.json': 'kev-json',
  'spamhaus-drop.txt': 'spamhaus-drop',
  'spamhaus-drop.json': 'spamhaus-drop-json',
  'dshield-block.txt': 'dshield-block',
  'phishtank.csv': 'phishtank-csv',
  'phishtank.json': 'phishtank-json',
  'tor-exits.txt': 'tor-exits',
  'dataplane.txt': 'dataplane',
  'otx.json': 'otx-json',
  'stix-2.1.json': 'stix',
  'stix-2.0.json': 'stix',
  'misp-event.json': 'misp-event',
  'misp-manifest.json': 'misp-manifest',
  'classified.csv': 'csv',
  'hashes.tsv': 'csv',
  'list.txt': 'list',
  'hosts.txt': 'list',
  'openphish.txt': 'list',
  'ip-list.txt': 'list',
};

test('every format is told from the content alone', () => {
  for (const [name, format] of Object.entries(FIXTURES)) {
    assert.equal(recogniseFormat(fixture(name).toString())?.name, format, name);
  }
});

test('no format takes what is another’s', () => {
  for (const [name, expected] of Object.entries(FIXTURES)) {
    const head = fixture(name).toString();
    const specific = FORMATS.filter((format) => !['csv', 'list', 'prose'].includes(format.name));
    const taken = specific.filter((format) => format.recognises(head)).map((format) => format.name);
    assert.deepEqual(taken, ['csv', 'list'].includes(expected) ? [] : [expected], name);
  }
});

test('a cut-off beginning is recognised too', () => {
  for (const [name, format] of Object.entries(FIXTURES)) {
    const text = fixture(name).toString();
    if (text.length > 1000)
      assert.equal(recogniseFormat(text.slice(0, text.length - 100))?.name, format, name);
  }
});

test('names are unique, and a format is found by its own', () => {
  assert.equal(new Set(FORMATS.map(({ name }) => name)).size, FORMATS.length);
  for (const format of FORMATS) assert.equal(formatNamed(format.name), format);
  assert.equal(formatNamed('nonsense'), undefined);
});

test('the file’s name decides only what the content leaves open', () => {
  assert.equal(recogniseFormat(fixture('feodo.csv').toString(), 'x.md')?.name, 'feodo-csv');
  assert.equal(recogniseFormat('a,b\n1,2\n', 'x.csv')?.name, 'csv');
  assert.equal(recogniseFormat('Some words.', 'x.json'), undefined);
});

test('an HTML page is prose, but refused where data was asked for', async () => {
  const page = '<!DOCTYPE html>\n<html><body><p>Seen: bad.example.com</p></body></html>';
  assert.equal((await reading(page)).format, 'prose');
  for (const format of ['urlhaus-csv', 'stix', 'csv', 'list']) {
    const { failure } = await reading(page, { format });
    assert.match(failure!.message, /HTML page/, format);
  }
});

test('JSON of no known layout is refused, not read as prose', async () => {
  for (const json of ['{"blockList":["bad.example.com"]}', '[{"name":"x"}]', '["192.0.2.1"]']) {
    assert.match((await reading(json)).failure!.message, /no known layout/, json);
  }
});

test('an unknown format name says which there are', async () => {
  assert.match((await reading('192.0.2.1', { format: 'stixx' })).failure!.message, /stixx.*urlhaus-csv/);
});

test('no byte is lost or read twice by looking at the beginning, whatever the pieces', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `198.51.${index >> 8}.${index & 255}`);
  for (const size of [1000, 65_536, 65_537, 1_000_000]) {
    const { iocs } = await reading(lines.join('\n'), {}, size);
    assert.deepEqual(
      iocs.map(({ value }) => value),
      lines,
    );
  }
});

test('a reader that is left early, and an input that is refused, let go of the stream', async () => {
  let closed = 0;
  async function* stream(text: string): AsyncGenerator<Uint8Array> {
    try {
      for (let count = 0; count < 1000; count += 1) yield* piecesOf(Buffer.from(text), 100_000);
    } finally {
      closed += 1;
    }
  }
  const { items } = await openInput(stream('192.0.2.1\n'.repeat(10_000)), { now: NOW });
  for await (const batch of items) if (batch.length > 0) break;
  assert.equal(closed, 1);
  await assert.rejects(openInput(stream(`{"x":${'"y"'.repeat(40_000)}`), { now: NOW }));
  assert.equal(closed, 2);
});
