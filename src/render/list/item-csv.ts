import type { IocItem } from '../../model/ioc-item.ts';
import { formatTimestamp } from '../../model/time.ts';

/** The columns of a list as CSV, in their order. */
export const CSV_COLUMNS = [
  'id',
  'type',
  'value',
  'confidence',
  'first_seen',
  'last_seen',
  'source_article',
  'source_feed',
  'category',
  'tags',
] as const;

/**
 * What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection), its full-width forms included, after
 * any apostrophes, so that the one put before it can be told from those that were there.
 */
const FORMULA = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

const QUOTED = /[",\r\n]|^\s|\s$/;

/** Writes an item as one record of CSV (RFC 4180) with `CSV_COLUMNS`, without a line end. */
export function renderItemCsv(item: IocItem): string {
  const [source] = item.sources;
  const cells: Record<(typeof CSV_COLUMNS)[number], string> = {
    id: item.id,
    type: item.type,
    value: item.value,
    confidence: item.level,
    first_seen: formatTimestamp(item.firstSeen),
    last_seen: formatTimestamp(item.lastSeen),
    source_article: source?.origin === 'article' ? (source.article?.url ?? source.url ?? '') : '',
    source_feed: source?.name ?? '',
    category: source?.category ?? '',
    // A tag may hold what stands between tags.
    tags: item.tags.map((tag) => tag.replaceAll(';', ',')).join(';'),
  };
  return CSV_COLUMNS.map((column) => csvCell(cells[column])).join(',');
}

/**
 * One cell: what a spreadsheet would run gets an apostrophe before it. To undo it, take one apostrophe off what begins with
 * some and then one of `= + - @`, tab or line end. NUL, which no CSV reader expects, becomes U+FFFD.
 */
export function csvCell(text: string): string {
  const plain = text.toWellFormed().replaceAll('\0', '\ufffd');
  const defused = FORMULA.test(plain) ? `'${plain}` : plain;
  return QUOTED.test(defused) ? `"${defused.replaceAll('"', '""')}"` : defused;
}
