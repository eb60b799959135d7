import { CONFIDENCE_LEVEL_NAMES } from '../../model/confidence.ts';
import type { IndicatorQuery } from '../../model/indicator-query.ts';
import { IOC_TYPES } from '../../model/ioc.ts';
import { type Tlp, TLP_MARKINGS } from '../../model/marking.ts';
import { SECTORS } from '../../model/sector.ts';
import { codesOf } from './codes.ts';
import { NEVER } from './connection.ts';
import { type LeftSql, leftSql } from './left-sql.ts';

/** SQLite takes 500 at most, and what left adds its own. */
const MOST_BRANCHES = 200;

/** Whether the store holds versions that are replaced, or expired, and not cleared away yet. */
export interface Stale {
  readonly replaced: boolean;
  readonly expired: boolean;
}

/** A query as parts of SQL. */
export interface QuerySql {
  /** Yields the stamps of candidates, as `stamp`. */
  readonly candidates: string;
  /** To follow `candidates`, for them in the query's order: then to be given a limit. */
  readonly order: string;
  readonly candidateParameters: readonly (number | string)[];
  /** What a row `v` of table `version` with such a stamp must fulfil to be visible; undefined when each one is. */
  readonly visible: string | undefined;
  readonly visibleParameters: readonly (number | string)[];
  /** Set where every version strictly between two stamps is a candidate. */
  readonly between: StampRange | undefined;
  /** The same where, of all that lies between, what is revoked or expired is no candidate. */
  readonly liveBetween: StampRange | undefined;
  /** Whether some are candidates, or visible, that the filter does not let through any more. */
  readonly left: boolean;
}

export interface StampRange {
  readonly above: number;
  readonly below: number;
}

/**
 * Turns a query into SQL. Each combination of the values asked for is one branch that walks one index in
 * stamp order, and SQLite merges the branches as it goes, so that the cost follows what is returned and not
 * what is stored. Where that would be too many branches, types are checked row by row instead.
 */
export function querySql(query: IndicatorQuery, asOf: number, stale: Stale): QuerySql {
  if (query.categories !== undefined) return categorySql(query, query.categories, asOf, stale);
  // Of a type or a sector there are mostly fewer than of a marking.
  const narrower = query.types.length > 0 || query.sectors.length > 0;
  if (query.tlps !== undefined && !narrower) return markingSql(query, query.tlps, asOf, stale);
  // Not all IOCs concern a sector, so that all sectors are not any.
  const sectors = query.sectors.length > 0 ? codesOf(SECTORS, query.sectors) : [undefined];
  const levels = walksOf(CONFIDENCE_LEVEL_NAMES, query.levels);
  const { types, typeChecks } = typeWalks(query.types, MOST_BRANCHES / (2 * levels.length * sectors.length));
  const range = stampRange(query, asOf);
  const left = leftSql(query, range);
  const branches: string[] = [];
  const candidateParameters: (number | string)[] = [];
  for (const live of query.revoked === 'exclude' ? [1] : [1, 0]) {
    for (const type of types) {
      for (const level of levels) {
        for (const sector of sectors) {
          branches.push(branchSql(type !== undefined, level !== undefined, sector !== undefined));
          const codes = [sector, live, type, level].filter((code) => code !== undefined);
          candidateParameters.push(...codes, range.above, range.below);
        }
      }
    }
  }
  const narrow = [types, levels, sectors].some(([value]) => value !== undefined);
  // Types do not change: what left its type's branches is not among them because of another.
  const hasLeft = [levels, sectors].some(([value]) => value !== undefined);
  if (hasLeft && left !== undefined) {
    branches.push(...left.branches);
    candidateParameters.push(...left.branchParameters);
  }
  const current = currentChecks(query, stale);
  const whole = !narrow && query.tlps === undefined;
  const asked = visibly([...typeChecks, ...markings(query)], left);
  const checks = [...current, ...asked.checks];
  return {
    // An IOC of several sectors stands in several branches, as does one that left and came back.
    candidates: branches.join(
      sectors.length > 1 || (hasLeft && left !== undefined) ? ' UNION ' : ' UNION ALL ',
    ),
    order: ` ORDER BY 1 ${query.order === 'oldest-first' ? 'ASC' : 'DESC'}`,
    candidateParameters,
    visible: checks.length > 0 ? checks.join(' AND ') : undefined,
    visibleParameters: [...current.map(() => asOf), ...asked.parameters],
    between: query.revoked === 'include' && whole ? range : undefined,
    liveBetween: query.revoked === 'exclude' && whole ? range : undefined,
    left: left !== undefined,
  };
}

/**
 * The same by categories, which lists know: each has its walk, in which the other filters are checked row by row. Lists clear
 * away what is over in their own time, so each version is looked at.
 */
