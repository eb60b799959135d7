import type { SQLInputValue } from 'node:sqlite';

import type { Connection } from './connection.ts';

/** So many rows go into one statement: more of them gain nothing. */
const AT_ONCE = 16;

/** A table and those of its columns that rows are inserted with. */
export class Insertion {
  readonly width: number;
  readonly one: string;
  readonly many: string;

  constructor(table: string, columns: readonly string[]) {
    this.width = columns.length;
    const row = `(${columns.map(() => '?').join(', ')})`;
    // To fail and leave the rows before it is enough where the transaction is undone as a whole: so SQLite keeps no
    // copy of each page that the statement changes.
    const into = `INSERT OR FAIL INTO ${table} (${columns.join(', ')}) VALUES `;
    this.one = into + row;
    this.many = into + Array<string>(AT_ONCE).fill(row).join(', ');
  }
}

/**
 * Rows that are inserted several at a time, inside the caller's transaction: SQLite then opens a table and its indexes once for
 * all of them, and finds its place at their ends without looking for it. Whoever makes it calls `flush` in the end, and rolls back
 * when anything throws.
 */
export class ManyRows {
  readonly #connection: Connection;
  readonly #insertion: Insertion;
  #values: SQLInputValue[] = [];

  constructor(connection: Connection, insertion: Insertion) {
    this.#connection = connection;
    this.#insertion = insertion;
  }

  /** Adds a row, its values in the order of the columns. */
  add(...row: readonly SQLInputValue[]): void {
    this.#values.push(...row);
    if (this.#values.length < AT_ONCE * this.#insertion.width) return;
    this.#connection.prepare(this.#insertion.many).run(...this.#values);
    this.#values = [];
  }

  /** Inserts what was added and is not inserted yet. */
  flush(): void {
    const { width, one } = this.#insertion;
    for (let start = 0; start < this.#values.length; start += width)
      this.#connection.prepare(one).run(...this.#values.slice(start, start + width));
    this.#values = [];
  }
}
