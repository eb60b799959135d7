import { SOURCE_CATEGORIES } from './feed.ts';
import { type IndicatorQuery, leftOf } from './indicator-query.ts';
import { type Parameter, ParameterError, readParameters } from './parameters.ts';
import {
  afterOf,
  canonicalFilters,
  choice,
  DEFAULT_LIMIT,
  earliest,
  FILTER_PARAMETERS,
  filtersOf,
  type ParameterContext,
  TIME_OR_DATE,
  withPlus,
} from './query-parameters.ts';
import { formatTimestamp, parseTimestamp } from './time.ts';

/** The formats of a list. */
export const LIST_FORMATS = ['json', 'csv', 'txt', 'ndjson'] as const;
export type ListFormat = (typeof LIST_FORMATS)[number];

/** The formats in which a retraction looks like any other IOC: who blocks what they list would block what was taken back. */
const SAY_NOT_REVOKED: ReadonlySet<ListFormat> = new Set(['csv', 'txt']);

/** A request for a list of IOCs. */
export interface ListRequest {
  readonly query: IndicatorQuery;
  readonly format: ListFormat;
  /** So many are passed over first. */
  readonly offset: number;
  /** `since` as it was asked for, before the look-back, in UTC milliseconds. */
  readonly since: number | undefined;
  /** The filters in one form, whatever their order and spelling: what a cursor goes with. */
  readonly filters: string;
  /** The parameters as they were given, but for `cursor` and `offset`: what a link to the next page repeats. */
  readonly given: readonly (readonly [string, string])[];
  readonly cursor: string | undefined;
}

/** To pass over many costs as much as to read them, for every page again; a cursor costs nothing. */
const MOST_OFFSET = 10_000;

/** Every filter of a list of IOCs. */
export const LIST_FILTERS = {
  ...FILTER_PARAMETERS,
  until: {
    parse: (text) => parseTimestamp(withPlus(text)),
    allowed: () => 'a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z',
    doc: 'Only versions published at this time or before.',
    schema: TIME_OR_DATE,
    example: '2026-11-24',
  } satisfies Parameter<number>,
  category: {
    parse: parseCategories,
    allowed: () => SOURCE_CATEGORIES,
    doc: 'Only what a source of one of these categories reports, comma-separated.',
    schema: { type: 'array', items: { type: 'string', enum: SOURCE_CATEGORIES }, minItems: 1 },
    example: 'government,cert',
  } satisfies Parameter<readonly string[]>,
} as const;

/** Every parameter of a list of IOCs. */
export const LIST_PARAMETERS = {
  ...LIST_FILTERS,
  offset: {
    parse: (text) => (/^\d{1,9}$/.test(text) && Number(text) <= MOST_OFFSET ? Number(text) : undefined),
    allowed: () => `a number from 0 to ${MOST_OFFSET}; to go further, follow links.next, which has a cursor`,
    doc: 'Passes over so many first, at most 10,000.',
    schema: { type: 'integer', minimum: 0, maximum: MOST_OFFSET, default: 0 },
  } satisfies Parameter<number>,
  format: choice(LIST_FORMATS, 'How the list is written.', 'json'),
} as const;

/** Every parameter of a count: there is nothing to page through. */
export const COUNT_PARAMETERS = withoutPlace(LIST_FILTERS);

function withoutPlace({ limit: _limit, cursor: _cursor, ...filters }: typeof LIST_FILTERS) {
  return filters;
}

/**
 * Reads the parameters of a list. `since` is moved up to the tier's look-back, to the full minute. Throws
 * `ParameterError` that lists everything that is wrong.
 */
export function parseListRequest(
  pairs: readonly (readonly [string, string])[],
  context: ParameterContext,
): ListRequest {
  const values = readParameters(LIST_PARAMETERS, pairs, context);
  if (values.cursor !== undefined && values.offset !== undefined)
    throw new ParameterError([{ parameter: 'offset', reason: 'a cursor says already where to go on' }]);
  const isSilent = SAY_NOT_REVOKED.has(values.format ?? 'json');
  const asked = isSilent ? { ...values, revoked: values.revoked ?? 'exclude' } : values;
  const filters = moreFilters(filtersOf(asked), values);
  const canonical = canonicalFilters(filters, values.since);
  const after = afterOf(values.cursor, filters.order, canonical);
  const query = {
    ...filters,
    ...sinceOf(values.since, context),
    ...(after !== undefined && { after }),
  };
  return {
    query: { ...query, ...leftOf(query, 'revoked'), limit: values.limit ?? DEFAULT_LIMIT },
    format: values.format ?? 'json',
    offset: values.offset ?? 0,
    since: values.since,
    filters: canonical,
    given: pairs.filter(([name]) => name !== 'cursor' && name !== 'offset'),
    cursor: values.cursor,
  };
}

/** Reads the parameters of a count, like those of a list. Throws `ParameterError`. */
export function parseCountRequest(
  pairs: readonly (readonly [string, string])[],
  context: ParameterContext,
): Omit<IndicatorQuery, 'limit'> {
  const values = readParameters(COUNT_PARAMETERS, pairs, context);
  const query = { ...moreFilters(filtersOf(values), values), ...sinceOf(values.since, context) };
  return { ...query, ...leftOf(query, 'revoked') };
}

/**
 * The filters among given parameters as an answer repeats them: as they were given, but for a `since` from before the
 * look-back, which is told as it was applied.
 */
export function appliedFilters(
  given: readonly (readonly [string, string])[],
  { since }: Pick<IndicatorQuery, 'since'>,
): Readonly<Record<string, string>> {
  const filters = given.filter(([name]) => name !== 'limit' && name !== 'format');
  const told = filters.map(([name, text]): [string, string] => {
    const isMoved = name === 'since' && LIST_FILTERS.since.parse(text) !== since;
    return [name, isMoved && since !== undefined ? formatTimestamp(since) : text];
  });
  return Object.fromEntries(told);
}

function moreFilters<F extends object>(
  filters: F,
  { until, category }: { readonly until?: number; readonly category?: readonly string[] },
): F & Pick<IndicatorQuery, 'until' | 'categories'> {
  return {
    ...filters,
    ...(until !== undefined && { until }),
    ...(category !== undefined && { categories: category }),
  };
}

/** Without `since`, a tier may still reach back no further than it does with it. */
function sinceOf(since: number | undefined, context: ParameterContext): { readonly since?: number } {
  if (since === undefined && context.tier.firstDownload === 'everything') return {};
  return { since: Math.max(since ?? 0, earliest(context)) };
}

function parseCategories(text: string): readonly string[] | undefined {
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  // A misspelt one must not empty a firewall.
  const valid = names.every((name) => (SOURCE_CATEGORIES as readonly string[]).includes(name));
  return valid ? [...new Set(names)].sort() : undefined;
}
