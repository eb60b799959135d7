import { type Parameter, ParameterError, type ParameterValues, readParameters } from './parameters.ts';
import { earliest, type ParameterContext, withPlus } from './query-parameters.ts';
import { readNext, type TaxiiPlace } from './taxii-cursor.ts';
import { parseTimestamp } from './time.ts';

/** How many objects a page holds unless a request says otherwise. */
export const DEFAULT_PAGE = 1_000;

/** So many ids may be asked for at once. */
const MOST_IDS = 100;

/** STIX 2.1 ids (§2.9) and types (§2.3, §3.1); what is none of ours simply matches nothing. */
const STIX_ID = /^[a-z0-9][a-z0-9-]{0,249}--[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const STIX_TYPE = /^[a-z0-9][a-z0-9-]{0,249}$/;

/**
 * Which versions of an object are asked for (TAXII 2.1 §3.4): words, and times in UTC milliseconds. One that is finer, and so
 * no version's, is no whole number.
 */
export type VersionChoice = 'first' | 'last' | 'all' | number;

const PLACE_PARAMETERS = {
  added_after: {
    parse: (text) => parseTimestamp(withPlus(text)),
    allowed: () => 'an RFC 3339 time with its offset: 2026-01-01T00:00:00.000Z',
    doc: 'Only versions that were added strictly after this time.',
    schema: { type: 'string', format: 'date-time' },
    example: '2026-11-23T20:05:19.358Z',
  } satisfies Parameter<number>,
  limit: {
    parse: (text) => (/^[1-9]\d{0,99}$/.test(text) ? Number(text) : undefined),
    allowed: () => 'a number from 1 on; a page never holds more than 10,000',
    doc: `At most so many objects on a page; ${DEFAULT_PAGE} unless said otherwise.`,
    schema: { type: 'integer', minimum: 1, default: DEFAULT_PAGE },
  } satisfies Parameter<number>,
  next: {
    parse: (text) => (/^[\w-]{1,100}$/.test(text) ? text : undefined),
    allowed: () => 'what the property next of a page says',
    doc: 'Goes on where a page ended.',
  } satisfies Parameter<string>,
} as const;

const SPEC_VERSION = {
  'match[spec_version]': list(
    (text) => (/^\d\.\d$/.test(text) ? text : undefined),
    'versions of STIX, comma-separated: 2.1',
    'Only objects of these versions of STIX; there are none but 2.1.',
    '2.1',
  ),
} as const;

const VERSION = {
  'match[version]': list(
    parseVersion,
    'last, first, a time such as 2026-01-01T00:00:00.000Z, several of these comma-separated, or all',
    'Which versions of each object: the last unless said otherwise.',
    'last',
    isChoice,
  ),
} as const;

const ID_AND_TYPE = {
  'match[id]': list(
    (text) => (STIX_ID.test(text) ? text : undefined),
    `ids of STIX objects, comma-separated, ${MOST_IDS} at most`,
    'Only objects with these ids.',
    'indicator--1b5f2a3e-7d8c-5a4b-9c3d-2e1f0a9b8c7d',
  ),
  'match[type]': list(
    (text) => (STIX_TYPE.test(text) ? text : undefined),
    'types of STIX objects, comma-separated: indicator, identity, marking-definition',
    'Only objects of these types.',
    'indicator',
  ),
} as const;

/** Of a collection's objects, and of its manifest (TAXII 2.1 §5.4, §5.3). */
export const OBJECTS_PARAMETERS = {
  ...PLACE_PARAMETERS,
  ...ID_AND_TYPE,
  ...VERSION,
  ...SPEC_VERSION,
} as const;

/** Of one object (TAXII 2.1 §5.6). */
export const OBJECT_PARAMETERS = { ...PLACE_PARAMETERS, ...VERSION, ...SPEC_VERSION } as const;

/** Of the versions of one object (TAXII 2.1 §5.8). */
export const VERSIONS_PARAMETERS = { ...PLACE_PARAMETERS, ...SPEC_VERSION } as const;

/** What a request for part of a collection asks for. Empty lists mean any. */
export interface TaxiiRequest {
  readonly ids: readonly string[];
  readonly types: readonly string[];
  readonly versions: readonly VersionChoice[];
  /** Whether objects of STIX 2.1 are asked for: there are no others. */
  readonly matches: boolean;
  readonly limit: number;
  /** As it was asked for, in UTC milliseconds. */
  readonly addedAfter: number | undefined;
  /** The same, moved up to what the tier reaches back to. */
  readonly since: number | undefined;
  readonly place: TaxiiPlace | undefined;
  /** Names the collection and the filters, whatever their order and spelling: what `next` goes with. */
  readonly scope: string;
}

/** One of the tables of this module. */
export type TaxiiTable = Partial<typeof OBJECTS_PARAMETERS>;

/**
 * Reads the parameters of a request for part of what `where` names. An empty `next` is taken for none, as some clients
 * send it with their first request. Throws `ParameterError` that lists everything that is wrong.
 */
export function parseTaxiiRequest(
  table: TaxiiTable,
  pairs: readonly (readonly [string, string])[],
  where: string,
  context: ParameterContext,
): TaxiiRequest {
  const given = pairs.filter(([name, value]) => name !== 'next' || value !== '');
  const values = readParameters(table as typeof OBJECTS_PARAMETERS, given, context);
  const specVersions = values['match[spec_version]'];
  const filters = {
    ids: values['match[id]'] ?? [],
    types: values['match[type]'] ?? [],
    versions: values['match[version]'] ?? (['last'] as const),
    matches: specVersions === undefined || specVersions.includes('2.1'),
  };
  const scope = JSON.stringify([where, ...Object.values(filters)]);
  const { added_after: addedAfter } = values;
  return {
    ...filters,
    limit: Math.min(values.limit ?? DEFAULT_PAGE, context.tier.resultsPerRequest),
    addedAfter,
    since: addedAfter === undefined ? undefined : Math.max(addedAfter, earliest(context)),
    place: placeOf(values, scope),
    scope,
  };
}

function placeOf({ next }: ParameterValues<typeof PLACE_PARAMETERS>, scope: string): TaxiiPlace | undefined {
  if (next === undefined) return undefined;
  const place = readNext(next, scope);
  if (place !== 'foreign') return place;
  const reason =
    'damaged, or of another collection or filter: it goes with the match filters of the page that it came from';
  throw new ParameterError([{ parameter: 'next', value: next, reason }]);
}

function parseVersion(text: string): VersionChoice | undefined {
  if (text === 'first' || text === 'last' || text === 'all') return text;
  const time = parseTimestamp(withPlus(text));
  return time !== undefined && FINER.test(text) ? time + 0.5 : time;
}

/** A time with something beyond its milliseconds, which every version of ours is made of. */
const FINER = /\.\d{3}\d*[1-9]/;

/** `all` stands by itself, and nothing is named twice (TAXII 2.1 §3.4.1). */
function isChoice(versions: readonly VersionChoice[]): boolean {
  return new Set(versions).size === versions.length && (versions.length === 1 || !versions.includes('all'));
}

/** A comma-separated list, without spaces (TAXII 2.1 §3.4), read into one order with each member once. */
function list<T extends string | number>(
  parse: (text: string) => T | undefined,
  allowed: string,
  doc: string,
  example: string,
  fits: (parts: readonly T[]) => boolean = () => true,
): Parameter<readonly T[]> {
  return {
    parse: (text) => {
      const parts = text.split(',').map(parse);
      const members = new Set(parts);
      if (members.has(undefined) || parts.length > MOST_IDS || !fits(parts as T[])) return undefined;
      return ([...members] as T[]).sort((a, b) => (String(a) < String(b) ? -1 : 1));
    },
    allowed: () => allowed,
    doc,
    schema: { type: 'array', items: { type: 'string' } },
    example,
  };
}
