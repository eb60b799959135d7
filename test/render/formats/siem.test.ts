import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';

import { iocsOfPattern } from '../../../src/parse/stix-pattern.ts';
import { sharedData } from '../../shared-data.ts';
import { oasisSchemas } from '../oasis-schemas.ts';
import { corpus, formatNamed, GOOD, isTooWide, item, lines, render, SEEN } from './nasty.ts';
import { type EcsDocument, ecsValue, readBatches, readRows } from './readers/siem.ts';

const RUNS = /^[=+\-@\t\r＝＋－＠]/;

test('Splunk: every value that no spreadsheet would run is read back as it was, and no cell would run', async () => {
  const items = corpus(formatNamed('splunk').types);
  const { text, written } = await render('splunk', items);
  const rows = readRows(text);
  assert.equal(rows.length, written);
  for (const row of rows) for (const cell of Object.values(row)) assert.doesNotMatch(cell, RUNS);
  const carried = new Set(
    items
      .map(({ value }) => value)
      .filter(
        (value) => value !== '' && value.isWellFormed() && !RUNS.test(value) && !/[\r\n\0]/.test(value),
      ),
  );
  assert.deepEqual(new Set(rows.map(({ indicator }) => indicator)), carried);
});

test('Splunk: a value stands in the column by which Enterprise Security matches its type', async () => {
  const { text } = await render('splunk', [
    item('ipv4', '192.0.2.1'),
    item('sha1', GOOD.sha1[0]!, { confidence: 0 }),
    item('cve', 'CVE-2024-12345', { description: '=1+1' }),
  ]);
  const [ip, hash, cve] = readRows(text);
  assert.deepEqual(
    [ip!.ip, ip!.file_hash, ip!.weight, ip!.threat_key],
    ['192.0.2.1', '', '85', 'Example Feed'],
  );
  assert.deepEqual([hash!.ip, hash!.file_hash, hash!.weight], ['', GOOD.sha1[0], '1']);
  assert.deepEqual([cve!.indicator, cve!.ip, cve!.description], ['CVE-2024-12345', '', "'=1+1"]);
});

test('Elastic: every value but networks is read back as it was, one document a line', async () => {
  for (const type of formatNamed('ecs').types) {
    const items = corpus([type]);
    const { text, written } = await render('ecs', items);
    const documents = lines(text).map((line) => JSON.parse(line) as EcsDocument);
    assert.equal(documents.length, written);
    const carried = items
      .map(({ value }) => value)
      .filter((value) => value !== '' && value.isWellFormed() && !(type.startsWith('ipv') && !isIP(value)));
    assert.deepEqual(documents.map(ecsValue), carried);
  }
});

test('Elastic: documents have what indicator match rules ask for', async () => {
  const { text } = await render('ecs', [
    item('url', 'http://bad.example.com/x', { tlp: 'amber+strict' }),
    item('domain', 'bad.example.com', { level: 'low' }),
  ]);
  const [url, domain] = lines(text).map((line) => JSON.parse(line) as EcsDocument);
  assert.deepEqual(
    [url!.event.kind, url!.event.category, url!.event.type],
    ['enrichment', ['threat'], ['indicator']],
  );
  assert.equal(url!['@timestamp'], new Date(SEEN + 1_000).toISOString());
  assert.deepEqual(
    [url!.threat.indicator.type, url!.threat.indicator.confidence, url!.threat.indicator.marking.tlp],
    ['url', 'High', 'AMBER+STRICT'],
  );
  assert.equal(url!.threat.indicator.url!.domain, 'bad.example.com');
  assert.deepEqual(
    [domain!.threat.indicator.type, domain!.threat.indicator.confidence],
    ['domain-name', 'Low'],
  );
});

test('Sentinel: batches of a hundred, each a whole request', async () => {
  for (const [count, expected] of [
    [0, []],
    [1, [1]],
    [100, [100]],
    [250, [100, 100, 50]],
  ] as const) {
    const items = Array.from({ length: count }, (_, at) => item('domain', `h${at}.example.com`));
    const batches = readBatches((await render('sentinel', items)).text);
    assert.deepEqual(
      batches.map(({ stixobjects }) => stixobjects.length),
      expected,
    );
    for (const { sourcesystem } of batches) assert.equal(sourcesystem, 'SOC Defenders');
  }
});

test('Sentinel: every pattern is one comparison whose value is the one given', async () => {
  const items = corpus(formatNamed('sentinel').types);
  const { text } = await render('sentinel', items);
  const values = readBatches(text).flatMap(({ stixobjects }) =>
    stixobjects.map(({ pattern }) => {
      const { iocs, rest } = iocsOfPattern(pattern);
      assert.deepEqual([iocs.length, rest], [1, []]);
      return iocs[0]!.value;
    }),
  );
  const given = items.filter((each) => each.value !== '' && each.value.isWellFormed() && !isTooWide(each));
  assert.deepEqual(
    values,
    given.map(({ value }) => value),
  );
});

test('Sentinel: what is taken back is sent as revoked, and nothing ends before it begins', async () => {
  const { text } = await render('sentinel', [
    item('domain', 'a.example.com', { revoked: true }),
    item('domain', 'b.example.com', { validUntil: SEEN - 999_999_999 }),
    item('domain', 'c.example.com'),
  ]);
  const [a, b, c] = readBatches(text)[0]!.stixobjects;
  assert.equal(a!.revoked, true);
  assert.equal(b!.valid_until, undefined);
  assert.ok(c!.valid_until! > c!.valid_from);
});

test('Sentinel: indicators are valid by the schemas of OASIS', async (context) => {
  const directory = sharedData(context, 'stix/schemas');
  if (directory === undefined) return;
  const check = oasisSchemas(directory);
  const items = formatNamed('sentinel').types.flatMap((type) => GOOD[type].map((value) => item(type, value)));
  for (const { stixobjects } of readBatches((await render('sentinel', items)).text)) {
    for (const object of stixobjects) assert.deepEqual(check(object), []);
  }
});
