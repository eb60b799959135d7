import { FEODO } from './abusech.ts';
import { hasHeader, readCsvLayout, type CsvLayout } from './csv-table.ts';
import { feodoItem } from './feodo-record.ts';
import type { Format } from './format.ts';

/** first_seen_utc,dst_ip,dst_port,c2_status,last_online,malware; the header is no comment. */
const LAYOUT: CsvLayout = {
  headers: [['dst_ip', 'last_online', 'malware']],
  rows: (columns, { now }) => {
    const firstSeen = columns.at('first_seen_utc', 'first_seen');
    const address = columns.at('dst_ip');
    const port = columns.at('dst_port');
    const lastOnline = columns.at('last_online');
    const malware = columns.at('malware');
    return (fields, place, items) => {
      const record = {
        ip_address: fields[address],
        port: fields[port],
        first_seen: fields[firstSeen],
        last_online: fields[lastOnline],
        malware: fields[malware],
      };
      items.push(feodoItem(record, place, now));
    };
  },
};

export const feodoCsv: Format = {
  name: 'feodo-csv',
  label: 'Feodo Tracker CSV',
  source: FEODO,
  recognises: (head) => hasHeader(head, LAYOUT),
  read: (input, options) => readCsvLayout(input, LAYOUT, options),
};
