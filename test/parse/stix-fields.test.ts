import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { RawIoc, Rejection } from '../../src/model/sighting.ts';
import { TLP_MARKINGS, tlpMarkingId } from '../../src/model/marking.ts';
import { codes, NOW, reading, values } from './reading.ts';
import { cpuTime } from '../cpu-time.ts';

type Fields = Readonly<Record<string, unknown>>;

const id = (type: string, number: number): string =>
  `${type}--00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

const INDICATOR: Fields = {
  type: 'indicator',
  spec_version: '2.1',
  id: id('indicator', 1),
  created: '2026-01-01T00:00:00.000Z',
  modified: '2026-01-02T00:00:00.000Z',
  name: 'A name',
  pattern: "[domain-name:value = 'bad.example.com']",
  pattern_type: 'stix',
  valid_from: '2026-01-01T00:00:00Z',
};

const NOTHING: readonly unknown[] = [
  undefined,
  null,
  '',
  0,
  1,
  true,
  {},
  [],
  [[]],
  { toString: 'x' },
  ['x'],
  '\u0000',
];

interface Outcome {
  readonly iocs: readonly RawIoc[];
  readonly rejections: readonly Rejection[];
}

async function bundle(...objects: readonly unknown[]): Promise<Outcome> {
  const read = await reading(JSON.stringify({ type: 'bundle', id: id('bundle', 1), objects }), {
    format: 'stix',
  });
  assert.equal(read.failure, undefined);
  return read;
}

async function one(more: Fields, ...others: readonly Fields[]): Promise<RawIoc> {
  const { iocs, rejections } = await bundle({ ...INDICATOR, ...more }, ...others);
  assert.deepEqual(rejections, []);
  assert.equal(iocs.length, 1);
  return iocs[0]!;
}

test('properties of a wrong kind never end the reading, in any kind of object', async () => {
  const kinds: Fields[] = [
    INDICATOR,
    {
      type: 'vulnerability',
      id: id('vulnerability', 1),
      name: 'CVE-2026-0001',
      external_references: [{ source_name: 'cve', external_id: 'CVE-2026-0001' }],
    },
    {
      type: 'attack-pattern',
      id: id('attack-pattern', 1),
      name: 'x',
      external_references: [{ source_name: 'mitre-attack', external_id: 'T1059' }],
    },
    {
      type: 'relationship',
      id: id('relationship', 1),
      relationship_type: 'indicates',
      source_ref: id('indicator', 1),
      target_ref: id('malware', 1),
    },
    {
      type: 'sighting',
      id: id('sighting', 1),
      sighting_of_ref: id('indicator', 1),
      last_seen: '2026-01-05T00:00:00Z',
    },
    {
      type: 'marking-definition',
      id: id('marking-definition', 1),
      definition_type: 'tlp',
      definition: { tlp: 'red' },
    },
    { type: 'malware', id: id('malware', 1), name: 'Emotet', is_family: true },
    { type: 'identity', id: id('identity', 1), name: 'Example CERT' },
  ];
  for (const object of kinds) {
    for (const property of [
      ...Object.keys(object),
      'labels',
      'confidence',
      'kill_chain_phases',
      'object_marking_refs',
      'created_by_ref',
      'description',
      'revoked',
      'indicator_types',
    ]) {
      for (const nothing of NOTHING) {
        const spoilt = { ...object, [property]: nothing };
        const { iocs } = await bundle(spoilt, spoilt, { ...INDICATOR, id: id('indicator', 9) });
        assert.ok(
          iocs.some(({ value }) => value === 'bad.example.com'),
          `${String(object.type)}.${property}`,
        );
      }
    }
  }
});

test('of two versions of an object the one modified later counts, and one that does not say when is the older', async () => {
  const version = (modified: unknown, value: string): Fields => ({
    ...INDICATOR,
    modified,
    pattern: `[domain-name:value = '${value}.example.com']`,
  });
  for (const [first, second, wins] of [
    ['2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z', 'second'],
    ['2026-01-03T00:00:00Z', '2026-01-02T00:00:00Z', 'first'],
    ['2026-01-03T00:00:00Z', '2026-01-03T00:00:00Z', 'second'],
    [undefined, '2026-01-02T00:00:00Z', 'second'],
    ['2026-01-02T00:00:00Z', undefined, 'first'],
    [undefined, undefined, 'second'],
    [{ toString: 'x' }, '2026-01-02T00:00:00Z', 'second'],
    ['2026-01-02T00:00:00Z', { toString: 'x' }, 'first'],
    [[], {}, 'second'],
  ] as const) {
    const { iocs } = await bundle(version(first, 'first'), version(second, 'second'));
    assert.deepEqual(
      iocs.map(({ value }) => value),
      [`${wins}.example.com`],
      JSON.stringify([first, second]),
    );
  }
});

test('each property of an indicator is kept as what it means', async () => {
  for (const [more, expected] of [
    [{ confidence: 85 }, { confidence: 85 }],
    [{ confidence: 85.6 }, { confidence: 86 }],
    [{ confidence: 0 }, { confidence: 0 }],
    [{ valid_from: '2026-01-03T00:00:00.5Z' }, { firstSeen: Date.UTC(2026, 0, 3, 0, 0, 0, 500) }],
    [{ description: 'What it is.' }, { comment: 'What it is.' }],
    [{ description: '', name: 'N' }, { comment: 'N' }],
    [{ indicator_types: ['malicious-activity'] }, { threatType: 'malicious-activity' }],
    [{ indicator_types: ['unknown', 'anonymization'] }, { threatType: 'anonymization' }],
    [{ indicator_types: ['benign', 'malicious-activity'] }, { threatType: 'malicious-activity' }],
    [
      { labels: ['phishing', 'malicious-activity'] },
      { threatType: 'malicious-activity', tags: ['phishing'] },
    ],
    [
      { labels: ['malware:Emotet', 'industry:energy', 'x'] },
      { family: 'Emotet', sectors: ['energy'], tags: ['x'] },
    ],
    [{ labels: ['industry:mars'] }, { sectors: undefined }],
    [{ revoked: true }, { revoked: true }],
    [{ revoked: 'true' }, { revoked: undefined }],
    [
      { external_references: [{ source_name: 'x', url: 'https://x.example.com/' }] },
      { reference: 'https://x.example.com/' },
    ],
    [
      {
        external_references: [
          { source_name: 'cve', external_id: 'CVE-2026-0001', url: 'https://nvd.example/' },
          { source_name: 'x', url: 'https://x.example.com/' },
        ],
      },
      { cves: ['CVE-2026-0001'], reference: 'https://x.example.com/' },
    ],
    [
      {
        external_references: [
          { source_name: 'mitre-attack', external_id: 'T1059', url: 'https://attack.example/' },
        ],
      },
      { techniques: ['T1059'], reference: 'https://attack.example/' },
    ],
    [
      {
        external_references: [
          { source_name: 'mitre-mobile-attack', external_id: 'T1404' },
          { source_name: 'mitre-ics-attack', external_id: 'T0800' },
        ],
      },
      { techniques: ['T1404', 'T0800'] },
    ],
    [
      { external_references: [{ source_name: 'mitre-attack', external_id: 'G0007' }] },
      { techniques: undefined },
    ],
    [
      { kill_chain_phases: [{ kill_chain_name: 'mitre-attack', phase_name: 'execution' }] },
      { techniques: ['TA0002'] },
    ],
    [
      {
        kill_chain_phases: [{ kill_chain_name: 'lockheed-martin-cyber-kill-chain', phase_name: 'delivery' }],
      },
      { techniques: undefined },
    ],
  ] as const) {
    const ioc = await one(more);
    for (const [property, value] of Object.entries(expected)) {
      assert.deepEqual(ioc[property as keyof RawIoc], value, `${JSON.stringify(more)}: ${property}`);
    }
  }
});

test('each marking of either version is the TLP that it stands for, the strictest of several', async () => {
  for (const tlp of TLP_MARKINGS) {
    for (const version of [1, 2] as const) {
      assert.equal((await one({ object_marking_refs: [tlpMarkingId(tlp, version)] })).tlp, tlp);
    }
  }
  const refs = TLP_MARKINGS.map((tlp) => tlpMarkingId(tlp, 2));
  assert.equal((await one({ object_marking_refs: refs })).tlp, 'red');
  assert.equal((await one({ object_marking_refs: refs.slice(0, 3) })).tlp, 'amber');
  assert.equal((await one({ object_marking_refs: [id('marking-definition', 5)] })).tlp, undefined);
});

test('a marking that the bundle defines itself is known, before and after what it marks', async () => {
  const marking = {
    type: 'marking-definition',
    id: id('marking-definition', 5),
    definition_type: 'tlp',
    definition: { tlp: 'amber' },
  };
  const marked = { ...INDICATOR, object_marking_refs: [marking.id] };
  for (const objects of [
    [marking, marked],
    [marked, marking],
  ]) {
    assert.deepEqual(
      (await bundle(...objects)).iocs.map(({ tlp }) => tlp),
      ['amber'],
    );
  }
});

test('what an indicator indicates is known from its relationships, in whatever order objects come', async () => {
  const objects: Fields[] = [
    INDICATOR,
    { type: 'malware', id: id('malware', 1), name: 'Emotet' },
    { type: 'threat-actor', id: id('threat-actor', 1), name: 'TA-Example' },
    {
      type: 'attack-pattern',
      id: id('attack-pattern', 1),
      external_references: [{ source_name: 'mitre-attack', external_id: 'T1566' }],
    },
    { type: 'vulnerability', id: id('vulnerability', 1), name: 'CVE-2026-0002' },
    ...(['malware', 'threat-actor', 'attack-pattern', 'vulnerability'] as const).map((type, index) => ({
      type: 'relationship',
      id: id('relationship', index),
      relationship_type: 'indicates',
      source_ref: INDICATOR.id,
      target_ref: id(type, 1),
    })),
  ];
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(objects, { minLength: objects.length }), async (order) => {
      const { iocs } = await bundle(...order);
      const found = iocs.find(({ value }) => value === 'bad.example.com');
      assert.equal(found?.family, 'Emotet');
      assert.deepEqual(found.tags, ['TA-Example']);
      assert.deepEqual(found.techniques, ['T1566']);
      assert.deepEqual(found.cves, ['CVE-2026-0002']);
    }),
    { numRuns: 40 },
  );
});

test('relationships of another kind, revoked ones and those to nowhere say nothing', async () => {
  const malware = { type: 'malware', id: id('malware', 1), name: 'Emotet' };
  const related = {
    type: 'relationship',
    id: id('relationship', 1),
    relationship_type: 'indicates',
    source_ref: INDICATOR.id,
    target_ref: malware.id,
  };
  assert.equal((await one({}, malware, related)).family, 'Emotet');
  for (const more of [
    { relationship_type: 'related-to' },
    { revoked: true },
    { target_ref: id('malware', 2) },
    { source_ref: id('indicator', 2) },
    { source_ref: malware.id, target_ref: INDICATOR.id },
  ]) {
    assert.equal((await one({}, malware, { ...related, ...more })).family, undefined, JSON.stringify(more));
  }
});

test('the latest sighting of an indicator is when it was last seen', async () => {
  const sighting = (number: number, more: Fields): Fields => ({
    type: 'sighting',
    id: id('sighting', number),
    sighting_of_ref: INDICATOR.id,
    ...more,
  });
  const ioc = await one(
    {},
    sighting(1, { last_seen: '2026-03-01T00:00:00Z' }),
    sighting(2, { last_seen: '2026-05-01T00:00:00Z' }),
    sighting(3, { first_seen: '2026-04-01T00:00:00Z' }),
    sighting(4, { last_seen: '2099-01-01T00:00:00Z' }),
    sighting(5, { last_seen: 'never' }),
    { ...sighting(6, { last_seen: '2026-09-01T00:00:00Z' }), sighting_of_ref: id('indicator', 2) },
  );
  assert.equal(ioc.lastSeen, Date.UTC(2026, 4, 1));
});

test('one pattern gives each value that stands by itself, and a reason for each part that does not', async () => {
  const pattern =
    "[ipv4-addr:value = '192.0.2.1' OR domain-name:value IN ('a.example.com', 'b.example.com')] AND [url:value LIKE 'http://%'] AND [file:size = 5]";
  const { iocs, rejections } = await bundle({ ...INDICATOR, pattern });
  assert.deepEqual(
    iocs.map(({ value }) => value),
    ['192.0.2.1', 'a.example.com', 'b.example.com'],
  );
  assert.deepEqual(
    rejections.map(({ code }) => code),
    ['unsupported_pattern', 'unsupported_pattern'],
  );
  for (const { place } of [...iocs, ...rejections]) assert.match(place, /objects\[0\]/);
});

test('an indicator whose pattern cannot be read costs itself alone', async () => {
  for (const pattern of [
    '',
    '[',
    '[]',
    'x',
    "[ipv4-addr:value = '192.0.2.1'",
    "[ipv4-addr:value = '192.0.2.1']]",
    '['.repeat(5_000),
    "[a:b = 'c' AND]",
    '[a:b MATCHES]',
  ]) {
    const { iocs, rejections } = await bundle(
      { ...INDICATOR, pattern },
      { ...INDICATOR, id: id('indicator', 2) },
    );
    assert.deepEqual(
      iocs.map(({ value }) => value),
      ['bad.example.com'],
      pattern.slice(0, 20),
    );
    assert.deepEqual(
      rejections.map(({ code }) => code),
      ['malformed_record'],
      pattern.slice(0, 20),
    );
  }
});

test('patterns in other languages are told by their language', async () => {
  for (const language of ['snort', 'yara', 'sigma', 'pcre', 'suricata', 'STIX', 'x'.repeat(500)]) {
    const { rejections } = await bundle({ ...INDICATOR, pattern_type: language });
    assert.deepEqual(
      rejections.map(({ code }) => code),
      ['unsupported_pattern'],
    );
    assert.ok(rejections[0]!.reason.includes(language.slice(0, 50)));
    assert.ok(rejections[0]!.reason.length < 200);
  }
  for (const language of [undefined, null, 'stix', ' stix ']) {
    assert.equal((await bundle({ ...INDICATOR, pattern_type: language })).iocs.length, 1, String(language));
  }
});

test('a vulnerability is its CVE ids, or its name where that is one', async () => {
  const vulnerability = async (more: Fields): Promise<readonly string[]> => {
    const { iocs, rejections } = await bundle({ type: 'vulnerability', id: id('vulnerability', 1), ...more });
    return [...iocs.map(({ value }) => value), ...rejections.map(({ code }) => code)];
  };
  const cve = (number: string): Fields => ({ source_name: 'cve', external_id: number });
  assert.deepEqual(
    await vulnerability({ external_references: [cve('CVE-2026-0001'), cve('CVE-2026-0002')] }),
    ['CVE-2026-0001', 'CVE-2026-0002'],
  );
  assert.deepEqual(await vulnerability({ name: 'cve-2026-0003' }), ['cve-2026-0003']);
  assert.deepEqual(
    await vulnerability({ name: 'CVE-2026-0003', external_references: [cve('CVE-2026-0001')] }),
    ['CVE-2026-0001'],
  );
  assert.deepEqual(await vulnerability({ name: 'Heartbleed' }), ['unsupported_type']);
  assert.deepEqual(await vulnerability({}), ['unsupported_type']);
});

test('objects are found wherever a bundle may carry them', async () => {
  const two = { ...INDICATOR, id: id('indicator', 2), pattern: "[ipv4-addr:value = '192.0.2.2']" };
  const inner = { type: 'bundle', id: id('bundle', 2), objects: [two] };
  for (const text of [
    JSON.stringify({ type: 'bundle', objects: [INDICATOR, two] }),
    JSON.stringify({ objects: [INDICATOR, two], type: 'bundle' }),
    JSON.stringify({ more: false, objects: [INDICATOR, two] }),
    JSON.stringify([INDICATOR, two]),
    JSON.stringify([{ type: 'bundle', objects: [INDICATOR] }, inner]),
    `${JSON.stringify(INDICATOR)}\n${JSON.stringify(two)}\n`,
    JSON.stringify({ type: 'bundle', objects: [INDICATOR, inner] }),
    JSON.stringify({ type: 'bundle', spec_version: '2.0', objects: [INDICATOR, two] }, null, 2),
  ]) {
    const read = await reading(text);
    assert.equal(read.format, 'stix', text.slice(0, 60));
    assert.deepEqual(values(read).sort(), ['192.0.2.2', 'bad.example.com'], text.slice(0, 60));
    assert.deepEqual(codes(read), []);
  }
});

test('an object that refers to itself, or to another that refers back, ends the reading as any other', async () => {
  const relationship = (source: unknown, target: unknown, number: number): Fields => ({
    type: 'relationship',
    id: id('relationship', number),
    relationship_type: 'indicates',
    source_ref: source,
    target_ref: target,
  });
  const { iocs } = await bundle(
    INDICATOR,
    relationship(INDICATOR.id, INDICATOR.id, 1),
    relationship(INDICATOR.id, id('malware', 1), 2),
    relationship(id('malware', 1), INDICATOR.id, 3),
    { type: 'malware', id: id('malware', 1), name: 'Loop', created_by_ref: id('malware', 1) },
  );
  assert.equal(iocs[0]?.family, 'Loop');
});

test('a bundle of a thousand relationships to one malware is read in no more than its share of time', async () => {
  const start = cpuTime();
  const objects: Fields[] = [{ type: 'malware', id: id('malware', 1), name: 'Many' }];
  for (let number = 0; number < 5_000; number += 1) {
    objects.push({
      type: 'relationship',
      id: id('relationship', number),
      relationship_type: 'indicates',
      source_ref: INDICATOR.id,
      target_ref: id('malware', 1),
    });
  }
  assert.equal((await one({}, ...objects)).family, 'Many');
  assert.ok(cpuTime() - start < 2_000);
});

test('any JSON beside an indicator leaves it as it is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 8 }), async (others) => {
      const { iocs } = await bundle(...others, INDICATOR);
      const found = iocs.filter(({ value }) => value === 'bad.example.com');
      assert.equal(found.length, 1);
      assert.equal(found[0]?.firstSeen, Date.UTC(2026, 0, 1));
      assert.ok((found[0]?.firstSeen ?? 0) < NOW);
    }),
    { numRuns: 100 },
  );
});
