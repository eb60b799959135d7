import { existsSync } from 'node:fs';

import { addLatencies } from '../../model/latency.ts';
import {
  type AddressUse,
  type Delivery,
  type DeliveryFilter,
  type KeyUsage,
  type UsageBatch,
  USAGE_KEPT,
} from '../store.ts';
import { Connection } from './connection.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS request (
    key TEXT NOT NULL, day INTEGER NOT NULL, endpoint TEXT NOT NULL, status INTEGER NOT NULL,
    count INTEGER NOT NULL, latencies TEXT NOT NULL, PRIMARY KEY (key, day, endpoint, status)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS rate_mark (
    key TEXT NOT NULL, day INTEGER NOT NULL, most INTEGER NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (key, day)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS address (
    key TEXT NOT NULL, address TEXT NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, PRIMARY KEY (key, address)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS address_last ON address (key, last_at);
  CREATE TABLE IF NOT EXISTS filter (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, filter INTEGER NOT NULL, lower INTEGER NOT NULL, upper INTEGER NOT NULL,
    first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, answers INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS delivery_filter ON delivery (key, filter, first_at);
  CREATE INDEX IF NOT EXISTS delivery_upper ON delivery (key, upper);`;

/** So many addresses are kept of a key: those used last. */
const MOST_ADDRESSES = 1_000;

/** Answers to a key within so long may become one row, in milliseconds: so exact is what is told of the time. */
const MERGED = 3_600_000;

/** What is too old is looked for so often, in milliseconds. */
const PRUNING = 86_400_000;

/** So many rows of deliveries are read for one question. */
const MOST_DELIVERIES = 20_000;

/**
 * What keys did: a database of its own, so that it never delays publishing and may be left out of backups. A power cut may lose its last
 * commits, never spoil it.
 */
export class UsageFile {
  readonly #path: string;
  readonly #readOnly: boolean;
  #opened: Connection | undefined;
  #prunedAt = -Infinity;

  /** The file is made when something is written. */
  constructor(path: string, { readOnly }: { readonly readOnly: boolean }) {
    this.#path = path;
    this.#readOnly = readOnly;
  }

  record({ requests, marks, addresses, deliveries }: UsageBatch, now: number): void {
    const connection = this.#open()!;
    connection.write(() => {
      for (const each of requests) this.#count(connection, each);
      for (const { key, day, limit, used } of marks) {
        connection
          .prepare(
            `INSERT INTO rate_mark (key, day, most, used) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
             SET most = excluded.most, used = excluded.used WHERE excluded.used * most > used * excluded.most`,
          )
          .run(key, day, limit, used);
      }
      for (const { key, address, firstAt, lastAt } of addresses) {
        connection
          .prepare(
            `INSERT INTO address (key, address, first_at, last_at) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
             SET first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)`,
          )
          .run(key, address, firstAt, lastAt);
      }
      for (const key of new Set(addresses.map((each) => each.key))) this.#forgetAddresses(connection, key);
      for (const each of deliveries) this.#deliver(connection, each);
      if (Math.abs(now - this.#prunedAt) > PRUNING) this.#prune(connection, now);
    });
  }

  usageOf(key: string, since: number): KeyUsage {
    return this.#read({ requests: [], marks: [] }, (connection) => ({
      requests: connection
        .prepare('SELECT * FROM request WHERE key = ? AND day >= ? ORDER BY day, endpoint, status')
        .all(key, since)
        .map((row) => ({
          day: Number(row.day),
          endpoint: String(row.endpoint),
          status: Number(row.status),
          count: Number(row.count),
          latencies: JSON.parse(String(row.latencies)) as number[],
        })),
      marks: connection
        .prepare('SELECT * FROM rate_mark WHERE key = ? AND day >= ? ORDER BY day')
        .all(key, since)
        .map((row) => ({ day: Number(row.day), limit: Number(row.most), used: Number(row.used) })),
    }));
  }

  /** The addresses that a key was used from, the last first. */
  addressesOf(key: string, limit = MOST_ADDRESSES): Omit<AddressUse, 'key'>[] {
    return this.#read([], (connection) =>
      connection
        .prepare('SELECT * FROM address WHERE key = ? ORDER BY last_at DESC, address LIMIT ?')
        .all(key, limit)
        .map((row) => ({
          address: String(row.address),
          firstAt: Number(row.first_at),
          lastAt: Number(row.last_at),
        })),
    );
  }

  /** What was sent to a key that may hold one of these stamps, oldest first. */
  deliveriesOf(key: string, stamps: readonly number[]): Omit<Delivery, 'key'>[] {
    const filters = new Map<string, DeliveryFilter>();
    const filterOf = (text: string): DeliveryFilter => {
      const filter = filters.get(text) ?? (JSON.parse(text) as DeliveryFilter);
      filters.set(text, filter);
      return filter;
    };
    return this.#read([], (connection) =>
      connection
        .prepare(
          `SELECT f.text, d.* FROM delivery AS d JOIN filter AS f ON f.id = d.filter
           WHERE d.key = ?1 AND d.upper >= ?2 AND EXISTS (SELECT 1 FROM json_each(?3) AS s WHERE s.value BETWEEN d.lower AND d.upper)
           ORDER BY d.first_at LIMIT ${MOST_DELIVERIES}`,
        )
        .all(key, Math.min(...stamps, Infinity), JSON.stringify(stamps))
        .map((row) => ({
          filter: filterOf(String(row.text)),
          lower: Number(row.lower),
          upper: Number(row.upper),
          firstAt: Number(row.first_at),
          lastAt: Number(row.last_at),
          answers: Number(row.answers),
        })),
    );
  }

  close(): void {
    this.#opened?.close();
  }

  #open(): Connection | undefined {
    if (this.#opened !== undefined) return this.#opened;
    if (this.#readOnly && !existsSync(this.#path)) return undefined;
    const connection = new Connection(this.#path, { readOnly: this.#readOnly, sync: 'NORMAL' });
    try {
      if (!this.#readOnly) connection.write(() => connection.db.exec(SCHEMA));
    } catch (error) {
      connection.close();
      throw error;
    }
    this.#opened = connection;
    return connection;
  }

  #read<T>(nothing: T, work: (connection: Connection) => T): T {
    const connection = this.#open();
    return connection === undefined ? nothing : connection.read(() => work(connection));
  }

  #count(connection: Connection, each: UsageBatch['requests'][number]): void {
    const { key, day, endpoint, status, count, latencies } = each;
    const before = connection
      .prepare('SELECT latencies FROM request WHERE key = ? AND day = ? AND endpoint = ? AND status = ?')
      .get(key, day, endpoint, status);
    const known = before === undefined ? [] : (JSON.parse(String(before.latencies)) as number[]);
    connection
      .prepare(
        `INSERT INTO request (key, day, endpoint, status, count, latencies) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
         SET count = count + excluded.count, latencies = excluded.latencies`,
      )
      .run(key, day, endpoint, status, count, JSON.stringify(addLatencies(known, latencies)));
  }

  #forgetAddresses(connection: Connection, key: string): void {
    connection
      .prepare(
        `DELETE FROM address WHERE key = ?1 AND address IN
           (SELECT address FROM address WHERE key = ?1 ORDER BY last_at DESC LIMIT -1 OFFSET ${MOST_ADDRESSES})`,
      )
      .run(key);
  }

  /** Notes a delivery, in one row with another of the same hour that it overlaps or goes on from. */
  #deliver(connection: Connection, { key, filter, lower, upper, firstAt, lastAt, answers }: Delivery): void {
    const text = JSON.stringify(filter);
    connection.prepare('INSERT OR IGNORE INTO filter (text) VALUES (?)').run(text);
    const { id } = connection.prepare('SELECT id FROM filter WHERE text = ?').get(text)!;
    const merged = connection
      .prepare(
        `UPDATE delivery SET lower = min(lower, ?3), upper = max(upper, ?4), first_at = min(first_at, ?5), last_at = max(last_at, ?6),
           answers = answers + ?7
         WHERE id = (SELECT id FROM delivery WHERE key = ?1 AND filter = ?2 AND first_at BETWEEN ?6 - ${MERGED} AND ?5 + ${MERGED}
           AND last_at <= ?5 + ${MERGED} AND lower <= ?4 + 1 AND upper >= ?3 - 1 ORDER BY first_at DESC LIMIT 1)`,
      )
      .run(key, id!, lower, upper, firstAt, lastAt, answers);
    if (Number(merged.changes) > 0) return;
    connection
      .prepare(
        'INSERT INTO delivery (key, filter, lower, upper, first_at, last_at, answers) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(key, id!, lower, upper, firstAt, lastAt, answers);
  }

  #prune(connection: Connection, now: number): void {
    const before = now - USAGE_KEPT;
    connection.prepare('DELETE FROM request WHERE day < ?').run(before);
    connection.prepare('DELETE FROM rate_mark WHERE day < ?').run(before);
    connection.prepare('DELETE FROM address WHERE last_at < ?').run(before);
    connection.prepare('DELETE FROM delivery WHERE last_at < ?').run(before);
    connection.prepare('DELETE FROM filter WHERE id NOT IN (SELECT filter FROM delivery)').run();
    this.#prunedAt = now;
  }
}
