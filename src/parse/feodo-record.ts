import { BOTNET_CC } from './abusech.ts';
import type { ReadItem } from './format.ts';
import { iocItem, rejectionItem, type Said } from './read-item.ts';
import { notBefore, remark, stated, statedFamily, statedTime } from './stated.ts';

const DAY = 86_400_000;

/** The fields of a Feodo Tracker record, whichever layout they come in; the CSV has only some. */
export interface FeodoRecord {
  readonly ip_address: unknown;
  readonly port: unknown;
  readonly first_seen: unknown;
  readonly last_online: unknown;
  readonly malware: unknown;
  readonly hostname?: unknown;
  readonly as_number?: unknown;
  readonly as_name?: unknown;
  readonly country?: unknown;
}

/** A Feodo Tracker record as an item: every address of the list is a botnet's command-and-control server. */
export function feodoItem(record: FeodoRecord, place: string, now: number): ReadItem {
  const address = stated(record.ip_address);
  if (address === undefined) return rejectionItem(place, 'malformed_record', '', 'it has no IP address');
  const firstSeen = statedTime(record.first_seen, now);
  return iocItem(address, place, 'ip', {
    firstSeen,
    lastSeen: lastOnline(record.last_online, firstSeen, now),
    threatType: BOTNET_CC,
    family: statedFamily(record.malware),
    comment: remark(
      phrase('port', record.port),
      phrase('host', record.hostname),
      network(record),
      phrase('country', record.country),
    ),
  });
}

/** `last_online` is a bare day: on the day of the first sighting it must not lie before it. */
function lastOnline(field: unknown, firstSeen: Said['firstSeen'], now: number): Said['lastSeen'] {
  const day = statedTime(field, now);
  const isEarlierDay = typeof day === 'number' && typeof firstSeen === 'number' && firstSeen - day >= DAY;
  return isEarlierDay ? day : notBefore(day, firstSeen);
}

function phrase(noun: string, field: unknown): string | undefined {
  const text = stated(field);
  return text === undefined ? undefined : `${noun} ${text}`;
}

function network({ as_number, as_name }: FeodoRecord): string | undefined {
  const number = stated(as_number);
  return number === undefined ? undefined : `AS${number} ${stated(as_name) ?? ''}`.trimEnd();
}
