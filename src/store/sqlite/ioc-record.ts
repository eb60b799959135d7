import type { Context, Sighting } from '../../model/sighting.ts';
import { IOC_TYPES, type Ioc } from '../../model/ioc.ts';
import type { Hold } from '../../model/hold.ts';
import type { Comparison, IocRecord, KnownIoc } from '../store.ts';
import type { Connection } from './connection.ts';
import { IocRows } from './ioc-rows.ts';
import { Versions } from './versions.ts';

/** One IOC by its indicator's UUID, with every source's records of it. */
export function findIoc(connection: Connection, uuid: Uint8Array): IocRecord | undefined {
  const rows = new IocRows(connection);
  const row = rows.find(uuid);
  if (row === undefined) return undefined;
  const { type, value, created, stamp, hold, retracted, validity } = row;
  const stix = stamp === 0 ? '' : new Versions(connection).stix(stamp);
  const reports = rows.reports(row.id);
  const sightings = reports.flatMap(({ source, contexts, reports: count }) =>
    contexts.map((context: Context) => ({ ...context, type, value, source: source.name, reports: count })),
  );
  return {
    type,
    value,
    created,
    stamp,
    revoked: stamp > 0 && (JSON.parse(stix) as { revoked?: boolean }).revoked === true,
    stix,
    ...(hold !== undefined && { hold }),
    ...(retracted !== undefined && { retracted }),
    ...(validity.until !== undefined && { validUntil: validity.until }),
    sightings,
    sources: reports.map(({ source, contexts, firstReported, lastReported, reports: count }) => ({
      source,
      contexts,
      firstReported,
      lastReported,
      reports: count,
      stands: contexts.some(({ revoked }) => revoked !== true),
    })),
  };
}

/** How sightings differ from what their source says; `uuidOf` gives the UUID of a sighting's indicator. */
export function compareSightings(
  connection: Connection,
  source: string,
  sightings: readonly Sighting[],
  uuidOf: (ioc: Ioc) => Uint8Array,
): Comparison[] {
  const rows = new IocRows(connection);
  const id = connection
    .prepare(
      'SELECT id FROM source AS s WHERE name = ? AND EXISTS (SELECT 1 FROM sighting AS g INDEXED BY sighting_source WHERE g.source = s.id)',
    )
    .get(source)?.id;
  // Of a source that has said nothing yet all is new, and what others say of it is not asked.
  if (id === undefined) return sightings.map(() => ({ id: 0, change: 'new' }));
  return sightings.map((sighting) => {
    const ioc = connection.prepare('SELECT id FROM ioc WHERE uuid = ?').get(uuidOf(sighting))?.id;
    if (ioc === undefined) return { id: 0, change: 'new' };
    return { id: Number(ioc), change: rows.compare(Number(ioc), Number(id), sighting) };
  });
}

/** IOCs by id after the one given; only those that a source stands by, where one is named. */
export function listIocs(connection: Connection, after: number, limit: number, source?: string): KnownIoc[] {
  const statement =
    source === undefined
      ? connection.prepare('SELECT id, type, value, hold FROM ioc WHERE id > ? ORDER BY id LIMIT ?')
      : connection.prepare(
          `SELECT i.id, i.type, i.value, i.hold FROM sighting AS g INDEXED BY sighting_source CROSS JOIN ioc AS i ON i.id = g.ioc
           WHERE g.source = (SELECT id FROM source WHERE name = ?) AND g.withdrawn_at IS NULL AND g.ioc > ? ORDER BY g.ioc LIMIT ?`,
        );
  const rows = source === undefined ? statement.all(after, limit) : statement.all(source, after, limit);
  return rows.map((row) => ({
    id: Number(row.id),
    type: IOC_TYPES[Number(row.type)]!,
    value: String(row.value),
    ...(row.hold !== null && { hold: JSON.parse(String(row.hold)) as Hold }),
  }));
}
