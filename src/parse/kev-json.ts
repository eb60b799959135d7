import type { Format, ReadItem } from './format.ts';
import { JsonOutline } from './json-outline.ts';
import { readJsonRecords } from './json-records.ts';
import { iocItem, rejectionItem } from './read-item.ts';
import { fieldsOf, stated, statedTime, statedWords } from './stated.ts';

/** The Known Exploited Vulnerabilities catalog of CISA: `{…,"vulnerabilities":[{cveID,dateAdded,…}]}`. */
export const kevJson: Format = {
  name: 'kev-json',
  label: 'CISA KEV JSON',
  source: {
    name: 'CISA KEV',
    url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog',
    confidence: 100,
  },
  recognises: (head) => new JsonOutline(head).has('vulnerabilities', '[]', 'cveID'),
  read: (input, { now }) =>
    readJsonRecords(input, [['vulnerabilities', '[]']], (value, place) => [vulnerability(value, place, now)]),
};

function vulnerability(value: unknown, place: string, now: number): ReadItem {
  const fields = fieldsOf(value);
  const cve = stated(fields?.cveID);
  if (fields === undefined || cve === undefined) {
    return rejectionItem(place, 'malformed_record', '', 'it has no cveID');
  }
  const ransomware = stated(fields.knownRansomwareCampaignUse)?.toLowerCase() === 'known';
  return iocItem(cve, place, 'cve', {
    entry: cve,
    firstSeen: statedTime(fields.dateAdded, now),
    threatType: 'exploited-vulnerability',
    tags: [...(ransomware ? ['ransomware'] : []), ...statedWords(fields.cwes)],
    reference: firstAddress(stated(fields.notes)),
    comment: stated(fields.vulnerabilityName),
  });
}

function firstAddress(notes: string | undefined): string | undefined {
  return notes === undefined ? undefined : /https?:\/\/[^\s;,]+/.exec(notes)?.[0];
}
