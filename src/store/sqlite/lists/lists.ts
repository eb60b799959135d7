import { setTimeout as sleep } from 'node:timers/promises';

import type { IndicatorQuery } from '../../../model/indicator-query.ts';
import type { IocItem } from '../../../model/ioc-item.ts';
import { parseItems } from '../../../render/list/item-json.ts';
import {
  type Extent,
  type ItemForm,
  type ListsProgress,
  type SearchQuestion,
  type SearchResult,
  type Slice,
  type Statistics,
  StoreError,
} from '../../store.ts';
import { type Connection, NEVER } from '../connection.ts';
import type { ThreadClient } from '../thread-calls.ts';
import type { AsyncFiller } from './filler-calls.ts';
import type { ListReader } from './reads.ts';
import type { Find, SearchStep } from './search.ts';

/** So few items are read sooner here than asked of another thread. */
const SHORT = 200;

/** So long a reader of lists waits for them to have what was published, and so long between two looks, in milliseconds. */
const AWAITED = 2_000;
const LOOK = 20;

export interface ListsParts {
  /** Read-only, to the database of indicators. */
  readonly connection: Connection;
  readonly reader: ListReader;
  /** Reads what is long, where there is one. */
  readonly thread: ThreadClient | undefined;
  readonly filler: AsyncFiller;
  /** The stamp of the newest version visible at a moment. */
  readonly newestAt: (asOf: number) => number;
}

/** Lists as the store gives them: once they have what is visible at the moment asked for, or not at all. */
export class Lists {
  readonly #parts: ListsParts;
  #begun: Promise<void> | undefined;

  constructor(parts: ListsParts) {
    this.#parts = parts;
    // A server fills its lists whether or not somebody reads them.
    if (parts.filler.byItself) this.#begin().catch(() => undefined);
  }

  /** See `IndicatorReads.awaitLists`. */
  async await(asOf: number): Promise<string> {
    const { filler } = this.#parts;
    await (filler.byItself ? this.#begin() : filler.fill());
    for (const end = performance.now() + AWAITED; ;) {
      const made = this.#listedAt(asOf);
      if (made !== undefined) return made;
      if (performance.now() > end) {
        const why = (await filler.trouble()) ?? 'they are being filled';
        throw new StoreError('unavailable', `the lists are behind what is published: ${why}`);
      }
      await sleep(LOOK);
    }
  }

  /** The name of the lists' making, if they have all that is visible. */
  #listedAt(asOf: number): string | undefined {
    const newest = this.#parts.newestAt(asOf);
    try {
      const { filledTo, made } = this.#parts.reader.state();
      return filledTo >= newest ? made : undefined;
    } catch (error) {
      // Being made, or made anew.
      if (error instanceof StoreError && error.code === 'unavailable') return undefined;
      throw error;
    }
  }

