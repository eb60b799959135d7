import type { ReadItem } from './format.ts';
import { iocItem, rejectionItem } from './read-item.ts';
import { notBefore, stated, statedTime } from './stated.ts';

export const PHISHTANK = { name: 'PhishTank', url: 'https://phishtank.org/', confidence: 75 };

/** What nobody has confirmed yet is one visitor's word. */
const UNVERIFIED_CONFIDENCE = 25;

/** The fields of a PhishTank entry, the same in CSV and JSON. */
export interface PhishtankRecord {
  readonly phish_id: unknown;
  readonly url: unknown;
  readonly phish_detail_url: unknown;
  readonly submission_time: unknown;
  readonly verified: unknown;
  readonly verification_time: unknown;
  readonly target: unknown;
}

/** An entry as an item. The addresses in its details only say where the page is hosted, and are left out. */
export function phishtankItem(record: PhishtankRecord, place: string, now: number): ReadItem {
  const url = stated(record.url);
  if (url === undefined) return rejectionItem(place, 'malformed_record', '', 'it has no url');
  const firstSeen = statedTime(record.submission_time, now);
  const checked = statedTime(record.verification_time, now);
  const target = stated(record.target);
  return iocItem(url, place, 'url', {
    entry: stated(record.phish_id),
    firstSeen,
    lastSeen: notBefore(checked, firstSeen),
    confidence: stated(record.verified)?.toLowerCase() === 'no' ? UNVERIFIED_CONFIDENCE : undefined,
    threatType: 'phishing',
    reference: stated(record.phish_detail_url),
    comment: target === undefined || target.toLowerCase() === 'other' ? undefined : `imitates ${target}`,
  });
}
