import type { IocItem } from '../../../model/ioc-item.ts';
import { TLP_MARKINGS } from '../../../model/marking.ts';
import { SECTORS } from '../../../model/sector.ts';
import { categoriesOf } from '../../../render/list/item.ts';
import type { Connection } from '../connection.ts';
import { codesOf } from './versions-after.ts';

/** Under what an item is filed, as codes: no sector is -1. Without a category no filter by category finds it. */
interface Filing {
  readonly type: number;
  readonly level: number;
  readonly tlp: number;
  readonly sectors: readonly number[];
  readonly categories: readonly string[];
}

const NO_SECTOR = [-1];

/** Under what categories IOCs were listed before their versions, and what else went with it: as `version_left`, which knows no categories. */
export class CategoryLeft {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Notes for a version what its IOC was listed under before, inside the caller's transaction. */
  note(item: IocItem, replaced: IocItem): void {
    const [stamp, before] = [item.modified, replaced.modified];
    const revoked = Number(item.revoked);
    this.#connection
      .prepare(
        `INSERT INTO category_left (stamp, category, level, tlp, sector, revoked, type, began, ended)
         SELECT ?, category, level, tlp, sector, ?, type, began, ended FROM category_left WHERE stamp = ?`,
      )
      .run(stamp, revoked, before);
    const [filing, now] = [filingOf(replaced), filingOf(item)];
    if (JSON.stringify(filing) === JSON.stringify(now)) return;
    const last = this.#connection
      .prepare('SELECT max(ended) AS ended FROM category_left WHERE stamp = ?')
      .get(before);
    const began = Number(last?.ended ?? replaced.created);
    const add = this.#connection.prepare(
      `INSERT INTO category_left (stamp, category, level, tlp, sector, revoked, type, began, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET ended = excluded.ended`,
    );
    const { type, level, tlp } = filing;
    for (const category of filing.categories)
      for (const sector of filing.sectors)
        add.run(stamp, category, level, tlp, sector, revoked, type, began, stamp);
  }

  /** Forgets what was noted for a version that is cleared away. */
  forget(stamp: number): void {
    this.#connection.prepare('DELETE FROM category_left WHERE stamp = ?').run(stamp);
  }
}

function filingOf(item: IocItem): Filing {
  const sectors = item.sectors.map((sector) => SECTORS.indexOf(sector)).sort((a, b) => a - b);
  return {
    ...codesOf(item),
    tlp: TLP_MARKINGS.indexOf(item.tlp),
    sectors: sectors.length === 0 ? NO_SECTOR : sectors,
    categories: categoriesOf(item.sources).sort(),
  };
}
