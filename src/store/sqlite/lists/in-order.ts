import type { Extent } from '../../store.ts';
import { type Connection, NEVER } from '../connection.ts';
import type { StampRange } from '../query-sql.ts';
import { RUN } from './runs-of-texts.ts';

export const EMPTY = new Uint8Array();

/** The first items of a span, with their number less one. A single upper bound: given two, SQLite may go by the farther one. */
const FIRST_OF_SPAN = `stamp > ?2 AND stamp <= coalesce(
  (SELECT stamp FROM lists.item NOT INDEXED WHERE stamp > ?2 AND stamp < ?3 ORDER BY stamp LIMIT 1 OFFSET ?4), ?3 - 1)`;

/** What an item `v` fulfils that is not revoked, and has not expired at the moment `?1`; and one that is not replaced then. */
export const LIVE: readonly string[] = ['v.live = 1', 'v.expires > ?1'];
export const STANDS = 'v.until > ?1';

/** What lies strictly between two stamps, as it is visible at a moment. */
export interface Span extends StampRange {
  readonly asOf: number;
  /** Whether what is revoked or has expired is left out. */
  readonly live: boolean;
  /** What an item `v` must fulfil to be visible at the moment `?1`. */
  readonly checks: readonly string[];
}

/** Where texts are, and what stands between two of them. */
export interface Form {
  readonly column: 'json' | 'csv' | 'value';
  readonly separator: string;
  /** Whether runs of them are there joined. */
  readonly joined?: boolean;
}

interface Texts {
  readonly bytes: Uint8Array;
  readonly count: number;
  /** The last stamp that was looked at; undefined when there was none. */
  readonly last: number | undefined;
  readonly done: boolean;
}

