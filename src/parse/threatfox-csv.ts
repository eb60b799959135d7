import { THREATFOX } from './abusech.ts';
import { hasHeader, readCsvLayout, type CsvLayout } from './csv-table.ts';
import type { Format } from './format.ts';
import { threatfoxItem } from './threatfox-record.ts';

/**
 * first_seen_utc,ioc_id,ioc_value,ioc_type,threat_type,fk_malware,malware_alias,malware_printable,last_seen_utc,
 * confidence_level,is_compromised,reference,tags,anonymous,reporter; before 2025 without is_compromised.
 */
const LAYOUT: CsvLayout = {
  headers: [['ioc_value', 'ioc_type', 'threat_type', 'malware_printable']],
  rows: (columns, { now }) => {
    const at = {
      ioc_id: columns.at('ioc_id'),
      ioc_value: columns.at('ioc_value'),
      ioc_type: columns.at('ioc_type'),
      threat_type: columns.at('threat_type'),
      malware_alias: columns.at('malware_alias'),
      malware_printable: columns.at('malware_printable'),
      first_seen: columns.at('first_seen_utc', 'first_seen'),
      last_seen: columns.at('last_seen_utc', 'last_seen'),
      confidence_level: columns.at('confidence_level'),
      is_compromised: columns.at('is_compromised'),
      reference: columns.at('reference'),
      tags: columns.at('tags'),
      reporter: columns.at('reporter'),
    };
    return (fields, place, items) => {
      const record = {
        ioc_id: fields[at.ioc_id],
        ioc_value: fields[at.ioc_value],
        ioc_type: fields[at.ioc_type],
        threat_type: fields[at.threat_type],
        malware_alias: fields[at.malware_alias],
        malware_printable: fields[at.malware_printable],
        first_seen: fields[at.first_seen],
        last_seen: fields[at.last_seen],
        confidence_level: fields[at.confidence_level],
        is_compromised: fields[at.is_compromised],
        reference: fields[at.reference],
        tags: fields[at.tags],
        reporter: fields[at.reporter],
      };
      items.push(threatfoxItem(record, place, now));
    };
  },
};

export const threatfoxCsv: Format = {
  name: 'threatfox-csv',
  label: 'ThreatFox CSV',
  source: THREATFOX,
  recognises: (head) => hasHeader(head, LAYOUT),
  read: (input, options) => readCsvLayout(input, LAYOUT, options),
};
