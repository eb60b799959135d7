import { DatabaseSync, type StatementSync } from 'node:sqlite';

import { StoreError } from '../store.ts';

/** Older SQLite can corrupt a WAL database when a checkpoint races with a writer. */
const OLDEST_SQLITE = [3, 51, 3];

/** How long a statement waits for another process's lock, in milliseconds. */
const BUSY_TIMEOUT = 10_000;

/** So many statements are kept prepared. */
const MOST_STATEMENTS = 500;

/** "Never", and "no end", where a time is stored. */
export const NEVER = Number.MAX_SAFE_INTEGER;

export interface ConnectionOptions {
  readonly readOnly?: boolean;
  /** As SQLite's `synchronous`: how much of what was committed a power cut may cost. A crash costs nothing. */
  readonly sync?: 'FULL' | 'NORMAL' | 'OFF';
  /** Of a file that is new, in bytes. Larger than usual unless given: an export reads texts one after the other. */
  readonly pageSize?: number;
}

/**
 * One connection to a database file, its statements prepared once. Errors of the engine come out as
 * `StoreError`.
 */
export class Connection {
  readonly db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, options: ConnectionOptions = {}) {
    const { readOnly = false } = options;
    this.db = translated(() => new DatabaseSync(path, { readOnly, timeout: BUSY_TIMEOUT }));
    try {
      translated(() => this.#prepareFile(options));
    } catch (error) {
      this.db.close();
      throw error;
    }
  }

  #prepareFile({ readOnly = false, sync = 'FULL', pageSize = 8_192 }: ConnectionOptions): void {
    refuseOldSqlite(this.db);
    if (!readOnly)
      this.db.exec(
        `PRAGMA page_size = ${pageSize}; PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 67108864`,
      );
    this.db.exec(`PRAGMA synchronous = ${sync}`);
    // Pages come from the file's mapping, which costs no anonymous memory and a 10,000-row export
    // is read in a seventh of the time; the cache is for what a transaction has changed.
    this.db.exec(`PRAGMA mmap_size = 2147418112; PRAGMA cache_size = ${readOnly ? -2000 : -16_000}`);
  }

  /** The statement of this text, prepared on first use. */
  prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      // Filters may be combined in very many ways.
      if (this.#statements.size >= MOST_STATEMENTS) this.#statements.clear();
      statement = translated(() => this.db.prepare(sql));
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Runs `work` in one write transaction: all of it is committed, or, when it throws, none. */
  write<T>(work: () => T): T {
    return translated(() => {
      // Immediate: a transaction that reads first and writes then fails at once when another one wrote between.
      this.db.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.db.exec('COMMIT');
        return result;
      } catch (error) {
        if (this.db.isTransaction) this.db.exec('ROLLBACK');
        throw error;
      }
    });
  }

  /** Runs `work`, which only reads, outside of a transaction of its own. */
  read<T>(work: () => T): T {
    return translated(work);
  }

  /** Runs `work`, which only reads, on one state of the database. */
  snapshot<T>(work: () => T): T {
    return translated(() => {
      this.db.exec('BEGIN');
      try {
        return work();
      } finally {
        if (this.db.isTransaction) this.db.exec('COMMIT');
      }
    });
  }

  close(): void {
    this.#statements.clear();
    if (this.db.isOpen) this.db.close();
  }
}

/** Asks the engine itself: a Node may be linked to another SQLite than it was built with. */
function refuseOldSqlite(db: DatabaseSync): void {
  const version = String(db.prepare('SELECT sqlite_version() AS version').get()!.version);
  if (sqliteIsSafe(version)) return;
  throw new StoreError(
    'unavailable',
    `SQLite ${version} can corrupt a store; at least ${OLDEST_SQLITE.join('.')} is needed. Use a newer Node 24`,
  );
}

/** Whether SQLite of this version, such as `3.51.3`, may write a store. */
export function sqliteIsSafe(version: string): boolean {
  const parts = version.split('.').map(Number);
  const difference = OLDEST_SQLITE.map((part, index) => (parts[index] ?? 0) - part).find(
    (part) => part !== 0,
  );
  return difference === undefined || difference > 0;
}

/** Primary result codes of SQLite and what they mean to us. */
const CODES: Readonly<Record<number, readonly [StoreError['code'], string]>> = {
  5: ['busy', 'the store is locked by another process; try again'],
  6: ['busy', 'the store is locked; try again'],
  8: ['unavailable', 'the store is read-only; check the permissions of the data directory'],
  10: ['unavailable', 'the disk reports an error; check the data directory'],
  11: ['corrupt', 'the store is damaged; restore it from a backup'],
  13: ['full', 'the disk is full; free some space'],
  14: ['unavailable', 'the store cannot be opened; check the data directory and its permissions'],
  26: ['corrupt', 'the file is not a store'],
};

function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = (error as { errcode?: number }).errcode;
    if (typeof code !== 'number') throw error;
    const [kind, message] = CODES[code & 0xff] ?? ['unavailable', 'the store failed'];
    throw new StoreError(kind, message, { cause: error });
  }
}