function categorySql(
  query: IndicatorQuery,
  categories: readonly string[],
  asOf: number,
  stale: Stale,
): QuerySql {
  const { above, below } = stampRange(query, asOf);
  const left = leftSql(query, { above, below });
  const sectors = among('x.sector', SECTORS, query.sectors);
  const filters =
    among('c.type', IOC_TYPES, query.types) +
    among('c.level', CONFIDENCE_LEVEL_NAMES, query.levels) +
    (sectors === ''
      ? ''
      : ` AND EXISTS (SELECT 1 FROM version_sector AS x WHERE x.live IN (0, 1) AND x.stamp = c.stamp${sectors})`);
  const branch = `SELECT c.stamp FROM lists.category AS c WHERE c.category = ? AND c.live = ? AND c.stamp > ? AND c.stamp < ?${filters}`;
  const walks = categories.flatMap((category) =>
    (query.revoked === 'exclude' ? [1] : [1, 0]).map((live) => [category, live, above, below]),
  );
  const current = currentChecks(query, { ...stale, replaced: true });
  const asked = visibly(markings(query), left);
  const checks = [...current, ...(query.revoked === 'exclude' ? ['v.live = 1'] : []), ...asked.checks];
  return {
    // An IOC may have sources of several categories.
    candidates: [...walks.map(() => branch), ...(left?.branches ?? [])].join(' UNION '),
    order: ` ORDER BY 1 ${query.order === 'oldest-first' ? 'ASC' : 'DESC'}`,
    candidateParameters: [...walks.flat(), ...(left?.branchParameters ?? [])],
    visible: checks.join(' AND '),
    visibleParameters: [...current.map(() => asOf), ...asked.parameters],
    between: undefined,
    liveBetween: undefined,
    left: left !== undefined,
  };
}

/** The same by markings: each has its walk, in which levels are checked row by row. */
function markingSql(query: IndicatorQuery, tlps: readonly Tlp[], asOf: number, stale: Stale): QuerySql {
  const { above, below } = stampRange(query, asOf);
  const left = leftSql(query, { above, below });
  const branch = `SELECT c.stamp FROM version AS c INDEXED BY version_tlp WHERE c.live = ? AND c.tlp = ? AND c.stamp > ? AND c.stamp < ?${among('c.level', CONFIDENCE_LEVEL_NAMES, query.levels)}`;
  const walks = [...new Set(tlps)].flatMap((tlp) =>
    (query.revoked === 'exclude' ? [1] : [1, 0]).map((live) => [
      live,
      TLP_MARKINGS.indexOf(tlp),
      above,
      below,
    ]),
  );
  const current = currentChecks(query, stale);
  return {
    candidates: [...walks.map(() => branch), ...(left?.branches ?? [])].join(
      left === undefined ? ' UNION ALL ' : ' UNION ',
    ),
    order: ` ORDER BY 1 ${query.order === 'oldest-first' ? 'ASC' : 'DESC'}`,
    candidateParameters: [...walks.flat(), ...(left?.branchParameters ?? [])],
    visible: current.length > 0 ? current.join(' AND ') : undefined,
    visibleParameters: current.map(() => asOf),
    between: undefined,
    liveBetween: undefined,
    left: left !== undefined,
  };
}

/** What rows must fulfil beyond being current: all that is asked for, or to have left it. */
function visibly(
  asked: readonly string[],
  left: LeftSql | undefined,
): { readonly checks: readonly string[]; readonly parameters: readonly (number | string)[] } {
  if (left === undefined || asked.length === 0) return { checks: asked, parameters: [] };
  return { checks: [`(${asked.join(' AND ')} OR ${left.check})`], parameters: left.checkParameters };
}

function markings({ tlps }: IndicatorQuery): string[] {
  return tlps === undefined ? [] : [`v.tlp IN (${tlps.map((tlp) => TLP_MARKINGS.indexOf(tlp)).join(', ')})`];
}

function among(column: string, all: readonly string[], asked: readonly string[]): string {
  return asked.length > 0 ? ` AND ${column} IN (${codesOf(all, asked).join(', ')})` : '';
}

function currentChecks(query: IndicatorQuery, stale: Stale): string[] {
  return [
    ...(stale.replaced ? ['v.until > ?'] : []),
    ...(stale.expired && query.revoked === 'exclude' ? ['v.expires > ?'] : []),
  ];
}

function stampRange(query: IndicatorQuery, asOf: number): StampRange {
  const since = query.since ?? -1;
  const after = query.after;
  const end = Math.min(asOf, query.until ?? asOf) + 1;
  if (query.order === 'oldest-first') return { above: Math.max(since, after ?? -1), below: end };
  return { above: since, below: Math.min(after ?? NEVER, end) };
}

/** Codes of what is asked for, each of which is walked by itself; undefined for any. */
function walksOf(all: readonly string[], asked: readonly string[]): readonly (number | undefined)[] {
  const codes = codesOf(all, asked);
  return codes.length === 0 || codes.length === all.length ? [undefined] : codes;
}

/** The same of types, `most` at most: instead of more, each row is checked. */
function typeWalks(
  asked: IndicatorQuery['types'],
  most: number,
): { readonly types: readonly (number | undefined)[]; readonly typeChecks: readonly string[] } {
  const types = walksOf(IOC_TYPES, asked);
  if (types.length <= most) return { types, typeChecks: [] };
  return { types: [undefined], typeChecks: [`v.type IN (${types.join(', ')})`] };
}

/** One walk of one index. The index is named: for a rare value the planner would walk the wrong one. */
function branchSql(type: boolean, level: boolean, sector: boolean): string {
  const table = sector ? 'version_sector' : 'version';
  const suffix = `${type ? '_type' : ''}${level ? '_level' : ''}`;
  const index = sector && suffix === '' ? '' : ` INDEXED BY ${table}${suffix === '' ? '_live' : suffix}`;
  const conditions = [
    ...(sector ? ['sector = ?'] : []),
    'live = ?',
    ...(type ? ['type = ?'] : []),
    ...(level ? ['level = ?'] : []),
    'stamp > ?',
    'stamp < ?',
  ];
  return `SELECT stamp FROM ${table}${index} WHERE ${conditions.join(' AND ')}`;
}