/** Runs one after the other without a gap: from the stamp before the first to the last one. */
interface Stretch {
  /** How many items they have. */
  readonly walked: number;
  /** How many of them are wanted. */
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Reads all items between two stamps, oldest first, as they lie in the table: whole runs where each of their items is wanted, and what is
 * before and after them one by one.
 */
export class InOrder {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The texts of the first of a span, of which `limit` are looked at. */
  texts(span: Span, form: Form, limit: number): Texts {
    // A run may be taken apart in between.
    return this.#connection.snapshot(() => {
      const stretch = form.joined === true && span.live ? this.#stretch(span, limit) : undefined;
      const before = stretch && this.#ends({ ...span, below: stretch.from + 1 }, limit).walked;
      const fits = before !== undefined && before + stretch!.walked <= limit;
      const { walked, count, last, bytes } = fits
        ? this.#around(span, form, stretch!, limit - before - stretch!.walked)
        : this.#rows(span, form, limit);
      return { bytes: bytes ?? EMPTY, count, last: last ?? undefined, done: walked < limit };
    });
  }

  /** How much a span yields. */
  extent(span: Span, limit: number): Extent {
    return this.#connection.snapshot(() => {
      let [count, first, last, walkedTo] = [0, 0, 0, span.above];
      const take = (below: number): void => {
        for (let done = false; !done && count < limit;) {
          const most = limit - count;
          const rows = this.#ends({ ...span, above: walkedTo, below }, most);
          [count, first, last] = [count + rows.count, first || (rows.first ?? 0), rows.last ?? last];
          walkedTo = rows.walkedTo ?? walkedTo;
          done = rows.walked < most;
        }
      };
      const stretch = this.#stretch(span, limit);
      if (stretch !== undefined) {
        take(stretch.from + 1);
        if (stretch.count > 0 && count + stretch.count <= limit) {
          first ||= this.#stamp({ ...span, above: stretch.from, below: stretch.to + 1 }, 'ASC')!;
          last = this.#stamp({ ...span, above: stretch.from, below: stretch.to + 1 }, 'DESC')!;
          [count, walkedTo] = [count + stretch.count, stretch.to];
        }
      }
      take(span.below);
      const more = count === limit && this.#stamp({ ...span, above: last }, 'ASC') !== undefined;
      return { count, first, last, more };
    });
  }

  /** How many a span has; undefined where that is not known without looking at each. */
  count(span: Span): number | undefined {
    return this.#connection.snapshot(() => {
      const stretch = this.#stretch(span, Infinity);
      if (stretch === undefined) return undefined;
      const before = this.#ends({ ...span, below: Math.max(stretch.from, span.above) + 1 }, NEVER).count;
      return before + stretch.count + this.#ends({ ...span, above: stretch.to }, NEVER).count;
    });
  }

  /** Runs within a span, of `limit` items at most; undefined where there are none, or not all one after the other. */
  #stretch({ above, below, asOf, live, checks }: Span, limit: number): Stretch | undefined {
    // Where more is asked for than to stand and to be live, each item is looked at.
    if (checks.some((check) => check !== STANDS && !LIVE.includes(check))) return undefined;
    const most = limit === Infinity ? NEVER : Math.floor((limit - 1) / RUN);
    const { length, whole, expires, ...stretch } = this.#connection
      .prepare(
        `SELECT total(count) AS walked, total(${live ? 'live' : 'count'}) AS count, min(after) AS "from", max(last) AS "to",
           sum(last - after) AS length, min(whole) AS whole, min(expires) AS expires
         FROM (SELECT last, after, count, live, expires, whole FROM lists.run WHERE first > ? AND last < ? ORDER BY first LIMIT ?)`,
      )
      .get(above, below, most) as unknown as Stretch & {
      readonly length: number | null;
      readonly whole: number;
      readonly expires: number;
    };
    if (live && expires <= asOf) return undefined;
    // Only runs without gaps are as long together as from the first to the last.
    return length !== null && whole === 1 && length === stretch.to - stretch.from ? stretch : undefined;
  }

  /** Texts of all before a stretch, of its runs, and of so many after it. */
  #around(span: Span, { column, separator }: Form, { from, to }: Stretch, after: number): Rows {
    const each = `SELECT stamp, 1 AS walked, ${shown('1', span)} AS count, ${shown(column, span)} AS text FROM lists.item AS v NOT INDEXED`;
    return this.#connection
      .prepare(
        `SELECT total(walked) AS walked, total(count) AS count, max(stamp) AS last, CAST(group_concat(text, ${sqlText(separator)}) AS BLOB) AS bytes FROM (
           ${each} WHERE stamp > ?2 AND stamp <= ?4
           UNION ALL SELECT r.last, r.count, r.live, t.text FROM lists.run AS r CROSS JOIN lists.run_${column} AS t ON t.first = r.first
             WHERE r.first > ?4 AND r.first <= ?5
           UNION ALL SELECT * FROM (${each} WHERE stamp > ?5 AND stamp < ?3 ORDER BY stamp LIMIT ?6))`,
      )
      .get(span.asOf, span.above, span.below, from, to, after) as unknown as Rows;
  }

  #rows(span: Span, { column, separator }: Form, limit: number): Rows {
    return this.#connection
      .prepare(
        `SELECT count(*) AS walked, count(${shown('1', span)}) AS count, max(stamp) AS last,
           CAST(group_concat(${shown(column, span)}, ${sqlText(separator)}) AS BLOB) AS bytes
         FROM lists.item AS v NOT INDEXED WHERE ${FIRST_OF_SPAN}`,
      )
      .get(span.asOf, span.above, span.below, limit - 1) as unknown as Rows;
  }

  #ends(span: Span, limit: number): Ends {
    const stamp = shown('stamp', span);
    return this.#connection
      .prepare(
        `SELECT count(*) AS walked, max(stamp) AS walkedTo, count(${stamp}) AS count, min(${stamp}) AS first, max(${stamp}) AS last
         FROM lists.item AS v NOT INDEXED WHERE ${FIRST_OF_SPAN}`,
      )
      .get(span.asOf, span.above, span.below, limit - 1) as unknown as Ends;
  }

  /** The first or the last stamp that is visible of a span. */
  #stamp(span: Span, order: 'ASC' | 'DESC'): number | undefined {
    const checks = span.checks.map((check) => ` AND ${check}`).join('');
    const sql = `SELECT stamp FROM lists.item AS v NOT INDEXED WHERE stamp > ?2 AND stamp < ?3${checks} ORDER BY stamp ${order} LIMIT 1`;
    const row = this.#connection.prepare(sql).get(span.asOf, span.above, span.below);
    return row === undefined ? undefined : Number(row.stamp);
  }
}

interface Rows {
  readonly walked: number;
  readonly count: number;
  readonly last: number | null;
  readonly bytes: Uint8Array | null;
}

interface Ends {
  readonly walked: number;
  readonly walkedTo: number | null;
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
}

function shown(column: string, { checks }: Span): string {
  return checks.length === 0 ? column : `CASE WHEN ${checks.join(' AND ')} THEN ${column} END`;
}

/** A text as SQL, whatever its characters. */
export function sqlText(text: string): string {
  return `char(${Array.from(text, (character) => character.codePointAt(0)).join(', ')})`;
}
