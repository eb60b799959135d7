import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { IOC_TYPES, type IocType } from '../../src/model/ioc.ts';
import type { Context, Source } from '../../src/model/sighting.ts';
import { assess, type Report } from '../../src/score/assess.ts';
import { explainConfidence } from '../../src/score/confidence.ts';
import { TIME_TO_LIVE } from '../../src/score/life.ts';
import { DAY, SOURCE, START } from '../store/fixtures.ts';

function report(name: string, confidence: number, more: Partial<Source> = {}, context: Context = {}): Report {
  return {
    source: { ...SOURCE, name, confidence, ...more },
    contexts: [{ lastSeen: START, ...context }],
    firstReported: START,
    lastReported: START,
    reports: 1,
  };
}

function confidence(reports: readonly Report[], type: IocType = 'domain', now = START): number {
  return assess({ type, value: 'x' }, reports, now).confidence;
}

test('one source that is wholly believed is taken at its word, stated or by default', () => {
  assert.equal(confidence([report('a', 50)]), 50);
  assert.equal(confidence([report('a', 50, {}, { confidence: 71 })]), 71);
  assert.equal(confidence([report('a', 50, {}, { confidence: 0 })]), 0);
});

test('reliability takes its part of a claim', () => {
  assert.equal(confidence([report('a', 90, { reliability: 80 })]), 72);
  assert.equal(confidence([report('a', 75, { reliability: 50 })]), 37);
  assert.equal(confidence([report('a', 100, { reliability: 0 })]), 0);
});

test('publishers confirm one another; sources of one publisher, and records of one source, do not', () => {
  assert.equal(confidence([report('a', 50), report('b', 50)]), 75);
  assert.equal(confidence([report('a', 50), report('b', 50), report('c', 50)]), 87);
  const publisher = 'abuse.ch';
  assert.equal(confidence([report('a', 50, { publisher }), report('b', 60, { publisher })]), 60);
  assert.equal(
    confidence([report('a', 50, { publisher }), report('b', 50), report('c', 50, { publisher })]),
    75,
  );
  const twice = { ...report('a', 50), contexts: [{ confidence: 20 }, { confidence: 70 }] };
  assert.equal(confidence([twice]), 70);
  assert.equal(confidence([twice, report('b', 0)]), 70);
});

test('what a source says that is not heard beside a standing one gives no confidence', () => {
  const back = report('a', 90, {}, { revoked: true });
  assert.equal(confidence([back, report('b', 40)]), 40);
  assert.equal(confidence([back]), 90);
});

test('a weak source that sees an IOC again does not renew the strong word of another', () => {
  const strong = report('a', 90);
  const fresh = report('b', 20, {}, { lastSeen: START + 85 * DAY });
  assert.equal(confidence([strong, fresh], 'domain', START), 92);
  assert.equal(confidence([strong, fresh], 'domain', START + 85 * DAY), 69);
  assert.equal(confidence([strong, fresh], 'domain', START + 95 * DAY), 29);
  assert.equal(
    confidence([report('a', 90, {}, { lastSeen: START + 85 * DAY })], 'domain', START + 95 * DAY),
    90,
  );
});

test('the explanation names every claim, which of them count, and what has been lost by age', () => {
  const reports = [
    report('URLhaus', 60, { publisher: 'abuse.ch' }),
    report('ThreatFox', 75, { publisher: 'abuse.ch', reliability: 90 }, { lastSeen: START - DAY }),
    report('Own list', 50),
  ];
  const claims = [
    {
      source: 'Own list',
      publisher: 'Own list',
      claimed: 50,
      reliability: 100,
      weight: 50,
      lastSeen: START,
      counts: true,
    },
    {
      source: 'ThreatFox',
      publisher: 'abuse.ch',
      claimed: 75,
      reliability: 90,
      weight: 67,
      lastSeen: START - DAY,
      counts: true,
    },
    {
      source: 'URLhaus',
      publisher: 'abuse.ch',
      claimed: 60,
      reliability: 100,
      weight: 60,
      lastSeen: START,
      counts: false,
    },
  ];
  assert.deepEqual(explainConfidence(reports, 'url', START), { value: 83, claims });
  assert.deepEqual(explainConfidence(reports, 'url', START + 50 * DAY), {
    value: 69,
    claims,
    decayedFrom: 83,
  });
});

test('what has been taken back does not decay, and need not be looked at again', () => {
  const back = report('a', 90, {}, { revoked: true });
  for (const reports of [[back], [back, report('b', 10, {}, { revoked: true })]]) {
    const { confidence, reviewAt } = assess({ type: 'ipv4', value: 'x' }, reports, START + 20 * DAY);
    assert.ok(confidence >= 90);
    assert.equal(reviewAt, undefined);
  }
});

