import { hash } from 'node:crypto';

import { CODINGS, type Coding } from './coding.ts';

/** The strong entity tag of a content in each coding: other bytes have another tag (RFC 9110 §8.8.3.3). */
export function entityTags(content: string): Record<Coding, string> {
  const tag = hash('sha256', content, 'base64url').slice(0, 22);
  const tags = CODINGS.map((coding) => [coding, coding === 'identity' ? `"${tag}"` : `"${tag}-${coding}"`]);
  return Object.fromEntries(tags) as Record<Coding, string>;
}

/** Whether an If-None-Match header names `etag`, or anything (RFC 9110 §13.1.2, weak comparison). */
export function noneMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header === etag) return true;
  if (header.trim() === '*') return true;
  return header.split(',').some((member) => member.trim().replace(/^W\//, '') === etag);
}
