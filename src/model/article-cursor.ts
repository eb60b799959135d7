import { hash } from 'node:crypto';

import type { ArticlePlace } from './article.ts';

/** Form 1: time, number, and a digest that ties both to the filters. */
const VERSION = 1;
const PLACE = 13;
const LENGTH = 19;
const FORM = /^[A-Za-z0-9_-]{26}$/;

/** Writes where a page of articles ended as opaque text. It needs no memory of ours and goes with its filters only. */
export function writeArticleCursor({ publishedAt, sequence }: ArticlePlace, filters: string): string {
  const bytes = Buffer.alloc(LENGTH);
  bytes[0] = VERSION;
  bytes.writeUIntBE(publishedAt, 1, 6);
  bytes.writeUIntBE(sequence, 7, 6);
  digest(bytes, filters).copy(bytes, PLACE);
  return bytes.toString('base64url');
}

/** Whether `text` has the form of such a cursor. */
export function isArticleCursor(text: string): boolean {
  return FORM.test(text) && Buffer.from(text, 'base64url').toString('base64url') === text;
}

/** Reads a cursor; undefined for one that is damaged, or comes from other filters. */
export function readArticleCursor(text: string, filters: string): ArticlePlace | undefined {
  if (!isArticleCursor(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes[0] !== VERSION || !digest(bytes, filters).equals(bytes.subarray(PLACE))) return undefined;
  return { publishedAt: bytes.readUIntBE(1, 6), sequence: bytes.readUIntBE(7, 6) };
}

function digest(bytes: Buffer, filters: string): Buffer {
  const named = Buffer.concat([bytes.subarray(0, PLACE), Buffer.from(filters)]);
  return hash('sha256', named, 'buffer').subarray(0, LENGTH - PLACE);
}
