import { SOC_DEFENDERS } from '../../model/producer.ts';
import { renderIdentity } from '../../render/stix/identity.ts';
import { arrayOf, described, objectOf, SCORE, TEXT, TIME } from './schema.ts';

const STIX_ID = { type: 'string', pattern: '^[a-z0-9-]+--[0-9a-f-]{36}$' };
const BEGINNING = { spec_version: { const: '2.1' }, id: STIX_ID };

const REFERENCE = objectOf(
  { source_name: TEXT },
  { description: TEXT, url: TEXT, external_id: TEXT },
  { title: 'StixExternalReference', description: 'A source with its page or remark, a CVE or an ATT&CK id.' },
);

const INDICATOR = objectOf(
  {
    type: { const: 'indicator' },
    ...BEGINNING,
    created_by_ref: STIX_ID,
    created: described(TIME, 'When its first version was published.'),
    modified: described(TIME, 'When this version was published: what since goes by.'),
    name: described(TEXT, 'The value itself, in its normal form. It comes from an attacker.'),
    description: TEXT,
    indicator_types: arrayOf(TEXT),
    pattern: TEXT,
    pattern_type: { const: 'stix' },
    pattern_version: { const: '2.1' },
    valid_from: TIME,
    confidence: SCORE,
    object_marking_refs: arrayOf(STIX_ID),
  },
  {
    revoked: described({ const: true }, 'It was taken back.'),
    valid_until: TIME,
    kill_chain_phases: arrayOf(objectOf({ kill_chain_name: TEXT, phase_name: TEXT })),
    labels: arrayOf(TEXT),
    external_references: arrayOf(REFERENCE),
  },
  { title: 'StixIndicator', description: 'An IOC as a STIX 2.1 indicator.' },
);

const OTHER = {
  title: 'StixObject',
  description: 'Any other object: the producer, a marking, or what indicators point to.',
  type: 'object',
  properties: { type: { type: 'string', not: { const: 'indicator' } }, ...BEGINNING },
  required: ['type', 'spec_version', 'id'],
  additionalProperties: true,
};

const OBJECTS = arrayOf({ oneOf: [INDICATOR, OTHER] });

/** The bundle of `application/json`. */
export const BUNDLE = objectOf(
  { type: { const: 'bundle' }, spec_version: { const: '2.1' }, id: STIX_ID, objects: OBJECTS },
  {},
  {
    title: 'Bundle',
    description: 'A bundle with spec_version, as clients of the published endpoint know it.',
  },
);

/** The standard's bundle (STIX 2.1 §8). */
export const STRICT_BUNDLE = objectOf(
  { type: { const: 'bundle' }, id: STIX_ID },
  { objects: OBJECTS },
  {
    title: 'StixBundle',
    description: 'A bundle exactly as STIX 2.1 §8 has it; objects are absent when there are none.',
  },
);

export const BARE_OBJECTS = { ...OBJECTS, title: 'StixObjects', description: 'With format=objects.' };

const IDENTITY_EXAMPLE = JSON.parse(renderIdentity(SOC_DEFENDERS)) as { readonly id: string };

const INDICATOR_EXAMPLE = {
  type: 'indicator',
  spec_version: '2.1',
  id: 'indicator--03240c61-daa7-5645-b4ea-83f63505a90f',
  created_by_ref: IDENTITY_EXAMPLE.id,
  created: '2026-11-23T20:05:19.358Z',
  modified: '2026-11-23T20:05:19.358Z',
  name: 'http://bad.example.com/a#b',
  description: 'URL, reported by Example Feed.',
  indicator_types: ['malicious-activity'],
  pattern: "[url:value = 'http://bad.example.com/a#b']",
  pattern_type: 'stix',
  pattern_version: '2.1',
  valid_from: '2026-11-23T10:00:00.000Z',
  valid_until: '2027-01-22T10:00:00.000Z',
  confidence: 50,
  external_references: [{ source_name: 'Example Feed', url: 'https://feed.example.com/1' }],
  object_marking_refs: ['marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9'],
};

const OBJECTS_EXAMPLE = [IDENTITY_EXAMPLE, INDICATOR_EXAMPLE];
const BUNDLE_ID = 'bundle--9b097f7c-5465-5edd-8d58-89faeaa1cc7f';

export const BUNDLE_EXAMPLE = {
  type: 'bundle',
  spec_version: '2.1',
  id: BUNDLE_ID,
  objects: OBJECTS_EXAMPLE,
};
export const STRICT_BUNDLE_EXAMPLE = { type: 'bundle', id: BUNDLE_ID, objects: OBJECTS_EXAMPLE };
