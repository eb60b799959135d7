import assert from 'node:assert/strict';
import { test } from 'node:test';

import { codes, fixture, reading, values } from './reading.ts';

test('a KEV entry keeps its date, name, first reference and weaknesses', async () => {
  const read = await reading(fixture('kev.json'), {}, 11);
  assert.equal(read.format, 'kev-json');
  assert.deepEqual(read.iocs[0], {
    value: 'CVE-2026-48908',
    typeHint: 'cve',
    place: 'vulnerabilities[0] (line 7)',
    entry: 'CVE-2026-48908',
    firstSeen: Date.UTC(2026, 6, 7),
    threatType: 'exploited-vulnerability',
    tags: ['CWE-434'],
    reference: 'https://vendor.example.com/advisory/',
    comment: 'Example Builder Unrestricted Upload Vulnerability',
  });
});

test('known use by ransomware is a tag, and no notes are no reference', async () => {
  const { iocs } = await reading(fixture('kev.json'));
  assert.deepEqual(iocs[1]!.tags, ['ransomware']);
  assert.equal(iocs[1]!.reference, undefined);
});

test('an entry without cveID is rejected and the others are read', async () => {
  const read = await reading(
    '{"vulnerabilities":[{"cveID":"CVE-2020-0001"},{"product":"x"},5,{"cveID":"CVE-2020-0002"}]}',
  );
  assert.deepEqual(values(read), ['CVE-2020-0001', 'CVE-2020-0002']);
  assert.deepEqual(codes(read), ['malformed_record', 'malformed_record']);
});
