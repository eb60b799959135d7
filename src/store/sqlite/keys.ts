import { randomUUID } from 'node:crypto';

import { TIERS, type TierName } from '../../model/tier.ts';
import { type KeyRecord, type NewKey, StoreError } from '../store.ts';
import type { Connection } from './connection.ts';

/** API keys: only a hash and a prefix of each are kept. Writes happen inside the caller's transaction. */
export class KeyRows {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Adds a key. Throws `StoreError` when the account holds as many as its tier allows. */
  create(key: NewKey, now: number): KeyRecord {
    const held = this.#connection
      .prepare('SELECT count(*) AS count FROM api_key WHERE account = ? AND tier = ? AND revoked_at IS NULL')
      .get(key.account, key.tier)!;
    const { keysPerAccount, label } = TIERS[key.tier];
    if (Number(held.count) >= keysPerAccount) {
      throw new StoreError(
        'limit_reached',
        `account ${key.account} already holds ${keysPerAccount} ${label} keys, which is as many as it may: revoke one first`,
      );
    }
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
    ...(Number(row.can_write) === 1 && { canWrite: true }),
  };
}
