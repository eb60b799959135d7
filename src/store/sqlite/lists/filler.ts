import type { Clock } from '../../../model/time.ts';
import { StoreError } from '../../store.ts';
import { Connection, NEVER } from '../connection.ts';
import { ChangeWatch } from '../unchanged.ts';
import { beginAnew, fileAt, openLists, readState, removeLists, writeState } from './database.ts';
import { ItemRows } from './item-rows.ts';
import { joinRuns } from './runs-of-texts.ts';
import { indexValues } from './search.ts';
import { Tallies } from './tallies.ts';
import { hasVersionAfter, iocOfVersion, versionsAfter } from './versions-after.ts';

/** So many versions are taken in by one transaction: some 50 ms. */
const SLICE = 1_000;

/** Versions that were replaced or have expired stay so long, as in the database of indicators. */
const GRACE = 600_000;

export interface ListsPaths {
  /** The database of indicators. */
  readonly indicators: string;
  readonly lists: string;
}

/**
 * Fills the database of lists from that of indicators, which it only reads. What it takes in and how far it is are
 * written in one transaction, so that a crash loses nothing and counts nothing twice; several processes may fill at once. Everything
 * is begun anew when the file is gone or damaged, or the database of indicators is not the one that it was filled from.
 */
export class ListsFiller {
  readonly #paths: ListsPaths;
  readonly #clock: Clock;
  readonly #indicators: Connection;
  readonly #watch: ChangeWatch;
  readonly #slice: number;
  #lists: Connection | undefined;
  #file = 0;
  #complete = -1;

  /** `slice` versions are taken in by one transaction. */
  constructor(paths: ListsPaths, clock: Clock, slice = SLICE) {
    this.#paths = paths;
    this.#clock = clock;
    this.#slice = slice;
    this.#indicators = new Connection(paths.indicators, { readOnly: true });
    this.#watch = new ChangeWatch(this.#indicators, 0);
  }

  /** Takes in the next versions, or clears away what is over. False when there was nothing to do. Throws `StoreError`. */
  step(): boolean {
    return this.#mending((lists) => {
      const generation = this.#watch.generation();
      if (generation !== this.#complete) {
        if (this.#isOfAnother(lists)) beginAnew(lists);
        if (this.#indicators.read(() => hasVersionAfter(this.#indicators, filledTo(lists)))) {
          this.#fill(lists);
          return true;
        }
        this.#complete = generation;
      }
      return this.#sweep(lists);
    });
  }

  /** Takes in everything. Returns whether there was anything. */
  fill(): boolean {
    let any = false;
    while (this.step()) any = true;
    return any;
  }

  /** See `IndicatorReads.indexValues`. */
  indexValues(limit: number): number {
    return this.#mending((lists) => indexValues(lists, this.#indicators, limit));
  }

  /** Begins anew if the file of lists is damaged. */
  check(): void {
    this.#mending((lists) => {
      const { quick_check: found } = lists.read(() => lists.db.prepare('PRAGMA quick_check(1)').get())!;
      if (found !== 'ok') throw new StoreError('corrupt', 'the lists are damaged');
    });
  }

  close(): void {
    this.#lists?.close();
    this.#indicators.close();
  }

  #fill(lists: Connection): void {
    lists.write(() => {
      // Asked again within the transaction: another process may have filled meanwhile.
      const from = filledTo(lists);
      const { versions, stamps, to } = versionsAfter(this.#indicators, from, this.#slice);
      const newest = versions.at(-1);
      if (newest === undefined) return;
      const tallies = new Tallies(lists);
      const items = new ItemRows(lists, tallies);
      let added = 0;
      for (const version of versions) if (items.add(version)) added += 1;
      for (const { stamp, added: first } of stamps) tallies.published(first ? 'added' : 'updated', stamp);
      tallies.flush(this.#clock());
      joinRuns(lists);
      writeState(lists, 'filled_to', to);
      writeState(lists, 'anchor', newest.ioc);
      writeState(lists, 'listed', Number(readState(lists, 'listed') ?? 0) + added);
    });
  }

  #sweep(lists: Connection): boolean {
    const before = this.#clock() - GRACE;
    if (!isAnythingOver(lists, before)) return false;
    return lists.write(() => {
      const tallies = new Tallies(lists);
      const swept = new ItemRows(lists, tallies).sweep(before);
      tallies.flush(this.#clock());
      return swept > 0;
    });
  }

  /** Whether lists were filled from another database than the one that is there: a backup was put in its place. */
  #isOfAnother(lists: Connection): boolean {
    const stamp = filledTo(lists);
    if (stamp === 0) return false;
    return this.#indicators.read(() => iocOfVersion(this.#indicators, stamp)) !== readState(lists, 'anchor');
  }

  /** Does something with the database of lists; where its file is damaged, it is made anew first. */
  #mending<T>(work: (lists: Connection) => T): T {
    try {
      return work(this.#open());
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'corrupt') throw error;
    }
    // It may be the database of indicators that is damaged: then the same happens once more, and is told.
    this.#lists?.close();
    this.#lists = undefined;
    removeLists(this.#paths.lists);
    this.#complete = -1;
    return work(this.#open());
  }

  #open(): Connection {
    if (this.#lists !== undefined && fileAt(this.#paths.lists) === this.#file) return this.#lists;
    this.#lists?.close();
    this.#complete = -1;
    this.#lists = undefined;
    this.#lists = openLists(this.#paths.lists);
    this.#file = fileAt(this.#paths.lists);
    return this.#lists;
  }
}

function filledTo(lists: Connection): number {
  return Number(lists.read(() => readState(lists, 'filled_to')) ?? 0);
}

function isAnythingOver(lists: Connection, before: number): boolean {
  // Of two upper bounds SQLite goes by the first: the other would have it walk through all that is listed.
  const sql = `SELECT EXISTS (SELECT 1 FROM item INDEXED BY item_until WHERE until <= ?1 AND until < ${NEVER})
    OR EXISTS (SELECT 1 FROM item INDEXED BY item_expires WHERE live = 1 AND expires <= ?1 AND expires < ${NEVER}) AS over`;
  return lists.read(() => lists.prepare(sql).get(before))!.over === 1;
}
