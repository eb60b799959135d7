import { type Connection, NEVER } from '../connection.ts';
import { readState, writeState } from './database.ts';

/** So many items are joined in one run: few enough that the ends of a list, which no run covers, are short. */
export const RUN = 250;

/**
 * Joins the texts of what was listed last, run by run, inside the caller's transaction. A run has all items between two stamps, none of
 * them replaced.
 */
export function joinRuns(connection: Connection): void {
  let after = Number(readState(connection, 'joined_to') ?? 0);
  for (;;) {
    const row = connection
      .prepare(
        `SELECT min(stamp) AS first, max(stamp) AS last, count(*) AS count, min(until) = ${NEVER} AS whole,
           CAST(group_concat(value, char(10)) AS BLOB) AS value, CAST(group_concat(csv, char(13, 10)) AS BLOB) AS csv
         FROM (SELECT stamp, until, value, csv FROM item WHERE stamp > ? ORDER BY stamp LIMIT ${RUN})`,
      )
      .get(after)!;
    if (Number(row.count) < RUN) return;
    const { first, last } = row as { first: number; last: number };
    if (row.whole === 1) {
      connection
        .prepare('INSERT INTO run (first, last, after, count, value, csv) VALUES (?, ?, ?, ?, ?, ?)')
        .run(first, last, after, RUN, row.value as Uint8Array, row.csv as Uint8Array);
    }
    after = last;
    writeState(connection, 'joined_to', after);
  }
}
