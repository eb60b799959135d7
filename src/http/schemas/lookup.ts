import type { Ioc } from '../../model/ioc.ts';
import { kqlQuery } from '../../render/hunting/kql.ts';
import { splunkQuery } from '../../render/hunting/spl.ts';
import { INDICATOR_ID, INDUSTRIES, IOC_TYPE, LEVEL, TLP } from './item.ts';
import { arrayOf, described, objectOf, oneOf, orNull, SCORE, TEXT, TIME } from './schema.ts';

const HUNTING = objectOf(
  {
    splunk: described(TEXT, 'A search for Splunk.'),
    kql: described(TEXT, 'A query for Microsoft Defender XDR and Sentinel.'),
  },
  {},
  { title: 'HuntingQueries', description: 'Searches for the value, escaped for each language.' },
);

const SOURCE = objectOf(
  {
    feed_name: TEXT,
    category: orNull(TEXT),
    origin: oneOf('feed', 'article'),
    reference_url: orNull(TEXT),
    first_reported: TIME,
    last_reported: TIME,
  },
  { comment: TEXT },
  { title: 'LookupSource', description: 'A source that stands by the value.' },
);

const RISK = described(oneOf('critical', 'high', 'medium', 'low'), 'From 90, from 70, from 30, below.');

const COVERED_BY = described(
  arrayOf(
    objectOf(
      { type: IOC_TYPE, value: TEXT, risk_score: RISK, confidence: LEVEL },
      {},
      { title: 'LookupCover', description: 'A published IOC that contains the value.' },
    ),
  ),
  'Published networks that contain the address, domains above the domain, the host of the URL; the narrowest first.',
);

const FOUND = objectOf(
  {
    type: IOC_TYPE,
    value: TEXT,
    found: { const: true },
    id: INDICATOR_ID,
    status: oneOf('published', 'expired'),
    risk_score: RISK,
    score: SCORE,
    score_explanation: TEXT,
    confidence: LEVEL,
    first_seen: TIME,
    last_seen: TIME,
    valid_until: orNull(TIME),
    tlp: TLP,
    tags: arrayOf(TEXT),
    malware_family: orNull(TEXT),
    threat_types: arrayOf(TEXT),
    threat_actors: arrayOf(TEXT),
    cves: arrayOf(TEXT),
    industries: INDUSTRIES,
    mitre_techniques: arrayOf(objectOf({ id: TEXT, name: orNull(TEXT) })),
    covered_by: COVERED_BY,
    hunting_queries: HUNTING,
    sources: arrayOf(SOURCE),
  },
  {},
  { title: 'LookupFound', description: 'A value that is reported.' },
);

const MISSING = objectOf(
  {
    type: IOC_TYPE,
    value: TEXT,
    found: { const: false },
    message: TEXT,
    risk_score: { type: 'null' },
    score: { type: 'null' },
    covered_by: COVERED_BY,
    hunting_queries: HUNTING,
    sources: { type: 'array', maxItems: 0 },
  },
  {},
  {
    title: 'LookupMissing',
    description:
      'No source that is read here reports the value itself. That does not mean that it is harmless.',
  },
);

export const LOOKUP = { title: 'Lookup', oneOf: [FOUND, MISSING] };

const EXAMPLE: Ioc = { type: 'domain', value: 'bad.example.com' };

export const LOOKUP_EXAMPLE = {
  ...EXAMPLE,
  found: true,
  id: 'indicator--5b0f6f0a-64a1-5c5e-9f0b-3a4c5d6e7f80',
  status: 'published',
  risk_score: 'critical',
  score: 95,
  score_explanation: '95 of 100: Example Feed claims 95 and is believed at 100 %.',
  confidence: 'high',
  first_seen: '2026-11-20T10:00:00.000Z',
  last_seen: '2026-11-23T10:00:00.000Z',
  valid_until: '2027-02-21T10:00:00.000Z',
  tlp: 'clear',
  tags: ['elf'],
  malware_family: 'Mozi',
  threat_types: ['botnet_cc'],
  threat_actors: [],
  cves: [],
  industries: ['energy'],
  mitre_techniques: [{ id: 'T1105', name: 'Ingress Tool Transfer' }],
  covered_by: [{ type: 'domain', value: 'example.com', risk_score: 'medium', confidence: 'medium' }],
  hunting_queries: { splunk: splunkQuery(EXAMPLE), kql: kqlQuery(EXAMPLE) },
  sources: [
    {
      feed_name: 'Example Feed',
      category: 'community',
      origin: 'feed',
      reference_url: 'https://feed.example.com/1',
      first_reported: '2026-11-20T10:05:00.000Z',
      last_reported: '2026-11-23T10:05:00.000Z',
    },
  ],
};
