import type { Operation } from '../operation.ts';
import { PAGE_REQUEST_HEADERS, pageAnswers } from '../schemas/page-answers.ts';

const UUID = '7f3c2b1a-0d4e-5f60-8a9b-1c2d3e4f5a6b';

const FACTS = {
  date: '2026-01-15',
  info: 'Example Feed, first seen 2026-01-15',
  threat_level_id: '4',
  analysis: '2',
  timestamp: '1768471200',
  Orgc: { name: 'SOC Defenders', uuid: '5a3d1f0e-7c64-4b52-9d0a-2f6b8e41c7d3' },
  Tag: [{ name: 'tlp:clear', colour: '#ffffff' }],
};

const TEXT = { type: 'string' } as const;
const TAG = {
  type: 'object',
  required: ['name', 'colour'],
  properties: { name: TEXT, colour: { type: 'string', pattern: '^#[0-9a-f]{6}$' } },
} as const;

const FACT_SCHEMAS = {
  date: { type: 'string', format: 'date' },
  info: TEXT,
  threat_level_id: { const: '4' },
  analysis: { const: '2' },
  timestamp: { type: 'string', pattern: '^\\d+$', description: 'Unix seconds of the newest change.' },
  Orgc: {
    type: 'object',
    required: ['name', 'uuid'],
    properties: { name: TEXT, uuid: { type: 'string', format: 'uuid' } },
  },
  Tag: { type: 'array', items: TAG },
} as const;

const FACT_NAMES = Object.keys(FACT_SCHEMAS);

const ATTRIBUTE = {
  type: 'object',
  required: ['uuid', 'type', 'category', 'to_ids', 'value', 'timestamp', 'first_seen', 'last_seen', 'Tag'],
  properties: {
    uuid: { type: 'string', format: 'uuid' },
    type: { enum: ['ip-dst', 'domain', 'url', 'md5', 'sha1', 'sha256', 'email-src', 'vulnerability'] },
    category: TEXT,
    to_ids: { type: 'boolean' },
    value: TEXT,
    comment: TEXT,
    timestamp: { type: 'string', pattern: '^\\d+$' },
    first_seen: { type: 'string', format: 'date-time' },
    last_seen: { type: 'string', format: 'date-time' },
    disable_correlation: { type: 'boolean' },
    deleted: { const: true, description: 'There when the IOC is taken back.' },
    Tag: { type: 'array', items: TAG },
  },
} as const;

/** What the files of the feed are for. */
export const MISP_FEED_OPERATIONS = {
  manifest: {
    id: 'getMispFeedManifest',
    tag: 'MISP feed',
    summary: 'The events of the MISP feed',
    description:
      'The table of contents of a native MISP feed, which MISP subscribes to by the URL of its directory: one event for each source and day of first sight, by UUID.',
    query: {},
    requestHeaders: PAGE_REQUEST_HEADERS,
    answers: pageAnswers(
      [
        {
          status: 200,
          description: 'What MISP shows of each event, by its UUID.',
          mediaType: 'application/json',
          schema: {
            type: 'object',
            propertyNames: { format: 'uuid' },
            additionalProperties: { type: 'object', required: FACT_NAMES, properties: FACT_SCHEMAS },
          },
          example: { [UUID]: FACTS },
          headers: { 'Last-Modified': 'When something was published last.' },
        },
      ],
      { paged: false },
    ),
    errors: ['not_acceptable'],
  },
  hashes: {
    id: 'getMispFeedHashes',
    tag: 'MISP feed',
    summary: 'Hashes of the values in the MISP feed',
    description: 'Lets MISP find out which of its own values the feed has, without taking the events.',
    query: {},
    requestHeaders: PAGE_REQUEST_HEADERS,
    answers: pageAnswers(
      [
        {
          status: 200,
          description: 'One line for each value and event: the MD5 of the value, and the UUID of the event.',
          mediaType: 'text/csv',
          schema: TEXT,
          example: `2b46f8a6ba5e1b8a1f6c5f3cf6b2a8f6,${UUID}\n`,
          headers: { 'Last-Modified': 'When something was published last.' },
        },
      ],
      { paged: false },
    ),
    errors: ['not_acceptable'],
  },
  event: {
    id: 'getMispFeedEvent',
    tag: 'MISP feed',
    summary: 'One event of the MISP feed',
    path: { event: 'The UUID of the event, as the manifest has it, and `.json`.' },
    query: {},
    requestHeaders: PAGE_REQUEST_HEADERS,
    answers: pageAnswers(
      [
        {
          status: 200,
          description: 'The event with its attributes; what is taken back is deleted.',
          mediaType: 'application/json',
          schema: {
            type: 'object',
            required: ['Event'],
            properties: {
              Event: {
                type: 'object',
                required: ['uuid', 'Attribute', ...FACT_NAMES, 'published', 'publish_timestamp'],
                properties: {
                  uuid: { type: 'string', format: 'uuid' },
                  Attribute: { type: 'array', items: ATTRIBUTE },
                  ...FACT_SCHEMAS,
                  published: { const: true },
                  publish_timestamp: TEXT,
                },
              },
            },
          },
          example: {
            Event: {
              uuid: UUID,
              Attribute: [
                {
                  uuid: '0b8f2c51-52d7-5a63-9a0e-6d1f3b5c7e90',
                  type: 'domain',
                  category: 'Network activity',
                  to_ids: true,
                  value: 'bad.example.com',
                  comment: 'Domain, reported by Example Feed.',
                  timestamp: FACTS.timestamp,
                  first_seen: '2026-01-15T10:00:00.000000+00:00',
                  last_seen: '2026-01-15T10:00:00.000000+00:00',
                  disable_correlation: false,
                  Tag: FACTS.Tag,
                },
              ],
              ...FACTS,
              published: true,
              publish_timestamp: FACTS.timestamp,
            },
          },
          headers: { 'Last-Modified': 'When the event changed last.' },
        },
      ],
      { paged: false },
    ),
    errors: ['not_acceptable', 'not_found'],
  },
} as const satisfies Record<string, Operation>;
