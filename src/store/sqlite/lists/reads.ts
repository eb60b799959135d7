import type { IndicatorQuery } from '../../../model/indicator-query.ts';
import {
  type Extent,
  type ItemForm,
  type SearchQuestion,
  type Slice,
  type Statistics,
  StoreError,
} from '../../store.ts';
import { type Connection, NEVER } from '../connection.ts';
import type { QuerySql, StampRange } from '../query-sql.ts';
import type { VersionReader } from '../reads.ts';
import { ChangeWatch, Unchanged } from '../unchanged.ts';
import type { AttachedLists } from './attached.ts';
import { readState } from './database.ts';
import { RUN } from './runs-of-texts.ts';
import { type Found, searchValues } from './search.ts';
import { countCurrent, isTallied, readStatistics } from './statistics.ts';

/** How far lists are. */
export interface ListsState {
  /** All that is published up to this stamp is listed. */
  readonly filledTo: number;
  /** Another name after all was made anew. */
  readonly made: string;
  /** How many IOCs have an item. */
  readonly listed: number;
}

const EMPTY = new Uint8Array();

/** Where the texts of a form are, and what stands between two of them. */
const FORMS: Readonly<Record<ItemForm, Form>> = {
  json: { column: 'json', separator: ',' },
  ndjson: { column: 'json', separator: '\n' },
  csv: { column: 'csv', separator: '\r\n', joined: 'csv' },
  value: { column: 'value', separator: '\n', joined: 'value' },
};

interface Form {
  readonly column: string;
  readonly separator: string;
  /** Where they are joined already. */
  readonly joined?: 'csv' | 'value';
}

/** Reads lists over one connection. What is published up to the moment asked for must have been listed. */
export class ListReader {
  readonly #connection: Connection;
  readonly #versions: VersionReader;
  readonly #attached: AttachedLists;
  readonly #patience: number;
  #remembered: Remembered;

  /** What others write is looked for every `patience` milliseconds. */
  constructor(connection: Connection, versions: VersionReader, attached: AttachedLists, patience = 0) {
    this.#connection = connection;
    this.#versions = versions;
    this.#attached = attached;
    this.#patience = patience;
    this.#remembered = this.#forget();
  }

