import type { OperatorEntry } from '../../model/operator-entry.ts';
import type { Connection } from './connection.ts';

/** The operator's lists, inside the caller's transaction. */
export class OperatorEntries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  put({ list, value, comment, owner, createdAt, expiresAt }: OperatorEntry): void {
    this.#connection
      .prepare(
        `INSERT INTO operator_entry (list, value, comment, owner, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET comment = excluded.comment, owner = excluded.owner, created_at = excluded.created_at,
           expires_at = excluded.expires_at`,
      )
      .run(list, value, comment ?? null, owner ?? null, createdAt, expiresAt ?? null);
  }

  remove(list: OperatorEntry['list'], value: string): boolean {
    const result = this.#connection
      .prepare('DELETE FROM operator_entry WHERE list = ? AND value = ?')
      .run(list, value);
    return Number(result.changes) > 0;
  }

  list(): OperatorEntry[] {
    return this.#connection
      .prepare('SELECT * FROM operator_entry ORDER BY list, value')
      .all()
      .map((row) => ({
        list: row.list as OperatorEntry['list'],
        value: String(row.value),
        ...(row.comment !== null && { comment: String(row.comment) }),
        ...(row.owner !== null && { owner: String(row.owner) }),
        createdAt: Number(row.created_at),
        ...(row.expires_at !== null && { expiresAt: Number(row.expires_at) }),
      }));
  }
}
