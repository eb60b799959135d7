import assert from 'node:assert/strict';
import { test } from 'node:test';

import { codes, fixture, reading, values } from './reading.ts';

const ID = 'indicator--33fe3b22-0201-47cf-85d0-97c02164528d';

function indicator(more: object = {}): object {
  return {
    type: 'indicator',
    id: ID,
    pattern: "[ipv4-addr:value = '192.0.2.7']",
    pattern_type: 'stix',
    valid_from: '2024-05-08T09:00:00Z',
    ...more,
  };
}

test('an indicator keeps what it, its references, markings and relationships say', async () => {
  const read = await reading(fixture('stix-2.1.json'), {}, 13);
  assert.equal(read.format, 'stix');
  assert.deepEqual(read.iocs[0], {
    value: '192.0.2.7',
    typeHint: 'ipv4',
    place: 'objects[0] (line 5)',
    entry: ID,
    firstSeen: Date.UTC(2024, 4, 8, 9),
    lastSeen: Date.UTC(2024, 5, 1),
    confidence: 80,
    threatType: 'malicious-activity',
    family: 'Poison Ivy',
    tags: ['apt'],
    techniques: ['T1566'],
    cves: ['CVE-2021-44228', 'CVE-2015-2545'],
    sectors: ['energy'],
    reference: 'https://blog.example.org/post',
    comment: 'A known C2 channel.; reported by Example CERT',
    tlp: 'amber+strict',
  });
  assert.equal(read.iocs[1]!.value, 'c2.example.com');
});

test('vulnerabilities and attack patterns are IOCs, observables are none', async () => {
  const read = await reading(fixture('stix-2.1.json'));
  assert.deepEqual(values(read).slice(2), ['http://www.example.net/x', 'T1566', 'CVE-2015-2545']);
});

test('a revoked indicator is taken back', async () => {
  const { iocs } = await reading(fixture('stix-2.1.json'));
  assert.equal(iocs[2]!.revoked, true);
  assert.equal(iocs[0]!.revoked, undefined);
});

test('another pattern language, a benign indicator and a part that does not stand by itself are rejected', async () => {
  const read = await reading(fixture('stix-2.1.json'));
  assert.deepEqual(codes(read), ['unsupported_pattern', 'not_an_ioc', 'unsupported_pattern']);
  assert.match(read.rejections[0]!.reason, /yara/);
});

test('STIX 2.0 has indicator types among its labels, and observed data is no indicator', async () => {
  const read = await reading(fixture('stix-2.0.json'));
  assert.equal(read.iocs.length, 1);
  assert.equal(read.iocs[0]!.threatType, 'malicious-activity');
  assert.deepEqual(read.iocs[0]!.tags, ['loader']);
  assert.deepEqual(read.rejections, []);
});

test('an array of objects, a single object, several objects and a TAXII envelope are read', async () => {
  const one = JSON.stringify(indicator());
  for (const text of [
    `[${one}]`,
    one,
    `{"more":false,"objects":[${one}]}`,
    `[{"type":"bundle","id":"bundle--33fe3b22-0201-47cf-85d0-97c02164528d","objects":[${one}]}]`,
  ]) {
    const read = await reading(text);
    assert.equal(read.format, 'stix', text);
    assert.deepEqual(values(read), ['192.0.2.7'], text);
  }
});

test('an empty bundle and an empty envelope are read', async () => {
  for (const text of ['{"type":"bundle","id":"x","objects":[]}', '{"objects":[]}']) {
    const { format, failure } = await reading(text);
    assert.deepEqual([format, failure], ['stix', undefined]);
  }
});

test('tactics of the kill chain are kept where no technique has them', async () => {
  const kill_chain_phases = [
    { kill_chain_name: 'mitre-attack', phase_name: 'initial-access' },
    { kill_chain_name: 'mitre-attack', phase_name: 'impact' },
  ];
  const external_references = [{ source_name: 'mitre-attack', external_id: 'T1566' }];
  const { iocs } = await reading(JSON.stringify([indicator({ kill_chain_phases, external_references })]));
  assert.deepEqual(iocs[0]!.techniques, ['T1566', 'TA0040']);
});

test('of two versions of an indicator the newer counts, whichever comes first', async () => {
  const older = indicator({ modified: '2024-01-01T00:00:00Z', name: 'older' });
  const newer = indicator({ modified: '2024-02-01T00:00:00Z', name: 'newer' });
  for (const objects of [
    [older, newer],
    [newer, older],
  ]) {
    const { iocs } = await reading(JSON.stringify({ type: 'bundle', objects }));
    assert.deepEqual(
      iocs.map(({ comment }) => comment),
      ['newer'],
    );
  }
});

test('the strictest of several markings counts', async () => {
  const object_marking_refs = [
    'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed',
    'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da',
  ];
  const { iocs } = await reading(JSON.stringify([indicator({ object_marking_refs })]));
  assert.equal(iocs[0]!.tlp, 'red');
});

test('what is no object, has no type, no pattern or a broken one is rejected, and the rest is read', async () => {
  const objects = [
    5,
    { id: 'x' },
    indicator({ id: 'a', pattern: undefined }),
    indicator({ id: 'b', pattern: '[broken' }),
    indicator(),
  ];
  const read = await reading(JSON.stringify({ type: 'bundle', objects }));
  assert.deepEqual(
    codes(read),
    Array.from({ length: 4 }, () => 'malformed_record'),
  );
  assert.deepEqual(values(read), ['192.0.2.7']);
});

test('a confidence that is no number from 0 to 100, and a time that cannot be, are left out', async () => {
  const { iocs } = await reading(
    JSON.stringify([indicator({ confidence: 400, valid_from: '2999-01-01T00:00:00Z' })]),
  );
  assert.equal(iocs[0]!.confidence, undefined);
  assert.equal(iocs[0]!.firstSeen, undefined);
});

test('a truncated bundle gives what stands before its end, then the error', async () => {
  const whole = fixture('stix-2.1.json').toString();
  const read = await reading(whole.slice(0, whole.indexOf('"type": "identity"')));
  assert.match(read.failure!.message, /truncated/);
  assert.deepEqual(values(read), ['192.0.2.7', 'c2.example.com', 'http://www.example.net/x']);
});
