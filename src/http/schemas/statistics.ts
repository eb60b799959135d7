import { CONFIDENCE_LEVEL_NAMES } from '../../model/confidence.ts';
import { IOC_TYPES } from '../../model/ioc.ts';
import { arrayOf, COUNT, described, GENERATED_AT, objectOf, orNull, TEXT, TIME } from './schema.ts';

const TREND = objectOf(
  {
    added: described(COUNT, 'IOCs that were published for the first time.'),
    updated: described(COUNT, 'New versions of others.'),
    added_before: described(COUNT, 'Added in as long a time before.'),
  },
  {},
  { title: 'Trend', description: 'What was published lately, to the full hour.' },
);

export const STATISTICS = objectOf(
  {
    generated_at: GENERATED_AT,
    total: COUNT,
    by_type: objectOf(Object.fromEntries(IOC_TYPES.map((type) => [type, COUNT]))),
    by_confidence: objectOf(Object.fromEntries(CONFIDENCE_LEVEL_NAMES.map((level) => [level, COUNT]))),
    by_category: arrayOf(objectOf({ category: TEXT, count: COUNT })),
    by_feed: arrayOf(objectOf({ feed_name: TEXT, count: COUNT })),
    trend: objectOf({ last_24_hours: TREND, last_7_days: TREND }),
    top_techniques: arrayOf(objectOf({ id: TEXT, name: orNull(TEXT), count: COUNT })),
    top_cves: arrayOf(objectOf({ id: TEXT, count: COUNT })),
    feeds: described(
      arrayOf(
        objectOf({
          feed: TEXT,
          state: TEXT,
          last_good: orNull(TIME),
          last_checked: orNull(TIME),
          failures: described(COUNT, 'In a row.'),
        }),
      ),
      'The feeds that run.',
    ),
  },
  {},
  { title: 'Statistics', description: 'Counts of what is current.' },
);

export const STATISTICS_EXAMPLE = {
  generated_at: '2026-11-23T20:05:19.358Z',
  total: 121,
  by_type: Object.fromEntries(IOC_TYPES.map((type) => [type, type === 'ipv4' ? 121 : 0])),
  by_confidence: { low: 0, medium: 21, high: 100 },
  by_category: [{ category: 'community', count: 121 }],
  by_feed: [{ feed_name: 'Example Feed', count: 121 }],
  trend: {
    last_24_hours: { added: 12, updated: 3, added_before: 9 },
    last_7_days: { added: 80, updated: 31, added_before: 41 },
  },
  top_techniques: [{ id: 'T1071.001', name: 'Web Protocols', count: 40 }],
  top_cves: [],
  feeds: [
    {
      feed: 'example-feed',
      state: 'fine',
      last_good: '2026-11-23T20:05:00.000Z',
      last_checked: '2026-11-23T20:05:00.000Z',
      failures: 0,
    },
  ],
};
