import { CONFIDENCE_LEVEL_NAMES, type ConfidenceLevel } from '../../../model/confidence.ts';
import type { IndicatorQuery } from '../../../model/indicator-query.ts';
import { IOC_TYPES, type IocType } from '../../../model/ioc.ts';
import { parseItems } from '../../../render/list/item-json.ts';
import type { NameCount, Statistics } from '../../store.ts';
import { type Connection, NEVER } from '../connection.ts';
import { countedAs, type TallyKind } from './tallies.ts';

const HOUR = 3_600_000;
const DAY = 24;

/** So many of the most frequent names are told. */
const MOST_NAMES = 10;
const MOST_FEEDS = 500;

/**
 * So many of what has expired since the last sweep are taken away at most: some 80 ms. More expire at once only where a whole
 * import had one time, and count until a server has told and swept them, minutes later.
 */
const MOST_OVER = 10_000;

/**
 * Statistics from the counts beside the lists, on a connection with them attached: some hundred rows of each kind, whatever the store
 * holds, and what is stamped later than `now` or has expired since the last sweep, which is taken away again.
 */
export function readStatistics(connection: Connection, now: number): Omit<Statistics, 'lists'> {
  const types = new Map<IocType, number>();
  const levels = new Map<ConfidenceLevel, number>();
  let total = 0;
  const changes = changesAt(connection, now);
  const top = (kind: TallyKind, limit: number): NameCount[] =>
    topOf(connection, kind, limit, changes.get(kind) ?? new Map());
  for (const { name, count } of top('type_level', MOST_FEEDS)) {
    const [type, level] = name.split(' ') as [IocType, ConfidenceLevel];
    types.set(type, (types.get(type) ?? 0) + count);
    levels.set(level, (levels.get(level) ?? 0) + count);
    total += count;
  }
  return {
    total,
    types,
    levels,
    feeds: top('feed', MOST_FEEDS),
    categories: top('category', MOST_FEEDS),
    techniques: top('technique', MOST_NAMES),
    cves: top('cve', MOST_NAMES),
    day: trend(connection, DAY, now),
    week: trend(connection, 7 * DAY, now),
  };
}

type Changes = Map<TallyKind, Map<string, number>>;

/**
 * By how much counts differ at `now`: less what is stamped later and what has expired since the last sweep, and with what is
 * replaced only later.
 */
function changesAt(connection: Connection, now: number): Changes {
  const changes: Changes = new Map();
  const add = (json: unknown, by: 1 | -1): void => {
    for (const [kind, name] of countedAs(parseItems(Buffer.from(String(json)))[0]!)) {
      const names = changes.get(kind) ?? new Map<string, number>();
      names.set(name, (names.get(name) ?? 0) + by);
      changes.set(kind, names);
    }
  };
  const later = connection.prepare(
    `SELECT json FROM lists.item NOT INDEXED WHERE stamp > ?1 AND until = ${NEVER} AND live = 1`,
  );
  for (const { json } of later.iterate(now)) add(json, -1);
  const still = connection.prepare(
    `SELECT json FROM lists.item INDEXED BY item_until
     WHERE until < ${NEVER} AND until > ?1 AND stamp <= ?1 AND expires > ?1 AND live = 1`,
  );
  for (const { json } of still.iterate(now)) add(json, 1);
  const over = connection.prepare(
    `SELECT json FROM lists.item INDEXED BY item_expires
     WHERE expires <= ?1 AND expires < ${NEVER} AND stamp <= ?1 AND until = ${NEVER} AND live = 1
     LIMIT ${MOST_OVER}`,
  );
  for (const { json } of over.iterate(now)) add(json, -1);
  return changes;
}

