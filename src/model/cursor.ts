import { hash } from 'node:crypto';

import type { IndicatorQuery } from './indicator-query.ts';

const VERSION = 1;
const LENGTH = 13;
/** What a cursor looks like. */
export const CURSOR_FORM = /^[A-Za-z0-9_-]{18}$/;

/** Where a page ended, and which filters it goes with. */
export interface Cursor {
  readonly order: IndicatorQuery['order'];
  /** The stamp of the page's last indicator. */
  readonly stamp: number;
}

/**
 * Writes a cursor as opaque text. It needs no memory of ours and never expires: it names a place in the order
 * of all publications, and carries a digest of the filters so that it is not used with others.
 */
export function writeCursor(cursor: Cursor, filters: string): string {
  const bytes = Buffer.alloc(LENGTH);
  bytes[0] = (VERSION << 1) | (cursor.order === 'oldest-first' ? 0 : 1);
  bytes.writeUIntBE(cursor.stamp, 1, 6);
  digest(bytes.subarray(0, 7), filters).copy(bytes, 7);
  return bytes.toString('base64url');
}

/** Reads a cursor. `foreign` means that it is damaged, or comes from other filters; undefined that it is none. */
export function readCursor(text: string, filters: string): Cursor | 'foreign' | undefined {
  const bytes = cursorBytes(text);
  if (bytes === undefined) return undefined;
  if (!digest(bytes.subarray(0, 7), filters).equals(bytes.subarray(7))) return 'foreign';
  return { order: (bytes[0]! & 1) === 0 ? 'oldest-first' : 'newest-first', stamp: bytes.readUIntBE(1, 6) };
}

/** Whether `text` has the form of a cursor. */
export function isCursor(text: string): boolean {
  return cursorBytes(text) !== undefined;
}

function cursorBytes(text: string): Buffer | undefined {
  if (!CURSOR_FORM.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  const whole = bytes.length === LENGTH && bytes.toString('base64url') === text;
  return whole && bytes[0]! >> 1 === VERSION ? bytes : undefined;
}

function digest(place: Buffer, filters: string): Buffer {
  return hash('sha256', Buffer.concat([place, Buffer.from(filters)]), 'buffer').subarray(0, 6);
}
