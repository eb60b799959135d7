import { IOC_TYPES, type Ioc } from '../../model/ioc.ts';
import type { Context, Sighting } from '../../model/sighting.ts';
import type { Report } from '../../score/assess.ts';
import type { Validity } from '../../score/life.ts';
import { withContext } from '../../score/contexts.ts';
import type { Connection } from './connection.ts';
import { sourceOfRow } from './runs.ts';

/** A row of table `ioc`. */
export interface IocRow extends Ioc {
  readonly id: number;
  readonly created: number;
  readonly stamp: number;
  readonly validity: Validity;
  /** Why it was taken back for every source, or undefined. */
  readonly retracted: string | undefined;
}

/** What an IOC's row says of its newest version. */
export interface VersionOfIoc {
  readonly created: number;
  readonly stamp: number;
  readonly validity: Validity;
}

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

  /** Adds an IOC with its first version; returns its id. */
  add(uuid: Uint8Array, ioc: Ioc, version: VersionOfIoc): number {
    const sql =
      'INSERT INTO ioc (uuid, type, value, created, stamp, validity_until, validity_moved_at) VALUES (?, ?, ?, ?, ?, ?, ?)';
    const { created, stamp, validity } = version;
    const result = this.#connection
      .prepare(sql)
      .run(
        uuid,
        IOC_TYPES.indexOf(ioc.type),
        ioc.value,
        created,
        stamp,
        validity.until ?? null,
        validity.movedAt,
      );
    return Number(result.lastInsertRowid);
  }

  /** Records the version that an IOC now has. */
  setVersion(id: number, { stamp, validity }: VersionOfIoc): void {
    const sql = 'UPDATE ioc SET stamp = ?, validity_until = ?, validity_moved_at = ? WHERE id = ?';
    this.#connection.prepare(sql).run(stamp, validity.until ?? null, validity.movedAt, id);
  }

  setRetracted(id: number, reason: string | undefined): void {
    this.#connection.prepare('UPDATE ioc SET retracted = ? WHERE id = ?').run(reason ?? null, id);
  }

  /** Every source's report of an IOC. */
  reports(ioc: number): Report[] {
    const sql =
      'SELECT g.*, s.name, s.url, s.category, s.tlp, s.confidence FROM sighting AS g JOIN source AS s ON s.id = g.source ' +
      'WHERE g.ioc = ?';
    return this.#connection.prepare(sql).all(ioc).map(reportOf);
  }

  /** Adds a source's report of an IOC to what the source has said of it so far. */
  addReport(ioc: number, source: number, sighting: Sighting, now: number): void {
    const before = this.#connection
      .prepare('SELECT contexts FROM sighting WHERE ioc = ? AND source = ?')
      .get(ioc, source);
    if (before === undefined) return this.addFirstReport(ioc, source, sighting, now);
    const contexts = withContext(parseContexts(before.contexts), contextOf(sighting));
    const sql =
      'UPDATE sighting SET last_reported = max(last_reported, ?), reports = reports + 1, contexts = ? WHERE ioc = ? AND source = ?';
    this.#connection.prepare(sql).run(now, JSON.stringify(contexts), ioc, source);
  }

  /** Adds the first report of an IOC by a source. */
  addFirstReport(ioc: number, source: number, sighting: Sighting, now: number): void {
    const sql =
      'INSERT INTO sighting (ioc, source, first_reported, last_reported, reports, contexts) VALUES (?, ?, ?, ?, 1, ?)';
    this.#connection.prepare(sql).run(ioc, source, now, now, JSON.stringify([contextOf(sighting)]));
  }
}

/** What a sighting says besides its value. The first time seen, where only the last is told, is that one. */
function contextOf(sighting: Sighting): Context {
  const { type: _type, value: _value, ...context } = sighting;
  if (context.firstSeen !== undefined || context.lastSeen === undefined) return context;
  return { ...context, firstSeen: context.lastSeen };
}

function parseContexts(text: unknown): Context[] {
  return JSON.parse(String(text)) as Context[];
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
  };
}

function reportOf(row: Record<string, unknown>): Report {
  return {
    source: sourceOfRow(row),
    contexts: parseContexts(row.contexts),
    firstReported: Number(row.first_reported),
    lastReported: Number(row.last_reported),
    reports: Number(row.reports),
  };
}
