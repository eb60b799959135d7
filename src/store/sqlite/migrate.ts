import { readdirSync, readFileSync } from 'node:fs';

import { StoreError } from '../store.ts';
import type { Connection } from './connection.ts';

const MIGRATIONS = new URL('migrations/', import.meta.url);

interface Migration {
  readonly version: number;
  readonly name: string;
}

/** The migrations that come with this program, oldest first. Files are append-only: `NNN-name.sql`. */
function migrations(): readonly Migration[] {
  return readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ version: Number(name.slice(0, 3)), name }));
}

/** The schema version that this program reads and writes. */
export function newestSchemaVersion(): number {
  newest ??= migrations().at(-1)!.version;
  return newest;
}

let newest: number | undefined;

/** The schema version of an open store; 0 when it is empty. */
export function schemaVersion(connection: Connection): number {
  const row = connection.read(() => connection.db.prepare('PRAGMA user_version').get());
  return Number(row?.user_version);
}

/**
 * Brings the schema up to date, each step in a transaction of its own: a crash leaves the old schema or
 * the new one. Throws `StoreError` for a store that a newer program has written.
 */
export function migrate(connection: Connection): void {
  refuseNewer(schemaVersion(connection));
  for (const { version, name } of migrations()) {
    if (version <= schemaVersion(connection)) continue;
    const sql = readFileSync(new URL(name, MIGRATIONS), 'utf8');
    connection.write(() => {
      if (version <= schemaVersion(connection)) return;
      connection.db.exec(sql);
      connection.db.exec(`PRAGMA user_version = ${version}`);
    });
  }
}

function refuseNewer(version: number): void {
  if (version > newestSchemaVersion()) {
    throw new StoreError(
      'newer_schema',
      `the store has schema ${version}, this program knows ${newestSchemaVersion()}: run the newer program`,
    );
  }
}
