import { CONFIDENCE_LEVEL_NAMES } from '../../model/confidence.ts';
import { type IndicatorQuery, LEFT_TOLD } from '../../model/indicator-query.ts';
import { IOC_TYPES } from '../../model/ioc.ts';
import { TLP_MARKINGS } from '../../model/marking.ts';
import { SECTORS } from '../../model/sector.ts';
import { codesOf } from './codes.ts';
import type { StampRange } from './query-sql.ts';

/** What a query tells of IOCs that left its filter, as parts of SQL. */
export interface LeftSql {
  /** Each yields stamps of such versions, in their order. A version may be in several. */
  readonly branches: readonly string[];
  readonly branchParameters: readonly (number | string)[];
  /** Whether a row `v` of table `version` is of them. */
  readonly check: string;
  readonly checkParameters: readonly (number | string)[];
}

const DAY = 86_400_000;

/** How far the version of a row is from where it began, at most, by its `span`. */
const SPANS = [2 * DAY, 16 * DAY, 128 * DAY, Number.MAX_SAFE_INTEGER];

/** Walks and check of what left a query's filter; undefined where it does not ask. See `Left`. */
export function leftSql(
  { left, revoked, types, levels, sectors, tlps = [], categories }: IndicatorQuery,
  { above, below }: StampRange,
): LeftSql | undefined {
  if (left === undefined || revoked === 'exclude') return undefined;
  const dimensions = {
    sector: codesOf(SECTORS, sectors),
    tlp: codesOf(TLP_MARKINGS, tlps),
    level: codesOf(CONFIDENCE_LEVEL_NAMES, levels),
  } as const;
  // Of a sector there are mostly fewer than of a marking, and of that fewer than of a level.
  const narrowest = (['sector', 'tlp', 'level'] as const).find((name) => dimensions[name].length > 0)!;
  // What was listed under a category before is noted beside the lists.
  const [table, walked, values] =
    categories === undefined
      ? (['version_left', narrowest, dimensions[narrowest]] as const)
      : (['lists.category_left', 'category', categories] as const);
  const filter = [
    ...among('type', codesOf(IOC_TYPES, types)),
    ...Object.entries(dimensions).flatMap(([name, asked]) => among(name, asked)),
    'l.began <= ?',
    left.told === 'revoked' ? 'l.revoked = 1' : '(l.revoked = 1 OR l.ended > ?)',
  ].join(' AND ');
  const told = left.told === 'revoked' ? [left.by] : [left.by, left.by - LEFT_TOLD];
  const strictest = Math.max(...dimensions.tlp);
  const marked = tlps.length === 0 ? '' : ` AND v.tlp <= ${strictest}`;
  const markedRow =
    tlps.length === 0 ? '' : ` AND EXISTS (SELECT 1 FROM version AS v WHERE v.stamp = l.stamp${marked})`;
  const index = `${table.replace('lists.', '')}_${walked}${left.told === 'revoked' ? '_revoked' : ''}`;
  const branch = `SELECT l.stamp FROM ${table} AS l INDEXED BY ${index} WHERE l.${walked} = ? AND l.span = ? AND l.stamp > ? AND l.stamp < ? AND ${filter}${markedRow}`;
  const walks = values.flatMap((value): (number | string)[][] =>
    SPANS.map((longest, span) => [value, span, above, Math.min(below, left.by + longest + 1), ...told]),
  );
  const inCategory =
    categories === undefined ? '' : ` AND l.category IN (${categories.map(() => '?').join(', ')})`;
  return {
    branches: walks.map(() => branch),
    branchParameters: walks.flat(),
    check: `(EXISTS (SELECT 1 FROM ${table} AS l WHERE l.stamp = v.stamp AND ${filter}${inCategory})${marked})`,
    checkParameters: [...told, ...(categories ?? [])],
  };
}

function among(column: string, asked: readonly number[]): string[] {
  return asked.length === 0 ? [] : [`l.${column} IN (${asked.join(', ')})`];
}
