import type { Hold } from '../../model/hold.ts';
import { IOC_TYPES, type Ioc } from '../../model/ioc.ts';
import type { Context } from '../../model/sighting.ts';
import type { Report } from '../../score/assess.ts';
import type { Validity } from '../../score/life.ts';
import type { Connection } from './connection.ts';
import { contextsWith, contextText, parseContexts } from './context-text.ts';
import { sourceOfRow } from './run-records.ts';

/** A row of table `ioc`. */
export interface IocRow extends Ioc {
  readonly id: number;
  readonly created: number;
  readonly stamp: number;
  readonly validity: Validity;
  /** Why it was taken back for every source, or undefined. */
  readonly retracted: string | undefined;
  /** Why the gate keeps it back, or undefined. */
  readonly hold: Hold | undefined;
  /** Whether a version was ever published before its validity ended. */
  readonly wasValid: boolean;
  /** When it is to be looked at again though nothing is heard of it, or undefined. */
  readonly reviewAt: number | undefined;
}

/** What an IOC's row says of its newest version; one that was never published has the stamp 0. */
export type VersionOfIoc = Pick<IocRow, 'created' | 'stamp' | 'validity' | 'wasValid' | 'reviewAt'>;

/** What a source said of an IOC before a run changed it. */
export interface SightingBefore {
  readonly contexts: string | null;
  readonly withdrawnAt: number | null;
}

/** What a source says of an IOC, and the run that changed it last. */
interface Standing extends SightingBefore {
  readonly contexts: string;
  readonly run: number;
}

/** The bytes of a UUID. */
export const UUID_BYTES = 16;

/** So many IOCs are looked for by one statement, in a quarter of the time of one by one: each is a step in the index, and no more. */
const SOUGHT_AT_ONCE = 64;

const PLACES = Array.from({ length: SOUGHT_AT_ONCE }, (_, place) => `(${place})`);
const FIND_MANY =
  `WITH sought (place) AS (VALUES ${PLACES.join(', ')}) SELECT s.place, i.* FROM sought AS s ` +
  `CROSS JOIN ioc AS i ON i.uuid = substr(?1, s.place * ${UUID_BYTES} + 1, ${UUID_BYTES})`;

/** What is asked and kept about IOCs and their sightings, inside the caller's transaction. */
export class IocRows {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  find(uuid: Uint8Array): IocRow | undefined {
    const row = this.#connection.prepare('SELECT * FROM ioc WHERE uuid = ?').get(uuid);
    return row === undefined ? undefined : iocRow(row);
  }

