import { REJECTION_CODES, type Context, type RawIoc, type RejectionCode } from '../model/sighting.ts';
import type { ReadItem } from './format.ts';
import { UnreadTime } from './stated.ts';

/** Items go out in batches of at most so many. */
const LARGEST_BATCH = 500;
const LONGEST_SAMPLE = 200;
/** No value of any type is longer, even defanged; said here so that no batch holds megabytes of such. */
const LONGEST_VALUE = 131_072;

/** What a record says besides the value; what it does not say is undefined or empty. */
export type Said = {
  readonly [Key in keyof Context]?:
    | Context[Key]
    | (Key extends 'firstSeen' | 'lastSeen' ? UnreadTime : never)
    | undefined;
};

/** An IOC found at `place`, with what is said of it; undefined and empty parts are left out, and of times that cannot be read the first is kept aside. */
export function iocItem(value: string, place: string, typeHint: RawIoc['typeHint'], said: Said): ReadItem {
  if (value.length > LONGEST_VALUE)
    return rejectionItem(place, 'too_long', value, `${value.length} characters`);
  if (value.endsWith('\u2026')) {
    return rejectionItem(
      place,
      'malformed_record',
      value,
      'the source cut the value short: it ends with an ellipsis',
    );
  }
  const ioc: Record<string, unknown> = { value, place };
  if (typeHint !== undefined) ioc.typeHint = typeHint;
  for (const key in said) {
    const part = said[key as keyof Said];
    if (part === undefined || (Array.isArray(part) && part.length === 0)) continue;
    if (part instanceof UnreadTime) ioc.unreadTime ??= copyOf(part.text, LONGEST_SAMPLE);
    else ioc[key] = part;
  }
  return { kind: 'ioc', ioc: ioc as unknown as RawIoc };
}

/** A record or value at `place` that is not taken; `detail` says what exactly is wrong with it. */
export function rejectionItem(place: string, code: RejectionCode, sample: string, detail?: string): ReadItem {
  const sentence = REJECTION_CODES[code];
  const reason = detail === undefined ? sentence : `${sentence}: ${detail}`;
  return { kind: 'rejection', rejection: { place, code, reason, sample: copyOf(sample, LONGEST_SAMPLE) } };
}

/** The beginning of a text as a text of its own: a mere slice would keep the whole in memory. */
export function copyOf(text: string, longest: number): string {
  return Buffer.from(text.slice(0, longest)).toString();
}

/** Cuts a list of items into the batches that a reader hands on. */
export function* inBatches(items: readonly ReadItem[]): Generator<readonly ReadItem[]> {
  if (items.length <= LARGEST_BATCH) {
    if (items.length > 0) yield items;
    return;
  }
  for (let from = 0; from < items.length; from += LARGEST_BATCH)
    yield items.slice(from, from + LARGEST_BATCH);
}