  #begin(): Promise<void> {
    if (this.#begun === undefined) {
      this.#begun = this.#parts.filler.begin();
      this.#begun.catch(() => {
        this.#begun = undefined;
      });
    }
    return this.#begun;
  }

  /** See `IndicatorReads.listExtent`. */
  extent(query: IndicatorQuery, asOf: number): Promise<Extent> {
    return this.#reading(asOf, async () => this.#parts.reader.extent(query, asOf));
  }

  /** See `IndicatorReads.texts`. */
  texts(query: IndicatorQuery, form: ItemForm, asOf: number, size: number): Promise<Slice> {
    const { reader, thread } = this.#parts;
    return this.#reading(asOf, async () => {
      const short = Math.min(size, query.limit) <= SHORT;
      if (thread === undefined || short) return reader.texts(query, form, asOf, size);
      return (await thread.call('texts', [query, form, asOf, size])) as Slice;
    });
  }

  /** The items of versions by their stamps, the newest last; of those that have one still. */
  async itemsAt(stamps: readonly number[]): Promise<ReadonlyMap<number, IocItem>> {
    const texts = await this.#reading(stamps.at(-1) ?? 0, async () => this.#parts.reader.itemsAt(stamps));
    return new Map([...texts].map(([stamp, json]) => [stamp, parseItems(Buffer.from(json))[0]!]));
  }

  /** See `IndicatorReads.search`; `uuid` is that of the indicator of the question's exact IOC. */
  search(question: SearchQuestion, uuid: Uint8Array | undefined, asOf: number): Promise<SearchResult> {
    return this.#reading(asOf, async () => {
      // A single IOC is read sooner here than asked of another thread.
      const exact = uuid && this.#parts.reader.findExactly(uuid, asOf);
      if (exact !== undefined) return this.#told('exact', [exact], question, asOf);
      const finds = await this.#partly(question, asOf);
      return this.#told('substring', finds, question, asOf);
    });
  }

  /** One more than asked for, where there is one: so it is known that there are more. */
  async #partly({ text, types, limit, before }: SearchQuestion, asOf: number): Promise<Find[]> {
    const { reader, thread } = this.#parts;
    const finds: Find[] = [];
    let next: number | undefined = text === '' ? undefined : (before ?? NEVER);
    while (next !== undefined && finds.length <= limit) {
      const args = [{ text, types }, next, limit + 1 - finds.length, asOf] as const;
      const step: SearchStep =
        thread === undefined
          ? reader.searchStep(...args)
          : ((await thread.call('searchStep', [...args])) as SearchStep);
      finds.push(...step.finds);
      next = step.before;
    }
    return finds;
  }

  async #told(
    match: SearchResult['match'],
    found: readonly Find[],
    { limit, related: wanted }: SearchQuestion,
    asOf: number,
  ): Promise<SearchResult> {
    const { reader, thread } = this.#parts;
    const finds = found.slice(0, limit);
    const args = [finds.map(({ id }) => id), wanted, asOf] as const;
    const related =
      thread === undefined || match === 'exact' || wanted === 0
        ? reader.relatedTo(...args)
        : ((await thread.call('relatedTo', [...args])) as Find[]);
    return {
      match,
      items: finds.map(({ json }) => json),
      related: related.map(({ json }) => json),
      ...(found.length > limit && { next: finds.at(-1)!.id }),
    };
  }

  /** See `IndicatorReads.count`. */
  count(query: Omit<IndicatorQuery, 'limit'>, asOf: number): Promise<number> {
    const { reader, thread } = this.#parts;
    return this.#reading(asOf, async () => {
      if (thread === undefined) return reader.count(query, asOf);
      return (await thread.call('count', [query, asOf])) as number;
    });
  }

  /** See `IndicatorReads.statistics`. */
  async statistics(now: number): Promise<Statistics> {
    try {
      await this.await(now);
    } catch (error) {
      // How far they are is told.
      if (!(error instanceof StoreError) || error.code !== 'unavailable') throw error;
    }
    const { reader, thread } = this.#parts;
    const counts =
      thread === undefined
        ? reader.statistics(now)
        : ((await thread.call('statistics', [now])) as ReturnType<ListReader['statistics']>);
    return { ...counts, lists: this.progress() };
  }

  progress(): ListsProgress {
    const { connection, reader, newestAt } = this.#parts;
    const known = Number(connection.prepare('SELECT max(id) AS known FROM ioc').get()!.known ?? 0);
    try {
      const { filledTo, listed } = reader.state();
      return { complete: filledTo >= newestAt(NEVER), listed, known };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return { complete: known === 0, listed: 0, known };
    }
  }

  /** Reads lists once they are there. Where that tells that they are damaged, whoever fills them looks at them. */
  async #reading<T>(asOf: number, read: () => Promise<T>): Promise<T> {
    try {
      await this.await(asOf);
      return await read();
    } catch (error) {
      if (error instanceof StoreError && error.code === 'corrupt')
        this.#parts.filler.check().catch(() => undefined);
      throw error;
    }
  }
}
