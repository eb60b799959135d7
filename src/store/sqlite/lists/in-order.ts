import type { Extent } from '../../store.ts';
import { type Connection, NEVER } from '../connection.ts';
import type { StampRange } from '../query-sql.ts';
import { type RunPart, RunParts } from './run-parts.ts';
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

/** What runs one after the other have of a span. */
interface Runs {
  readonly count: number;
  /** The last stamp that was looked at. */
  readonly to: number;
  /** Between these two is all that was found: the first item and the last of runs that have any. */
  readonly from: number;
  readonly upTo: number;
  readonly bytes: Uint8Array | null;
}

/**
 * Reads all items between two stamps, oldest first, as they lie in the table: runs as a whole where each of their items is wanted, those of
 * others one by one, and so what was not joined yet.
 */
export class InOrder {
  readonly #connection: Connection;
  readonly #parts: RunParts;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#parts = new RunParts(connection);
  }

  /** The texts of the first of a span: `limit` items are looked at, or, of runs, somewhat fewer. */
  texts(span: Span, form: Form, limit: number): Texts {
    if (form.joined !== true || !span.live) return this.#texts(span, form, limit);
    // A run may be taken apart in between.
    return this.#connection.snapshot(() => {
      // The run that a span begins in comes on top of so many.
      const runs = this.#runs(span, Math.floor(limit / RUN) - 1, form);
      if (runs === undefined) return this.#texts(span, form, limit);
      const { bytes, count, to } = runs;
      return { bytes: bytes ?? EMPTY, count, last: to, done: to === span.below - 1 };
    });
  }

  /** How much a span yields. */
  extent(span: Span, limit: number): Extent {
    return this.#connection.snapshot(() => {
      let [count, first, last, walkedTo, upTo] = [0, 0, 0, span.above, 0];
      for (;;) {
        // The run that a span begins in comes on top.
        const runs = this.#runs({ ...span, above: walkedTo }, Math.floor((limit - count) / RUN) - 1);
        if (runs === undefined) break;
        [count, walkedTo] = [count + runs.count, runs.to];
        if (runs.count === 0) continue;
        first ||= this.#stamp({ ...span, above: Math.max(span.above, runs.from - 1) }, 'ASC')!;
        upTo = runs.upTo;
      }
      for (let done = false; !done && count < limit;) {
        const most = limit - count;
        const part = span.live ? this.#parts.after({ ...span, above: walkedTo }, most) : undefined;
        const rows = part ?? this.#ends({ ...span, above: walkedTo }, most);
        [count, first, last] = [count + rows.count, first || (rows.first ?? 0), rows.last || last];
        walkedTo = rows.to ?? walkedTo;
        done = part === undefined && rows.to === null;
      }
      if (last === 0 && count > 0)
        last = this.#stamp({ ...span, below: Math.min(span.below, upTo + 1) }, 'DESC')!;
      const more = count === limit && this.#stamp({ ...span, above: last }, 'ASC') !== undefined;
      return { count, first, last, more };
    });
  }

  /** How many a span has; undefined where that is not known without looking at each. */
  count(span: Span): number | undefined {
    return this.#connection.snapshot(() => {
      const runs = this.#runs(span, NEVER);
      return runs && runs.count + this.#ends({ ...span, above: runs.to }, NEVER).count;
    });
  }

  /**
   * What a span has in the run that it begins in and `most` after that, with their texts if a form is given; undefined where there are
   * none. A run that has others than are wanted, or reaches out of the span, is read item by item.
   */
  #runs(span: Span, most: number, form?: Form): Runs | undefined {
    const { above, below, asOf, live, checks } = span;
    if (most < 1) return undefined;
    const cuts = live ? this.#cut(span, form) : [undefined, undefined];
    const whole = `r.whole = 1 AND r.first > ?2 AND r.last < ?3${live ? ' AND r.expires > ?1' : ''}`;
    const counted = live ? 'r.live' : 'r.count';
    const wanted = checks.map((check) => ` AND ${check}`).join('');
    const items = `FROM lists.item AS v NOT INDEXED WHERE v.stamp BETWEEN max(r.first, ?2 + 1) AND min(r.last, ?3 - 1)${wanted}`;
    const part = (from: string, length: string): string =>
      `CAST(nullif(substr(CAST(t.text AS BLOB), ${from}, ${length}), x'') AS TEXT)`;
    const text =
      form &&
      `CASE WHEN ${whole} THEN t.text WHEN r.first = ?5 THEN ${part('?9', '?10')} WHEN r.first = ?7 THEN ${part('?11', '?12')}
         ELSE (SELECT group_concat(v.${form.column}, ${sqlText(form.separator)}) ${items}) END`;
    const row = this.#connection
      .prepare(
        `SELECT total(CASE WHEN ${whole} THEN ${counted} WHEN r.first = ?5 THEN ?6 WHEN r.first = ?7 THEN ?8 ELSE (SELECT count(*) ${items}) END) AS count, min(max(r.last), ?3 - 1) AS "to",
           min(CASE WHEN ${counted} > 0 THEN r.first END) AS "from", max(CASE WHEN ${counted} > 0 THEN r.last END) AS upTo,
           ${text === undefined ? 'NULL' : `CAST(group_concat(${text}, ${sqlText(form!.separator)}) AS BLOB)`} AS bytes
         FROM lists.run AS r NOT INDEXED${text === undefined ? '' : ` CROSS JOIN lists.run_${form!.column} AS t ON t.first = r.first`}
         WHERE r.first >= coalesce((SELECT max(first) FROM lists.run WHERE first <= ?2), 0)
           AND r.first <= coalesce((SELECT first FROM lists.run WHERE first > ?2 AND first < ?3 ORDER BY first LIMIT 1 OFFSET ?4), ?3 - 1)`,
      )
      .get(
        asOf,
        above,
        below,
        most - 1,
        ...cuts.flatMap(countOf),
        ...(form ? cuts.flatMap(placeOf) : []),
      ) as unknown as Runs & {
      readonly to: number | null;
    };
    return row.to === null || row.to <= above ? undefined : row;
  }

  /** The runs that a span begins and ends in, where both lie within. */
  #cut(span: Span, form?: Form): (RunPart | undefined)[] {
    const { above, below } = span;
    const table = form?.column === 'csv' ? 'run_csv' : 'run_value';
    const begin = this.#parts.around(above, span, table, form?.separator.length);
    const end = this.#parts.around(below - 1, span, table, form?.separator.length);
    return [begin, end?.run === begin?.run ? undefined : end];
  }

  #texts(span: Span, form: Form, limit: number): Texts {
    const { walked, count, last, bytes } = this.#rows(span, form, limit);
    return { bytes: bytes ?? EMPTY, count, last: last ?? undefined, done: walked < limit };
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
        `SELECT max(stamp) AS "to", count(${stamp}) AS count, min(${stamp}) AS first, max(${stamp}) AS last
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

function countOf(part: RunPart | undefined): number[] {
  return part === undefined ? [-1, 0] : [part.run, part.count];
}

function placeOf(part: RunPart | undefined): number[] {
  return part === undefined ? [0, 0] : [part.from, part.length];
}

interface Rows {
  readonly walked: number;
  readonly count: number;
  readonly last: number | null;
  readonly bytes: Uint8Array | null;
}

interface Ends {
  readonly to: number | null;
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
}

function shown(column: string, { checks }: Span): string {
  return checks.length === 0 ? column : `CASE WHEN ${checks.join(' AND ')} THEN ${column} END`;
}

/** A text as SQL. A literal: a function would be called for each row. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
