import { detectType } from '../normalise/normalise.ts';
import { splitFields } from './csv-fields.ts';

const DELIMITERS = [',', ';', '\t', '|'];
/** Of a single column nothing is cut; its values may hold any delimiter. */
const NO_DELIMITER = '\0';

const SAMPLE_ROWS = 50;
/** A column without a telling name holds values when so great a part of its cells are IOCs. */
const IOC_SHARE = 0.6;
/** One of the first rows of a CSV text. */
export interface SampleRow {
  /** Counted from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** The lines in which the first rows are looked for. */
export function firstLines(head: string): string[] {
  return head.split(/\r\n|\r|\n/, SAMPLE_ROWS * 4);
}

/** The delimiter that the first line names, as spreadsheets write it: `sep=;`. */
export function statedDelimiter(lines: readonly string[]): string | undefined {
  return /^\ufeff?"?sep=([,;|\t])"?$/i.exec(lines[0] ?? '')?.[1];
}

/** A row without the empty fields beyond `width`: spreadsheets write delimiters after the last column. */
export function withoutEmptyEnd(fields: readonly string[], width: number): readonly string[] {
  let length = fields.length;
  while (length > width && fields[length - 1]!.trim() === '') length -= 1;
  return length === fields.length ? fields : fields.slice(0, length);
}

/** The delimiter that cuts the first rows most evenly. */
export function delimiterOf(lines: readonly string[]): string {
  let best = NO_DELIMITER;
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const widths = firstRows(lines, delimiter).map(({ fields }) => fields.length);
    const width = widths[0] ?? 1;
    const score = width < 2 ? 0 : widths.filter((other) => other === width).length / widths.length;
    if (score > bestScore) [best, bestScore] = [delimiter, score];
  }
  return best;
}

/** The first rows; a row whose quoted field goes on over more lines is passed over. */
export function firstRows(lines: readonly string[], delimiter: string): SampleRow[] {
  const rows: SampleRow[] = [];
  const start = statedDelimiter(lines) === undefined ? 0 : 1;
  for (const [index, line] of lines.entries()) {
    if (index < start || line.startsWith('#') || line.trim() === '') continue;
    const fields: string[] = [];
    if (splitFields(line, delimiter, fields) === 'done') rows.push({ line: index + 1, fields });
    if (rows.length === SAMPLE_ROWS) break;
  }
  return rows;
}

/** The last comment before a line, as a header. */
export function commentedHeader(
  lines: readonly string[],
  before: number,
  delimiter: string,
): SampleRow | undefined {
  const index = lines.slice(0, before - 1).findLastIndex((line) => line.startsWith('#'));
  const fields: string[] = [];
  const text = lines[index]?.replace(/^#+/, '').trim();
  if (text === undefined || splitFields(text, delimiter, fields) !== 'done') return undefined;
  return { line: index + 1, fields };
}

/** The leftmost of the columns with the greatest share of IOCs. */
export function positionOfIocs(rows: readonly SampleRow[]): number | undefined {
  let best: number | undefined;
  let bestShare = IOC_SHARE;
  for (const position of rows[0]?.fields.keys() ?? []) {
    const cells = rows.flatMap(({ fields }) => fields[position]?.trim() || []);
    const share = cells.filter((cell) => detectType(cell) !== undefined).length / Math.max(cells.length, 1);
    if (share > bestShare || (best === undefined && share >= IOC_SHARE))
      [best, bestShare] = [position, share];
  }
  return best;
}
