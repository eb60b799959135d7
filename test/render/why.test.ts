import assert from 'node:assert/strict';
import test from 'node:test';

import type { Source } from '../../src/model/sighting.ts';
import { explainIoc } from '../../src/render/why.ts';
import type { IocRecord, SourceWord } from '../../src/store/store.ts';

const NOW = Date.UTC(2026, 0, 15, 10);
const DAY = 86_400_000;
const FEED: Source = { name: 'Example Feed', tlp: 'clear', confidence: 60, reliability: 100 };

function word(more: Partial<SourceWord> = {}): SourceWord {
  return {
    source: FEED,
    firstReported: NOW - DAY,
    lastReported: NOW,
    reports: 2,
    stands: true,
    contexts: [{}],
    ...more,
  };
}

function record(more: Partial<IocRecord> = {}): IocRecord {
  return {
    type: 'domain',
    value: 'name.example.com',
    created: NOW - DAY,
    stamp: NOW,
    revoked: false,
    stix: '',
    sightings: [],
    sources: [word()],
    ...more,
  };
}

const HOLD = { rule: 'warninglist', list: 'ours', entry: 'example.com' } as const;

test('where an IOC stands: the operator’s word first, then the gate, its sources, its validity, its hour', () => {
  const gone = [word({ stands: false })];
  for (const [more, status, because] of [
    [{}, 'published', 'Reported by Example Feed.'],
    [
      { stamp: NOW + 1_000 },
      'upcoming',
      'It becomes visible 2026-01-15T10:00:01.000Z. Reported by Example Feed.',
    ],
    [{ validUntil: NOW + 1 }, 'published', 'Reported by Example Feed.'],
    [
      { validUntil: NOW },
      'expired',
      'Its validity ended 2026-01-15T10:00:00.000Z: nobody has seen it since.',
    ],
    [{ sources: gone }, 'withdrawn', 'Every source that reported it has taken it back.'],
    [
      { sources: gone, validUntil: NOW - DAY },
      'withdrawn',
      'Every source that reported it has taken it back.',
    ],
    [{ hold: HOLD }, 'held', 'Not published: on a warninglist (ours: example.com).'],
    [{ hold: HOLD, sources: gone }, 'held', 'Not published: on a warninglist (ours: example.com).'],
    [
      { retracted: 'our own scanner', hold: HOLD },
      'retracted',
      'The operator took it back: our own scanner.',
    ],
  ] as const) {
    const why = explainIoc('indicator--1', record(more), NOW);
    assert.deepEqual([why.status, why.because], [status, because]);
  }
});

test('only sources that stand by it are named as those who report it', () => {
  const sources = [
    word(),
    word({ source: { ...FEED, name: 'Gone' }, stands: false }),
    word({ source: { ...FEED, name: 'Other' } }),
  ];
  const why = explainIoc('indicator--1', record({ sources }), NOW);
  assert.equal(why.because, 'Reported by Example Feed, Other.');
  assert.deepEqual(
    why.sources.map(({ name, stands }) => [name, stands]),
    [
      ['Example Feed', true],
      ['Gone', false],
      ['Other', true],
    ],
  );
});

test('what was never published has no times of it, and what is not known is left out', () => {
  const why = explainIoc('indicator--1', record({ stamp: 0, hold: HOLD }), NOW);
  assert.deepEqual(why.hold, HOLD);
  for (const name of ['first_published', 'last_published', 'valid_until']) assert.ok(!(name in why), name);
  for (const name of ['url', 'category']) assert.ok(!(name in why.sources[0]!), name);
  const full = explainIoc('indicator--1', record({ validUntil: NOW + DAY }), NOW);
  assert.deepEqual(
    [full.first_published, full.last_published, full.valid_until],
    ['2026-01-14T10:00:00.000Z', '2026-01-15T10:00:00.000Z', '2026-01-16T10:00:00.000Z'],
  );
});

test('records are written with the names and times of the API', () => {
  const context = {
    entry: '7',
    firstSeen: NOW - DAY,
    lastSeen: NOW,
    threatType: 'phishing',
    tags: ['a'],
    comment: 'x',
  };
  const source = { ...FEED, url: 'https://feed.example.com/', category: 'community' };
  const why = explainIoc(
    'indicator--1',
    record({ sources: [word({ source, contexts: [context, {}] })] }),
    NOW,
  );
  assert.deepEqual(why.sources[0], {
    name: 'Example Feed',
    url: 'https://feed.example.com/',
    category: 'community',
    stands: true,
    first_reported: '2026-01-14T10:00:00.000Z',
    last_reported: '2026-01-15T10:00:00.000Z',
    reports: 2,
    records: [
      {
        entry: '7',
        first_seen: '2026-01-14T10:00:00.000Z',
        last_seen: '2026-01-15T10:00:00.000Z',
        threat_type: 'phishing',
        tags: ['a'],
        comment: 'x',
      },
      {},
    ],
  });
});

test('confidence is told with its level, its claims, and what it has faded from', () => {
  const fresh = explainIoc('indicator--1', record(), NOW).confidence;
  assert.ok(fresh.value > 0 && fresh.value <= 100);
  assert.equal(fresh.claims.length, 1);
  assert.equal(fresh.claims[0]?.last_seen, '2026-01-15T10:00:00.000Z');
  assert.equal(fresh.faded_from, undefined);
  const later = explainIoc('indicator--1', record(), NOW + 365 * DAY).confidence;
  assert.ok(later.value < fresh.value);
  assert.equal(later.faded_from, fresh.value);
  assert.equal(
    JSON.stringify(explainIoc('indicator--1', record(), NOW)),
    JSON.stringify(explainIoc('indicator--1', record(), NOW)),
  );
});
