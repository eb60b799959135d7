import { formatTimestamp, parseTimestamp } from '../../model/time.ts';
import type { AccessContext, Bookmark } from './access.ts';
import { withKey } from './credential.ts';

/** Where a collection has been read to. */
export interface Position {
  readonly objects: string;
  /** Only what was added later is asked for: the `added_after` of the listing. */
  readonly since: string | undefined;
  /** The cursor of the next page of that listing. */
  readonly next: string | undefined;
  /** The greatest date added of what came so far. */
  readonly reached: string | undefined;
  /** The digest of the last page that had objects. */
  readonly last: string | undefined;
}

/** What the bookmark of the last run says, if it is of the same collection. */
export function positionIn({ feed, bookmark, key }: AccessContext): Position | undefined {
  const { access } = feed;
  if (access.kind !== 'taxii' || bookmark?.url !== access.url) return undefined;
  if (bookmark.collection !== access.collection || typeof bookmark.objects !== 'string') return undefined;
  const text = (name: keyof Position): string | undefined => {
    const value = bookmark[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    objects: withKey(bookmark.objects, key),
    since: text('since'),
    next: text('next'),
    reached: text('reached'),
    last: text('last'),
  };
}

export function beginning(objects: string): Position {
  return { objects, since: undefined, next: undefined, reached: undefined, last: undefined };
}

/**
 * Goes on by date where a cursor was forgotten: from a millisecond before the last date, as others may have been added
 * at the same.
 */
export function anew({ objects, since, next, reached }: Position): Position {
  const time = next === undefined || reached === undefined ? undefined : parseTimestamp(reached);
  const from = time === undefined ? since : formatTimestamp(time - 1);
  return { ...beginning(objects), since: from, reached: from };
}

export function stated(bookmark: Readonly<Record<string, string | undefined>>): Bookmark {
  return Object.fromEntries(Object.entries(bookmark).filter(([, value]) => value !== undefined));
}
