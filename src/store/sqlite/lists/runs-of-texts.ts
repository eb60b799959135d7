import { type Connection, NEVER } from '../connection.ts';
import { readState, writeState } from './database.ts';

/** So many items are joined in one run: few enough that what was not joined yet, and a run with a replaced item, are soon read one by one. */
export const RUN = 250;

/** How the texts of a run are joined, by the table that has them. */
const JOINED = {
  run_value: 'group_concat(value, char(10))',
  run_csv: 'group_concat(csv, char(13, 10))',
} as const;

const RUN_OF = '(SELECT max(first) FROM run WHERE first <= ?)';

/**
 * Joins the texts of what was listed last, run by run, inside the caller's transaction. A run has all items between two stamps, and the
 * texts of those that are live; it is whole while none of them is replaced.
 */
export function joinRuns(connection: Connection): void {
  let after = Number(readState(connection, 'joined_to') ?? 0);
  const find = connection.prepare(
    `SELECT min(stamp) AS first, max(stamp) AS last, count(*) AS count FROM (SELECT stamp FROM item WHERE stamp > ? ORDER BY stamp LIMIT ${RUN})`,
  );
  for (;;) {
    const { first, last, count } = find.get(after)! as { first: number; last: number; count: number };
    if (count < RUN) return;
    connection
      .prepare('INSERT INTO run (first, last, count, live, expires, whole) VALUES (?, ?, 0, 0, 0, 0)')
      .run(first, last);
    join(connection, first, last);
    after = last;
    writeState(connection, 'joined_to', after);
  }
}

/** Notes that an item is replaced: as long as it is there, the run that has it is not given as a whole. */
export function takeApart(connection: Connection, stamp: number): void {
  connection.prepare(`UPDATE run SET whole = 0 WHERE first = ${RUN_OF} AND last >= ?`).run(stamp, stamp);
}

/** Joins the runs of items once more, when these have been cleared away or have expired. */
export function joinAgain(connection: Connection, stamps: readonly number[]): void {
  const find = connection.prepare(`SELECT first, last FROM run WHERE first = ${RUN_OF} AND last >= ?`);
  const runs = new Map<number, number>();
  for (const stamp of stamps) {
    const run = find.get(stamp, stamp);
    if (run !== undefined) runs.set(Number(run.first), Number(run.last));
  }
  for (const [first, last] of runs) join(connection, first, last);
}

function join(connection: Connection, first: number, last: number): void {
  connection
    .prepare(
      `UPDATE run SET (count, live, expires, whole) =
         (SELECT count(*), CAST(total(live) AS INTEGER), coalesce(min(CASE live WHEN 1 THEN expires END), ${NEVER}), coalesce(min(until) = ${NEVER}, 1)
          FROM item WHERE stamp BETWEEN ?1 AND ?2) WHERE first = ?1`,
    )
    .run(first, last);
  for (const [table, joined] of Object.entries(JOINED))
    connection
      .prepare(
        `INSERT INTO ${table} (first, text) SELECT ?1, ${joined} FROM item WHERE stamp BETWEEN ?1 AND ?2 AND live = 1
         ON CONFLICT DO UPDATE SET text = excluded.text`,
      )
      .run(first, last);
  mark(connection, first, last);
}

/** Notes where each text of a run ends, so that a part of it can be cut out. */
function mark(connection: Connection, first: number, last: number): void {
  const items = connection
    .prepare(
      'SELECT stamp, octet_length(value) AS value, octet_length(csv) AS csv FROM item WHERE stamp BETWEEN ? AND ? AND live = 1 ORDER BY stamp',
    )
    .all(first, last) as { stamp: number; value: number; csv: number }[];
  connection
    .prepare('INSERT OR REPLACE INTO run_marks (first, stamps, run_value, run_csv) VALUES (?, ?, ?, ?)')
    .run(
      first,
      bytesOf(Float64Array.from(items, ({ stamp }) => stamp)),
      bytesOf(
        endsOf(
          items.map(({ value }) => value),
          1,
        ),
      ),
      bytesOf(
        endsOf(
          items.map(({ csv }) => csv),
          2,
        ),
      ),
    );
}

/** Behind each of texts of these lengths, joined by a separator, in bytes. */
function endsOf(lengths: readonly number[], separator: number): Uint32Array {
  let end = -separator;
  return Uint32Array.from(lengths, (length) => (end += separator + length));
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
