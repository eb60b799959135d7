import { CONFIDENCE_LEVEL_NAMES } from '../../model/confidence.ts';
import { IOC_TYPES } from '../../model/ioc.ts';
import type { IocItem } from '../../model/ioc-item.ts';
import { TLP_MARKINGS } from '../../model/marking.ts';
import { SECTORS } from '../../model/sector.ts';
import { arrayOf, described, objectOf, oneOf, orNull, SCORE, TEXT, TIME } from './schema.ts';

export const IOC_TYPE = { ...oneOf(...IOC_TYPES), title: 'IocType' };
export const LEVEL = { ...oneOf(...CONFIDENCE_LEVEL_NAMES), title: 'ConfidenceLevel' };
export const TLP = { ...oneOf(...TLP_MARKINGS), title: 'Tlp' };
export const INDUSTRIES = arrayOf({ ...oneOf(...SECTORS), title: 'Industry' });
export const INDICATOR_ID = {
  type: 'string',
  pattern: '^indicator--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
};

const SOURCE = objectOf(
  {
    feed_name: TEXT,
    category: orNull(TEXT),
    origin: described(oneOf('feed', 'article'), 'Whether a feed of records names it, or a report.'),
    reference_url: described(orNull(TEXT), 'Its page about the IOC, or about itself.'),
    article_id: orNull(TEXT),
    article_title: orNull(TEXT),
    article_url: orNull(TEXT),
  },
  { comment: TEXT },
  { title: 'IocSource', description: 'A source that reports an IOC.' },
);

/** An IOC as lists give it. */
export const ITEM = objectOf(
  {
    id: described(INDICATOR_ID, 'The same for the same IOC for ever.'),
    created: described(TIME, 'When its first version was published.'),
    modified: described(TIME, 'When this version was published.'),
    type: IOC_TYPE,
    value: described(TEXT, 'In its normal form. It comes from an attacker: never open it, and escape it.'),
    confidence: LEVEL,
    score: described(SCORE, 'The confidence as a number.'),
    first_seen: TIME,
    last_seen: TIME,
    tlp: TLP,
    source: SOURCE,
    context: described(TEXT, 'What it is, of which family, and who reports it.'),
    tags: arrayOf(TEXT),
    mitre_techniques: arrayOf(TEXT),
    industries: INDUSTRIES,
  },
  {
    valid_until: TIME,
    revoked: described({ const: true }, 'It was taken back.'),
    other_sources: arrayOf(SOURCE),
    threat_types: arrayOf(TEXT),
    malware_families: arrayOf(TEXT),
    threat_actors: arrayOf(TEXT),
    cves: arrayOf(TEXT),
  },
  { title: 'IocItem', description: 'One IOC.' },
);

/** An IOC that exists in documentation only. */
export const EXAMPLE_ITEM: IocItem = {
  id: 'indicator--03240c61-daa7-5645-b4ea-83f63505a90f',
  created: Date.UTC(2026, 10, 20, 11, 2, 8, 641),
  modified: Date.UTC(2026, 10, 23, 20, 5, 19, 358),
  type: 'ipv4',
  value: '192.0.2.7',
  confidence: 85,
  level: 'high',
  firstSeen: Date.UTC(2026, 10, 20, 10),
  lastSeen: Date.UTC(2026, 10, 23, 10),
  validUntil: Date.UTC(2026, 11, 23, 10),
  revoked: false,
  tlp: 'clear',
  description: 'IPv4 address (botnet cc) of Mozi, reported by Example Feed.',
  threatTypes: ['botnet_cc'],
  families: ['Mozi'],
  actors: [],
  tags: ['mozi'],
  techniques: ['T1071.001'],
  cves: [],
  sectors: ['energy'],
  sources: [
    { name: 'Example Feed', category: 'community', url: 'https://feed.example.com/1', origin: 'feed' },
  ],
};

/** The same of other types, for formats that cannot express an address. */
export const EXAMPLE_ITEMS: readonly IocItem[] = [
  EXAMPLE_ITEM,
  example('ipv6', '2001:db8::7', 'a1c4df0e-0f6b-5d3c-8b3e-5b9d2e7f1a20'),
  example('domain', 'bad.example.com', '5b0f6f0a-64a1-5c5e-9f0b-3a4c5d6e7f80'),
  example('url', 'http://bad.example.com/a', '7c1e2d3f-4a5b-5c6d-8e7f-9a0b1c2d3e4f'),
  example('md5', '0123456789abcdef0123456789abcdef', '1d2e3f4a-5b6c-5d7e-8f90-a1b2c3d4e5f6'),
  example('sha256', '0123456789abcdef'.repeat(4), '2e3f4a5b-6c7d-5e8f-90a1-b2c3d4e5f6a7'),
];

function example(type: IocItem['type'], value: string, uuid: string): IocItem {
  const description = `${type} (botnet cc) of Mozi, reported by Example Feed.`;
  return { ...EXAMPLE_ITEM, id: `indicator--${uuid}`, type, value, description };
}
