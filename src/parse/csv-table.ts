import { csvRecords, type CsvRecord } from './csv-records.ts';
import { splitFields } from './csv-fields.ts';
import { InputError, type ByteStream, type ReadItem, type ReadOptions } from './format.ts';
import { readLines } from './lines.ts';
import { inBatches, rejectionItem } from './read-item.ts';

/** Turns one row into items and adds them to `items`. */
export type RowReader = (fields: readonly string[], place: string, items: ReadItem[]) => void;

/** Where a header's columns stand. Names are compared in lower case. */
export class Columns {
  readonly count: number;
  readonly #positions = new Map<string, number>();

  constructor(names: readonly string[]) {
    this.count = names.length;
    for (const [position, name] of names.entries()) {
      const key = name.trim().toLowerCase();
      if (!this.#positions.has(key)) this.#positions.set(key, position);
    }
  }

  has(...names: readonly string[]): boolean {
    return names.every((name) => this.#positions.has(name));
  }

  /** The position of the first of these names that there is; -1, where no field stands, when there is none. */
  at(...names: readonly string[]): number {
    for (const name of names) {
      const position = this.#positions.get(name);
      if (position !== undefined) return position;
    }
    return -1;
  }
}

/** The layout of a feed's CSV: comma-separated, its header a comment or a row. */
export interface CsvLayout {
  /** A line that names all columns of one of these lists is the header. Lower case. */
  readonly headers: readonly (readonly string[])[];
  /** How many fields a row may have that the header does not name. */
  readonly unnamed?: number;
  readonly rows: (columns: Columns, options: ReadOptions) => RowReader;
}

/** Whether the beginning of a text has a header of the layout. */
export function hasHeader(head: string, layout: CsvLayout): boolean {
  for (const line of head.split(/\r\n|\r|\n/, 200)) {
    if (headerOf(line, layout) !== undefined) return true;
    if (!line.startsWith('#') && line.trim() !== '') return false;
  }
  return false;
}

/**
 * Reads a feed's CSV. Rows with more or fewer fields than the header names are rejected with both counts.
 * Throws `InputError` when rows come and no header has.
 */
export async function* readCsvLayout(
  input: ByteStream,
  layout: CsvLayout,
  options: ReadOptions,
): AsyncGenerator<readonly ReadItem[]> {
  const reader = new LayoutReader(layout, options);
  for await (const records of csvRecords(readLines(input), ',')) {
    const items: ReadItem[] = [];
    const failure = reader.read(records, items);
    yield* inBatches(items);
    if (failure !== undefined) throw failure;
  }
  if (!reader.hasHeader) throw noHeader('the end', layout);
}

class LayoutReader {
  readonly #layout: CsvLayout;
  readonly #options: ReadOptions;
  #columns: Columns | undefined;
  #readRow: RowReader = () => undefined;

  constructor(layout: CsvLayout, options: ReadOptions) {
    this.#layout = layout;
    this.#options = options;
  }

  get hasHeader(): boolean {
    return this.#columns !== undefined;
  }

  read(records: readonly CsvRecord[], items: ReadItem[]): InputError | undefined {
    for (const record of records) {
      if (record.kind === 'row' && this.#columns !== undefined) this.#row(record.fields, record.line, items);
      else if (record.kind === 'bad') items.push(badLine(record));
      else if (this.#columns === undefined) {
        const columns =
          record.kind === 'row' ? matching(record.fields, this.#layout) : headerOf(record.text, this.#layout);
        if (columns !== undefined) {
          this.#columns = columns;
          this.#readRow = this.#layout.rows(columns, this.#options);
        } else if (record.kind === 'row') return noHeader(`line ${record.line}`, this.#layout);
      }
    }
    return undefined;
  }

  #row(fields: readonly string[], line: number, items: ReadItem[]): void {
    const place = `line ${line}`;
    const named = this.#columns!.count;
    if (
      fields.length === named ||
      (fields.length > named && fields.length <= named + (this.#layout.unnamed ?? 0))
    ) {
      this.#readRow(fields, place, items);
    } else items.push(raggedRow(fields, named, place));
  }
}

/** The rejection of a row whose number of fields is not the header's. */
export function raggedRow(fields: readonly string[], named: number, place: string): ReadItem {
  const detail = `it has ${fields.length} fields where the header names ${named}`;
  return rejectionItem(place, 'malformed_record', fields.join(','), detail);
}

/** The rejection of a line that is no CSV. */
export function badLine({ line, code, reason, sample }: CsvRecord & { kind: 'bad' }): ReadItem {
  return rejectionItem(`line ${line}`, code, sample, reason);
}

function headerOf(line: string, layout: CsvLayout): Columns | undefined {
  const fields: string[] = [];
  const text = line.startsWith('#') ? line.replace(/^#+/, '').trim() : line;
  return splitFields(text, ',', fields) === 'done' ? matching(fields, layout) : undefined;
}

function matching(names: readonly string[], layout: CsvLayout): Columns | undefined {
  const columns = new Columns(names);
  return layout.headers.some((header) => columns.has(...header)) ? columns : undefined;
}

function noHeader(place: string, layout: CsvLayout): InputError {
  const names = layout.headers.map((header) => header.join(',')).join(' or ');
  return new InputError(
    place,
    `no header line before the first row: put back the line that names ${names}, or read the file as another format`,
  );
}