/** The most frequent names. What is not changed and among them is among as many more as are changed. */
function topOf(
  connection: Connection,
  kind: TallyKind,
  limit: number,
  changes: ReadonlyMap<string, number>,
): NameCount[] {
  const rows = connection
    .prepare(
      'SELECT name, count FROM lists.tally INDEXED BY tally_top WHERE kind = ? AND count > 0 ORDER BY count DESC, name LIMIT ?',
    )
    .all(kind, limit + changes.size);
  const counts = new Map(rows.map(({ name, count }) => [String(name), Number(count)]));
  const one = connection.prepare('SELECT count FROM lists.tally WHERE kind = ? AND name = ?');
  for (const [name, by] of changes)
    counts.set(name, (counts.get(name) ?? Number(one.get(kind, name)?.count ?? 0)) + by);
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, limit);
}

/** What was published in the last so many hours, to the full hour, and how much was added in as many before. */
function trend(connection: Connection, hours: number, now: number): Statistics['day'] {
  const last = Math.floor(now / HOUR);
  const sum = (kind: TallyKind, from: number, to: number): number =>
    Number(
      connection
        .prepare(
          'SELECT coalesce(sum(count), 0) AS sum FROM lists.tally WHERE kind = ? AND CAST(name AS INTEGER) BETWEEN ? AND ?',
        )
        .get(kind, from, to)!.sum,
    );
  const later = (kind: 'added' | 'updated'): number =>
    Number(
      connection
        .prepare(
          `SELECT count(*) AS count FROM lists.item AS t NOT INDEXED CROSS JOIN ioc AS i ON i.id = t.ioc
           WHERE t.stamp > ? AND t.stamp < ? AND i.created ${kind === 'added' ? '=' : '<>'} t.stamp`,
        )
        .get(now, (last + 1) * HOUR)!.count,
    );
  return {
    added: sum('added', last - hours + 1, last) - later('added'),
    updated: sum('updated', last - hours + 1, last) - later('updated'),
    addedBefore: sum('added', last - 2 * hours + 1, last - hours),
  };
}

/** Whether there is a count of what a query asks for: of all that is current, of some types and levels. */
export function isTallied(query: Omit<IndicatorQuery, 'limit'>): boolean {
  const { since, until, after, sectors, categories, tlps, revoked } = query;
  const whole = since === undefined && until === undefined && after === undefined;
  return whole && sectors.length === 0 && (categories ?? tlps) === undefined && revoked === 'exclude';
}

/**
 * What is visible at `asOf` of what is current: what was counted, less what is stamped later and what has expired since the
 * last sweep, and with what is replaced only later. Costs as much as these few. All comes from one state of the lists.
 */
export function countCurrent(
  connection: Connection,
  { types, levels }: Omit<IndicatorQuery, 'limit'>,
  asOf: number,
): number {
  const typeNames = types.length > 0 ? types : IOC_TYPES;
  const levelNames = levels.length > 0 ? levels : CONFIDENCE_LEVEL_NAMES;
  const names = typeNames.flatMap((type) => levelNames.map((level) => `'${type} ${level}'`)).join(', ');
  const filter =
    `live = 1 AND type IN (${typeNames.map((type) => IOC_TYPES.indexOf(type)).join(', ')}) ` +
    `AND level IN (${levelNames.map((level) => CONFIDENCE_LEVEL_NAMES.indexOf(level)).join(', ')})`;
  // Of two upper bounds SQLite goes by the first.
  const row = connection
    .prepare(
      `SELECT
        (SELECT coalesce(sum(count), 0) FROM lists.tally WHERE kind = 'type_level' AND name IN (${names})) AS current,
        (SELECT count(*) FROM lists.item NOT INDEXED WHERE stamp > ?1 AND until = ${NEVER} AND ${filter}) AS later,
        (SELECT count(*) FROM lists.item INDEXED BY item_until
         WHERE until < ${NEVER} AND until > ?1 AND stamp <= ?1 AND expires > ?1 AND ${filter}) AS still,
        (SELECT count(*) FROM lists.item INDEXED BY item_expires
         WHERE expires <= ?1 AND expires < ${NEVER} AND stamp <= ?1 AND until = ${NEVER} AND ${filter}) AS over`,
    )
    .get(asOf)!;
  return Number(row.current) - Number(row.later) + Number(row.still) - Number(row.over);
}
