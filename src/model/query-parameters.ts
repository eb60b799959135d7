import { CONFIDENCE_LEVEL_NAMES, type ConfidenceLevel } from './confidence.ts';
import { CURSOR_FORM, isCursor, readCursor } from './cursor.ts';
import { type IndicatorQuery, leftOf, type MarkingChoice } from './indicator-query.ts';
import { IOC_TYPES, type IocType } from './ioc.ts';
import { parseTlp, type Tlp, TLP_MARKINGS, type TlpVersion } from './marking.ts';
import { type Parameter, ParameterError, type ParameterValues, readParameters } from './parameters.ts';
import { parseSector, type Sector, SECTORS } from './sector.ts';
import { type Tier, TIERS } from './tier.ts';
import { parseTimestamp } from './time.ts';

/** What reading the parameters depends on besides their text. */
export interface ParameterContext {
  readonly tier: Tier;
  /** UTC milliseconds. */
  readonly now: number;
}

/** How an export of indicators is written. */
export interface Presentation {
  readonly format: 'bundle' | 'objects';
  /** Exactly the standard's bundle, without `spec_version`. */
  readonly strict: boolean;
  readonly identity: boolean;
  /** Whether marking definitions are sent along. */
  readonly definitions: boolean;
  readonly related: boolean;
  readonly marking: MarkingChoice;
}

/** A request for indicators. */
export interface IndicatorRequest {
  readonly query: IndicatorQuery;
  readonly presentation: Presentation;
  /** `since` as it was asked for, before the look-back, in UTC milliseconds. */
  readonly since: number | undefined;
  /** The filters in one form, whatever their order and spelling: what a cursor goes with. */
  readonly filters: string;
  /** The parameters as they were given, but for the cursor: what a link to the next page repeats. */
  readonly given: readonly (readonly [string, string])[];
}

const MINUTE = 60_000;
export const DEFAULT_LIMIT = 100;

/** What a time may be given as. */
export const TIME_OR_DATE = { type: 'string', anyOf: [{ format: 'date-time' }, { format: 'date' }] } as const;

/** The filters that every endpoint over indicators has, and where it begins and ends. */
export const FILTER_PARAMETERS = {
  type: list(parseIocType, IOC_TYPES, 'Only IOCs of these types, comma-separated.', 'ipv4,domain'),
  since: {
    parse: (text) => parseTimestamp(withPlus(text)),
    allowed: () => 'a date, or an RFC 3339 time with its offset: 2024-01-01T00:00:00Z',
    doc: 'Only versions published strictly after this time, oldest first.',
    schema: TIME_OR_DATE,
    example: '2026-11-23T20:05:19.358Z',
  } satisfies Parameter<number>,
  confidence: list(
    parseLevel,
    CONFIDENCE_LEVEL_NAMES,
    'Only these confidence levels, comma-separated.',
    'high',
  ),
  industry: list(
    parseSector,
    SECTORS,
    'Only IOCs that concern these CISA sectors, comma-separated.',
    'energy',
  ),
  limit: {
    parse: parseLimit,
    allowed: ({ tier }) => `a number from 1 to ${tier.resultsPerRequest}`,
    doc: 'At most so many indicators; 100 unless said otherwise.',
    schema: {
      type: 'integer',
      minimum: 1,
      maximum: Math.max(...Object.values(TIERS).map(({ resultsPerRequest }) => resultsPerRequest)),
      default: DEFAULT_LIMIT,
    },
  } satisfies Parameter<number, ParameterContext>,
  cursor: {
    parse: (text) => (isCursor(text) ? text : undefined),
    allowed: () => 'what a Link with rel="next" carries',
    doc: 'Goes on where a page ended.',
    schema: { type: 'string', pattern: CURSOR_FORM.source },
  } satisfies Parameter<string>,
  revoked: choice(
    ['include', 'exclude'],
    'Whether retractions and expired indicators are included; without since they are not.',
  ),
} as const;

/** Every parameter of an export of indicators. */
export const INDICATOR_PARAMETERS = {
  ...FILTER_PARAMETERS,
  tlp_version: choice(['1', '2'], 'Which version of the Traffic Light Protocol marks are written in.', '1'),
  tlp: {
    parse: parseTlp,
    allowed: () => TLP_MARKINGS,
    doc: 'Marks every indicator at least so strictly.',
  } satisfies Parameter<Tlp>,
  format: choice(['bundle', 'objects'], 'A bundle, or the bare array of its objects.', 'bundle'),
  strict: flag(
    "Exactly the STIX 2.1 standard's bundle, for clients that cannot set an Accept header.",
    false,
  ),
  include_identity: flag(
    "Whether the producer's identity comes first; it does unless this says false.",
    true,
  ),
  include_markings: flag('Whether the TLP definition objects are sent along; with tlp_version=2 they are.'),
  include: choice(['related'], 'Adds the vulnerabilities, techniques and malware that indicators point to.'),
} as const;

/**
 * Reads the parameters of an export. `since` is moved up to the tier's look-back, to the full minute. Throws
 * `ParameterError` that lists everything that is wrong.
 */
