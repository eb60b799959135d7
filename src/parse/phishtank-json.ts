import type { Format } from './format.ts';
import { JsonOutline } from './json-outline.ts';
import { readJsonRecords } from './json-records.ts';
import { PHISHTANK, phishtankItem } from './phishtank-record.ts';
import { rejectionItem } from './read-item.ts';
import { fieldsOf } from './stated.ts';

/** An array of {phish_id,url,phish_detail_url,submission_time,verified,verification_time,online,details,target}. */
export const phishtankJson: Format = {
  name: 'phishtank-json',
  label: 'PhishTank JSON',
  source: PHISHTANK,
  recognises(head) {
    const outline = new JsonOutline(head);
    return outline.has('[]', 'phish_id') && outline.has('[]', 'phish_detail_url');
  },
  read: (input, { now }) =>
    readJsonRecords(input, [['[]']], (value, place) => {
      const fields = fieldsOf(value);
      if (fields === undefined) return [rejectionItem(place, 'malformed_record', '', 'it is no object')];
      const record = {
        phish_id: fields.phish_id,
        url: fields.url,
        phish_detail_url: fields.phish_detail_url,
        submission_time: fields.submission_time,
        verified: fields.verified,
        verification_time: fields.verification_time,
        target: fields.target,
      };
      return [phishtankItem(record, place, now)];
    }),
};
