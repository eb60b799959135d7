import { randomUUID } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';

import { StoreError } from '../../store.ts';
import { Connection } from '../connection.ts';

/** To be raised when the tables are others, or the same versions are written in other bytes: then all is made anew. */
const SCHEMA = 4;

/**
 * What lists are made of: all of it follows from the database of indicators, up to the stamp `filled_to` in `state`. Stamps are those of
 * versions there, "never" and codes as there.
 *
 * - `item`: each version as lists and exports give it. `live` is 1 unless it is revoked or was swept as expired.
 * - `newest`: the version that each IOC has, so that the next one is known to replace it.
 * - `category`: the categories of each version's sources, in lower case, in the order of publication.
 * - `category_left`: under what an IOC was listed before the version with this stamp, where it was listed otherwise, as `version_left` has it of
 *   filters without categories. What was noted is lost when lists are made anew.
 * - `run`: consecutive items, `count` of them, of which those that are `live` are joined in `run_value` and `run_csv`, for lists that have all
 *   of these; `expires` is when the first of them does. While one is replaced and not cleared away, `whole` is 0.
 * - `run_marks`: the stamps of those that are joined, as doubles, and behind which byte of each text each of them ends, as 32-bit numbers, in
 *   this machine's order.
 * - `tally`: counts of versions that are neither replaced nor revoked nor swept as expired: `kind` is type_level (`url high`), category, feed,
 *   technique or cve. Of publications by hour since 1970: added and updated.
 * - `value_search`: values by their trigrams; `rowid` is the IOC's id. Kept up to the id `searched_to`.
 */
const TABLES = `
  CREATE TABLE state (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
  CREATE TABLE item (
    stamp   INTEGER PRIMARY KEY,
    ioc     INTEGER NOT NULL,
    live    INTEGER NOT NULL,
    type    INTEGER NOT NULL,
    level   INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    value   TEXT NOT NULL,
    csv     TEXT NOT NULL,
    json    TEXT NOT NULL
  ) STRICT;
  CREATE INDEX item_until ON item (until) WHERE until < 9007199254740991;
  CREATE INDEX item_expires ON item (expires) WHERE live = 1 AND expires < 9007199254740991;
  CREATE TABLE newest (ioc INTEGER PRIMARY KEY, stamp INTEGER NOT NULL) STRICT;
  CREATE TABLE category (
    category TEXT NOT NULL,
    live     INTEGER NOT NULL,
    stamp    INTEGER NOT NULL,
    type     INTEGER NOT NULL,
    level    INTEGER NOT NULL,
    PRIMARY KEY (category, live, stamp)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE category_left (
    stamp    INTEGER NOT NULL,
    category TEXT NOT NULL,
    level    INTEGER NOT NULL,
    tlp      INTEGER NOT NULL,
    sector   INTEGER NOT NULL,
    revoked  INTEGER NOT NULL,
    type     INTEGER NOT NULL,
    began    INTEGER NOT NULL,
    ended    INTEGER NOT NULL,
    span     INTEGER NOT NULL AS (
      CASE WHEN stamp - began <= 172800000 THEN 0 WHEN stamp - began <= 1382400000 THEN 1 WHEN stamp - began <= 11059200000 THEN 2 ELSE 3 END
    ) VIRTUAL,
    PRIMARY KEY (stamp, category, level, tlp, sector)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX category_left_category ON category_left (category, span, stamp);
  CREATE INDEX category_left_category_revoked ON category_left (category, span, stamp) WHERE revoked = 1;
  CREATE TABLE run (
    first INTEGER PRIMARY KEY,
    last  INTEGER NOT NULL,
    count INTEGER NOT NULL,
    live  INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    whole INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE run_value (first INTEGER PRIMARY KEY, text TEXT) STRICT;
  CREATE TABLE run_csv (first INTEGER PRIMARY KEY, text TEXT) STRICT;
  CREATE TABLE run_marks (
    first     INTEGER PRIMARY KEY,
    stamps    BLOB NOT NULL,
    run_value BLOB NOT NULL,
    run_csv   BLOB NOT NULL
  ) STRICT;
  CREATE TABLE tally (
    kind  TEXT NOT NULL,
    name  TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tally_top ON tally (kind, count DESC);
  CREATE VIRTUAL TABLE value_search USING fts5(value, content = '', columnsize = 0, detail = none, tokenize = 'trigram');
`;

/**
 * Opens the database of lists for writing. One that is not there is made; one of another schema, or that is no database any more, is begun
 * anew. Throws `StoreError`.
 */
export function openLists(path: string): Connection {
  try {
    return open(path);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'corrupt') throw error;
  }
  removeLists(path);
  return open(path);
}

function open(path: string): Connection {
  const connection = new Connection(path, { sync: 'NORMAL' });
  try {
    if (schemaOf(connection) !== SCHEMA) beginAnew(connection);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function schemaOf(connection: Connection): number {
  return Number(connection.read(() => connection.db.prepare('PRAGMA user_version').get())!.user_version);
}

/** Empties the database of lists, and gives it another name of its making. */
export function beginAnew(connection: Connection): void {
  connection.write(() => {
    const tables = connection.db
      .prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'value\\_search\\_%' ESCAPE '\\'",
      )
      .all();
    for (const { name } of tables) connection.db.exec(`DROP TABLE "${String(name)}"`);
    connection.db.exec(TABLES);
    writeState(connection, 'filled_to', 0);
    writeState(connection, 'made', randomUUID());
    connection.db.exec(`PRAGMA user_version = ${SCHEMA}`);
  });
}

/** Removes a database of lists that cannot be used. Who has it open goes on with what is removed until it looks again. */
export function removeLists(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true });
}

/** Which file stands at the path, or 0 when there is none: another number after it was removed and made anew. */
export function fileAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? 0;
}

export type StateKey =
  | 'filled_to'
  | 'made'
  /** The IOC of the version `filled_to`: another one there means that the database of indicators is another one. */
  | 'anchor'
  /** How many IOCs have an item. */
  | 'listed'
  | 'searched_to'
  /** The last stamp that runs of joined texts reach to. */
  | 'joined_to';

/** What lists know of themselves; `schema` names the attached database. */
export function readState(
  connection: Connection,
  key: StateKey,
  schema = 'main',
): number | string | undefined {
  const row = connection.prepare(`SELECT value FROM ${schema}.state WHERE key = ?`).get(key);
  return row === undefined ? undefined : (row.value as number | string);
}

export function writeState(connection: Connection, key: StateKey, value: number | string): void {
  connection
    .prepare('INSERT INTO state (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
    .run(key, value);
}
