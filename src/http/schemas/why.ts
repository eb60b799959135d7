import { HOLD_RULES } from '../../model/hold.ts';
import { INDICATOR_ID, INDUSTRIES, IOC_TYPE, LEVEL, TLP } from './item.ts';
import { arrayOf, COUNT, described, objectOf, oneOf, SCORE, TEXT, TIME, YES_NO } from './schema.ts';

const RECORD = objectOf(
  {},
  {
    entry: described(TEXT, "The source's own id of it."),
    first_seen: TIME,
    last_seen: TIME,
    confidence: SCORE,
    threat_type: TEXT,
    family: TEXT,
    tags: arrayOf(TEXT),
    techniques: arrayOf(TEXT),
    cves: arrayOf(TEXT),
    sectors: INDUSTRIES,
    reference: TEXT,
    comment: TEXT,
    tlp: TLP,
    actors: arrayOf(TEXT),
    evidence: objectOf({
      sentence: described(TEXT, 'What holds the value in a report.'),
      offset: COUNT,
      defanged: YES_NO,
    }),
    derived: described(
      arrayOf(objectOf({ kind: oneOf('family', 'technique', 'sector', 'actor'), value: TEXT, from: TEXT })),
      'What was concluded, each with the words that it follows from.',
    ),
    revoked: YES_NO,
  },
  { title: 'WhyRecord', description: 'What a source said.' },
);

const CLAIM = objectOf(
  {
    source: TEXT,
    publisher: TEXT,
    claimed: SCORE,
    reliability: described(SCORE, 'How far the source is believed, in per cent.'),
    weight: described({ type: 'number' }, 'What it adds.'),
    last_seen: TIME,
    counts: described(YES_NO, 'Whether it adds anything beside what its publisher said elsewhere.'),
  },
  {},
  { title: 'WhyClaim', description: 'What one source is worth.' },
);

export const WHY = objectOf(
  {
    id: INDICATOR_ID,
    type: IOC_TYPE,
    value: TEXT,
    status: oneOf('published', 'held', 'retracted', 'expired', 'withdrawn', 'upcoming'),
    because: described(TEXT, 'The status in a sentence.'),
    confidence: objectOf(
      { value: SCORE, level: LEVEL, claims: arrayOf(CLAIM) },
      { faded_from: described(SCORE, 'What it was worth when it was last seen.') },
    ),
    sources: arrayOf(
      objectOf(
        {
          name: TEXT,
          stands: described(YES_NO, 'Whether it still says so.'),
          first_reported: TIME,
          last_reported: TIME,
          reports: COUNT,
          records: arrayOf(RECORD),
        },
        { url: TEXT, category: TEXT },
      ),
    ),
  },
  {
    hold: objectOf({ rule: oneOf(...Object.keys(HOLD_RULES)), list: TEXT, entry: TEXT }),
    first_published: TIME,
    last_published: TIME,
    valid_until: TIME,
  },
  { title: 'Why', description: 'Why an IOC is in or out.' },
);

export const WHY_EXAMPLE = {
  id: 'indicator--03240c61-daa7-5645-b4ea-83f63505a90f',
  type: 'ipv4',
  value: '192.0.2.7',
  status: 'published',
  because: 'Reported by Example Feed.',
  first_published: '2026-11-20T10:05:00.000Z',
  last_published: '2026-11-23T20:05:19.358Z',
  valid_until: '2026-12-23T10:00:00.000Z',
  confidence: {
    value: 85,
    level: 'high',
    claims: [
      {
        source: 'Example Feed',
        publisher: 'Example Feed',
        claimed: 85,
        reliability: 100,
        weight: 85,
        last_seen: '2026-11-23T10:00:00.000Z',
        counts: true,
      },
    ],
  },
  sources: [
    {
      name: 'Example Feed',
      url: 'https://feed.example.com/',
      category: 'community',
      stands: true,
      first_reported: '2026-11-20T10:05:00.000Z',
      last_reported: '2026-11-23T10:05:00.000Z',
      reports: 4,
      records: [{ last_seen: '2026-11-23T10:00:00.000Z', confidence: 85, threat_type: 'botnet_cc' }],
    },
  ],
};
