import { CONFIDENCE_LEVEL_NAMES } from '../../model/confidence.ts';
import type { IndicatorQuery } from '../../model/indicator-query.ts';
import { IOC_TYPES } from '../../model/ioc.ts';
import { SECTORS } from '../../model/sector.ts';
import { NEVER } from './connection.ts';

/** The visible versions of a query as SQL that yields `stamp` and `stix` in order, with its parameters. */
export interface QuerySql {
  readonly sql: string;
  readonly parameters: readonly number[];
}

/**
 * Turns a query into SQL. Each combination of the values asked for is one branch that walks one index in
 * stamp order, and SQLite merges the branches as it goes, so that the cost follows what is
 * returned and not what is stored. A dimension with more than half of its values asked for is checked row by row
 * instead: few rows fail it, and the branches stay few.
 */
export function visibleVersions(query: IndicatorQuery, asOf: number, columns: string): QuerySql {
  const types = dimension('type', IOC_TYPES, query.types);
  const levels = dimension('level', CONFIDENCE_LEVEL_NAMES, query.levels);
  const sectors = query.sectors.map((sector) => SECTORS.indexOf(sector));
  const range = stampRange(query, asOf);
  const branches: string[] = [];
  const parameters: number[] = [];
  for (const live of query.revoked === 'exclude' ? [1] : [1, 0]) {
    for (const type of types.branches) {
      for (const level of levels.branches) {
        for (const sector of sectors.length > 0 ? sectors : [undefined]) {
          branches.push(branchSql(type !== undefined, level !== undefined, sector !== undefined));
          if (sector !== undefined) parameters.push(sector);
          parameters.push(live);
          if (type !== undefined) parameters.push(type);
          if (level !== undefined) parameters.push(level);
          parameters.push(range.above, range.below);
        }
      }
    }
  }
  const direction = query.order === 'oldest-first' ? 'ASC' : 'DESC';
  const union = sectors.length > 1 ? ' UNION ' : ' UNION ALL ';
  const checks = ['v.until > ?'];
  parameters.push(asOf);
  if (query.revoked === 'exclude') {
    checks.push('v.expires > ?');
    parameters.push(asOf);
  }
  checks.push(...types.checks, ...levels.checks);
  // Without a limit of its own SQLite drops the inner order, which a join need not keep.
  return {
    sql:
      `SELECT ${columns} FROM (${branches.join(union)} ORDER BY 1 ${direction} LIMIT -1) AS s ` +
      `CROSS JOIN version AS v ON v.stamp = s.stamp WHERE ${checks.join(' AND ')} LIMIT ?`,
    parameters,
  };
}

/** Stamps strictly between `above` and `below`. */
function stampRange(query: IndicatorQuery, asOf: number): { above: number; below: number } {
  const since = query.since ?? -1;
  const after = query.after;
  if (query.order === 'oldest-first') return { above: Math.max(since, after ?? -1), below: asOf + 1 };
  return { above: since, below: Math.min(after ?? NEVER, asOf + 1) };
}

interface Dimension {
  /** Codes that get a branch each; undefined for "any". */
  readonly branches: readonly (number | undefined)[];
  readonly checks: readonly string[];
}

function dimension(column: string, all: readonly string[], asked: readonly string[]): Dimension {
  const codes = [...new Set(asked)].map((name) => all.indexOf(name)).sort((a, b) => a - b);
  if (codes.length === 0 || codes.length === all.length) return { branches: [undefined], checks: [] };
  if (codes.length <= all.length / 2) return { branches: codes, checks: [] };
  return { branches: [undefined], checks: [`v.${column} IN (${codes.join(', ')})`] };
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
