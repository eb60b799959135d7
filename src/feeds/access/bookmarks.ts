import type { FetchOutcome, FetchRequest } from '../fetch/fetcher.ts';
import type { Bookmark } from './access.ts';

/** What a bookmark holds of the last download of one URL. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
  readonly sha256?: string;
}

/** The part of a bookmark under `url`; a bookmark of another URL counts as none. */
export function validatorsIn(bookmark: Bookmark | undefined, url: string): Validators {
  if (bookmark === undefined || bookmark.url !== url) return {};
  const { etag, lastModified, sha256 } = bookmark;
  return {
    ...(typeof etag === 'string' && { etag }),
    ...(typeof lastModified === 'string' && { lastModified }),
    ...(typeof sha256 === 'string' && { sha256 }),
  };
}

/** The conditions of a request (RFC 9110 §13.1). */
export function conditions({ etag, lastModified }: Validators): Pick<FetchRequest, 'etag' | 'lastModified'> {
  return { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
}

/** What is to be remembered of a download. */
export function validatorsOf({
  etag,
  lastModified,
  sha256,
}: FetchOutcome & { readonly state: 'fetched' }): Validators {
  return { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }), sha256 };
}
