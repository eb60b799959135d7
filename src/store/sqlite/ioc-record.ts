import type { Context } from '../../model/sighting.ts';
import type { IocRecord } from '../store.ts';
import type { Connection } from './connection.ts';
import { IocRows } from './ioc-rows.ts';
import { Versions } from './versions.ts';

/** One IOC by its indicator's UUID, with every source's records of it. */
export function findIoc(connection: Connection, uuid: Uint8Array): IocRecord | undefined {
  const rows = new IocRows(connection);
  const row = rows.find(uuid);
  if (row === undefined) return undefined;
  const { type, value, created, stamp } = row;
  const stix = new Versions(connection).stix(stamp);
  const sightings = rows
    .reports(row.id)
    .flatMap(({ source, contexts, reports }) =>
      contexts.map((context: Context) => ({ ...context, type, value, source: source.name, reports })),
    );
  const { revoked } = JSON.parse(stix) as { revoked?: boolean };
  return { type, value, created, stamp, revoked: revoked === true, stix, sightings };
}