  /** Those of many IOCs that are there, by their places among the UUIDs, whose bytes follow one another. */
  findMany(uuids: Uint8Array): Map<number, IocRow> {
    const found = new Map<number, IocRow>();
    for (let start = 0; start < uuids.length; start += UUID_BYTES * SOUGHT_AT_ONCE) {
      const sought = uuids.subarray(start, start + UUID_BYTES * SOUGHT_AT_ONCE);
      for (const row of this.#connection.prepare(FIND_MANY).all(sought))
        found.set(start / UUID_BYTES + Number(row.place), iocRow(row));
    }
    return found;
  }

  /** Records the version that an IOC now has. */
  setVersion(id: number, { created, stamp, validity, wasValid, reviewAt }: VersionOfIoc): void {
    const sql =
      'UPDATE ioc SET created = ?, stamp = ?, validity_until = ?, validity_moved_at = ?, was_valid = ?, review_at = ? WHERE id = ?';
    this.#connection
      .prepare(sql)
      .run(created, stamp, validity.until ?? null, validity.movedAt, Number(wasValid), reviewAt ?? null, id);
  }

  setReview(id: number, reviewAt: number | undefined): void {
    this.#connection.prepare('UPDATE ioc SET review_at = ? WHERE id = ?').run(reviewAt ?? null, id);
  }

  setHold(id: number, hold: Hold | undefined): void {
    this.#connection
      .prepare('UPDATE ioc SET hold = ? WHERE id = ?')
      .run(hold === undefined ? null : JSON.stringify(hold), id);
  }

  /** IOCs whose review is due, the longest due first. */
  due(now: number, limit: number): IocRow[] {
    return this.#connection
      .prepare('SELECT * FROM ioc INDEXED BY ioc_review WHERE review_at <= ? ORDER BY review_at LIMIT ?')
      .all(now, limit)
      .map(iocRow);
  }

  get(id: number): IocRow | undefined {
    const row = this.#connection.prepare('SELECT * FROM ioc WHERE id = ?').get(id);
    return row === undefined ? undefined : iocRow(row);
  }

  setRetracted(id: number, reason: string | undefined): void {
    this.#connection.prepare('UPDATE ioc SET retracted = ? WHERE id = ?').run(reason ?? null, id);
  }

  /** Every source's report of an IOC. */
  reports(ioc: number): Report[] {
    const sql =
      'SELECT g.*, s.name, s.url, s.category, s.tlp, s.confidence, s.reliability, s.publisher FROM sighting AS g JOIN source AS s ON s.id = g.source ' +
      'WHERE g.ioc = ?';
    return this.#connection.prepare(sql).all(ioc).map(reportOf);
  }

  /**
   * Adds a source's report of an IOC to what the source has said of it so far. Returns what stood before where
   * that changed, undefined where it did not.
   */
  addReport(
    ioc: number,
    source: number,
    context: Context,
    run: number,
    now: number,
  ): SightingBefore | undefined {
    const before = this.standing(ioc, source);
    if (before === undefined) {
      const sql =
        'INSERT INTO sighting (ioc, source, first_reported, last_reported, reports, contexts, run) VALUES (?, ?, ?, ?, 1, ?, ?)';
      this.#connection.prepare(sql).run(ioc, source, now, now, `[${contextText(context)}]`, run);
      return { contexts: null, withdrawnAt: null };
    }
    const contexts = contextsWith(before.contexts, context);
    if (contexts === before.contexts && before.withdrawnAt === null) {
      const sql =
        'UPDATE sighting SET last_reported = max(last_reported, ?), reports = reports + 1 WHERE ioc = ? AND source = ?';
      this.#connection.prepare(sql).run(now, ioc, source);
      return undefined;
    }
    const sql =
      'UPDATE sighting SET last_reported = max(last_reported, ?), reports = reports + 1, contexts = ?, withdrawn_at = NULL, ' +
      'run = ? WHERE ioc = ? AND source = ?';
    this.#connection.prepare(sql).run(now, contexts, run, ioc, source);
    return before;
  }

  /** What a source says of an IOC, with the run that changed it last; undefined when it never said anything. */
  standing(ioc: number, source: number): Standing | undefined {
    const row = this.#connection
      .prepare('SELECT contexts, withdrawn_at, run FROM sighting WHERE ioc = ? AND source = ?')
      .get(ioc, source);
    if (row === undefined) return undefined;
    const withdrawnAt = row.withdrawn_at === null ? null : Number(row.withdrawn_at);
    return { contexts: String(row.contexts), withdrawnAt, run: Number(row.run) };
  }

  /** What a source would change by one more record: nothing, what it says, or that it says anything at all. */
  compare(ioc: number, source: number, said: Context): 'new' | 'changed' | 'same' {
    const before = this.standing(ioc, source);
    if (before === undefined || before.withdrawnAt !== null) return 'new';
    const contexts = contextsWith(before.contexts, said);
    return contexts === before.contexts ? 'same' : 'changed';
  }

  /** Puts what a source said of an IOC back to what it was, or, where nothing was, notes that it says it no more. */
  restore(ioc: number, source: number, before: SightingBefore, run: number, now: number): void {
    const sql =
      'UPDATE sighting SET contexts = coalesce(?, contexts), withdrawn_at = ?, run = ? WHERE ioc = ? AND source = ?';
    const withdrawnAt = before.contexts === null ? now : before.withdrawnAt;
    this.#connection.prepare(sql).run(before.contexts, withdrawnAt, run, ioc, source);
  }

  /** Notes that a source says nothing of an IOC any more. */
  withdraw(ioc: number, source: number, run: number, now: number): void {
    this.#connection
      .prepare('UPDATE sighting SET withdrawn_at = ?, run = ? WHERE ioc = ? AND source = ?')
      .run(now, run, ioc, source);
  }
}

function iocRow(row: Record<string, unknown>): IocRow {
  return {
    id: Number(row.id),
    type: IOC_TYPES[Number(row.type)]!,
    value: String(row.value),
    created: Number(row.created),
    stamp: Number(row.stamp),
    validity: {
      until: row.validity_until === null ? undefined : Number(row.validity_until),
      movedAt: Number(row.validity_moved_at),
    },
    retracted: row.retracted === null ? undefined : String(row.retracted),
    hold: row.hold === null ? undefined : (JSON.parse(String(row.hold)) as Hold),
    wasValid: Number(row.was_valid) === 1,
    reviewAt: row.review_at === null ? undefined : Number(row.review_at),
  };
}

function reportOf(row: Record<string, unknown>): Report {
  const contexts = parseContexts(row.contexts);
  return {
    source: sourceOfRow(row),
    // Withdrawn by the source as a whole, which each of its records then says.
    contexts:
      row.withdrawn_at === null ? contexts : contexts.map((context) => ({ ...context, revoked: true })),
    firstReported: Number(row.first_reported),
    lastReported: Number(row.last_reported),
    reports: Number(row.reports),
  };
}
