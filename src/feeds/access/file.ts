import type { AccessContext, AccessOutcome } from './access.ts';
import { conditions, validatorsIn, validatorsOf } from './bookmarks.ts';
import { withKey, withoutKey } from './credential.ts';
import { discard } from './spooled.ts';

/** The most bytes of a feed that is one file: ten million rows of fifty bytes. */
export const LARGEST_FILE = 512 * 1024 * 1024;

/** One conditional request. A server that ignores the conditions is found out by the content. */
export async function accessFile(context: AccessContext): Promise<AccessOutcome> {
  const { feed, fetcher, headers, key, bookmark, signal } = context;
  const { access } = feed;
  if (access.kind !== 'file') throw new TypeError(`${feed.name} is no file`);
  const known = validatorsIn(bookmark, access.url);
  const request = { url: withKey(access.url, key), headers, ...conditions(known), maxBytes: LARGEST_FILE };
  const outcome = await fetcher.fetch(request, signal);
  if (outcome.state === 'unchanged') return { state: 'unchanged' };
  if (outcome.state !== 'fetched') return withoutKey(outcome, key);
  const next = { url: access.url, ...validatorsOf(outcome) };
  if (outcome.sha256 === known.sha256) {
    await discard(outcome.path);
    return { state: 'unchanged', bookmark: next };
  }
  const format = access.format ?? (access.columns === undefined ? undefined : 'csv');
  const document = { path: outcome.path, url: access.url, ...(format !== undefined && { format }) };
  return { state: 'fetched', documents: [document], bookmark: next, complete: true };
}