  /** How far lists are. Throws `StoreError` when there are none yet. */
  state(): ListsState {
    return this.#asking(() =>
      this.#remembered.state.get('', () => {
        const value = (key: Parameters<typeof readState>[1]) => readState(this.#connection, key, 'lists');
        return {
          filledTo: Number(value('filled_to') ?? 0),
          made: String(value('made') ?? ''),
          listed: Number(value('listed') ?? 0),
        };
      }),
    );
  }

  /** See `IndicatorReads.texts`. */
  texts(query: IndicatorQuery, form: ItemForm, asOf: number, size: number): Slice {
    return this.#asking(() => {
      const limit = Math.min(size, query.limit);
      const parts = this.#versions.sqlOf(query, asOf);
      return parts.between === undefined || query.order !== 'oldest-first'
        ? this.#found(query, form, parts, limit)
        : this.#inOrder(query, form, { ...parts.between, asOf, narrowed: parts.narrowed }, limit);
    });
  }

  /** Texts of the versions that a query finds. */
  #found(query: IndicatorQuery, form: ItemForm, parts: QuerySql, limit: number): Slice {
    const { candidates, order, candidateParameters, visible, visibleParameters } = parts;
    const shown = (text: string): string =>
      visible === undefined ? text : `CASE WHEN ${visible} THEN ${text} END`;
    const version = visible === undefined ? '' : ' LEFT JOIN version AS v ON v.stamp = s.stamp';
    const { column, separator } = FORMS[form];
    const row = this.#get(
      `SELECT count(*) AS walked, count(${shown('1')}) AS count, count(${shown('i.stamp')}) AS listed, ` +
        `${query.order === 'oldest-first' ? 'max' : 'min'}(s.stamp) AS last, ` +
        `CAST(group_concat(${shown(`i.${column}`)}, ${sqlText(separator)}) AS BLOB) AS bytes ` +
        `FROM (${candidates}${order} LIMIT ?) AS s${version} LEFT JOIN lists.item AS i ON i.stamp = s.stamp`,
      [...visibleParameters, ...visibleParameters, ...visibleParameters, ...candidateParameters, limit],
    );
    const count = Number(row.count);
    if (Number(row.listed) !== count)
      throw new StoreError('unavailable', 'the lists are behind what is published');
    return {
      bytes: (row.bytes as Uint8Array | null) ?? EMPTY,
      count,
      last: row.last === null ? (query.after ?? 0) : Number(row.last),
      done: Number(row.walked) < limit || count === query.limit,
    };
  }

  /** Texts of all versions between two stamps, oldest first, as they lie in the table: of whole runs where there are some. */
  #inOrder(query: IndicatorQuery, form: ItemForm, span: Span, limit: number): Slice {
    const { column, joined, separator } = FORMS[form];
    const { above, below, narrowed } = span;
    const texts: Uint8Array[] = [];
    let [walked, count, last] = [0, 0, above];
    const take = (end: number): boolean => {
      const most = limit - walked;
      const rows = this.#rows(column, separator, { ...span, above: last, below: end }, most);
      if (rows.count > 0) texts.push(rows.bytes!);
      [walked, count, last] = [walked + rows.walked, count + rows.count, rows.last ?? last];
      return rows.walked < most;
    };
    for (const run of joined !== undefined && narrowed.length === 0 ? this.#runs(joined, span, limit) : []) {
      if (run.after !== last) take(run.first);
      if (walked + run.count > limit) break;
      texts.push(run.text);
      [walked, count, last] = [walked + run.count, count + run.count, run.last];
    }
    const done = walked < limit && take(below);
    return {
      bytes: joinedBy(separator, texts),
      count,
      last: last === above ? (query.after ?? 0) : last,
      done: done || count === query.limit,
    };
  }

  /** See `IndicatorReads.listExtent`. */
  extent(query: IndicatorQuery, asOf: number): Extent {
    return this.#asking(() => {
      const { between, narrowed } = this.#versions.sqlOf(query, asOf);
      return between === undefined || query.order !== 'oldest-first'
        ? this.#versions.extent(query, asOf)
        : this.#measured({ ...between, asOf, narrowed }, query.limit);
    });
  }

  /** The extent of all between two stamps, oldest first: by whole runs where there are some. */
  #measured(span: Span, limit: number): Extent {
    let [count, first, last, walkedTo] = [0, 0, 0, span.above];
    const take = (end: number): void => {
      for (let done = false; !done && count < limit;) {
        const most = limit - count;
        const rows = this.#ends({ ...span, above: walkedTo, below: end }, most);
        [count, first, last] = [count + rows.count, first || (rows.first ?? 0), rows.last ?? last];
        walkedTo = rows.walkedTo ?? walkedTo;
        done = rows.walked < most;
      }
    };
    for (const run of span.narrowed.length === 0 ? this.#runs(undefined, span, limit) : []) {
      if (run.after !== walkedTo) take(run.first);
      if (count + run.count > limit) break;
      [count, first, last, walkedTo] = [count + run.count, first || run.first, run.last, run.last];
    }
    take(span.below);
    return { count, first, last, more: count === limit && this.#hasMore({ ...span, above: walkedTo }) };
  }

  #ends(span: Span, limit: number): Ends {
    const checks = this.#checks(span);
    const shown = checks === '' ? 'stamp' : `CASE WHEN ${checks} THEN stamp END`;
    return this.#connection
      .prepare(
        `SELECT count(*) AS walked, max(stamp) AS walkedTo, count(shown) AS count, min(shown) AS first, max(shown) AS last
         FROM (SELECT stamp, ${shown} AS shown FROM lists.item AS v NOT INDEXED WHERE stamp > ?2 AND stamp < ?3 ORDER BY stamp LIMIT ?4)`,
      )
      .get(span.asOf, span.above, span.below, limit) as unknown as Ends;
  }

  #hasMore(span: Span): boolean {
    const checks = this.#checks(span);
    const sql = `SELECT 1 FROM lists.item AS v NOT INDEXED WHERE stamp > ?2 AND stamp < ?3${checks === '' ? '' : ` AND ${checks}`} LIMIT 1`;
    return this.#connection.prepare(sql).get(span.asOf, span.above, span.below) !== undefined;
  }

  #runs(column: 'value' | 'csv' | undefined, { above, below }: Span, limit: number): Run[] {
    return this.#connection
      .prepare(
        `SELECT first, last, after, count${column === undefined ? '' : `, ${column} AS text`} FROM lists.run WHERE first > ? AND last < ? ORDER BY first LIMIT ?`,
      )
      .all(above, below, Math.ceil(limit / RUN)) as unknown as Run[];
  }

  /** What an item `v` must fulfil to be visible at the moment `?1`; empty when each one is. */
  #checks({ asOf, narrowed }: Span): string {
    const replaced = this.#remembered.firstReplaced.get('', () => this.#lookForReplaced()) <= asOf;
    return [...(replaced ? ['v.until > ?1'] : []), ...narrowed].join(' AND ');
  }

  #rows(column: string, separator: string, span: Span, limit: number): Rows {
    const checks = this.#checks(span);
    const { above, below, asOf } = span;
    const shown = (text: string): string => (checks === '' ? text : `CASE WHEN ${checks} THEN ${text} END`);
    // A single upper bound: given two, SQLite may go by the farther one.
    return this.#connection
      .prepare(
        `SELECT count(*) AS walked, count(${shown('1')}) AS count, max(stamp) AS last,
           CAST(group_concat(${shown(column)}, ${sqlText(separator)}) AS BLOB) AS bytes
         FROM lists.item AS v NOT INDEXED WHERE stamp > ?2 AND stamp <= coalesce(
           (SELECT stamp FROM lists.item NOT INDEXED WHERE stamp > ?2 AND stamp < ?3 ORDER BY stamp LIMIT 1 OFFSET ?4), ?3 - 1)`,
      )
      .get(asOf, above, below, limit - 1) as unknown as Rows;
  }

  #lookForReplaced(): number {
    const sql = `SELECT min(until) AS until FROM lists.item INDEXED BY item_until WHERE until < ${NEVER}`;
    return Number(this.#connection.prepare(sql).get()!.until ?? NEVER);
  }

  /** See `searchValues`. */
  search(question: SearchQuestion, uuid: Uint8Array | undefined, asOf: number): Found {
    return this.#asking(() => searchValues(this.#connection, question, uuid, asOf));
  }

  /** See `IndicatorReads.count`. */
  count(query: Omit<IndicatorQuery, 'limit'>, asOf: number): number {
    return this.#asking(() =>
      isTallied(query) ? countCurrent(this.#connection, query, asOf) : this.#counted(query, asOf),
    );
  }

  #counted(query: Omit<IndicatorQuery, 'limit'>, asOf: number): number {
    const { between, narrowed } = this.#versions.sqlOf({ ...query, limit: 1 }, asOf);
    if (between === undefined || narrowed.length > 0) return this.#versions.count(query, asOf);
    const { count, from, to, length } = this.#connection
      .prepare(
        `SELECT total(count) AS count, min(after) AS "from", max(last) AS "to", sum(last - after) AS length
         FROM lists.run WHERE first > ? AND last < ?`,
      )
      .get(between.above, between.below) as unknown as Sum;
    // Only runs that follow each other are as long together as from the first to the last.
    if (length === null || length !== to - from) return this.#versions.count(query, asOf);
    const rest = (above: number, below: number): number =>
      this.#ends({ above, below, asOf, narrowed }, NEVER).count;
    return rest(between.above, Math.max(from, between.above) + 1) + count + rest(to, between.below);
  }

  /** See `IndicatorReads.statistics`. */
  statistics(now: number): Omit<Statistics, 'lists'> {
    return this.#asking(() => readStatistics(this.#connection, now));
  }

  #asking<T>(work: () => T): T {
    this.#attached.attach();
    if (this.#remembered.times !== this.#attached.times) this.#remembered = this.#forget();
    return this.#connection.read(work);
  }

  #forget(): Remembered {
    const watch = new ChangeWatch(this.#connection, this.#patience, 'lists');
    return {
      times: this.#attached.times,
      state: new Unchanged(watch, 1),
      firstReplaced: new Unchanged(watch, 1),
    };
  }

  #get(sql: string, parameters: readonly (number | string)[]): Record<string, unknown> {
    return this.#connection.prepare(sql).get(...parameters)!;
  }
}

