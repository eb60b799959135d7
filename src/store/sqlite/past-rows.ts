import { CONFIDENCE_LEVEL_NAMES } from '../../model/confidence.ts';
import { SECTORS } from '../../model/sector.ts';
import type { Connection } from './connection.ts';
import { NEVER } from './connection.ts';
import { indicatorFacts } from './indicator-facts.ts';

/** So many versions are made smaller, or forgotten, in one transaction. */
const BATCH = 2_000;

/** Replaced versions that have become old, written inside the caller's transaction. */
export class PastRows {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Keeps of versions that were replaced before `whole` only what receipts need, and of those replaced before `facts` nothing. Returns how many
   * there were; a full batch means that there may be more.
   */
  forget({ whole, facts }: { readonly whole: number; readonly facts: number }): number {
    const rows = this.#connection
      .prepare(
        `SELECT stamp, ioc, until, stix FROM superseded INDEXED BY superseded_until WHERE until <= ? ORDER BY until LIMIT ${BATCH}`,
      )
      .all(whole);
    const add = this.#connection.prepare(
      'INSERT INTO past (ioc, stamp, until, expires, level, sectors, revoked) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    const remove = this.#connection.prepare('DELETE FROM superseded WHERE stamp = ?');
    for (const { stamp, ioc, until, stix } of rows) {
      const { expires, level, sectors, revoked } = indicatorFacts(String(stix));
      const bits = sectors.reduce((sum, sector) => sum + 2 ** SECTORS.indexOf(sector), 0);
      const code = CONFIDENCE_LEVEL_NAMES.indexOf(level);
      add.run(ioc!, stamp!, until!, Math.min(expires, NEVER), code, bits, Number(revoked));
      remove.run(stamp!);
    }
    const gone = this.#connection
      .prepare(
        `DELETE FROM past WHERE (ioc, stamp) IN (SELECT ioc, stamp FROM past INDEXED BY past_until WHERE until <= ? ORDER BY until LIMIT ${BATCH})`,
      )
      .run(facts);
    return rows.length + Number(gone.changes);
  }
}
