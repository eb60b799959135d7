import { CONFIDENCE_LEVEL_NAMES, confidenceLevel } from '../../model/confidence.ts';
import { IOC_TYPES } from '../../model/ioc.ts';
import { TLP_MARKINGS } from '../../model/marking.ts';
import { SECTORS } from '../../model/sector.ts';
import { withModified } from '../../render/stix/indicator.ts';
import type { Assessment } from '../../score/assess.ts';
import { type Connection, NEVER } from './connection.ts';
import { type Filing, LeftRows } from './left-rows.ts';

/** A replaced or expired version stays in place so long: readers that began before it did still see it. */
const GRACE = 600_000;

/** How many replaced or expired versions one transaction clears away at most. */
const SWEEP = 2_000;

export const VERSION_COLUMNS = ['stamp', 'ioc', 'live', 'type', 'level', 'tlp', 'until', 'expires', 'stix'];
export const VERSION_SECTOR_COLUMNS = ['sector', 'live', 'stamp', 'type', 'level'];

const INSERT_VERSION = `INSERT INTO version (${VERSION_COLUMNS.join(', ')}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const INSERT_VERSION_SECTOR = `INSERT INTO version_sector (${VERSION_SECTOR_COLUMNS.join(', ')}) VALUES (?, ?, ?, ?, ?)`;

/** A row of `VERSION_COLUMNS`: the version of an IOC that nothing has replaced yet. */
export function versionRow(
  stamp: number,
  ioc: number,
  assessment: Assessment,
  expires: number,
  stix: string,
): (string | number)[] {
  const { live, type, level } = codesOf(assessment);
  return [stamp, ioc, live, type, level, TLP_MARKINGS.indexOf(assessment.tlp), NEVER, expires, stix];
}

/** Rows of `VERSION_SECTOR_COLUMNS`: one for each sector of a version. */
export function sectorRows(stamp: number, assessment: Assessment): number[][] {
  const { live, type, level } = codesOf(assessment);
  return assessment.sectors.map((sector) => [SECTORS.indexOf(sector), live, stamp, type, level]);
}

function codesOf({ revoked, type, confidence }: Assessment): { live: number; type: number; level: number } {
  return {
    live: revoked ? 0 : 1,
    type: IOC_TYPES.indexOf(type),
    level: CONFIDENCE_LEVEL_NAMES.indexOf(confidenceLevel(confidence)),
  };
}

function filingOf(assessment: Assessment): Filing {
  const { type, level } = codesOf(assessment);
  const sectors = assessment.sectors.map((sector) => SECTORS.indexOf(sector));
  return { type, level, tlp: TLP_MARKINGS.indexOf(assessment.tlp), sectors };
}

/** Published versions, written inside the caller's transaction. */
export class Versions {
  readonly #connection: Connection;
  readonly #left: LeftRows;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#left = new LeftRows(connection);
  }

  /** The text of the version with this stamp. */
  stix(stamp: number): string {
    return String(this.#connection.prepare('SELECT stix FROM version WHERE stamp = ?').get(stamp)!.stix);
  }

  /**
   * Publishes a version at `stamp`, and ends the one that it replaces, if any, at that moment. `created` is when the IOC was first
   * published.
   */
  publish(
    stamp: number,
    ioc: number,
    { replaces, created }: { readonly replaces: number; readonly created: number },
    assessment: Assessment,
    expires: number,
    stix: string,
  ): void {
    if (replaces > 0) {
      this.#connection.prepare('UPDATE version SET until = ? WHERE stamp = ?').run(stamp, replaces);
      this.#left.note(stamp, replaces, filingOf(assessment), assessment.revoked, created);
    }
    const insert = this.#connection.prepare(INSERT_VERSION);
    insert.run(...versionRow(stamp, ioc, assessment, expires, stix));
    for (const row of sectorRows(stamp, assessment))
      this.#connection.prepare(INSERT_VERSION_SECTOR).run(...row);
  }

  /**
   * Clears away what no reader sees any more: replaced versions go to `superseded`, expired ones out of what a
   * first download walks through. Returns how many there were; a full sweep means that there may be more.
   */
  sweep(now: number): number {
    return this.#retire(now - GRACE) + this.#expire(now - GRACE);
  }

  // Of two upper bounds SQLite goes by the first: by "never" it would walk through all that may end one day.
  #retire(before: number): number {
    const stamps = this.#connection
      .prepare(
        `SELECT stamp FROM version INDEXED BY version_until WHERE until <= ? AND until < ${NEVER} ORDER BY until LIMIT ${SWEEP}`,
      )
      .all(before);
    for (const { stamp } of stamps) {
      const key = Number(stamp);
      this.#connection
        .prepare(
          'INSERT INTO superseded (stamp, ioc, until, stix) SELECT stamp, ioc, until, stix FROM version WHERE stamp = ?',
        )
        .run(key);
      this.#connection.prepare('DELETE FROM version WHERE stamp = ?').run(key);
      this.#connection.prepare('DELETE FROM version_sector WHERE stamp = ?').run(key);
      this.#left.forget(key);
    }
    return stamps.length;
  }

  #expire(before: number): number {
    const stamps = this.#connection
      .prepare(
        `SELECT stamp FROM version INDEXED BY version_expires WHERE live = 1 AND expires <= ? AND expires < ${NEVER} ORDER BY expires LIMIT ${SWEEP}`,
      )
      .all(before);
    for (const { stamp } of stamps) {
      const key = Number(stamp);
      this.#connection.prepare('UPDATE version SET live = 0 WHERE stamp = ?').run(key);
      this.#connection.prepare('UPDATE version_sector SET live = 0 WHERE stamp = ?').run(key);
    }
    return stamps.length;
  }

  /** Publishes the still standing versions with stamps from `first` to `last` once more, at new stamps. */
  restamp(first: number, last: number, next: () => number): void {
    const rows = this.#connection
      .prepare(`SELECT * FROM version WHERE stamp BETWEEN ? AND ? AND until = ${NEVER} ORDER BY stamp`)
      .all(first, last);
    for (const row of rows) this.#restampOne(Number(row.stamp), Number(row.ioc), String(row.stix), next());
  }

  #restampOne(old: number, ioc: number, stix: string, stamp: number): void {
    this.#connection
      .prepare(
        `INSERT INTO version (stamp, ioc, live, type, level, tlp, until, expires, stix)
         SELECT ?, ioc, live, type, level, tlp, until, expires, ? FROM version WHERE stamp = ?`,
      )
      .run(stamp, withModified(stix, stamp), old);
    this.#connection
      .prepare(
        'INSERT INTO version_sector SELECT sector, live, ?, type, level FROM version_sector WHERE stamp = ?',
      )
      .run(stamp, old);
    this.#left.move(old, stamp);
    this.#connection.prepare('UPDATE version SET until = ? WHERE stamp = ?').run(stamp, old);
    this.#connection.prepare('UPDATE ioc SET stamp = ? WHERE id = ?').run(stamp, ioc);
  }
}
