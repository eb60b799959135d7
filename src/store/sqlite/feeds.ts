import type { FeedRecord, FeedSettlement } from '../store.ts';
import type { Connection } from './connection.ts';

/** Feeds and who runs them, inside the caller's transaction. */
export class FeedRows {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  sync(feeds: readonly { readonly name: string; readonly enabled: boolean }[], now: number): void {
    const put = this.#connection.prepare(
      `INSERT INTO feed (name, enabled, next_at) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET enabled = coalesce(wanted, excluded.enabled) WHERE definition IS NULL`,
    );
    for (const { name, enabled } of feeds) put.run(name, Number(enabled), now);
    const known = new Set(feeds.map(({ name }) => name));
    for (const { name, definition } of this.list())
      if (definition === undefined && !known.has(name))
        this.#connection.prepare('DELETE FROM feed WHERE name = ?').run(name);
  }

  put(name: string, definition: string, now: number): void {
    this.#connection
      .prepare(
        `INSERT INTO feed (name, definition, wanted, enabled, next_at) VALUES (?, ?, 1, 1, ?)
         ON CONFLICT DO UPDATE SET definition = excluded.definition, next_at = excluded.next_at, bookmark = NULL`,
      )
      .run(name, definition, now);
  }

  remove(name: string): boolean {
    const result = this.#connection
      .prepare('DELETE FROM feed WHERE name = ? AND definition IS NOT NULL')
      .run(name);
    return Number(result.changes) > 0;
  }

  enable(name: string, enabled: boolean, now: number): boolean {
    const sql =
      'UPDATE feed SET wanted = ?, enabled = ?, next_at = CASE WHEN ? THEN ? ELSE next_at END WHERE name = ?';
    const on = Number(enabled);
    return Number(this.#connection.prepare(sql).run(on, on, on, now, name).changes) > 0;
  }

  /** A lease that has run out is free: whoever held it is refused what it writes from then on. */
  claim(owner: string, now: number, lease: number, name?: string): FeedRecord | undefined {
    const free = '(owner IS NULL OR lease_until <= ?)';
    const row =
      name === undefined
        ? this.#connection
            .prepare(
              `SELECT name FROM feed INDEXED BY feed_due WHERE enabled = 1 AND next_at <= ? AND ${free} ORDER BY next_at LIMIT 1`,
            )
            .get(now, now)
        : this.#connection.prepare(`SELECT name FROM feed WHERE name = ? AND ${free}`).get(name, now);
    if (row === undefined) return undefined;
    const claimed = this.#connection
      .prepare('UPDATE feed SET owner = ?, lease_until = ? WHERE name = ? RETURNING *')
      .get(owner, now + lease, String(row.name))!;
    return feedOfRow(claimed);
  }

  renew(name: string, owner: string, until: number): boolean {
    const result = this.#connection
      .prepare('UPDATE feed SET lease_until = ? WHERE name = ? AND owner = ?')
      .run(until, name, owner);
    return Number(result.changes) > 0;
  }

  settle(name: string, owner: string, outcome: FeedSettlement): void {
    const { state, reason, nextAt, checkedAt, failures, goodAt, goodRun, changedAt, bookmark } = outcome;
    this.#connection
      .prepare(
        `UPDATE feed SET owner = NULL, lease_until = 0, state = ?, reason = ?, next_at = ?, checked_at = ?, failures = ?,
           good_at = coalesce(?, good_at), good_run = coalesce(?, good_run), changed_at = coalesce(?, changed_at),
           bookmark = coalesce(?, bookmark)
         WHERE name = ? AND owner = ?`,
      )
      .run(
        state,
        reason ?? null,
        nextAt,
        checkedAt,
        failures,
        goodAt ?? null,
        goodRun ?? null,
        changedAt ?? null,
        bookmark ?? null,
        name,
        owner,
      );
  }

  list(): FeedRecord[] {
    return this.#connection.prepare('SELECT * FROM feed ORDER BY name').all().map(feedOfRow);
  }
}

function feedOfRow(row: Record<string, unknown>): FeedRecord {
  const text = (column: string): string | undefined =>
    row[column] === null ? undefined : String(row[column]);
  const number = (column: string): number | undefined =>
    row[column] === null ? undefined : Number(row[column]);
  const optional = {
    definition: text('definition'),
    owner: text('owner'),
    bookmark: text('bookmark'),
    reason: text('reason'),
    checkedAt: number('checked_at'),
    goodAt: number('good_at'),
    goodRun: number('good_run'),
    changedAt: number('changed_at'),
  };
  return {
    name: String(row.name),
    enabled: Number(row.enabled) === 1,
    nextAt: Number(row.next_at),
    leaseUntil: Number(row.lease_until),
    failures: Number(row.failures),
    state: String(row.state),
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== undefined),
    ) as Partial<FeedRecord>),
  };
}
