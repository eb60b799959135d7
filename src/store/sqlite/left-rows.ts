import type { Connection } from './connection.ts';

/** Under what a version is filed, as codes: no sector is -1. */
export interface Filing {
  readonly type: number;
  readonly level: number;
  readonly tlp: number;
  readonly sectors: readonly number[];
}

const NO_SECTOR = [-1];

/** Under what IOCs were filed before their versions, written inside the caller's transaction. */
export class LeftRows {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Notes for the version at `stamp` what its IOC was filed under before: all that is noted for the version that it replaces, and what
   * that one was filed under, where it is filed otherwise. `created` is when the IOC was first published.
   */
  note(stamp: number, replaces: number, filing: Filing, revoked: boolean, created: number): void {
    const { type } = filing;
    this.#connection
      .prepare(
        `INSERT INTO version_left (stamp, level, tlp, sector, revoked, type, began, ended)
         SELECT ?, level, tlp, sector, ?, type, began, ended FROM version_left WHERE stamp = ?`,
      )
      .run(stamp, Number(revoked), replaces);
    const before = this.#filingOf(replaces);
    if (before === undefined || isSame(before, filing)) return;
    const last = this.#connection
      .prepare('SELECT max(ended) AS ended FROM version_left WHERE stamp = ?')
      .get(replaces);
    const began = Number(last?.ended ?? created);
    const add = this.#connection.prepare(
      `INSERT INTO version_left (stamp, level, tlp, sector, revoked, type, began, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET ended = excluded.ended`,
    );
    for (const sector of sectorsOf(before))
      add.run(stamp, before.level, before.tlp, sector, Number(revoked), type, began, stamp);
  }

  /** Moves what is noted for a version on to the one that is published in its place, and is all the same. */
  move(from: number, to: number): void {
    this.#connection
      .prepare(
        `INSERT INTO version_left (stamp, level, tlp, sector, revoked, type, began, ended)
         SELECT ?1, level, tlp, sector, revoked, type, began, iif(ended = ?2, ?1, ended) FROM version_left WHERE stamp = ?2`,
      )
      .run(to, from);
  }

  /** Forgets what was noted for a version that is cleared away. */
  forget(stamp: number): void {
    this.#connection.prepare('DELETE FROM version_left WHERE stamp = ?').run(stamp);
  }

  #filingOf(stamp: number): Filing | undefined {
    const row = this.#connection.prepare('SELECT type, level, tlp FROM version WHERE stamp = ?').get(stamp);
    if (row === undefined) return undefined;
    const sectors = this.#connection.prepare('SELECT sector FROM version_sector WHERE stamp = ?').all(stamp);
    return {
      type: Number(row.type),
      level: Number(row.level),
      tlp: Number(row.tlp),
      sectors: sectors.map(({ sector }) => Number(sector)),
    };
  }
}

function isSame(a: Filing, b: Filing): boolean {
  const [own, others] = [new Set(a.sectors), new Set(b.sectors)];
  return a.level === b.level && a.tlp === b.tlp && own.size === others.size && own.isSubsetOf(others);
}

function sectorsOf({ sectors }: Filing): readonly number[] {
  return sectors.length === 0 ? NO_SECTOR : sectors;
}
