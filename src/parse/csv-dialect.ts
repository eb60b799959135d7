import { detectType } from '../normalise/normalise.ts';
import { columnsByName, type CsvColumns } from './csv-columns.ts';
import {
  commentedHeader,
  delimiterOf,
  firstLines,
  firstRows,
  positionOfIocs,
  statedDelimiter,
  withoutEmptyEnd,
} from './csv-sample.ts';
import { InputError, type ReadOptions } from './format.ts';

/** Rows of one table have the same number of fields; a few may be broken, more under a header with telling names. */
const EVEN_SHARE = { named: 0.5, unnamed: 0.8 };

/** So many columns are told of where none is known, and so much of each name. */
const MOST_NAMES = 20;
const LONGEST_NAME = 60;

/** How a CSV file of no known feed is written, and what its columns hold. */
export interface CsvDialect {
  readonly delimiter: string;
  readonly columns: CsvColumns;
  /** Whether the header's names or options tell which columns hold values. */
  readonly isNamed: boolean;
  /** The number of fields of a row. */
  readonly width: number;
  /** The line, counted from 1, after which the rows begin; 0 where there is no header. */
  readonly headerLine: number;
}

/**
 * Guesses the dialect from the beginning of a text: the delimiter that cuts the first rows most evenly; as the header
 * the first row, or the last comment before it, if its names tell where values are; else the column whose cells
 * are IOCs. Columns that the options name come first. Undefined when nothing tells where values are. Throws
 * `InputError` for an option that names no column.
 */
export function dialectOf(head: string, named: ReadOptions['columns']): CsvDialect | undefined {
  const lines = firstLines(head);
  const stated = statedDelimiter(lines);
  const delimiter = stated ?? delimiterOf(lines);
  const rows = firstRows(lines, delimiter);
  const first = rows[0];
  if (first === undefined) return undefined;
  const beforeRows = stated === undefined ? 0 : 1;
  const firstIsData = first.fields.some((cell) => detectType(cell) !== undefined);
  const header = firstIsData ? commentedHeader(lines, first.line, delimiter) : first;
  if (header !== undefined) {
    const columns = columnsByName(header.fields, named);
    if (columns.values.length > 0) {
      return { delimiter, columns, isNamed: true, width: header.fields.length, headerLine: header.line };
    }
  }
  const position = positionOfIocs(firstIsData ? rows : rows.slice(1));
  const headerLine = firstIsData ? beforeRows : first.line;
  if (position === undefined) return unguessed(first.fields, firstIsData, named, { delimiter, headerLine });
  const columns = columnsByName(firstIsData ? [] : first.fields, named);
  return {
    delimiter,
    isNamed: false,
    columns: {
      ...columns,
      values: columns.values.length > 0 ? columns.values : [{ position, hint: undefined }],
    },
    width: first.fields.length,
    headerLine,
  };
}

/**
 * Whether a text is CSV by its first rows: most have the same number of fields, two at least; or it is a single
 * column of IOCs under a telling name.
 */
export function looksLikeCsv(head: string): boolean {
  const dialect = dialectOf(head, undefined);
  if (dialect === undefined) return false;
  const rows = firstRows(firstLines(head), dialect.delimiter);
  if (dialect.width === 1)
    return dialect.isNamed && (rows.length === 1 || positionOfIocs(rows.slice(1)) === 0);
  const even = rows.filter(({ fields }) => withoutEmptyEnd(fields, dialect.width).length === dialect.width);
  return even.length >= EVEN_SHARE[dialect.isNamed ? 'named' : 'unnamed'] * rows.length;
}

function unguessed(
  fields: readonly string[],
  isData: boolean,
  named: ReadOptions['columns'],
  written: Pick<CsvDialect, 'delimiter' | 'headerLine'>,
): CsvDialect | undefined {
  if (named?.value === undefined) return undefined;
  const names = isData ? fields.map(() => '') : fields;
  return { ...written, isNamed: true, columns: columnsByName(names, named), width: fields.length };
}

/** Where nothing tells which column holds values. */
export function noValueColumn(head: string): InputError {
  const lines = firstLines(head);
  const [first] = firstRows(lines, statedDelimiter(lines) ?? delimiterOf(lines));
  const names = first?.fields.slice(0, MOST_NAMES).map((name) => name.trim().slice(0, LONGEST_NAME)) ?? [];
  const there = names.some((name) => name !== '') ? `; there are: ${names.join(', ')}` : '';
  return new InputError(
    'the header',
    `no column is known to hold IOCs: name it, as in --column value=HEADER or --column value=3${there}`,
  );
}
