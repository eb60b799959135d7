import { BOTNET_CC, SSLBL } from './abusech.ts';
import { hasHeader, readCsvLayout, type Columns, type CsvLayout, type RowReader } from './csv-table.ts';
import type { Format, ReadItem, ReadOptions } from './format.ts';
import { iocItem, rejectionItem } from './read-item.ts';
import { remark, stated, statedFamily, statedTime } from './stated.ts';

const OLD_CERTIFICATE = 'ssl certificate sha1 fingerprint';

/**
 * The three lists of SSLBL, in their old and new headers: addresses, certificates, JA3 fingerprints. The old list
 * of addresses has a column more than its header names: the reason.
 */
const LAYOUT: CsvLayout = {
  headers: [['dstip', 'dstport'], ['sha1', 'listingreason'], [OLD_CERTIFICATE], ['ja3_md5']],
  unnamed: 1,
  rows: (columns, options) => {
    if (columns.has('ja3_md5')) return ja3Rows(columns);
    return columns.has('dstip') ? addressRows(columns, options) : certificateRows(columns, options);
  },
};

function addressRows(columns: Columns, { now }: ReadOptions): RowReader {
  const address = columns.at('dstip');
  const port = columns.at('dstport');
  const firstSeen = columns.at('firstseen');
  const reason = columns.has('listingreason') ? columns.at('listingreason') : columns.count;
  return (fields, place, items) => {
    const value = stated(fields[address]);
    const number = stated(fields[port]);
    items.push(
      value === undefined
        ? rejectionItem(place, 'malformed_record', fields.join(','), 'it has no IP address')
        : iocItem(value, place, 'ip', {
            firstSeen: statedTime(fields[firstSeen], now),
            ...saidByReason(fields[reason], number === undefined ? undefined : `port ${number}`),
          }),
    );
  };
}

/**
 * A listed certificate's SHA-1 is the fingerprint of the certificate, not of a program. No type of ours is a
 * certificate; it is taken as a hash because sensors match it as one, and tag and comment say what it is of.
 */
function certificateRows(columns: Columns, { now }: ReadOptions): RowReader {
  const hash = columns.at('sha1', OLD_CERTIFICATE);
  const listed = columns.at('listingdate', 'timestamp of listing (utc)');
  const reason = columns.at('listingreason', 'listing reason');
  return (fields, place, items) => {
    const value = stated(fields[hash]);
    items.push(
      value === undefined
        ? rejectionItem(place, 'malformed_record', fields.join(','), 'it has no SHA-1')
        : iocItem(value, place, 'sha1', {
            firstSeen: statedTime(fields[listed], now),
            tags: ['ssl-certificate'],
            ...saidByReason(fields[reason], 'SHA-1 fingerprint of a TLS certificate, not of a file'),
          }),
    );
  };
}

function ja3Rows(columns: Columns): RowReader {
  const fingerprint = columns.at('ja3_md5');
  return (fields, place, items: ReadItem[]) => {
    const detail = 'a JA3 fingerprint of a TLS client is not the MD5 of a file';
    items.push(rejectionItem(place, 'unsupported_type', fields[fingerprint] ?? '', detail));
  };
}

/** `Dridex C&C` is a command-and-control server of Dridex; `Malware C&C` names no family. */
function saidByReason(
  field: unknown,
  what: string | undefined,
): { threatType: string | undefined; family: string | undefined; comment: string | undefined } {
  const reason = stated(field);
  const control = reason === undefined ? null : /^(.{1,80}?)\s*C(?:&C|2)$/i.exec(reason);
  const family = statedFamily(control?.[1]);
  return {
    threatType: control === null ? undefined : BOTNET_CC,
    family: family?.toLowerCase() === 'malware' ? undefined : family,
    comment: remark(what, reason),
  };
}

export const sslblCsv: Format = {
  name: 'sslbl-csv',
  label: 'SSLBL CSV',
  source: SSLBL,
  recognises: (head) => hasHeader(head, LAYOUT),
  read: (input, options) => readCsvLayout(input, LAYOUT, options),
};
