import { randomUUID } from 'node:crypto';

import { TIERS, type TierName } from '../../model/tier.ts';
import {
  type KeyChange,
  type KeyRecord,
  type KeyRotation,
  type NewKey,
  type OwnedKey,
  StoreError,
} from '../store.ts';
import type { Connection } from './connection.ts';

/** So many revoked keys of an account are remembered: those revoked last. */
const MOST_REVOKED = 500;

/** API keys: only a hash and a prefix of each are kept. Writes happen inside the caller's transaction. */
export class KeyRows {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Adds a key. Throws `StoreError` when the account holds as many as its tier allows. */
  create(key: NewKey, now: number): KeyRecord {
    const held = this.#connection
      // One that is being rotated counts no more: its successor does.
      .prepare(
        'SELECT count(*) AS count FROM api_key WHERE account = ? AND tier = ? AND revoked_at IS NULL AND successor IS NULL',
      )
      .get(key.account, key.tier)!;
    const { keysPerAccount, label } = TIERS[key.tier];
    if (Number(held.count) >= keysPerAccount) {
      throw new StoreError(
        'limit_reached',
        `account ${key.account} already holds ${keysPerAccount} ${label} keys, which is as many as it may: revoke one first`,
      );
    }
    return this.#insert(key, now);
  }

  #insert(key: NewKey, now: number): KeyRecord {
    this.#forgetRevoked(key.account);
    const id = randomUUID();
    this.#connection
      .prepare(
        'INSERT INTO api_key (id, hash, prefix, account, name, tier, created_at, expires_at, networks, can_write) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        id,
        key.hash,
        key.prefix,
        key.account,
        key.name,
        key.tier,
        now,
        key.expiresAt ?? null,
        JSON.stringify(key.allowedNetworks),
        key.canWrite === true ? 1 : 0,
      );
    const { hash: _hash, ...rest } = key;
    return { ...rest, id, createdAt: now };
  }

  /** To who asks, a key that is forgotten is as invalid as one that is revoked. */
  #forgetRevoked(account: string): void {
    this.#connection
      .prepare(
        `DELETE FROM api_key WHERE account = ?1 AND id IN
           (SELECT id FROM api_key WHERE account = ?1 AND revoked_at IS NOT NULL ORDER BY revoked_at DESC LIMIT -1 OFFSET ${MOST_REVOKED})`,
      )
      .run(account);
  }

  find(hash: Uint8Array): KeyRecord | undefined {
    const row = this.#connection.read(() =>
      this.#connection.prepare('SELECT * FROM api_key WHERE hash = ?').get(hash),
    );
    return row === undefined ? undefined : keyRecord(row);
  }

  /** All keys, oldest first. */
  list(): KeyRecord[] {
    return this.#connection.read(() =>
      this.#connection.prepare('SELECT * FROM api_key ORDER BY created_at, id').all().map(keyRecord),
    );
  }

  /** The keys of an account, oldest first. */
  ofAccount(account: string): KeyRecord[] {
    return this.#connection
      .prepare('SELECT * FROM api_key WHERE account = ? ORDER BY created_at, id')
      .all(account)
      .map(keyRecord);
  }

  /** Changes a key of an account. Throws `StoreError` for one that is revoked, unless it is to be revoked. */
  change(owned: OwnedKey, change: KeyChange, now: number): KeyRecord | undefined {
    const key = this.#owned(owned);
    if (key === undefined) return undefined;
    if (key.revokedAt !== undefined) {
      if (change.revoked === true) return key;
      throw new StoreError('conflict', 'the key is revoked, which is for good: make another');
    }
    if (key.successor !== undefined && change.expiresAt === null)
      throw new StoreError('conflict', 'the key was rotated, so it ends: choose another date');
    const { name = key.name, allowedNetworks = key.allowedNetworks, revoked } = change;
    const expiresAt = change.expiresAt === undefined ? (key.expiresAt ?? null) : change.expiresAt;
    this.#connection
      .prepare('UPDATE api_key SET name = ?, networks = ?, expires_at = ?, revoked_at = ? WHERE id = ?')
      .run(name, JSON.stringify(allowedNetworks), expiresAt, revoked === true ? now : null, key.id);
    return this.#owned(owned);
  }

  /** See `KeyManagement.rotateKey`. */
  rotate(
    owned: OwnedKey,
    successor: { readonly hash: Uint8Array; readonly prefix: string },
    deadline: number,
    now: number,
  ): KeyRotation | undefined {
    const key = this.#owned(owned);
    if (key === undefined) return undefined;
    if (key.revokedAt !== undefined || (key.expiresAt ?? Infinity) <= now)
      throw new StoreError('conflict', 'the key is revoked or expired: make another');
    if (key.successor !== undefined || this.#beingReplaced(key.id, now))
      throw new StoreError('conflict', 'the key is part of a rotation that has not ended');
    const { account, name, tier, allowedNetworks, createdAt, expiresAt } = key;
    const life = expiresAt === undefined ? {} : { expiresAt: now + expiresAt - createdAt };
    const made = this.#insert({ account, name, tier, allowedNetworks, ...life, ...successor }, now);
    this.#connection
      .prepare('UPDATE api_key SET successor = ?, expires_at = ? WHERE id = ?')
      .run(made.id, Math.min(deadline, key.expiresAt ?? Infinity), key.id);
    return { old: this.#owned(owned)!, successor: made };
  }

  /** Keys with a successor that are still in force. */
  rotating(now: number): KeyRecord[] {
    return this.#connection
      .prepare('SELECT * FROM api_key WHERE successor IS NOT NULL AND revoked_at IS NULL AND expires_at > ?')
      .all(now)
      .map(keyRecord);
  }

  /** Whether the key took over from one that is still in force. */
  #beingReplaced(id: string, now: number): boolean {
    const row = this.#connection
      .prepare('SELECT 1 FROM api_key WHERE successor = ? AND revoked_at IS NULL AND expires_at > ?')
      .get(id, now);
    return row !== undefined;
  }

  #owned({ account, id }: OwnedKey): KeyRecord | undefined {
    const row = this.#connection
      .prepare('SELECT * FROM api_key WHERE id = ? AND account = ?')
      .get(id, account);
    return row === undefined ? undefined : keyRecord(row);
  }

  /** Revokes the key with this id or prefix. Throws `StoreError` when several have the prefix. */
  revoke(idOrPrefix: string, now: number): KeyRecord | undefined {
    const rows = this.#connection
      .prepare('SELECT * FROM api_key WHERE id = ?1 OR prefix = ?1')
      .all(idOrPrefix)
      .map(keyRecord);
    const [key, other] = rows;
    if (key === undefined) return undefined;
    if (other !== undefined) {
      throw new StoreError('ambiguous', `several keys begin with ${idOrPrefix}: give the id of one of them`);
    }
    this.#connection
      .prepare('UPDATE api_key SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?')
      .run(now, key.id);
    return { ...key, revokedAt: key.revokedAt ?? now };
  }
}

function keyRecord(row: Record<string, unknown>): KeyRecord {
  return {
    id: String(row.id),
    prefix: String(row.prefix),
    account: String(row.account),
    name: String(row.name),
    tier: row.tier as TierName,
    createdAt: Number(row.created_at),
    ...(row.expires_at !== null && { expiresAt: Number(row.expires_at) }),
    ...(row.revoked_at !== null && { revokedAt: Number(row.revoked_at) }),
    allowedNetworks: JSON.parse(String(row.networks)) as string[],
    ...(row.successor !== null && { successor: String(row.successor) }),
    ...(Number(row.can_write) === 1 && { canWrite: true }),
  };
}
