import { URLHAUS } from './abusech.ts';
import type { Format } from './format.ts';
import { JsonOutline } from './json-outline.ts';
import { readJsonRecords } from './json-records.ts';
import { rejectionItem } from './read-item.ts';
import { fieldsOf } from './stated.ts';
import { urlhausItem } from './urlhaus-record.ts';

/** The dump: `{"<id>":[{dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter}]}`. */
export const urlhausJson: Format = {
  name: 'urlhaus-json',
  label: 'URLhaus JSON',
  source: URLHAUS,
  recognises(head) {
    const outline = new JsonOutline(head);
    return outline.has('*', '[]', 'url_status') && outline.has('*', '[]', 'url');
  },
  read: (input, { now }) =>
    readJsonRecords(input, [['*', '[]']], (value, place, steps) => {
      const fields = fieldsOf(value);
      if (fields === undefined) return [rejectionItem(place, 'malformed_record', '', 'it is no object')];
      const record = {
        id: fields.id ?? steps[0],
        dateadded: fields.dateadded,
        url: fields.url,
        last_online: fields.last_online,
        threat: fields.threat,
        tags: fields.tags,
        urlhaus_link: fields.urlhaus_link,
        reporter: fields.reporter,
      };
      return [urlhausItem(record, place, now)];
    }),
};
