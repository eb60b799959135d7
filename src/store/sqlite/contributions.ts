import { type ContributionRecord, STATUS_KEPT } from '../../model/contribution.ts';
import type { Connection } from './connection.ts';

/** What became of contributions. Writes happen inside the caller's transaction. */
export class ContributionRows {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Keeps a status, and forgets those that are too old. */
  keep({ id, account, status }: ContributionRecord, now: number): void {
    this.#connection.prepare('DELETE FROM contribution WHERE made_at <= ?').run(now - STATUS_KEPT);
    this.#connection
      .prepare('INSERT INTO contribution (id, account, made_at, status) VALUES (?, ?, ?, ?)')
      .run(id, account, now, status);
  }

  find(id: string, now: number): ContributionRecord | undefined {
    const row = this.#connection.read(() =>
      this.#connection
        .prepare('SELECT id, account, status FROM contribution WHERE id = ? AND made_at > ?')
        .get(id, now - STATUS_KEPT),
    );
    return row && { id: String(row.id), account: String(row.account), status: String(row.status) };
  }
}
