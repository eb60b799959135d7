import { type Connection, NEVER } from '../connection.ts';
import { readState, writeState } from './database.ts';

/** So many items are joined in one run: few enough that the ends of a list, which no run covers, are short. */
export const RUN = 125;

const JOINED = `count(*), coalesce(min(until) = ${NEVER}, 1), group_concat(value, char(10)), group_concat(csv, char(13, 10))`;

/**
 * Joins the texts of what was listed last, run by run, inside the caller's transaction. A run has all items between two stamps; it is
 * whole while none of them is replaced.
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
      .prepare(
        `INSERT INTO run (first, last, after, count, whole, value, csv)
         SELECT ?1, ?2, ?3, ${JOINED} FROM item WHERE stamp BETWEEN ?1 AND ?2`,
      )
      .run(first, last, after);
    after = last;
    writeState(connection, 'joined_to', after);
  }
}

/** Notes that an item is replaced: as long as it is there, the run that has it is not given as a whole. */
export function takeApart(connection: Connection, stamp: number): void {
  connection.prepare(`UPDATE run SET whole = 0 WHERE first = ${RUN_OF} AND last >= ?1`).run(stamp);
}

/** Joins the run that had an item once more, when it has been cleared away. */
export function joinAgain(connection: Connection, stamp: number): void {
  connection
    .prepare(
      `UPDATE run SET (count, whole, value, csv) = (SELECT ${JOINED} FROM item WHERE stamp BETWEEN run.first AND run.last)
       WHERE first = ${RUN_OF} AND last >= ?1`,
    )
    .run(stamp);
}

const RUN_OF = '(SELECT max(first) FROM run WHERE first <= ?1)';
