import type { Connection } from './connection.ts';

const HOUR = 3_600_000;

/** How far behind the present a store that nobody has read yet may begin to stamp. */
const UNPOLLED_REACH = 2 * HOUR;

/** Gives out publication stamps inside one write transaction; `finish` records the last one. */
export class StampSeries {
  readonly #connection: Connection;
  readonly #before: number;
  /** Whether consumers may have read up to the present, so that no stamp may lie in the past. */
  readonly polled: boolean;
  #last: number;

  /**
   * Goes on from the last stamp given. Where consumers read the store, a stamp lies at least `lead`
   * milliseconds ahead of `now`, so that the version is committed before it becomes visible; otherwise a first
   * load is stamped from the recent past on, and is complete at once.
   */
  constructor(connection: Connection, now: number, lead: number) {
    this.#connection = connection;
    this.polled = readMeta(connection, 'polled') !== undefined;
    const floor = this.polled ? now + lead : now - UNPOLLED_REACH;
    this.#last = Math.max(Number(readMeta(connection, 'last_stamp') ?? 0), floor);
    this.#before = this.#last;
  }

  /** The next stamp: unique, and greater than every one before. */
  next(): number {
    this.#last += 1;
    return this.#last;
  }

  /** The first stamp given by this series, whether or not it was asked for yet. */
  get first(): number {
    return this.#before + 1;
  }

  /** The last stamp given, or 0 when none was. */
  get last(): number {
    return this.#last === this.#before ? 0 : this.#last;
  }

  /** Records the last stamp given. To be called before the transaction commits. */
  finish(): void {
    if (this.last > 0) writeMeta(this.#connection, 'last_stamp', this.#last);
  }
}

/** A value that the store keeps about itself, or undefined. */
export function readMeta(connection: Connection, key: string): string | number | undefined {
  const row = connection.prepare('SELECT value FROM meta WHERE key = ?').get(key);
  return row === undefined ? undefined : (row.value as string | number);
}

/** Sets a value that the store keeps about itself. */
export function writeMeta(connection: Connection, key: string, value: string | number): void {
  connection
    .prepare('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
    .run(key, value);
}
