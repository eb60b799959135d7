import type { IocItem } from '../../../model/ioc-item.ts';
import { renderItemCsv } from '../../../render/list/item-csv.ts';
import { categoriesOf } from '../../../render/list/item.ts';
import { parseItems, renderItemJson } from '../../../render/list/item-json.ts';
import { type Connection, NEVER } from '../connection.ts';
import { CategoryLeft } from './category-left.ts';
import { joinAgain, takeApart } from './runs-of-texts.ts';
import type { Tallies } from './tallies.ts';
import { codesOf, type ListedVersion } from './versions-after.ts';

/** How many items one transaction clears away at most, of each kind. */
const SWEEP = 1_000;

/** Items in the database of lists, written inside the caller's transaction, and counted. */
export class ItemRows {
  readonly #connection: Connection;
  readonly #tallies: Tallies;
  readonly #left: CategoryLeft;

  constructor(connection: Connection, tallies: Tallies) {
    this.#connection = connection;
    this.#tallies = tallies;
    this.#left = new CategoryLeft(connection);
  }

  /** Adds a version, which replaces the one that its IOC had. Whether its IOC is new to lists. */
  add({ stamp, ioc, expires, item }: ListedVersion): boolean {
    const replaced = this.#connection.prepare('SELECT stamp FROM newest WHERE ioc = ?').get(ioc);
    if (replaced !== undefined) this.#replace(Number(replaced.stamp), stamp, item);
    const live = item.revoked ? 0 : 1;
    const { type, level } = codesOf(item);
    this.#connection
      .prepare(
        `INSERT INTO item (stamp, ioc, live, type, level, until, expires, value, csv, json) VALUES (?, ?, ?, ?, ?, ${NEVER}, ?, ?, ?, ?)`,
      )
      .run(stamp, ioc, live, type, level, expires, item.value, renderItemCsv(item), renderItemJson(item));
    const add = this.#connection.prepare(
      'INSERT INTO category (category, live, stamp, type, level) VALUES (?, ?, ?, ?, ?)',
    );
    for (const category of categoriesOf(item.sources)) add.run(category, live, stamp, type, level);
    this.#connection
      .prepare(
        'INSERT INTO newest (ioc, stamp) VALUES (?, ?) ON CONFLICT DO UPDATE SET stamp = excluded.stamp',
      )
      .run(ioc, stamp);
    if (live === 1) this.#tallies.current(item, 1);
    return replaced === undefined;
  }

  #replace(stamp: number, until: number, by: IocItem): void {
    const row = this.#connection.prepare('SELECT live FROM item WHERE stamp = ?').get(stamp);
    if (row === undefined) return;
    const item = this.#item(stamp);
    if (Number(row.live) === 1) this.#tallies.current(item, -1);
    this.#left.note(by, item);
    this.#connection.prepare('UPDATE item SET until = ? WHERE stamp = ?').run(until, stamp);
    takeApart(this.#connection, stamp);
  }

  /** Clears away what was replaced or has expired before a moment, as the database of indicators does. How many there were. */
  sweep(before: number): number {
    return this.#forgetReplaced(before) + this.#retireExpired(before);
  }

  #forgetReplaced(before: number): number {
    const rows = this.#connection
      .prepare(
        `SELECT stamp FROM item INDEXED BY item_until WHERE until <= ? AND until < ${NEVER} ORDER BY until LIMIT ${SWEEP}`,
      )
      .all(before);
    for (const { stamp } of rows) {
      const key = Number(stamp);
      for (const category of this.#categories(key))
        this.#connection
          .prepare('DELETE FROM category WHERE category = ? AND live IN (0, 1) AND stamp = ?')
          .run(category, key);
      this.#left.forget(key);
      this.#connection.prepare('DELETE FROM item WHERE stamp = ?').run(key);
    }
    joinAgain(this.#connection, rows.map(stampOf));
    return rows.length;
  }

  #retireExpired(before: number): number {
    const rows = this.#connection
      .prepare(
        `SELECT stamp, until FROM item INDEXED BY item_expires WHERE live = 1 AND expires <= ? AND expires < ${NEVER} ORDER BY expires LIMIT ${SWEEP}`,
      )
      .all(before);
    for (const { stamp, until } of rows) {
      const key = Number(stamp);
      // A replaced one is counted no more.
      if (Number(until) === NEVER) this.#tallies.current(this.#item(key), -1);
      this.#connection.prepare('UPDATE item SET live = 0 WHERE stamp = ?').run(key);
      for (const category of this.#categories(key))
        this.#connection
          .prepare('UPDATE category SET live = 0 WHERE category = ? AND live = 1 AND stamp = ?')
          .run(category, key);
    }
    joinAgain(this.#connection, rows.map(stampOf));
    return rows.length;
  }

  #item(stamp: number): IocItem {
    const { json } = this.#connection.prepare('SELECT json FROM item WHERE stamp = ?').get(stamp)!;
    return parseItems(Buffer.from(String(json)))[0]!;
  }

  /** The categories that a version stands under. */
  #categories(stamp: number): string[] {
    return categoriesOf(this.#item(stamp).sources);
  }
}

function stampOf({ stamp }: Record<string, unknown>): number {
  return Number(stamp);
}
