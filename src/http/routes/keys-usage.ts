import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { IOC_TYPES, type IocType } from '../../model/ioc.ts';
import { type Parameter, ParameterError, queryPairs, readParameters } from '../../model/parameters.ts';
import { parseIocType } from '../../model/query-parameters.ts';
import { normaliseIoc } from '../../normalise/normalise.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { rawQuery } from '../credentials.ts';
import type { Operation } from '../operation.ts';
import { receiptsOf } from '../receipts.ts';
import { firstDay, usageReport } from '../usage-report.ts';

const KEY = '/api/v1/keys/:id';
const MOST_DAYS = 400;
const USUAL_DAYS = 30;

/** Every parameter of a key's usage. */
export const USAGE_PARAMETERS = {
  days: {
    parse: (text) => {
      const days = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : 0;
      return days >= 1 && days <= MOST_DAYS ? days : undefined;
    },
    allowed: () => `a number from 1 to ${MOST_DAYS}`,
    doc: 'So many days, today the last of them; 30 unless said otherwise.',
  } satisfies Parameter<number>,
} as const;

/** Every parameter of a key's receipts. */
export const RECEIPT_PARAMETERS = {
  value: {
    parse: (text) => text,
    allowed: () => 'an IOC of one of the ten types, defanged or not',
    doc: 'The value that may have been sent.',
  } satisfies Parameter<string>,
  type: {
    parse: parseIocType,
    allowed: () => IOC_TYPES,
    doc: 'The type of the value, where it could be taken for another.',
  } satisfies Parameter<IocType>,
} as const;

/** `…/keys/{id}/usage` and `…/keys/{id}/receipts`: what a key did, and what was sent to it. */
export function keysUsage(app: FastifyInstance, { store, clock, desk, usage }: ConsoleParts): void {
  const owned = async (request: FastifyRequest): Promise<string> => {
    const { id } = await desk.find(request.signedIn!, (request.params as { id: string }).id);
    // What was counted a moment ago counts.
    await usage.flush();
    return id;
  };
  const pairsOf = (request: FastifyRequest) => queryPairs(rawQuery(request.raw.url));

  app.route({
    method: 'GET',
    url: `${KEY}/usage`,
    config: { auth: 'session', operation: USAGE },
    handler: async (request, reply) => {
      const id = await owned(request);
      const { days = USUAL_DAYS } = readParameters(USAGE_PARAMETERS, pairsOf(request), undefined);
      const now = clock();
      const counted = await store.usageOf(id, firstDay(days, now));
      return answer(reply, usageReport(counted, await store.addressesOf(id), days, now));
    },
  });
  app.route({
    method: 'GET',
    url: `${KEY}/receipts`,
    config: { auth: 'session', operation: RECEIPTS },
    handler: async (request, reply) => {
      const id = await owned(request);
      const { value, type } = readParameters(RECEIPT_PARAMETERS, pairsOf(request), undefined);
      return answer(reply, await receiptsOf(store, id, iocOf(value, type)));
    },
  });
}

/** An IOC in normal form. Throws `ParameterError`. */
export function iocOf(value: string | undefined, type: IocType | undefined) {
  if (value === undefined)
    throw new ParameterError([{ parameter: 'value', reason: 'is needed: the value to look for' }]);
  const normal = normaliseIoc(value, type);
  if (normal.ok) return { type: normal.type, value: normal.value };
  throw new ParameterError([{ parameter: 'value', value: value.slice(0, 100), reason: normal.reason }]);
}