/** What holds until lists are written again, of the file that was attached so often. */
interface Remembered {
  readonly times: number;
  readonly state: Unchanged<ListsState>;
  readonly firstReplaced: Unchanged<number>;
}

/** What lies strictly between two stamps, as it is visible at a moment. */
interface Span extends StampRange {
  readonly asOf: number;
  readonly narrowed: readonly string[];
}

interface Run {
  readonly first: number;
  readonly last: number;
  readonly after: number;
  readonly count: number;
  readonly text: Uint8Array;
}

/** Runs together: from the stamp before the first to the last one. */
interface Sum {
  readonly count: number;
  readonly from: number;
  readonly to: number;
  readonly length: number | null;
}

interface Ends {
  readonly walked: number;
  readonly walkedTo: number | null;
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
}

interface Rows {
  readonly walked: number;
  readonly count: number;
  readonly last: number | null;
  readonly bytes: Uint8Array | null;
}

function sqlText(text: string): string {
  return `char(${Array.from(text, (character) => character.codePointAt(0)).join(', ')})`;
}

function joinedBy(separator: string, texts: readonly Uint8Array[]): Uint8Array {
  if (texts.length < 2) return texts[0] ?? EMPTY;
  const between = Buffer.from(separator);
  const length = texts.reduce(
    (sum, { byteLength }) => sum + byteLength + between.byteLength,
    -between.byteLength,
  );
  // Not from the pool of buffers: its memory is handed over to another thread.
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const text of texts) {
    if (offset > 0) {
      bytes.set(between, offset);
      offset += between.byteLength;
    }
    bytes.set(text, offset);
    offset += text.byteLength;
  }
  return bytes;
}
