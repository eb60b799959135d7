import { IOC_TYPES } from '../../model/ioc.ts';
import { uuidText } from '../../model/uuid.ts';
import type { PublishedVersion } from '../store.ts';
import { type Connection, NEVER } from './connection.ts';

/** The text of the version that `h` replaced: replaced ones stay in `version` for a while, and go to `superseded` then. */
const REPLACED = `coalesce((SELECT p.stix FROM version AS p INDEXED BY version_until WHERE p.until < ${NEVER} AND p.until = h.stamp),
  (SELECT p.stix FROM superseded AS p WHERE p.ioc = h.ioc AND p.stamp < h.stamp ORDER BY p.stamp DESC LIMIT 1))`;

/** Every version ever published after the stamp `after` and visible at `asOf`, the oldest first, at most `limit`. */
export function readHistory(
  connection: Connection,
  after: number,
  asOf: number,
  limit: number,
): PublishedVersion[] {
  const part = (table: string): string =>
    `SELECT stamp, ioc, until, stix FROM ${table} WHERE stamp > ?1 AND stamp <= ?2`;
  const sql = `SELECT h.stamp, h.until, h.stix, i.uuid, i.type, ${REPLACED} AS replaced
    FROM (${part('version')} UNION ALL ${part('superseded')} ORDER BY stamp LIMIT ?3) AS h CROSS JOIN ioc AS i ON i.id = h.ioc
    ORDER BY h.stamp`;
  return connection.read(() =>
    connection
      .prepare(sql)
      .all(after, asOf, limit)
      .map((row) => published(row, asOf)),
  );
}

/** Every version of one IOC that is visible at `asOf`, the oldest first; none for a UUID that is not known. */
export function readVersionsOf(connection: Connection, uuid: Uint8Array, asOf: number): PublishedVersion[] {
  return connection.read(() => {
    const ioc = connection.prepare('SELECT id, uuid, type, stamp FROM ioc WHERE uuid = ?').get(uuid);
    if (ioc === undefined) return [];
    const known: Record<string, unknown>[] = [];
    // Each version ends at the stamp of the one that replaced it, which is unique.
    let row = connection.prepare('SELECT stamp, until, stix FROM version WHERE stamp = ?').get(ioc.stamp!);
    while (row !== undefined) {
      known.push(row);
      row = connection
        .prepare(
          `SELECT stamp, until, stix FROM version INDEXED BY version_until WHERE until < ${NEVER} AND until = ?`,
        )
        .get(row.stamp!);
    }
    known.push(
      ...connection
        .prepare('SELECT stamp, until, stix FROM superseded WHERE ioc = ? ORDER BY stamp DESC')
        .all(ioc.id!),
    );
    return known
      .toReversed()
      .map((version, index, all) =>
        published({ ...ioc, ...version, replaced: all[index - 1]?.stix ?? null }, asOf),
      )
      .filter(({ stamp }) => stamp <= asOf);
  });
}

function published(row: Record<string, unknown>, asOf: number): PublishedVersion {
  return {
    stamp: Number(row.stamp),
    uuid: uuidText(row.uuid as Uint8Array),
    type: IOC_TYPES[Number(row.type)]!,
    replaced: row.replaced === null ? undefined : String(row.replaced),
    last: Number(row.until) > asOf,
    stix: String(row.stix),
  };
}
