import { dialectOf, looksLikeCsv, noValueColumn, type CsvDialect } from './csv-dialect.ts';
import { withoutEmptyEnd } from './csv-sample.ts';
import { csvRecords, type CsvRecord } from './csv-records.ts';
import { csvRowItems } from './csv-row.ts';
import { badLine, raggedRow } from './csv-table.ts';
import { decodeHead } from './decode.ts';
import type { ByteStream, Format, ReadItem, ReadOptions } from './format.ts';
import { readLines } from './lines.ts';
import { peek } from './peek.ts';
import { inBatches } from './read-item.ts';

const HEAD_BYTES = 64 * 1024;

/** Any CSV with a header: columns are guessed by their names, else by their cells, or named by options. */
export const csv: Format = {
  name: 'csv',
  label: 'CSV with a header',
  recognises: looksLikeCsv,
  read,
};

async function* read(input: ByteStream, options: ReadOptions): AsyncGenerator<readonly ReadItem[]> {
  const { head, stream, close } = await peek(input, HEAD_BYTES);
  const dialect = await attempt(decodeHead(head), options, close);
  for await (const records of csvRecords(readLines(stream), dialect.delimiter)) {
    yield* inBatches(records.flatMap((record) => itemsOf(record, dialect, options.now)));
  }
}

async function attempt(
  head: string,
  { columns }: ReadOptions,
  close: () => Promise<void>,
): Promise<CsvDialect> {
  try {
    const dialect = dialectOf(head, columns);
    if (dialect === undefined) throw noValueColumn(head);
    return dialect;
  } catch (error) {
    await close();
    throw error;
  }
}

function itemsOf(record: CsvRecord, dialect: CsvDialect, now: number): ReadItem[] {
  if (record.kind === 'comment' || record.line <= dialect.headerLine) return [];
  if (record.kind === 'bad') return [badLine(record)];
  const place = `line ${record.line}`;
  const fields = withoutEmptyEnd(record.fields, dialect.width);
  if (fields.length !== dialect.width) return [raggedRow(fields, dialect.width, place)];
  return csvRowItems(fields, dialect.columns, place, now);
}
