import { URLHAUS } from './abusech.ts';
import { hasHeader, readCsvLayout, type CsvLayout } from './csv-table.ts';
import type { Format } from './format.ts';
import { urlhausItem } from './urlhaus-record.ts';

/** id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter; before 2020 without last_online. */
const LAYOUT: CsvLayout = {
  headers: [['dateadded', 'url', 'url_status', 'threat']],
  rows: (columns, { now }) => {
    const id = columns.at('id');
    const dateadded = columns.at('dateadded');
    const url = columns.at('url');
    const lastOnline = columns.at('last_online');
    const threat = columns.at('threat');
    const tags = columns.at('tags');
    const link = columns.at('urlhaus_link');
    const reporter = columns.at('reporter');
    return (fields, place, items) => {
      const record = {
        id: fields[id],
        dateadded: fields[dateadded],
        url: fields[url],
        last_online: fields[lastOnline],
        threat: fields[threat],
        tags: fields[tags],
        urlhaus_link: fields[link],
        reporter: fields[reporter],
      };
      items.push(urlhausItem(record, place, now));
    };
  },
};

export const urlhausCsv: Format = {
  name: 'urlhaus-csv',
  label: 'URLhaus CSV',
  source: URLHAUS,
  recognises: (head) => hasHeader(head, LAYOUT),
  read: (input, options) => readCsvLayout(input, LAYOUT, options),
};
