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
import type { QuerySql } from '../query-sql.ts';
import type { VersionReader } from '../reads.ts';
import { ChangeWatch, Unchanged } from '../unchanged.ts';
import type { AttachedLists } from './attached.ts';
import { readState } from './database.ts';
import { EMPTY, type Form, InOrder, LIVE, type Span, sqlText, STANDS } from './in-order.ts';
import { type Find, findExactly, relatedTo, type SearchStep, searchStep } from './search.ts';
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

const FORMS: Readonly<Record<ItemForm, Form>> = {
  json: { column: 'json', separator: ',' },
  ndjson: { column: 'json', separator: '\n' },
  csv: { column: 'csv', separator: '\r\n', joined: true },
  value: { column: 'value', separator: '\n', joined: true },
};

/** Reads lists over one connection. What is published up to the moment asked for must have been listed. */
export class ListReader {
  readonly #connection: Connection;
  readonly #versions: VersionReader;
  readonly #attached: AttachedLists;
  readonly #inOrder: InOrder;
  readonly #patience: number;
  #remembered: Remembered;

  /** What others write is looked for every `patience` milliseconds. */
  constructor(connection: Connection, versions: VersionReader, attached: AttachedLists, patience = 0) {
    this.#connection = connection;
    this.#versions = versions;
    this.#attached = attached;
    this.#inOrder = new InOrder(connection);
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
      const span = this.#spanOf(query, parts, asOf);
      if (span === undefined) return this.#found(query, form, parts, limit);
      const { bytes, count, last, done } = this.#inOrder.texts(span, FORMS[form], limit);
      return { bytes, count, last: last ?? query.after ?? 0, done: done || count === query.limit };
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

  /** See `IndicatorReads.listExtent`. */
  extent(query: IndicatorQuery, asOf: number): Extent {
    return this.#asking(() => {
      const span = this.#spanOf(query, this.#versions.sqlOf(query, asOf), asOf);
      return span === undefined
        ? this.#versions.extent(query, asOf)
        : this.#inOrder.extent(span, query.limit);
    });
  }

  /** What a query spans in the table of items, where that is all between two stamps, oldest first. */
  #spanOf({ order }: Pick<IndicatorQuery, 'order'>, parts: QuerySql, asOf: number): Span | undefined {
    const range = parts.between ?? parts.liveBetween;
    if (range === undefined || order !== 'oldest-first' || parts.left) return undefined;
    const live = parts.between === undefined;
    const replaced = this.#remembered.firstReplaced.get('', () => this.#lookForReplaced()) <= asOf;
    const checks = [...(live ? LIVE : []), ...(replaced ? [STANDS] : [])];
    return { ...range, asOf, live, checks };
  }

  #lookForReplaced(): number {
    const sql = `SELECT min(until) AS until FROM lists.item INDEXED BY item_until WHERE until < ${NEVER}`;
    return Number(this.#connection.prepare(sql).get()!.until ?? NEVER);
  }

  /** The items of versions, as JSON, by their stamps; of those that have one still. */
  itemsAt(stamps: readonly number[]): Map<number, string> {
    return this.#asking(() => {
      const statement = this.#connection.prepare('SELECT json FROM lists.item WHERE stamp = ?');
      const found = stamps.map((stamp): [number, string | undefined] => {
        const json = statement.get(stamp)?.json;
        return [stamp, json === undefined ? undefined : String(json)];
      });
      return new Map(found.flatMap(([stamp, json]) => (json === undefined ? [] : [[stamp, json]])));
    });
  }

  /** See `findExactly`. */
  findExactly(uuid: Uint8Array, asOf: number): Find | undefined {
    return this.#asking(() => findExactly(this.#connection, uuid, asOf));
  }

  /** See `searchStep`. */
  searchStep(
    question: Pick<SearchQuestion, 'text' | 'types'>,
    before: number,
    wanted: number,
    asOf: number,
  ): SearchStep {
    return this.#asking(() => searchStep(this.#connection, question, before, wanted, asOf));
  }

  /** See `relatedTo`. */
  relatedTo(ids: readonly number[], limit: number, asOf: number): Find[] {
    return this.#asking(() => relatedTo(this.#connection, ids, limit, asOf));
  }

  /** See `IndicatorReads.count`. */
  count(query: Omit<IndicatorQuery, 'limit'>, asOf: number): number {
    return this.#asking(() =>
      isTallied(query) ? countCurrent(this.#connection, query, asOf) : this.#counted(query, asOf),
    );
  }

  #counted(query: Omit<IndicatorQuery, 'limit'>, asOf: number): number {
    const parts = this.#versions.sqlOf({ ...query, limit: 1 }, asOf);
    const span = this.#spanOf({ order: 'oldest-first' }, parts, asOf);
    return (span && this.#inOrder.count(span)) ?? this.#versions.count(query, asOf);
  }

  /** See `IndicatorReads.statistics`. */
  statistics(now: number): Omit<Statistics, 'lists'> {
    return this.#asking(() => this.#connection.snapshot(() => readStatistics(this.#connection, now)));
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
