import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import type { Ioc } from '../../src/model/ioc.ts';
import { TLP_MARKINGS } from '../../src/model/marking.ts';
import type { Context, Source } from '../../src/model/sighting.ts';
import { assess as assessAt, type Report } from '../../src/score/assess.ts';
import { DAY, SOURCE, START } from '../store/fixtures.ts';

const IOC = { type: 'domain', value: 'login.example.com' } as const;

const assess = (ioc: Ioc, reports: readonly Report[]) => assessAt(ioc, reports, START + DAY);

function report(name: string, contexts: readonly Context[], more: Partial<Source> = {}): Report {
  return {
    source: { ...SOURCE, name, ...more },
    contexts,
    firstReported: START,
    lastReported: START + DAY,
    reports: contexts.length,
  };
}

test('the strictest marking of any source holds, stated or by default', () => {
  const { tlp } = assess(IOC, [
    report('a', [{ tlp: 'clear' }, { tlp: 'green' }]),
    report('b', [{}], { tlp: 'amber' }),
    report('c', [{ tlp: 'clear' }], { tlp: 'red' }),
  ]);
  assert.equal(tlp, 'amber');
});

test('words of all sources are united, each once and sorted', () => {
  const assessment = assess(IOC, [
    report('b', [{ tags: ['rat', 'c2'], family: 'Emotet', techniques: ['T1071'], sectors: ['water'] }]),
    report('a', [
      { tags: ['c2', 'apt'], threatType: 'botnet_cc', cves: ['CVE-2021-44228'] },
      { family: 'Emotet' },
    ]),
  ]);
  assert.deepEqual(assessment.tags, ['apt', 'c2', 'rat']);
  assert.deepEqual(assessment.families, ['Emotet']);
  assert.deepEqual(assessment.threatTypes, ['botnet_cc']);
  assert.deepEqual(assessment.techniques, ['T1071']);
  assert.deepEqual(assessment.cves, ['CVE-2021-44228']);
  assert.deepEqual(assessment.sectors, ['water']);
});

test('what was concluded stands beside what was stated, each once', () => {
  const assessment = assess(IOC, [
    report('a', [
      {
        family: 'Emotet',
        sectors: ['water'],
        actors: ['TA542'],
        derived: [
          { kind: 'technique', value: 'T1566', from: 'tag "phishing"' },
          { kind: 'sector', value: 'energy', from: 'text "energy sector"' },
        ],
      },
    ]),
    report('b', [
      {
        techniques: ['T1566'],
        derived: [
          { kind: 'family', value: 'Emotet', from: 'tag "emotet"' },
          { kind: 'actor', value: 'APT28', from: 'tag "fancy bear"' },
        ],
      },
    ]),
  ]);
  const { families, techniques, sectors, actors } = assessment;
  assert.deepEqual(
    { families, techniques, sectors, actors },
    {
      families: ['Emotet'],
      techniques: ['T1566'],
      sectors: ['energy', 'water'],
      actors: ['APT28', 'TA542'],
    },
  );
});

test('no more than fifty words of a kind and notes are shown', () => {
  const tags = Array.from({ length: 200 }, (_, index) => `tag-${index}`);
  const reports = tags.map((tag) => report(tag, [{ tags: [tag], comment: tag }]));
  const assessment = assess(IOC, reports);
  assert.deepEqual([assessment.tags.length, assessment.reports.length], [50, 50]);
});

test('it is revoked only when every record of every source is', () => {
  const revoked = (...reports: Report[]) => assess(IOC, reports).revoked;
  assert.equal(revoked(report('a', [{ revoked: true }])), true);
  assert.equal(revoked(report('a', [{ revoked: true }]), report('b', [{ revoked: true }])), true);
  assert.equal(revoked(report('a', [{ revoked: true }]), report('b', [{}])), false);
  assert.equal(revoked(report('a', [{ revoked: true, entry: '1' }, { entry: '2' }])), false);
});

