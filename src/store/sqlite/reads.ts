import type { ArticlePage, ArticleQuery } from '../../model/article.ts';
import type { IndicatorQuery, MarkingChoice } from '../../model/indicator-query.ts';
import { TLP_MARKINGS, tlpMarkingId } from '../../model/marking.ts';
import { markingTail } from '../../render/stix/indicator.ts';
import type { ArticleRecord, Extent, PublishedVersion, Slice } from '../store.ts';
import { findArticle, listArticles } from './article-reads.ts';
import { type Connection, NEVER } from './connection.ts';
import { readHistory, readVersionsOf } from './history.ts';
import type { AttachedLists } from './lists/attached.ts';
import { querySql, type QuerySql } from './query-sql.ts';
import { ChangeWatch, Unchanged } from './unchanged.ts';

const EMPTY = new Uint8Array();

/** What a walk through candidates found; stamps are 0 where there are none. */
interface Step {
  readonly walked: number;
  readonly walkedTo: number;
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

/** Reads published versions over one connection; every call is short and leaves no cursor open. */
export class VersionReader {
  readonly #connection: Connection;
  readonly #staleness: Unchanged<{ firstReplaced: number; firstExpiry: number }>;
  readonly #attached: AttachedLists | undefined;

  /** `attached` are the lists beside what is read: they know of categories. */
  constructor(connection: Connection, watch = new ChangeWatch(connection, 0), attached?: AttachedLists) {
    this.#connection = connection;
    this.#attached = attached;
    this.#staleness = new Unchanged(watch, 1);
  }

  close(): void {
    this.#connection.close();
  }

  /** The stamp of the newest version visible at `asOf`; 0 when there is none. */
  watermark(asOf: number): number {
    const sql = 'SELECT stamp FROM version WHERE stamp <= ? ORDER BY stamp DESC LIMIT 1';
    const row = this.#connection.read(() => this.#connection.prepare(sql).get(asOf));
    return row === undefined ? 0 : Number(row.stamp);
  }

