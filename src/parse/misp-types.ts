import type { RawIoc } from '../model/sighting.ts';

type TypeHint = NonNullable<RawIoc['typeHint']>;

/** MISP's attribute types that are IOCs of ours (MISP core format, attribute types). */
const TYPES = new Map<string, TypeHint>([
  ['ip-src', 'ip'],
  ['ip-dst', 'ip'],
  ['ip', 'ip'],
  ['domain', 'domain'],
  ['hostname', 'host'],
  ['url', 'url'],
  ['md5', 'md5'],
  ['sha1', 'sha1'],
  ['sha256', 'sha256'],
  ['email', 'email'],
  ['email-src', 'email'],
  ['email-dst', 'email'],
  ['email-reply-to', 'email'],
  ['vulnerability', 'cve'],
]);

/** Attribute types that say something of the event and observe nothing. */
const REMARKS = new Set([
  'link',
  'text',
  'comment',
  'other',
  'attachment',
  'datetime',
  'float',
  'counter',
  'boolean',
  'size-in-bytes',
  'hex',
  'anonymised',
  'threat-actor',
  'campaign-name',
  'campaign-id',
]);

export interface MispValue {
  readonly value: string;
  readonly hint: TypeHint;
}

/** Whether attributes of a type are mere remarks. */
export function isRemark(type: string): boolean {
  return REMARKS.has(type);
}

/**
 * The IOCs in an attribute's value: one, of composite types such as `filename|md5` or `domain|ip` those parts that are
 * one. Empty for types that are none of ours.
 */
export function mispValues(type: string, value: string): MispValue[] {
  if (type === 'malware-sample') return mispValues('filename|md5', value);
  const bar = type.indexOf('|');
  if (bar < 0) {
    const hint = TYPES.get(type);
    return hint === undefined ? [] : [{ value, hint }];
  }
  // A file name may hold a bar; what comes after it cannot.
  const cut = value.lastIndexOf('|');
  const parts = cut < 0 ? [value] : [value.slice(0, cut), value.slice(cut + 1)];
  const hints = [TYPES.get(type.slice(0, bar)), TYPES.get(type.slice(bar + 1))];
  if (parts.length === 1) {
    const hint = hints[0] ?? hints[1];
    return hint === undefined ? [] : [{ value, hint }];
  }
  return parts.flatMap((part, index) => {
    const hint = hints[index];
    return hint === undefined ? [] : [{ value: part, hint }];
  });
}
