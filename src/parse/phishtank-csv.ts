import { hasHeader, readCsvLayout, type CsvLayout } from './csv-table.ts';
import type { Format } from './format.ts';
import { PHISHTANK, phishtankItem } from './phishtank-record.ts';

/** phish_id,url,phish_detail_url,submission_time,verified,verification_time,online,target */
const LAYOUT: CsvLayout = {
  headers: [['phish_id', 'url', 'phish_detail_url']],
  rows: (columns, { now }) => {
    const id = columns.at('phish_id');
    const url = columns.at('url');
    const page = columns.at('phish_detail_url');
    const submitted = columns.at('submission_time');
    const verified = columns.at('verified');
    const checked = columns.at('verification_time');
    const target = columns.at('target');
    return (fields, place, items) => {
      const record = {
        phish_id: fields[id],
        url: fields[url],
        phish_detail_url: fields[page],
        submission_time: fields[submitted],
        verified: fields[verified],
        verification_time: fields[checked],
        target: fields[target],
      };
      items.push(phishtankItem(record, place, now));
    };
  },
};

export const phishtankCsv: Format = {
  name: 'phishtank-csv',
  label: 'PhishTank CSV',
  source: PHISHTANK,
  recognises: (head) => hasHeader(head, LAYOUT),
  read: (input, options) => readCsvLayout(input, LAYOUT, options),
};