export function parseIndicatorRequest(
  pairs: readonly (readonly [string, string])[],
  context: ParameterContext,
): IndicatorRequest {
  const values = readParameters(INDICATOR_PARAMETERS, pairs, context);
  const filters = filtersOf(values);
  const canonical = canonicalFilters(filters, values.since);
  const after = afterOf(values.cursor, filters.order, canonical);
  const since = values.since === undefined ? undefined : Math.max(values.since, earliest(context));
  const asked = {
    ...filters,
    ...(since !== undefined && { since }),
    ...(after !== undefined && { after }),
  };
  return {
    query: { ...asked, ...leftOf(asked, 'revoked'), limit: values.limit ?? DEFAULT_LIMIT },
    presentation: presentationOf(values),
    since: values.since,
    filters: canonical,
    given: pairs.filter(([name]) => name !== 'cursor'),
  };
}

type Values = ParameterValues<typeof INDICATOR_PARAMETERS>;
type FilterValues = ParameterValues<typeof FILTER_PARAMETERS>;
type Filters = Omit<IndicatorQuery, 'since' | 'after' | 'limit'>;

/** What the filters say that every endpoint has. */
export function filtersOf(values: FilterValues): Filters {
  return {
    types: values.type ?? [],
    levels: values.confidence ?? [],
    sectors: values.industry ?? [],
    revoked: values.revoked ?? (values.since === undefined ? 'exclude' : 'include'),
    order: values.since === undefined ? 'newest-first' : 'oldest-first',
  };
}

/** Filters as one text, the same for all ways to say the same. */
export function canonicalFilters(filters: Filters, since: number | undefined): string {
  const { types, levels, sectors, revoked, order, categories, until, tlps, left } = filters;
  const lists = [types, levels, sectors].map((names) => names.join());
  const more = categories === undefined && until === undefined ? [] : [until ?? '', categories?.join() ?? ''];
  const marked = tlps === undefined ? [] : [`tlp:${tlps.join()}`];
  const gone = left === undefined ? [] : [`left:${left.told}:${left.by}`];
  return [...lists, revoked, order, since ?? '', ...more, ...marked, ...gone].join(' ');
}

/** The stamp that a cursor leads on from. Throws `ParameterError` for one of other filters. */
export function afterOf(
  cursor: string | undefined,
  order: IndicatorQuery['order'],
  filters: string,
): number | undefined {
  if (cursor === undefined) return undefined;
  const place = readCursor(cursor, filters);
  if (typeof place === 'object' && place.order === order) return place.stamp;
  const reason =
    'damaged, or used with other filters: a cursor goes with the filters of the page that it came from';
  throw new ParameterError([{ parameter: 'cursor', value: cursor, reason }]);
}

/** The earliest `since` of a tier, to the full minute so that equal polls stay equal for a while. */
export function earliest({ tier, now }: ParameterContext): number {
  return Math.ceil((now - tier.lookBack) / MINUTE) * MINUTE;
}

function presentationOf(values: Values): Presentation {
  const tlpVersion: TlpVersion = values.tlp_version === '2' ? 2 : 1;
  return {
    format: values.format ?? 'bundle',
    strict: values.strict ?? false,
    identity: values.include_identity ?? true,
    definitions: values.include_markings ?? tlpVersion === 2,
    related: values.include === 'related',
    marking: { tlpVersion, atLeast: values.tlp ?? 'clear' },
  };
}

/** A `+` that was not encoded arrives as a space. */
export function withPlus(text: string): string {
  return text.replace(/ (\d{2}:?\d{2})$/, '+$1');
}

/** The type of this name in any spelling. */
export function parseIocType(text: string): IocType | undefined {
  const name = text.toLowerCase().replace('_', '-');
  return IOC_TYPES.find((type) => type === name);
}

function parseLevel(text: string): ConfidenceLevel | undefined {
  return CONFIDENCE_LEVEL_NAMES.find((level) => level === text.toLowerCase());
}

function parseLimit(text: string, { tier }: ParameterContext): number | undefined {
  const limit = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= tier.resultsPerRequest ? limit : undefined;
}

/** A comma-separated list of names, read into the order of `all`, each once. */
function list<T extends IocType | ConfidenceLevel | Sector>(
  parse: (text: string) => T | undefined,
  all: readonly T[],
  doc: string,
  example: string,
): Parameter<readonly T[]> {
  return {
    parse: (text) => {
      const names = new Set(text.split(',').map((part) => parse(part.trim())));
      return names.has(undefined) ? undefined : all.filter((name) => names.has(name));
    },
    allowed: () => all,
    doc,
    schema: { type: 'array', items: { type: 'string', enum: all }, minItems: 1 },
    example,
  };
}

/** One of several words, in any spelling; `fallback` is what holds where none is given. */
export function choice<const T extends string>(all: readonly T[], doc: string, fallback?: T): Parameter<T> {
  return {
    parse: (text) => all.find((name) => name === text.toLowerCase()),
    allowed: () => all,
    doc,
    schema: { type: 'string', enum: all, ...(fallback !== undefined && { default: fallback }) },
  };
}

const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/** `true` or `false`, in any spelling; `fallback` is what holds where it is not given. */
export function flag(doc: string, fallback?: boolean): Parameter<boolean> {
  return {
    // Python writes True.
    parse: (text) => TRUTHS.get(text.toLowerCase()),
    allowed: () => ['true', 'false'],
    doc,
    schema: { type: 'boolean', ...(fallback !== undefined && { default: fallback }) },
  };
}