test('a source that has taken it back is not heard beside one that stands; alone it still is', () => {
  const back = report('a', [
    { revoked: true, confidence: 90, tlp: 'red', tags: ['old'], lastSeen: START + 9 * DAY },
  ]);
  const standing = report('b', [{ confidence: 30, tags: ['new'], lastSeen: START }]);
  const both = assess(IOC, [back, standing]);
  assert.deepEqual([both.confidence, both.tlp, both.tags, both.lastSeen], [30, 'clear', ['new'], START]);
  const alone = assess(IOC, [back]);
  assert.deepEqual([alone.confidence, alone.tlp, alone.tags], [90, 'red', ['old']]);
});

test('first and last seen are the sources’ own times, else when we heard of it, and never cross', () => {
  const seen = (...contexts: Context[]) => {
    const { firstSeen, lastSeen } = assess(IOC, [report('a', contexts)]);
    return [firstSeen, lastSeen];
  };
  assert.deepEqual(seen({}), [START, START + DAY]);
  assert.deepEqual(seen({ firstSeen: START - DAY }), [START - DAY, START - DAY]);
  assert.deepEqual(seen({ lastSeen: START - DAY }), [START - DAY, START - DAY]);
  assert.deepEqual(seen({ firstSeen: START, lastSeen: START - DAY }), [START - DAY, START]);
  assert.deepEqual(seen({ firstSeen: 5, lastSeen: 6 }, { firstSeen: 3, lastSeen: 4 }), [3, 6]);
});

test('a source that says the same twice is named once, by its page about the IOC before its own', () => {
  const reference = 'https://reports.example.com/1';
  const same = { reference, comment: 'seen' };
  const { reports } = assess(IOC, [report('a', [same, { ...same, confidence: 3 }]), report('b', [{}])]);
  assert.deepEqual(reports, [
    { source: 'a', url: reference, comment: 'seen', category: 'community' },
    { source: 'b', url: SOURCE.url, category: 'community' },
  ]);
});

const word = fc.constantFrom('a', 'b', 'c', 'd');
const context: fc.Arbitrary<Context> = fc.record(
  {
    confidence: fc.integer({ min: 0, max: 100 }),
    tlp: fc.constantFrom(...TLP_MARKINGS),
    tags: fc.array(word),
    family: word,
    threatType: word,
    comment: word,
    reference: word.map((path) => `https://reports.example.com/${path}`),
    firstSeen: fc.integer({ min: START - 9 * DAY, max: START }),
    lastSeen: fc.integer({ min: START - 9 * DAY, max: START }),
    revoked: fc.constant(true),
  },
  { requiredKeys: [] },
);
const reports = fc
  .uniqueArray(
    fc.tuple(fc.string({ minLength: 1, maxLength: 3 }), fc.array(context, { minLength: 1, maxLength: 4 })),
    {
      minLength: 1,
      maxLength: 6,
      selector: ([name]) => name,
    },
  )
  .map((list) => list.map(([name, contexts]) => report(name, contexts)));

test('the order in which sources report does not matter, nor that of their records', () => {
  fc.assert(
    fc.property(reports, fc.infiniteStream(fc.nat()), (list, dice) => {
      const shuffled = <T>(items: readonly T[]): T[] =>
        items
          .map((item) => [dice.next().value as number, item] as const)
          .sort(([a], [b]) => a - b)
          .map(([, item]) => item);
      const mixed = shuffled(list).map((each) => ({ ...each, contexts: shuffled(each.contexts) }));
      assert.deepEqual(assess(IOC, mixed), assess(IOC, list));
    }),
  );
});

test('no report makes the marking freer, and each standing one only adds', () => {
  fc.assert(
    fc.property(reports, context, (list, added) => {
      const before = assess(IOC, list);
      const after = assess(IOC, [...list, report('another source', [added])]);
      if (added.revoked === true || before.revoked) return;
      assert.ok(TLP_MARKINGS.indexOf(after.tlp) >= TLP_MARKINGS.indexOf(before.tlp));
      assert.ok(after.confidence >= before.confidence);
      for (const tag of before.tags) assert.ok(after.tags.includes(tag));
      assert.ok(after.firstSeen <= before.firstSeen && after.lastSeen >= before.lastSeen);
      assert.ok(after.firstSeen <= after.lastSeen);
    }),
  );
});