const anyReport = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    publisher: fc.constantFrom('a', 'b', 'c', undefined),
    claimed: fc.integer({ min: 0, max: 100 }),
    reliability: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
    contexts: fc.array(
      fc.record({
        lastSeen: fc.integer({ min: START - 60 * DAY, max: START }),
        confidence: fc.integer({ min: 0, max: 100 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ name, publisher, claimed, reliability, contexts }): Report => ({
    ...report(name, claimed, {
      ...(publisher !== undefined && { publisher }),
      ...(reliability !== undefined && { reliability }),
    }),
    contexts,
  }));
const anyReports = fc.uniqueArray(anyReport, {
  minLength: 1,
  maxLength: 6,
  selector: ({ source }) => source.name,
});
const anyType = fc.constantFrom(...IOC_TYPES);
const anyTime = fc.integer({ min: START - 70 * DAY, max: START + 200 * DAY });

test('confidence is an integer from 0 to 100, as explained, in whatever order sources report', () => {
  fc.assert(
    fc.property(anyReports, anyType, anyTime, (reports, type, now) => {
      const value = confidence(reports, type, now);
      assert.ok(Number.isInteger(value) && value >= 0 && value <= 100);
      assert.equal(confidence(reports.toReversed(), type, now), value);
      const explained = explainConfidence(reports, type, now);
      assert.equal(explained.value, value);
      assert.equal(explained.claims.length, reports.length);
      const publishers = new Set(reports.map(({ source }) => source.publisher ?? source.name));
      assert.equal(explained.claims.filter(({ counts }) => counts).length, publishers.size);
      assert.deepEqual(explainConfidence(reports.toReversed(), type, now), explained);
    }),
  );
});

test('a single source of a reliability below 70 never reaches the high band', () => {
  fc.assert(
    fc.property(
      anyReport,
      anyType,
      fc.double({ min: 0, max: 69.999, noNaN: true }),
      (one, type, reliability) => {
        assert.ok(confidence([{ ...one, source: { ...one.source, reliability } }], type) < 70);
      },
    ),
  );
});

test('nor do many sources of one publisher', () => {
  fc.assert(
    fc.property(anyReports, anyType, fc.integer({ min: 0, max: 69 }), (reports, type, reliability) => {
      const same = reports.map((one) => ({ ...one, source: { ...one.source, publisher: 'p', reliability } }));
      assert.ok(confidence(same, type) < 70);
    }),
  );
});

test('one more standing report never lowers confidence, at any time', () => {
  fc.assert(
    fc.property(anyReports, anyReport, anyType, anyTime, (reports, added, type, now) => {
      const more = { ...added, source: { ...added.source, name: 'another' } };
      assert.ok(confidence([...reports, more], type, now) >= confidence(reports, type, now));
    }),
  );
});

test('without news confidence falls twice at most, exactly when foretold, and not between', () => {
  fc.assert(
    fc.property(
      anyReports,
      anyType,
      anyTime,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (reports, type, start, part) => {
        const at = (now: number) => assess({ type, value: 'x' }, reports, now);
        let { confidence: before, reviewAt } = at(start);
        let falls = 0;
        let now = start;
        while (reviewAt !== undefined) {
          assert.ok(reviewAt > now);
          const between = Math.min(reviewAt - 1, now + Math.floor((reviewAt - now) * part));
          assert.equal(at(between).confidence, before);
          assert.equal(at(reviewAt - 1).confidence, before);
          now = reviewAt;
          const after = at(now);
          assert.ok(after.confidence < before);
          ({ confidence: before, reviewAt } = after);
          falls += 1;
        }
        assert.ok(falls <= 2);
        assert.equal(at(now + 900 * DAY).confidence, before);
      },
    ),
    { numRuns: 300 },
  );
});

test('a re-sighting by all restores what was lost', () => {
  fc.assert(
    fc.property(anyReports, fc.constantFrom(...(Object.keys(TIME_TO_LIVE) as IocType[])), (reports, type) => {
      const seen = (lastSeen: number) =>
        reports.map((one) => ({
          ...one,
          contexts: one.contexts.map((context) => ({ ...context, lastSeen })),
        }));
      const fresh = confidence(seen(START), type, START);
      assert.ok(confidence(seen(START), type, START + 300 * DAY) <= Math.min(29, fresh));
      assert.equal(confidence(seen(START + 300 * DAY), type, START + 300 * DAY), fresh);
    }),
  );
});
