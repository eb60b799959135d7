import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { writeCursor } from '../../model/cursor.ts';
import { type Ioc, IOC_TYPES } from '../../model/ioc.ts';
import { type Parameter, ParameterError, readParameters } from '../../model/parameters.ts';
import {
  afterOf,
  DEFAULT_LIMIT,
  FILTER_PARAMETERS,
  flag,
  type ParameterContext,
} from '../../model/query-parameters.ts';
import { TIERS } from '../../model/tier.ts';
import { normaliseIoc, refang } from '../../normalise/normalise.ts';
import type { SearchQuestion } from '../../store/store.ts';
import type { RouteParts } from '../app.ts';
import type { Operation } from '../operation.ts';
import { pairsOf } from '../parameters.ts';
import { SEARCH, SEARCH_EXAMPLE } from '../schemas/list.ts';
import { SHORT_ANSWER_HEADERS } from '../schemas/page-answers.ts';
import { sendShort } from '../short-answer.ts';

const PATH = '/api/v1/iocs/search';

/** A part of a value is found by its trigrams. */
const SHORTEST_PART = 3;
const LONGEST_PART = 1_024;
const MOST_RELATED = 10;

/** So many items are a megabyte, which costs other requests some milliseconds. */
const MOST_FOUND = 1_000;

const ORDER = 'newest-first';

/** Every parameter of a search. */
export const SEARCH_PARAMETERS = {
  q: {
    parse: (text) => (text.trim() === '' || /\p{Cc}/u.test(text) ? undefined : text.trim()),
    allowed: () => `an IOC, or ${SHORTEST_PART} to ${LONGEST_PART} characters of one`,
    doc: 'What to search for: an IOC, or a part of one.',
    schema: { type: 'string', minLength: 1 },
    example: 'bad[.]example[.]com',
    required: true,
  } satisfies Parameter<string>,
  type: FILTER_PARAMETERS.type,
  limit: {
    parse: (text, context) => {
      const limit = FILTER_PARAMETERS.limit.parse(text, context);
      return limit !== undefined && limit <= mostOf(context) ? limit : undefined;
    },
    allowed: (context) => `a number from 1 to ${mostOf(context)}`,
    doc: 'At most so many IOCs; 100 unless said otherwise.',
    schema: { ...FILTER_PARAMETERS.limit.schema, maximum: MOST_FOUND },
  } satisfies Parameter<number, ParameterContext>,
  cursor: { ...FILTER_PARAMETERS.cursor, allowed: () => 'what meta.next_cursor carries' },
  include_related: flag(
    'Whether others from the same source document are added; they are unless this says false.',
    true,
  ),
} as const;

const OPERATION: Operation = {
  id: 'searchIocs',
  tag: 'IOCs',
  summary: 'Search IOCs by their values',
  description:
    'A text that is itself an IOC, defanged or not, and is there, finds itself. Any other finds the values that hold it, those known last first. Where there are more, next_cursor leads on.',
  query: SEARCH_PARAMETERS,
  answers: [
    {
      status: 200,
      description: 'What was found, which may be nothing.',
      mediaType: 'application/json',
      schema: SEARCH,
      example: SEARCH_EXAMPLE,
      headers: SHORT_ANSWER_HEADERS,
    },
  ],
};

/** `GET /api/v1/iocs/search`: the IOC that is exactly what is asked for, or those that hold it. */
export function iocsSearch(app: FastifyInstance, { store, config, clock }: RouteParts): void {
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const now = clock();
    const context = { tier: TIERS[request.apiKey!.tier], now };
    const question = questionOf(pairsOf(request, config.apiKeyInQuery), context);
    await store.markPolled(now);
    const { match, items, related, next } = await store.search(question, now);
    const meta = JSON.stringify({
      query: question.text,
      match,
      count: items.length,
      limit: question.limit,
      more: next !== undefined,
      next_cursor:
        next === undefined ? null : writeCursor({ order: ORDER, stamp: next }, filtersOf(question)),
    });
    return sendShort(reply, `{"meta":${meta},"data":[${items.join()}],"related":[${related.join()}]}`);
  };
  app.route({
    method: ['GET', 'HEAD'],
    url: PATH,
    config: { auth: { tier: 'free' }, operation: OPERATION },
    handler,
  });
}

/** Throws `ParameterError`. */
function questionOf(
  pairs: readonly (readonly [string, string])[],
  context: ParameterContext,
): SearchQuestion {
  const values = readParameters(SEARCH_PARAMETERS, pairs, context);
  const { q, type, limit, cursor, include_related: related } = values;
  if (q === undefined)
    throw new ParameterError([{ parameter: 'q', reason: 'is needed: what to search for' }]);
  const text = refang(q);
  const exact = exactOf(q, type ?? []);
  const length = Array.from(text).length;
  if ((length < SHORTEST_PART || length > LONGEST_PART) && exact === undefined) {
    const allowed = SEARCH_PARAMETERS.q.allowed();
    throw new ParameterError([
      { parameter: 'q', value: q.slice(0, 100), reason: `must be ${allowed}`, allowed },
    ]);
  }
  const asked = { text: text.slice(0, LONGEST_PART), types: type ?? [] };
  const before = afterOf(cursor, ORDER, filtersOf(asked));
  return {
    ...asked,
    ...(before !== undefined ? { before } : exact !== undefined && { exact }),
    limit: limit ?? DEFAULT_LIMIT,
    related: related === false ? 0 : MOST_RELATED,
  };
}

/** What a cursor goes with; the place that it names is an IOC's id. */
function filtersOf({ text, types }: Pick<SearchQuestion, 'text' | 'types'>): string {
  return `search ${types.join()} ${text}`;
}

function mostOf({ tier }: ParameterContext): number {
  return Math.min(tier.resultsPerRequest, MOST_FOUND);
}

/** The IOC that a text is by itself, if it is of one of the types; of any where none is named. */
function exactOf(text: string, types: SearchQuestion['types']): Ioc | undefined {
  const normal = normaliseIoc(text);
  if (!normal.ok || !(types.length === 0 ? IOC_TYPES : types).includes(normal.type)) return undefined;
  return { type: normal.type, value: normal.value };
}