  /** See `IndicatorReads.extent`. */
  extent(query: IndicatorQuery, asOf: number): Extent {
    let extent = { count: 0, first: 0, last: 0 };
    let after = query.after;
    for (;;) {
      const left = query.limit - extent.count;
      const step = this.#measure({ ...query, limit: left, ...(after !== undefined && { after }) }, asOf);
      extent = {
        count: extent.count + step.count,
        first: extent.first || step.first,
        last: step.last || extent.last,
      };
      if (step.walked < left) return { ...extent, more: false };
      after = step.walkedTo;
      if (extent.count === query.limit) return { ...extent, more: this.#hasMore({ ...query, after }, asOf) };
    }
  }

  /** See `IndicatorReads.slice`. */
  slice(query: IndicatorQuery, markings: MarkingChoice, asOf: number, size: number): Slice {
    const parts = this.sqlOf(query, asOf);
    const limit = Math.min(size, query.limit);
    const { from, parameters } = slicedFrom(query, parts, limit);
    const shown = (text: string): string =>
      parts.visible === undefined ? text : `CASE WHEN ${parts.visible} THEN ${text} END`;
    // One level of joining, not two: SQLite would copy every text once more to hand it on.
    const sql =
      `SELECT count(*) AS walked, count(${shown('1')}) AS count, ` +
      `${query.order === 'oldest-first' ? 'max' : 'min'}(v.stamp) AS last, ` +
      `CAST(group_concat(${shown(stixExpression(markings))}, ',') AS BLOB) AS bytes FROM ${from}`;
    const row = this.#get(sql, [...parts.visibleParameters, ...parts.visibleParameters, ...parameters]);
    const count = Number(row.count);
    return {
      bytes: (row.bytes as Uint8Array | null) ?? EMPTY,
      count,
      last: row.last === null ? (query.after ?? 0) : Number(row.last),
      done: Number(row.walked) < limit || count === query.limit,
    };
  }

  /** See `ArticleStore.listArticles`. */
  listArticles(query: ArticleQuery, asOf: number): ArticlePage {
    return this.#connection.read(() => listArticles(this.#connection, query, asOf));
  }

  /** See `ArticleStore.findArticle`. */
  findArticle(id: string, asOf: number, most: number): ArticleRecord | undefined {
    return this.#connection.read(() => findArticle(this.#connection, id, asOf, most));
  }

  /** See `IndicatorReads.history`. */
  history(after: number, asOf: number, limit: number): PublishedVersion[] {
    return readHistory(this.#connection, after, asOf, limit);
  }

  /** See `IndicatorReads.versionsOf`. */
  versionsOf(uuid: Uint8Array, asOf: number): PublishedVersion[] {
    return readVersionsOf(this.#connection, uuid, asOf);
  }

  /** See `IndicatorReads.count`. */
  count(query: Omit<IndicatorQuery, 'limit'>, asOf: number): number {
    const parts = this.sqlOf({ ...query, limit: 1 }, asOf);
    const { candidates, candidateParameters, visible, visibleParameters } = parts;
    const join =
      visible === undefined ? '' : ` CROSS JOIN version AS v ON v.stamp = s.stamp WHERE ${visible}`;
    const sql = `SELECT count(*) AS count FROM (${candidates}) AS s${join}`;
    return Number(this.#get(sql, [...candidateParameters, ...visibleParameters]).count);
  }

  #hasMore(query: IndicatorQuery, asOf: number): boolean {
    for (let after = query.after; ;) {
      const step = this.#measure({ ...query, limit: 100, ...(after !== undefined && { after }) }, asOf);
      if (step.count > 0) return true;
      if (step.walked < 100) return false;
      after = step.walkedTo;
    }
  }

  /** Walks as many candidates as the query's limit says, and counts the visible ones. */
  #measure(query: IndicatorQuery, asOf: number): Step {
    const parts = this.sqlOf(query, asOf);
    return parts.visible === undefined ? this.#measureAll(query, parts) : this.#measureVisible(query, parts);
  }

  /** Where every candidate is visible, it is enough to go to the last: to count on the way costs twice as much. */
  #measureAll({ limit, order }: IndicatorQuery, parts: QuerySql): Step {
    const { candidates, candidateParameters } = parts;
    const ordered = candidates + parts.order;
    const ends = this.#get(`SELECT (${ordered} LIMIT 1) AS first, (${ordered} LIMIT 1 OFFSET ?) AS last`, [
      ...candidateParameters,
      ...candidateParameters,
      limit - 1,
    ]);
    if (ends.last !== null) {
      const last = Number(ends.last);
      return { walked: limit, walkedTo: last, count: limit, first: Number(ends.first), last };
    }
    const row = this.#get(
      `SELECT count(*) AS count, min(stamp) AS low, max(stamp) AS high FROM (${candidates})`,
      candidateParameters,
    );
    const [low, high, count] = [Number(row.low), Number(row.high), Number(row.count)];
    const [first, last] = order === 'oldest-first' ? [low, high] : [high, low];
    return { walked: count, walkedTo: last, count, first, last };
  }

  #measureVisible(query: IndicatorQuery, parts: QuerySql): Step {
    const { candidates, candidateParameters, visible, visibleParameters } = parts;
    const sql =
      'SELECT count(*) AS walked, count(stamp) AS count, min(stamp) AS low, max(stamp) AS high, ' +
      'min(walked) AS lowest, max(walked) AS highest FROM (' +
      `SELECT s.stamp AS walked, CASE WHEN ${visible} THEN s.stamp END AS stamp ` +
      `FROM (${candidates}${parts.order} LIMIT ?) AS s LEFT JOIN version AS v ON v.stamp = s.stamp)`;
    const row = this.#get(sql, [...visibleParameters, ...candidateParameters, query.limit]);
    const ascending = query.order === 'oldest-first';
    return {
      walked: Number(row.walked),
      walkedTo: Number(ascending ? row.highest : row.lowest),
      count: Number(row.count),
      first: Number(ascending ? row.low : row.high),
      last: Number(ascending ? row.high : row.low),
    };
  }

  /** A query as parts of SQL for this connection. Those by category need lists attached. */
  sqlOf(query: IndicatorQuery, asOf: number): QuerySql {
    if (query.categories !== undefined) this.#attached?.attach();
    const { firstReplaced, firstExpiry } = this.#staleness.get('', () => this.#lookForStale());
    return querySql(query, asOf, { replaced: firstReplaced <= asOf, expired: firstExpiry <= asOf });
  }

  /** When the first of the versions that are not cleared away yet is replaced, and when the first expires. */
  #lookForStale(): { firstReplaced: number; firstExpiry: number } {
    const row = this.#get(
      `SELECT (SELECT min(until) FROM version INDEXED BY version_until WHERE until < ${NEVER}) AS replaced,
        (SELECT min(expires) FROM version INDEXED BY version_expires WHERE live = 1 AND expires < ${NEVER}) AS expires`,
      [],
    );
    return { firstReplaced: Number(row.replaced ?? NEVER), firstExpiry: Number(row.expires ?? NEVER) };
  }

  #get(sql: string, parameters: readonly (number | string)[]): Record<string, unknown> {
    const statement = this.#connection.prepare(sql);
    return this.#connection.read(() => statement.get(...parameters))!;
  }
}

/**
 * The table that a slice's texts come from, as `v`. Versions that are all wanted, oldest first, are read as they
 * lie in the table, up to the last one of the slice: to join each with an index costs a third more.
 */
function slicedFrom(
  { order }: IndicatorQuery,
  parts: QuerySql,
  limit: number,
): { from: string; parameters: readonly (number | string)[] } {
  const { between } = parts;
  if (between === undefined || order !== 'oldest-first') {
    return {
      from: `(${parts.candidates}${parts.order} LIMIT ?) AS s LEFT JOIN version AS v ON v.stamp = s.stamp`,
      parameters: [...parts.candidateParameters, limit],
    };
  }
  const stop =
    'SELECT stamp FROM version NOT INDEXED WHERE stamp > ? AND stamp < ? ORDER BY stamp LIMIT 1 OFFSET ?';
  return {
    // A single upper bound: given two, SQLite may go by the farther one.
    from: `version AS v NOT INDEXED WHERE v.stamp > ? AND v.stamp <= coalesce((${stop}), ?)`,
    parameters: [between.above, between.above, between.below, limit - 1, between.below - 1],
  };
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
