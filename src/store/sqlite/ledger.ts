import { rmSync } from 'node:fs';

import { type RequestGrant, StoreError, type WindowState } from '../store.ts';
import { Connection } from './connection.ts';

/** A rolling window, counted in slots: a request leaves the window when its whole slot has. */
interface Window {
  readonly code: number;
  readonly length: number;
  readonly slot: number;
}

const MINUTE: Window = { code: 0, length: 60_000, slot: 1_000 };
const DAY: Window = { code: 1, length: 86_400_000, slot: 300_000 };

/**
 * Counts requests per key in a small database of its own, which all processes share. Its commits do not wait
 * for the disk: counts outlive every crash of a process, and a power cut may forgive the last few requests. Where it
 * has spoilt the file, the next start begins a new one, as nothing else is in it.
 */
export class SqliteLedger {
  readonly #connection: Connection;

  constructor(path: string) {
    this.#connection = openSound(path);
  }

  /** See `RequestLedger.takeRequests`. */
  take(
    keyId: string,
    want: number,
    limits: { readonly perMinute: number; readonly perDay: number },
    now: number,
    unspent = { count: 0, takenAt: 0 },
  ): RequestGrant {
    return this.#connection.write(() => {
      if (unspent.count > 0) {
        this.#add(keyId, MINUTE, unspent.takenAt, -unspent.count);
        this.#add(keyId, DAY, unspent.takenAt, -unspent.count);
      }
      const minute = this.#used(keyId, MINUTE, now);
      const day = this.#used(keyId, DAY, now);
      const granted = Math.max(0, Math.min(want, limits.perMinute - minute.count, limits.perDay - day.count));
      if (granted > 0) {
        this.#add(keyId, MINUTE, now, granted);
        this.#add(keyId, DAY, now, granted);
      }
      return {
        granted,
        minute: windowState(MINUTE, limits.perMinute, minute, granted, now),
        day: windowState(DAY, limits.perDay, day, granted, now),
      };
    });
  }

  close(): void {
    this.#connection.close();
  }

  #used(keyId: string, window: Window, now: number): Used {
    const oldest = slotOf(window, now - window.length);
    // A clock that was ahead must not shut a key out until that time comes.
    this.#connection
      .prepare('DELETE FROM request_count WHERE key_id = ? AND window = ? AND (slot < ? OR slot > ?)')
      .run(keyId, window.code, oldest, now + window.length);
    const row = this.#connection
      .prepare(
        'SELECT total(count) AS count, min(slot) AS oldest FROM request_count WHERE key_id = ? AND window = ?',
      )
      .get(keyId, window.code)!;
    return {
      count: Number(row.count),
      oldest: row.oldest === null ? slotOf(window, now) : Number(row.oldest),
    };
  }

  #add(keyId: string, window: Window, now: number, count: number): void {
    this.#connection
      .prepare(
        'INSERT INTO request_count (key_id, window, slot, count) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count',
      )
      .run(keyId, window.code, slotOf(window, now), count);
  }
}

function openSound(path: string): Connection {
  try {
    return open(path);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'corrupt') throw error;
  }
  for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true });
  return open(path);
}

function open(path: string): Connection {
  const connection = new Connection(path, { sync: 'OFF' });
  try {
    connection.write(() => {
      connection.db.exec(
        `CREATE TABLE IF NOT EXISTS request_count (
           key_id TEXT NOT NULL, window INTEGER NOT NULL, slot INTEGER NOT NULL, count INTEGER NOT NULL,
           PRIMARY KEY (key_id, window, slot)
         ) STRICT, WITHOUT ROWID`,
      );
      if (connection.prepare('PRAGMA quick_check').get()?.quick_check !== 'ok') {
        throw new StoreError('corrupt', 'the counts of requests are damaged');
      }
    });
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

interface Used {
  readonly count: number;
  /** The oldest slot that counts. */
  readonly oldest: number;
}

function slotOf(window: Window, time: number): number {
  return Math.floor(time / window.slot) * window.slot;
}

function windowState(window: Window, limit: number, used: Used, granted: number, now: number): WindowState {
  const remaining = Math.max(0, limit - used.count - granted);
  const resetAt = used.count + granted > 0 ? used.oldest + window.slot + window.length : now;
  return { limit, remaining, resetAt };
}
