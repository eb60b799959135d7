import type { TierName } from '../../model/tier.ts';
import {
  type AccountRecord,
  type NewAccount,
  type NewSession,
  type SessionRecord,
  StoreError,
} from '../store.ts';
import type { Connection } from './connection.ts';

/** So many browsers are known of an account. */
const MOST_DEVICES = 20;

/** So many sessions an account may have at once: the one begun first is ended for a new one. */
const MOST_SESSIONS = 20;

/** Accounts and sessions. Writes happen inside the caller's transaction. */
export class AccountRows {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  create({ name, tier, password }: NewAccount, now: number): AccountRecord {
    if (this.find(name) !== undefined)
      throw new StoreError('conflict', `there is an account ${name} already`);
    this.#connection
      .prepare('INSERT INTO account (name, tier, password, created_at, password_at) VALUES (?, ?, ?, ?, ?)')
      .run(name, tier, password, now, now);
    return { name, tier, createdAt: now, passwordAt: now };
  }

  find(name: string): (AccountRecord & { readonly password: string }) | undefined {
    const row = this.#connection.prepare('SELECT * FROM account WHERE name = ?').get(name);
    return row === undefined ? undefined : { ...accountRecord(row), password: String(row.password) };
  }

  list(): AccountRecord[] {
    return this.#connection.prepare('SELECT * FROM account ORDER BY name').all().map(accountRecord);
  }

  setPassword(name: string, password: string, now: number): boolean {
    const account = this.find(name);
    if (account === undefined) return false;
    // Later in any case, so that a session under way for the old password does not begin.
    const at = Math.max(now, account.passwordAt + 1);
    this.#connection
      .prepare('UPDATE account SET password = ?, password_at = ? WHERE name = ?')
      .run(password, at, name);
    this.#forget(name);
    return true;
  }

  remove(name: string): boolean {
    this.#forget(name);
    return this.#changes('DELETE FROM account WHERE name = ?', name) > 0;
  }

  beginSession({ hash, account, passwordAt, device }: NewSession, now: number): boolean {
    if (this.find(account)?.passwordAt !== passwordAt) return false;
    this.#connection
      .prepare('INSERT INTO session (hash, account, created_at, used_at) VALUES (?, ?, ?, ?)')
      .run(hash, account, now, now);
    this.#connection
      .prepare(
        `INSERT INTO device (hash, account, used_at) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET account = excluded.account, used_at = excluded.used_at`,
      )
      .run(device, account, now);
    this.#changes(
      `DELETE FROM session WHERE account = ?1 AND hash NOT IN
         (SELECT hash FROM session WHERE account = ?1 ORDER BY created_at DESC, hash = ?2 DESC LIMIT ${MOST_SESSIONS})`,
      account,
      hash,
    );
    this.#changes(
      `DELETE FROM device WHERE account = ?1 AND hash NOT IN
         (SELECT hash FROM device WHERE account = ?1 ORDER BY used_at DESC, hash = ?2 DESC LIMIT ${MOST_DEVICES})`,
      account,
      device,
    );
    return true;
  }

  findSession(hash: Uint8Array): SessionRecord | undefined {
    const row = this.#connection
      .prepare(
        'SELECT s.account, a.tier, s.created_at, s.used_at FROM session AS s JOIN account AS a ON a.name = s.account WHERE s.hash = ?',
      )
      .get(hash);
    if (row === undefined) return undefined;
    const { account, tier, created_at: createdAt, used_at: usedAt } = row;
    return {
      account: String(account),
      tier: tier as TierName,
      createdAt: Number(createdAt),
      usedAt: Number(usedAt),
    };
  }

  knowsDevice(hash: Uint8Array, account: string, since: number): boolean {
    const row = this.#connection
      .prepare('SELECT 1 FROM device WHERE hash = ? AND account = ? AND used_at >= ?')
      .get(hash, account, since);
    return row !== undefined;
  }

  touchSession(hash: Uint8Array, now: number): void {
    this.#changes('UPDATE session SET used_at = max(used_at, ?) WHERE hash = ?', now, hash);
  }

  endSession(hash: Uint8Array): boolean {
    return this.#changes('DELETE FROM session WHERE hash = ?', hash) > 0;
  }

  forget({ idle, begun, seen }: { idle: number; begun: number; seen: number }): number {
    this.#changes('DELETE FROM device WHERE used_at < ?', seen);
    return this.#changes('DELETE FROM session WHERE used_at <= ? OR created_at <= ?', idle, begun);
  }

  #forget(account: string): void {
    this.#changes('DELETE FROM session WHERE account = ?', account);
    this.#changes('DELETE FROM device WHERE account = ?', account);
  }

  #changes(sql: string, ...parameters: (string | number | Uint8Array)[]): number {
    return Number(this.#connection.prepare(sql).run(...parameters).changes);
  }
}

function accountRecord(row: Record<string, unknown>): AccountRecord {
  return {
    name: String(row.name),
    tier: row.tier as TierName,
    createdAt: Number(row.created_at),
    passwordAt: Number(row.password_at),
  };
}
