import type { Connection } from '../connection.ts';

type TextTable = 'run_value' | 'run_csv';

/** Some of the items of a run, one after the other. */
export interface RunPart {
  /** The run's first stamp, by which it is known. */
  readonly run: number;
  readonly count: number;
  /** The stamps of the first and the last of them; 0 where there are none. */
  readonly first: number;
  readonly last: number;
  /** The last stamp that was looked at. */
  readonly to: number;
  /** Where their texts begin in that of the run, as `substr` counts bytes, and how long they are together. */
  readonly from: number;
  readonly length: number;
}

/** What is asked of a run: what lies strictly between two stamps and is live at a moment. */
interface Asked {
  readonly asOf: number;
  readonly above: number;
  readonly below: number;
}

interface Row {
  readonly first: number;
  readonly last: number;
  readonly stamps: Uint8Array;
  readonly ends: Uint8Array;
}

/** Cuts runs where a span ends within one, without looking at its items. A run that has others than are wanted is not cut. */
export class RunParts {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The first `most` of what is asked for that the run has which reaches over `above`, or else the next one. */
  after(asked: Asked, most: number): RunPart | undefined {
    const { above, below, asOf } = asked;
    if (above >= below - 1) return undefined;
    const row = this.#row(
      'r.first = coalesce((SELECT first FROM lists.run WHERE first = (SELECT max(first) FROM lists.run WHERE first <= ?1 + 1) AND last > ?1), (SELECT min(first) FROM lists.run WHERE first > ?1))',
      above,
      asOf,
    );
    return row === undefined || row.first >= below ? undefined : cut(row, asked, most, 0);
  }

  /** What is asked for of the run in which a stamp lies, with where it is in a table of texts that this stands between. */
  around(stamp: number, asked: Asked, table: TextTable = 'run_value', separator = 1): RunPart | undefined {
    const place = 'r.first = (SELECT max(first) FROM lists.run WHERE first <= ?1) AND r.last >= ?1';
    const row = this.#row(place, stamp, asked.asOf, table);
    return row && cut(row, asked, Infinity, separator);
  }

  #row(place: string, stamp: number, asOf: number, table: TextTable = 'run_value'): Row | undefined {
    return this.#connection
      .prepare(
        `SELECT r.first, r.last, m.stamps, m.${table} AS ends FROM lists.run AS r CROSS JOIN lists.run_marks AS m ON m.first = r.first
         WHERE ${place} AND r.whole = 1 AND r.expires > ?2`,
      )
      .get(stamp, asOf) as unknown as Row | undefined;
  }
}

function cut(row: Row, { above, below }: Asked, most: number, separator: number): RunPart {
  const stamps = new Float64Array(row.stamps.buffer);
  const ends = new Uint32Array(row.ends.buffer);
  const begin = placeOf(stamps, above + 1);
  const end = Math.min(placeOf(stamps, below), begin + most);
  const count = end - begin;
  const last = count > 0 ? stamps[end - 1]! : 0;
  const from = begin === 0 ? 0 : ends[begin - 1]! + separator;
  return {
    run: row.first,
    count,
    first: count > 0 ? stamps[begin]! : 0,
    last,
    to: count === most ? last : Math.min(row.last, below - 1),
    from: from + 1,
    length: count > 0 ? ends[end - 1]! - from : 0,
  };
}

/** The place of the first number that is not below a bound, in numbers that rise. */
function placeOf(numbers: Float64Array, bound: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
