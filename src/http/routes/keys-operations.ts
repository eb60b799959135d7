import type { JsonSchema, Operation } from '../operation.ts';

const TIME: JsonSchema = { type: 'string', format: 'date-time' };
const TIME_OR_NULL: JsonSchema = { type: ['string', 'null'], format: 'date-time' };
const NETWORKS: JsonSchema = {
  type: 'array',
  maxItems: 100,
  items: { type: 'string' },
  description: 'Addresses and networks that may use the key; empty for any.',
};
const NAME: JsonSchema = { type: 'string', minLength: 1, maxLength: 100 };

const PROPERTIES = {
  id: { type: 'string', format: 'uuid' },
  prefix: { type: 'string', description: 'The first 12 characters of the key: all that is kept of it.' },
  name: NAME,
  tier: { type: 'string', enum: ['free', 'pro'] },
  state: { type: 'string', enum: ['active', 'rotated', 'revoked', 'expired'] },
  created_at: TIME,
  expires_at: TIME_OR_NULL,
  revoked_at: TIME_OR_NULL,
  last_used_at: TIME_OR_NULL,
  allowed_networks: NETWORKS,
  successor: { type: ['string', 'null'], description: 'The id of the key that takes its place.' },
};

const KEY: JsonSchema = {
  type: 'object',
  required: Object.keys(PROPERTIES),
  additionalProperties: false,
  properties: PROPERTIES,
};

const SECRET = { type: 'string', description: 'The key itself, which is shown this once.' };

const NEW_KEY: JsonSchema = {
  ...KEY,
  required: [...Object.keys(PROPERTIES), 'key'],
  properties: { ...PROPERTIES, key: SECRET },
};

const ROTATED_KEY: JsonSchema = {
  ...KEY,
  required: [...Object.keys(PROPERTIES), 'key', 'replaces'],
  properties: { ...PROPERTIES, key: SECRET, replaces: KEY },
};

const EXAMPLE = {
  id: '163bfce7-1885-4f5f-83ac-a7f377813120',
  prefix: 'sk_live_KyiU',
  name: 'edge firewall',
  tier: 'pro',
  state: 'active',
  created_at: '2026-01-15T10:00:00.000Z',
  expires_at: '2027-01-15T10:00:00.000Z',
  revoked_at: null,
  last_used_at: '2026-01-15T11:58:02.113Z',
  allowed_networks: ['192.0.2.0/24'],
  successor: null,
};

const SHOWN = 'sk_live_… and 49 letters and digits in all';
const LOCATION = { Location: 'The path of the key.' };
const ID = { id: 'The id of a key of the account.' };

export const LIST: Operation = {
  id: 'listKeys',
  tag: 'Keys',
  summary: 'List the keys of the account',
  description: 'The newest first, revoked and expired ones too.',
  answers: [
    {
      status: 200,
      description: 'The keys.',
      mediaType: 'application/json',
      schema: {
        type: 'object',
        required: ['meta', 'data'],
        additionalProperties: false,
        properties: {
          meta: {
            type: 'object',
            required: ['account', 'limit', 'taken'],
            additionalProperties: false,
            properties: {
              account: { type: 'string' },
              limit: { type: 'integer', description: 'How many keys the account may have.' },
              taken: { type: 'integer', description: 'How many count against that.' },
            },
          },
          data: { type: 'array', items: KEY },
        },
      },
      example: { meta: { account: 'default', limit: 50, taken: 1 }, data: [EXAMPLE] },
    },
  ],
};

export const CREATE: Operation = {
  id: 'createKey',
  tag: 'Keys',
  summary: 'Make a key',
  description: 'It is of the account’s tier. The key itself is in this answer and nowhere else.',
  body: {
    mediaType: 'application/json',
    schema: {
      type: 'object',
      required: ['name'],
      additionalProperties: false,
      properties: { name: NAME, expires_at: TIME_OR_NULL, allowed_networks: NETWORKS },
    },
    example: { name: 'edge firewall', expires_at: '2027-01-15', allowed_networks: ['192.0.2.0/24'] },
  },
  answers: [
    {
      status: 201,
      description: 'The key was made.',
      mediaType: 'application/json',
      schema: NEW_KEY,
      example: { ...EXAMPLE, last_used_at: null, key: SHOWN },
      headers: LOCATION,
    },
  ],
  errors: ['invalid_parameter', 'cross_site_request', 'unsupported_media_type', 'conflict'],
};

export const GET: Operation = {
  id: 'getKey',
  tag: 'Keys',
  summary: 'Show a key',
  path: ID,
  answers: [
    {
      status: 200,
      description: 'The key.',
      mediaType: 'application/json',
      schema: KEY,
      example: EXAMPLE,
    },
  ],
  errors: ['not_found'],
};

export const CHANGE: Operation = {
  id: 'changeKey',
  tag: 'Keys',
  summary: 'Change a key’s name, end or allow-list',
  description: 'What the body does not name stays. In force on the next request.',
  path: ID,
  body: {
    mediaType: 'application/json',
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: { name: NAME, expires_at: TIME_OR_NULL, allowed_networks: NETWORKS },
    },
    example: { allowed_networks: ['192.0.2.0/24', '2001:db8::/32'] },
  },
  answers: [
    {
      status: 200,
      description: 'The key as it is now.',
      mediaType: 'application/json',
      schema: KEY,
      example: { ...EXAMPLE, allowed_networks: ['192.0.2.0/24', '2001:db8::/32'] },
    },
  ],
  errors: ['invalid_parameter', 'cross_site_request', 'not_found', 'conflict', 'unsupported_media_type'],
};

export const REVOKE: Operation = {
  id: 'revokeKey',
  tag: 'Keys',
  summary: 'Revoke a key',
  description: 'For good, in every process within a second.',
  path: ID,
  answers: [
    {
      status: 200,
      description: 'The key, which works no more.',
      mediaType: 'application/json',
      schema: KEY,
      example: { ...EXAMPLE, state: 'revoked', revoked_at: '2026-01-16T09:00:00.000Z' },
    },
  ],
  errors: ['cross_site_request', 'not_found'],
};

export const ROTATE: Operation = {
  id: 'rotateKey',
  tag: 'Keys',
  summary: 'Make a key that takes another’s place',
  description:
    'The old key goes on until each address that used it has come with the new one and a day has passed without it, or until ' +
    '`ends_at`: 30 days from now unless it is said otherwise, 90 at most.',
  path: ID,
  body: {
    mediaType: 'application/json',
    schema: { type: 'object', additionalProperties: false, properties: { ends_at: TIME } },
    example: { ends_at: '2026-02-15' },
  },
  answers: [
    {
      status: 201,
      description: 'The new key, and the one that it replaces.',
      mediaType: 'application/json',
      schema: ROTATED_KEY,
      example: {
        ...EXAMPLE,
        id: '7f9f3f5e-4c2a-4a0e-9f53-2a0c1d4f8e11',
        prefix: 'sk_live_Qm3x',
        last_used_at: null,
        key: SHOWN,
        replaces: {
          ...EXAMPLE,
          state: 'rotated',
          expires_at: '2026-02-15T00:00:00.000Z',
          successor: '7f9f3f5e-4c2a-4a0e-9f53-2a0c1d4f8e11',
        },
      },
      headers: LOCATION,
    },
  ],
  errors: ['invalid_parameter', 'cross_site_request', 'not_found', 'conflict', 'unsupported_media_type'],
};
