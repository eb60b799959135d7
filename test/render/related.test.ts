import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { StixIds } from '../../src/render/stix/id.ts';
import { RelatedObjects } from '../../src/render/stix/related.ts';

const IDS = new StixIds(SOC_DEFENDERS);
const MARKING = 'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9';

interface Related {
  readonly type: string;
  readonly id: string;
  readonly name?: string;
  readonly relationship_type?: string;
  readonly source_ref?: string;
  readonly target_ref?: string;
  readonly [property: string]: unknown;
}

function indicator(number: number, more: object = {}) {
  return {
    id: `indicator--${number}`,
    created_by_ref: IDS.identity,
    created: '2026-01-15T10:00:00.000Z',
    modified: '2026-01-16T10:00:00.000Z',
    object_marking_refs: [MARKING],
    ...more,
  };
}

function render(related: RelatedObjects, ...indicators: readonly object[]): Related[] {
  const slice = Buffer.from(indicators.map((each) => JSON.stringify(each)).join(','));
  return JSON.parse(`[${related.render(slice)}]`) as Related[];
}

function reference(source_name: string, external_id?: string, url?: string): object {
  return { source_name, external_id, url };
}

test('an indicator that points to nothing gives nothing', () => {
  const related = new RelatedObjects(IDS);
  assert.equal(related.render(Buffer.alloc(0)), '');
  for (const more of [
    {},
    { labels: [], external_references: [] },
    { labels: ['malware:', 'actor:', 'malwares:x', 'MALWARE:x', 'tag'] },
    {
      external_references: [
        reference('Example Feed', undefined, 'https://feed.example.com/'),
        reference('Example Feed', '7'),
      ],
    },
    { external_references: [reference('mitre-attack', 'T9999'), reference('mitre-attack', 'TA0011')] },
  ])
    assert.deepEqual(render(related, indicator(1, more)), []);
});

test('vulnerabilities, techniques, families and groups are objects, each with its relationship', () => {
  const objects = render(
    new RelatedObjects(IDS),
    indicator(1, {
      labels: ['malware:Example RAT', 'actor:Example: Group'],
      external_references: [
        reference('cve', 'CVE-2021-44228'),
        reference('mitre-attack', 'T1059.001', 'https://attack.example.org/'),
      ],
    }),
  );
  assert.deepEqual(
    objects.map(({ type, name, relationship_type: kind }) => [type, name ?? kind]),
    [
      ['vulnerability', 'CVE-2021-44228'],
      ['attack-pattern', 'PowerShell'],
      ['malware', 'Example RAT'],
      ['intrusion-set', 'Example: Group'],
      ['relationship', 'related-to'],
      ['relationship', 'indicates'],
      ['relationship', 'indicates'],
      ['relationship', 'indicates'],
    ],
  );
  assert.equal(objects[2]?.is_family, true);
  const [, technique] = objects;
  assert.deepEqual(technique?.external_references, [
    { source_name: 'mitre-attack', external_id: 'T1059.001', url: 'https://attack.example.org/' },
  ]);
  for (const { source_ref, target_ref, object_marking_refs } of objects.slice(4)) {
    assert.equal(source_ref, 'indicator--1');
    assert.ok(objects.some(({ id }) => id === target_ref));
    assert.deepEqual(object_marking_refs, [MARKING]);
  }
});

test('an object is told once, whatever slices its indicators come in; each has its own relationship', () => {
  const related = new RelatedObjects(IDS);
  const more = { labels: ['malware:Example RAT', 'malware:Example RAT'] };
  const first = render(related, indicator(1, more), indicator(2, more));
  assert.deepEqual(
    first.map(({ type }) => type),
    ['malware', 'relationship', 'relationship'],
  );
  const second = render(related, indicator(3, more));
  assert.deepEqual(
    second.map(({ type }) => type),
    ['relationship'],
  );
  assert.equal(second[0]?.target_ref, first[0]?.id);
  assert.equal(new Set([...first, ...second].map(({ id }) => id)).size, 4);
});

test('a relationship is as old as its indicator, and is revoked with it', () => {
  const labels = ['malware:Example RAT'];
  const [, standing] = render(new RelatedObjects(IDS), indicator(1, { labels }));
  const [, revoked] = render(
    new RelatedObjects(IDS),
    indicator(1, { labels, revoked: true, modified: '2026-02-01T00:00:00.000Z' }),
  );
  assert.deepEqual([standing?.revoked, revoked?.revoked], [undefined, true]);
  assert.equal(standing?.id, revoked?.id);
  assert.deepEqual(
    [revoked?.created, revoked?.modified],
    ['2026-01-15T10:00:00.000Z', '2026-02-01T00:00:00.000Z'],
  );
});

test('the same indicators give the same bytes, and all references lead somewhere', () => {
  const label = fc.constantFrom('malware:A', 'malware:B', 'actor:A', 'actor:Ä "quoted"', 'tag', 'malware:');
  const cited = fc.constantFrom(
    reference('cve', 'CVE-2021-44228'),
    reference('mitre-attack', 'T1071'),
    reference('x', 'y'),
  );
  const one = fc.record({
    number: fc.nat(5),
    labels: fc.array(label, { maxLength: 4 }),
    external_references: fc.array(cited, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 6 }), (all) => {
      const indicators = all.map(({ number, ...more }) => indicator(number, more));
      const objects = render(new RelatedObjects(IDS), ...indicators);
      assert.deepEqual(render(new RelatedObjects(IDS), ...indicators), objects);
      const told = objects.filter(({ type }) => type !== 'relationship').map(({ id }) => id);
      assert.equal(new Set(told).size, told.length);
      for (const { type, target_ref } of objects)
        if (type === 'relationship') assert.ok(told.includes(target_ref ?? ''));
    }),
  );
});
