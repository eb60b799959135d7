import type { ReadItem } from './format.ts';
import { iocItem, rejectionItem } from './read-item.ts';
import { reportedBy, stated, statedTime, statedWords } from './stated.ts';

/** The fields of a URLhaus record, whichever layout they come in. */
export interface UrlhausRecord {
  readonly id: unknown;
  readonly dateadded: unknown;
  readonly url: unknown;
  readonly last_online: unknown;
  readonly threat: unknown;
  readonly tags: unknown;
  readonly urlhaus_link: unknown;
  readonly reporter: unknown;
}

/**
 * A URLhaus record as an item. URLhaus names no family, only tags. Whether the URL is online shows in when it
 * last was; the status itself is left out, as it changes by the hour.
 */
export function urlhausItem(record: UrlhausRecord, place: string, now: number): ReadItem {
  const url = stated(record.url);
  if (url === undefined) return rejectionItem(place, 'malformed_record', '', 'it has no url');
  return iocItem(url, place, 'url', {
    entry: stated(record.id),
    firstSeen: statedTime(record.dateadded, now),
    lastSeen: statedTime(record.last_online, now),
    threatType: stated(record.threat),
    tags: statedWords(record.tags),
    reference: stated(record.urlhaus_link),
    comment: reportedBy(record.reporter),
  });
}
