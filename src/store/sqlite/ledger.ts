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

/** Each commit writes a few whole pages, and has two counts to write. */
const PAGE_SIZE = 1_024;

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
      if (unspent.count > 0) this.#add(keyId, unspent.takenAt, -unspent.count);
      const { minute, day } = this.#used(keyId, now);
      const granted = Math.max(0, Math.min(want, limits.perMinute - minute.count, limits.perDay - day.count));
      if (granted > 0) this.#add(keyId, now, granted);
      return {
        granted,
        minute: windowState(MINUTE, limits.perMinute, minute, granted, now),
        day: windowState(DAY, limits.perDay, day, granted, now),
      };
    });
  }

  /** Reads something, and throws `StoreError` when that cannot be. */
  read(): void {
    this.#connection.read(() => this.#connection.prepare('SELECT 1 FROM request_count LIMIT 1').get());
  }

  close(): void {
    this.#connection.close();
  }

  #used(keyId: string, now: number): { readonly minute: Used; readonly day: Used } {
    const rows = this.#connection
      .prepare(
        'SELECT window, total(count) AS count, min(slot) AS oldest, max(slot) AS newest FROM request_count WHERE key_id = ? GROUP BY window',
      )
      .all(keyId);
    const one = (window: Window): Used => {
      const row = rows.find(({ window: code }) => code === window.code);
      if (row === undefined) return { count: 0, oldest: slotOf(window, now) };
      const stray = Number(row.oldest) < firstSlot(window, now) || Number(row.newest) > now + window.length;
      return stray
        ? this.#clear(keyId, window, now)
        : { count: Number(row.count), oldest: Number(row.oldest) };
    };
    return { minute: one(MINUTE), day: one(DAY) };
  }

  /** Removes what has left a window, and what lies ahead: a clock that was wrong must not shut a key out until then. */
  #clear(keyId: string, window: Window, now: number): Used {
    this.#connection
      .prepare('DELETE FROM request_count WHERE key_id = ? AND window = ? AND (slot < ? OR slot > ?)')
      .run(keyId, window.code, firstSlot(window, now), now + window.length);
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

  #add(keyId: string, now: number, count: number): void {
    this.#connection
      .prepare(
        `INSERT INTO request_count (key_id, window, slot, count) VALUES (?1, ${MINUTE.code}, ?2, ?4), (?1, ${DAY.code}, ?3, ?4) ON CONFLICT DO UPDATE SET count = count + excluded.count`,
      )
      .run(keyId, slotOf(MINUTE, now), slotOf(DAY, now), count);
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
  const connection = new Connection(path, { sync: 'OFF', pageSize: PAGE_SIZE });
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

/** The oldest slot that has not left the window. */
function firstSlot(window: Window, now: number): number {
  return slotOf(window, now - window.length);
}

function slotOf(window: Window, time: number): number {
  return Math.floor(time / window.slot) * window.slot;
}

function windowState(window: Window, limit: number, used: Used, granted: number, now: number): WindowState {
  const remaining = Math.max(0, limit - used.count - granted);
  const resetAt = used.count + granted > 0 ? used.oldest + window.slot + window.length : now;
  return { limit, remaining, resetAt };
}
