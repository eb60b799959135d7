import { CONFIDENCE_LEVEL_NAMES } from '../../../model/confidence.ts';
import { IOC_TYPES } from '../../../model/ioc.ts';
import type { IocItem } from '../../../model/ioc-item.ts';
import { TLP_MARKINGS } from '../../../model/marking.ts';
import { uuidText } from '../../../model/uuid.ts';
import { itemOf } from '../../../render/list/item.ts';
import { published } from '../../../render/stix/indicator.ts';
import { assess } from '../../../score/assess.ts';
import { type Connection, NEVER } from '../connection.ts';
import { indicatorFacts } from '../indicator-facts.ts';
import { IocRows } from '../ioc-rows.ts';

/** A published version as lists take it in. */
export interface ListedVersion {
  readonly stamp: number;
  readonly ioc: number;
  readonly expires: number;
  readonly item: IocItem;
}

/** What was published after a stamp. */
export interface Published {
  readonly versions: readonly ListedVersion[];
  /** Stamps of all that was published meanwhile, what is cleared away already included; `added` for an IOC's first. */
  readonly stamps: readonly { readonly stamp: number; readonly added: boolean }[];
  /** Up to where this is all. */
  readonly to: number;
}

/** Reads versions after a stamp in their order, `limit` at most, from one state of the database of indicators. */
export function versionsAfter(connection: Connection, stamp: number, limit: number): Published {
  return connection.snapshot(() => {
    const rows = connection
      .prepare(
        `SELECT v.stamp, v.ioc, v.tlp, v.until, v.expires, v.stix, i.uuid, i.type, i.value, i.created
         FROM version AS v NOT INDEXED CROSS JOIN ioc AS i ON i.id = v.ioc
         WHERE v.stamp > ? ORDER BY v.stamp LIMIT ?`,
      )
      .all(stamp, limit);
    const to = rows.length === 0 ? stamp : Number(rows.at(-1)!.stamp);
    const reports = new IocRows(connection);
    const versions = rows.map((row) => listedVersion(row, reports));
    const gone = connection
      .prepare(
        `SELECT s.stamp, i.created FROM superseded AS s CROSS JOIN ioc AS i ON i.id = s.ioc WHERE s.stamp > ? AND s.stamp <= ?`,
      )
      .all(stamp, to);
    const stamps = [...rows, ...gone].map((row) => ({
      stamp: Number(row.stamp),
      added: row.stamp === row.created,
    }));
    return { versions, stamps, to };
  });
}

/**
 * The item of a version. What it shows besides its indicator comes from what its sources say by now, which is the same
 * for all that has not been replaced, save when they saw it last. The sectors of one that has been are told from its text.
 */
function listedVersion(row: Record<string, unknown>, rows: IocRows): ListedVersion {
  const stamp = Number(row.stamp);
  const ioc = Number(row.ioc);
  const created = Number(row.created);
  const expires = Number(row.expires);
  const stix = String(row.stix);
  const subject = { type: IOC_TYPES[Number(row.type)]!, value: String(row.value) };
  const assessment = {
    ...assess(subject, rows.reports(ioc), stamp),
    ...published(stix),
    ...(Number(row.until) !== NEVER && { sectors: indicatorFacts(stix).sectors }),
    tlp: TLP_MARKINGS[Number(row.tlp)]!,
  };
  const uuid = uuidText(row.uuid as Uint8Array);
  const validUntil = expires === NEVER ? undefined : expires;
  return { stamp, ioc, expires, item: itemOf(assessment, { uuid, created, modified: stamp, validUntil }) };
}

/** Whether there is anything after a stamp. */
export function hasVersionAfter(connection: Connection, stamp: number): boolean {
  return connection.prepare('SELECT 1 FROM version WHERE stamp > ? LIMIT 1').get(stamp) !== undefined;
}

/** The IOC that the version with this stamp is of, swept or not; undefined when there is no such version. */
export function iocOfVersion(connection: Connection, stamp: number): number | undefined {
  const row =
    connection.prepare('SELECT ioc FROM version WHERE stamp = ?').get(stamp) ??
    connection.prepare('SELECT ioc FROM superseded WHERE stamp = ?').get(stamp);
  return row === undefined ? undefined : Number(row.ioc);
}

/** Positions of an item's type and level in their tables. */
export function codesOf({ type, level }: IocItem): { readonly type: number; readonly level: number } {
  return { type: IOC_TYPES.indexOf(type), level: CONFIDENCE_LEVEL_NAMES.indexOf(level) };
}
