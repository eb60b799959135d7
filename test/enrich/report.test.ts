import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { readReport, type ReportText } from '../../src/enrich/report.ts';
import { ARTICLE_CATEGORIES, SEVERITIES } from '../../src/model/article.ts';
import { cpuTime } from '../cpu-time.ts';

function read(more: Partial<ReportText>) {
  return readReport({ title: 'A report', paragraphs: [], ...more });
}

test('names count in the title, in the summary, or in two paragraphs', () => {
  const named = 'The group APT28 used Emotet.';
  assert.deepEqual(read({ title: named }).actors, ['APT28']);
  assert.deepEqual(read({ summary: named }).families, ['Emotet']);
  assert.deepEqual(read({ paragraphs: [named] }).actors, []);
  assert.deepEqual(read({ paragraphs: [named, 'Nothing.', named] }).actors, ['APT28']);
});

test('a report may name several groups and families, those named most first', () => {
  const { actors, families } = read({
    title: 'APT29 and APT28 share Emotet and TrickBot',
    paragraphs: ['APT29 came first.', 'APT29 came again.', 'TrickBot followed.'],
  });
  assert.deepEqual(actors, ['APT29', 'APT28']);
  assert.deepEqual(families, ['TrickBot', 'Emotet']);
});

test('a group is found by all of its names', () => {
  const { actors, actorKeys } = read({ title: 'Fancy Bear at work' });
  assert.deepEqual(actors, ['APT28']);
  for (const key of ['apt28', 'fancybear', 'strontium']) assert.ok(actorKeys.includes(key), key);
});

test('what a text only compares with is not named by it', () => {
  assert.deepEqual(read({ title: 'A loader unlike Emotet' }).families, []);
});

test('ids of techniques and CVEs count wherever they stand, and only those that can be', () => {
  const { techniques, cves } = read({
    paragraphs: ['T1059.001 and T9999, cve-2024-12345 (CVE-2024-123456789012345678901).'],
  });
  assert.deepEqual([techniques, cves], [['T1059.001'], ['CVE-2024-12345']]);
});

test('a sector counts as one that something is done to', () => {
  assert.deepEqual(read({ title: 'Attacks against hospitals' }).sectors, ['healthcare']);
  assert.deepEqual(read({ title: 'A notice of government agencies' }).sectors, []);
});

test('topics need the title, the summary or three paragraphs', () => {
  assert.deepEqual(read({ title: 'Phishing for botnets' }).categories, ['phishing', 'botnet']);
  const paragraph = 'It is ransomware.';
  assert.deepEqual(read({ paragraphs: [paragraph, paragraph] }).categories, []);
  assert.deepEqual(read({ paragraphs: [paragraph, paragraph, paragraph] }).categories, ['ransomware']);
});

for (const [title, severity] of [
  ['CVE-2024-12345 exploited in the wild', 'critical'],
  ['A zero-day, CVE-2024-12345', 'critical'],
  ['CVE-2024-12345 could be exploited', 'medium'],
  ['Something is exploited in the wild', 'low'],
  ['Ransomware attacks against hospitals', 'critical'],
  ['Ransomware explained', 'high'],
  ['APT28 at work', 'high'],
  ['An espionage campaign', 'high'],
  ['Emotet explained', 'medium'],
  ['A phishing campaign', 'medium'],
  ['T1059 explained', 'medium'],
  ['A yearly summary', 'low'],
] as const)
  test(`"${title}" is ${severity}`, () => {
    assert.equal(read({ title }).severity, severity);
  });

test('any text has a severity and known categories, the same each time, whatever it holds', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('APT28', 'T1059 ', ''),
  );
  fc.assert(
    fc.property(text, text, fc.array(text, { maxLength: 10 }), (title, summary, paragraphs) => {
      const report = { title, summary, paragraphs };
      const found = readReport(report);
      assert.ok(SEVERITIES.includes(found.severity));
      assert.ok(found.categories.every((category) => ARTICLE_CATEGORIES.includes(category)));
      assert.deepEqual(readReport(report), found);
    }),
  );
});

for (const word of [
  'exploited ',
  'phish',
  'by the attack against ',
  'CVE-2024-1 ',
  'T1059 ',
  '. ',
  ' a',
  'APT-',
  'data ',
  '-',
])
  test(`the longest report that is read, all of "${word}", takes little time`, (context) => {
    const paragraph = word.repeat(4_000).slice(0, 4_000);
    const before = cpuTime();
    read({ paragraphs: Array<string>(100).fill(paragraph) });
    const spent = cpuTime() - before;
    context.diagnostic(`${Math.round(spent)} ms`);
    assert.ok(spent < 3_000, `${spent} ms`);
  });