function answer(reply: FastifyReply, body: object): FastifyReply {
  return reply
    .header('cache-control', 'private, no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(body));
}

const COUNT = { type: 'integer', minimum: 0 } as const;
const TIME = { type: 'string', format: 'date-time' } as const;
const DATE = { type: 'string', format: 'date' } as const;
const ID = { id: 'The id of a key of the account.' };
const LATENCY = { type: ['number', 'null'], description: 'Milliseconds, at most 42 % too many.' } as const;

const REQUESTS = {
  requests: COUNT,
  by_status: { type: 'object', additionalProperties: COUNT },
  latency_ms: {
    type: 'object',
    required: ['p50', 'p95', 'p99'],
    additionalProperties: false,
    properties: { p50: LATENCY, p95: LATENCY, p99: LATENCY },
  },
} as const;

const USAGE: Operation = {
  id: 'getKeyUsage',
  tag: 'Keys',
  summary: 'Tell what a key did',
  description:
    'Counts are kept for 400 days by UTC day. A crash of the server loses the last five seconds of them.',
  path: ID,
  query: USAGE_PARAMETERS,
  answers: [
    {
      status: 200,
      description: 'Requests by endpoint, status and day, latencies, the nearest to a limit, and addresses.',
      mediaType: 'application/json',
      schema: {
        type: 'object',
        required: [
          'days',
          'requests',
          'by_status',
          'latency_ms',
          'endpoints',
          'rate_limit_peak',
          'daily',
          'addresses',
        ],
        additionalProperties: false,
        properties: {
          days: COUNT,
          ...REQUESTS,
          endpoints: {
            type: 'array',
            items: {
              type: 'object',
              required: ['endpoint', 'requests', 'by_status', 'latency_ms'],
              additionalProperties: false,
              properties: { endpoint: { type: 'string' }, ...REQUESTS },
            },
          },
          rate_limit_peak: {
            type: ['object', 'null'],
            required: ['date', 'limit', 'used'],
            additionalProperties: false,
            properties: { date: DATE, limit: COUNT, used: COUNT },
          },
          daily: {
            type: 'array',
            items: {
              type: 'object',
              required: ['date', 'requests', 'errors'],
              additionalProperties: false,
              properties: { date: DATE, requests: COUNT, errors: COUNT },
            },
          },
          addresses: {
            type: 'array',
            maxItems: 100,
            items: {
              type: 'object',
              required: ['address', 'first_used_at', 'last_used_at'],
              additionalProperties: false,
              properties: { address: { type: 'string' }, first_used_at: TIME, last_used_at: TIME },
            },
          },
        },
      },
      example: {
        days: 1,
        requests: 290,
        by_status: { '200': 12, '304': 278 },
        latency_ms: { p50: 0.1, p95: 0.4, p99: 12.8 },
        endpoints: [
          {
            endpoint: '/api/v1/iocs/stix',
            requests: 290,
            by_status: { '200': 12, '304': 278 },
            latency_ms: { p50: 0.1, p95: 0.4, p99: 12.8 },
          },
        ],
        rate_limit_peak: { date: '2026-01-15', limit: 1_000, used: 31 },
        daily: [{ date: '2026-01-15', requests: 290, errors: 0 }],
        addresses: [
          {
            address: '192.0.2.7',
            first_used_at: '2026-01-15T00:00:04.201Z',
            last_used_at: '2026-01-15T11:58:02.113Z',
          },
        ],
      },
    },
  ],
  errors: ['not_found', 'invalid_parameter'],
};

const SENT = { type: 'string', enum: ['yes', 'possibly', 'no'] } as const;

const RECEIPTS: Operation = {
  id: 'getKeyReceipts',
  tag: 'Keys',
  summary: 'Tell whether an IOC was sent to a key, and when',
  description:
    'Of complete answers of exports and lists in the last 400 days; look-ups and searches leave no receipt. Times are those at which ' +
    'answers were asked for; answers within an hour may be counted together.',
  path: ID,
  query: RECEIPT_PARAMETERS,
  answers: [
    {
      status: 200,
      description: 'Every version of the IOC, and whether it was sent.',
      mediaType: 'application/json',
      schema: {
        type: 'object',
        required: ['type', 'value', 'sent', 'versions'],
        additionalProperties: false,
        properties: {
          type: { type: 'string', enum: IOC_TYPES },
          value: { type: 'string' },
          sent: SENT,
          versions: {
            type: 'array',
            items: {
              type: 'object',
              required: ['version', 'revoked', 'sent', 'first_sent_at', 'last_sent_at', 'endpoints'],
              additionalProperties: false,
              properties: {
                version: { ...TIME, description: 'Its `modified`.' },
                revoked: { type: 'boolean' },
                sent: SENT,
                first_sent_at: { type: ['string', 'null'], format: 'date-time' },
                last_sent_at: { type: ['string', 'null'], format: 'date-time' },
                endpoints: { type: 'array', items: { type: 'string' } },
              },
            },
          },
        },
      },
      example: {
        type: 'ipv4',
        value: '192.0.2.1',
        sent: 'yes',
        versions: [
          {
            version: '2026-01-15T10:00:00.123Z',
            revoked: false,
            sent: 'yes',
            first_sent_at: '2026-01-15T10:05:00.871Z',
            last_sent_at: '2026-01-15T10:05:00.871Z',
            endpoints: ['/api/v1/iocs/stix'],
          },
        ],
      },
    },
  ],
  errors: ['not_found', 'invalid_parameter'],
};
