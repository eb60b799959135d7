import { THREATFOX } from './abusech.ts';
import type { Format } from './format.ts';
import { JsonOutline } from './json-outline.ts';
import { readJsonRecords } from './json-records.ts';
import type { JsonStep } from './json-path.ts';
import { rejectionItem } from './read-item.ts';
import { fieldsOf } from './stated.ts';
import { threatfoxItem, type ThreatfoxRecord } from './threatfox-record.ts';

/** The export `{"<id>":[{ioc_value,…}]}`, or an answer of the API, `{"query_status","data":[{id,ioc,…}]}`. */
export const threatfoxJson: Format = {
  name: 'threatfox-json',
  label: 'ThreatFox JSON',
  source: THREATFOX,
  recognises(head) {
    const outline = new JsonOutline(head);
    return outline.has('*', '[]', 'ioc_type') && outline.has('*', '[]', 'malware_printable');
  },
  read: (input, { now }) =>
    readJsonRecords(input, [['*', '[]']], (value, place, steps) => {
      const fields = fieldsOf(value);
      if (fields === undefined) return [rejectionItem(place, 'malformed_record', '', 'it is no object')];
      return [threatfoxItem(recordOf(fields, steps[0]), place, now)];
    }),
};

function recordOf(fields: Readonly<Record<string, unknown>>, key: JsonStep | undefined): ThreatfoxRecord {
  return {
    ioc_id: fields.id ?? (key === 'data' ? undefined : key),
    ioc_value: fields.ioc_value ?? fields.ioc,
    ioc_type: fields.ioc_type,
    threat_type: fields.threat_type,
    malware_alias: fields.malware_alias,
    malware_printable: fields.malware_printable,
    first_seen: fields.first_seen_utc ?? fields.first_seen,
    last_seen: fields.last_seen_utc ?? fields.last_seen,
    confidence_level: fields.confidence_level,
    is_compromised: fields.is_compromised,
    reference: fields.reference,
    tags: fields.tags,
    reporter: fields.reporter,
  };
}
