import { FEODO } from './abusech.ts';
import { feodoItem } from './feodo-record.ts';
import type { Format } from './format.ts';
import { JsonOutline } from './json-outline.ts';
import { readJsonRecords } from './json-records.ts';
import { rejectionItem } from './read-item.ts';
import { fieldsOf } from './stated.ts';

/** An array of {ip_address,port,status,hostname,as_number,as_name,country,first_seen,last_online,malware}. */
export const feodoJson: Format = {
  name: 'feodo-json',
  label: 'Feodo Tracker JSON',
  source: FEODO,
  recognises(head) {
    const outline = new JsonOutline(head);
    return (
      outline.has('[]', 'ip_address') && outline.has('[]', 'malware') && outline.has('[]', 'last_online')
    );
  },
  read: (input, { now }) =>
    readJsonRecords(input, [['[]']], (value, place) => {
      const fields = fieldsOf(value);
      if (fields === undefined) return [rejectionItem(place, 'malformed_record', '', 'it is no object')];
      const record = {
        ip_address: fields.ip_address,
        port: fields.port,
        first_seen: fields.first_seen,
        last_online: fields.last_online,
        malware: fields.malware,
        hostname: fields.hostname,
        as_number: fields.as_number,
        as_name: fields.as_name,
        country: fields.country,
      };
      return [feodoItem(record, place, now)];
    }),
};
