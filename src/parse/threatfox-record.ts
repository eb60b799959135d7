import { parseConfidence } from '../model/confidence.ts';
import { threatfoxType } from './abusech.ts';
import type { ReadItem } from './format.ts';
import { iocItem, rejectionItem } from './read-item.ts';
import { remark, reportedBy, stated, statedFamily, statedTime, statedWords } from './stated.ts';

/** The fields of a ThreatFox record, whichever layout they come in. */
export interface ThreatfoxRecord {
  readonly ioc_id: unknown;
  readonly ioc_value: unknown;
  readonly ioc_type: unknown;
  readonly threat_type: unknown;
  readonly malware_alias: unknown;
  readonly malware_printable: unknown;
  readonly first_seen: unknown;
  readonly last_seen: unknown;
  readonly confidence_level: unknown;
  readonly is_compromised: unknown;
  readonly reference: unknown;
  readonly tags: unknown;
  readonly reporter: unknown;
}

/** A ThreatFox record as an item. The reference is the record's own, else its page at ThreatFox. */
export function threatfoxItem(record: ThreatfoxRecord, place: string, now: number): ReadItem {
  const value = stated(record.ioc_value);
  if (value === undefined) return rejectionItem(place, 'malformed_record', '', 'it has no ioc_value');
  const kind = stated(record.ioc_type);
  const typeHint = threatfoxType(kind);
  if (typeHint === undefined) {
    return rejectionItem(place, 'unsupported_type', value, kind === undefined ? 'it has no ioc_type' : kind);
  }
  const entry = stated(record.ioc_id);
  const confidence = stated(record.confidence_level);
  const aliases = statedWords(record.malware_alias);
  const compromised =
    record.is_compromised === true || /^(?:true|1)$/i.test(stated(record.is_compromised) ?? '');
  return iocItem(value, place, typeHint, {
    entry,
    firstSeen: statedTime(record.first_seen, now),
    lastSeen: statedTime(record.last_seen, now),
    confidence: confidence === undefined ? undefined : parseConfidence(confidence),
    threatType: stated(record.threat_type),
    family: statedFamily(record.malware_printable),
    tags: [...statedWords(record.tags), ...(compromised ? ['compromised'] : [])],
    reference: stated(record.reference) ?? pageOf(entry),
    comment: remark(
      aliases.length > 0 ? `also known as ${aliases.join(', ')}` : undefined,
      reportedBy(record.reporter),
    ),
  });
}

function pageOf(entry: string | undefined): string | undefined {
  return entry !== undefined && /^\d{1,12}$/.test(entry)
    ? `https://threatfox.abuse.ch/ioc/${entry}/`
    : undefined;
}
