import type { RejectionCode } from '../model/sighting.ts';
import { splitFields } from './csv-fields.ts';
import type { Line } from './lines.ts';

/** A quoted field may run over so many lines and characters. */
const MOST_LINES = 100;
const MOST_CHARACTERS = 1024 * 1024;

/** One logical record of a CSV file, one of its comment lines, or a line that is neither. */
export type CsvRecord =
  | { readonly kind: 'row'; readonly line: number; readonly fields: string[] }
  | { readonly kind: 'comment'; readonly line: number; readonly text: string }
  | {
      readonly kind: 'bad';
      readonly line: number;
      readonly code: RejectionCode;
      readonly reason: string;
      readonly sample: string;
    };

/**
 * Puts lines together into CSV records: quoted fields may hold line ends, `#` begins a comment line, blank lines
 * do not count. A quote that is not closed within 100 lines or 1 MiB, or by the end, costs its own line only: reading
 * goes on with the line after it.
 */
export async function* csvRecords(
  blocks: AsyncIterable<readonly Line[]>,
  delimiter: string,
): AsyncGenerator<CsvRecord[]> {
  const assembler = new RecordAssembler(delimiter);
  for await (const lines of blocks) {
    const records = assembler.push(lines);
    if (records.length > 0) yield records;
  }
  const rest = assembler.end();
  if (rest.length > 0) yield rest;
}

class RecordAssembler {
  readonly #delimiter: string;
  #records: CsvRecord[] = [];
  #fields: string[] = [];
  #open: string | undefined;
  /** The lines of the record that is still open. */
  #held: Line[] = [];
  #size = 0;
  /** Up to this line no record runs over several lines, so that each line is looked at no more than twice. */
  #singleUntil = 0;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  push(lines: readonly Line[]): CsvRecord[] {
    for (const line of lines) this.#take(line);
    return this.#handOver();
  }

  end(): CsvRecord[] {
    while (this.#held.length > 0) this.#giveUp();
    return this.#handOver();
  }

  #handOver(): CsvRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  #take(line: Line): void {
    if (this.#held.length === 0) this.#begin(line);
    else this.#goOn(line);
  }

  #begin(line: Line): void {
    const { number, text } = line;
    if (line.oversized === true) {
      this.#reject(line, 'oversized_record', 'the line is longer than 1 MiB');
      return;
    }
    if (text.startsWith('#')) {
      this.#records.push({ kind: 'comment', line: number, text });
      return;
    }
    if (text === '' || text.trim() === '') return;
    const fields: string[] = [];
    const outcome = splitFields(text, this.#delimiter, fields);
    if (outcome === 'done') this.#records.push({ kind: 'row', line: number, fields });
    else if (outcome === 'bad') this.#reject(line, 'malformed_record', 'text follows a closing quote');
    else if (number <= this.#singleUntil) this.#reject(line, 'malformed_record', 'a quote is not closed');
    else this.#hold(line, fields, outcome.open);
  }

  #hold(line: Line, fields: string[], open: string): void {
    this.#held = [line];
    this.#fields = fields;
    this.#open = open;
    this.#size = line.text.length;
  }

  #goOn(line: Line): void {
    this.#held.push(line);
    this.#size += line.text.length + 1;
    if (line.oversized === true || this.#held.length > MOST_LINES || this.#size > MOST_CHARACTERS) {
      this.#giveUp();
      return;
    }
    const outcome = splitFields(line.text, this.#delimiter, this.#fields, this.#open);
    if (outcome === 'bad') this.#giveUp();
    else if (outcome === 'done') {
      this.#records.push({ kind: 'row', line: this.#held[0]!.number, fields: this.#fields });
      this.#held = [];
    } else this.#open = outcome.open;
  }

  /** The first held line is bad; the others are read again, each by itself, but for the last. */
  #giveUp(): void {
    const [first, ...others] = this.#held;
    this.#held = [];
    this.#reject(first!, 'malformed_record', 'a quote is not closed');
    this.#singleUntil = Math.max(this.#singleUntil, (others.at(-1)?.number ?? 0) - 1);
    for (const line of others) this.#take(line);
  }

  #reject(line: Line, code: RejectionCode, reason: string): void {
    this.#records.push({ kind: 'bad', line: line.number, code, reason, sample: line.text.slice(0, 200) });
  }
}
