import type { IocItem } from '../model/ioc-item.ts';
import { IOC_TYPES, type IocType } from '../model/ioc.ts';
import { formatTimestamp } from '../model/time.ts';
import type { ExportFormat } from './format.ts';
import { asOneLine } from './words.ts';

/** The columns that Splunk Enterprise Security's intelligence collections match on, with the types in each. */
const MATCHED: readonly (readonly [string, readonly IocType[]])[] = [
  ['ip', ['ipv4', 'ipv6']],
  ['domain', ['domain']],
  ['url', ['url']],
  ['file_hash', ['md5', 'sha1', 'sha256']],
  ['src_user', ['email']],
];

const COLUMNS = [
  'indicator',
  'type',
  ...MATCHED.map(([column]) => column),
  'weight',
  'confidence',
  'first_seen',
  'last_seen',
  'threat_key',
  'description',
  'malware_family',
  'mitre_techniques',
  'tags',
  'tlp',
  'id',
];

/** What a spreadsheet would run, or take for the beginning of what it runs, full-width forms included. */
const RUNS = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/**
 * A lookup table for Splunk: CSV (RFC 4180), the value as `indicator` and once more in the column by which Enterprise Security
 * matches its type. A lookup compares values as they are, so that nothing may stand before one: a value that a spreadsheet
 * would run is left out. Other cells get an apostrophe. `\r`, NUL and line feeds in values are no part of any IOC, and are left out too.
 */
export const splunk: ExportFormat = {
  name: 'splunk',
  label: 'Splunk lookup table',
  mediaType: 'text/csv; charset=utf-8; header=present',
  fileExtension: 'csv',
  tier: 'pro',
  types: IOC_TYPES,
  tellsRevoked: false,
  open: () => ({
    begin: () => `${COLUMNS.join(',')}\r\n`,
    item: row,
    end: () => '',
  }),
};

function row(item: IocItem): string | undefined {
  if (RUNS.test(item.value) || /[\r\n\0]/.test(item.value)) return undefined;
  const matched = MATCHED.map(([, types]) => (types.includes(item.type) ? item.value : ''));
  const rest = [
    String(Math.max(1, item.confidence)),
    String(item.confidence),
    formatTimestamp(item.firstSeen),
    formatTimestamp(item.lastSeen),
    item.sources.map((source) => source.name).join(';'),
    item.description,
    item.families.join(';'),
    item.techniques.join(';'),
    item.tags.join(';'),
    item.tlp,
    item.id,
  ].map(defused);
  return `${[item.value, item.type, ...matched, ...rest].map(quoted).join(',')}\r\n`;
}

function defused(text: string): string {
  const line = asOneLine(text);
  return RUNS.test(line) ? `'${line}` : line;
}

function quoted(cell: string): string {
  return /[",\s;]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
