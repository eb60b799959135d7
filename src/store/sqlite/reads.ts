import type { IndicatorQuery, MarkingChoice } from '../../model/indicator-query.ts';
import { TLP_MARKINGS, tlpMarkingId } from '../../model/marking.ts';
import { markingTail } from '../../render/stix/indicator.ts';
import type { Extent, Slice } from '../store.ts';
import type { Connection } from './connection.ts';
import { visibleVersions, type QuerySql } from './query-sql.ts';

const EMPTY = new Uint8Array();

/** Reads published versions over one connection; every call is short and leaves no cursor open. */
export class VersionReader {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The stamp of the newest version visible at `asOf`; 0 when there is none. */
  watermark(asOf: number): number {
    const sql = 'SELECT stamp FROM version WHERE stamp <= ? ORDER BY stamp DESC LIMIT 1';
    const row = this.#connection.read(() => this.#connection.prepare(sql).get(asOf));
    return row === undefined ? 0 : Number(row.stamp);
  }

  /** See `IndicatorReads.extent`. */
  extent(query: IndicatorQuery, asOf: number): Extent {
    const row = this.#aggregate(
      'count(*) AS count, min(stamp) AS low, max(stamp) AS high',
      'v.stamp',
      query,
      asOf,
    );
    const count = Number(row.count);
    if (count === 0) return { count: 0, first: 0, last: 0, more: false };
    const ascending = query.order === 'oldest-first';
    const [first, last] = ascending ? [row.low, row.high] : [row.high, row.low];
    const more = count === query.limit && this.#hasMore({ ...query, after: Number(last), limit: 1 }, asOf);
    return { count, first: Number(first), last: Number(last), more };
  }

  /** See `IndicatorReads.slice`. */
  slice(query: IndicatorQuery, markings: MarkingChoice, asOf: number, size: number): Slice {
    const limit = Math.min(size, query.limit);
    const edge = query.order === 'oldest-first' ? 'max' : 'min';
    const row = this.#aggregate(
      `count(*) AS count, ${edge}(stamp) AS last, CAST(group_concat(stix, ',') AS BLOB) AS bytes`,
      `v.stamp AS stamp, ${stixExpression(markings)} AS stix`,
      { ...query, limit },
      asOf,
    );
    const count = Number(row.count);
    return {
      bytes: (row.bytes as Uint8Array | null) ?? EMPTY,
      count,
      last: count > 0 ? Number(row.last) : (query.after ?? 0),
      done: count < limit || count === query.limit,
    };
  }

  #hasMore(query: IndicatorQuery, asOf: number): boolean {
    return Number(this.#aggregate('count(*) AS count', 'v.stamp', query, asOf).count) > 0;
  }

  #aggregate(
    aggregates: string,
    columns: string,
    query: IndicatorQuery,
    asOf: number,
  ): Record<string, unknown> {
    const { sql, parameters }: QuerySql = visibleVersions(query, asOf, columns);
    const statement = this.#connection.prepare(`SELECT ${aggregates} FROM (${sql})`);
    return this.#connection.read(() => statement.get(...parameters, query.limit))!;
  }
}

/** Length of an indicator's text from its markings on. */
const TAIL = markingTail(tlpMarkingId('clear', 1)).length;

/** SQL for an indicator's text, marked as asked: texts are stored with their TLP 1 marking. */
function stixExpression({ tlpVersion, atLeast }: MarkingChoice): string {
  if (tlpVersion === 1 && atLeast === 'clear') return 'v.stix';
  const floor = TLP_MARKINGS.indexOf(atLeast);
  const cases = TLP_MARKINGS.map(
    (tlp, code) => `WHEN ${code} THEN '${markingTail(tlpMarkingId(tlp, tlpVersion))}'`,
  );
  return `substr(v.stix, 1, length(v.stix) - ${TAIL}) || CASE max(v.tlp, ${floor}) ${cases.join(' ')} END`;
}
