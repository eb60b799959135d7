import type { Collection } from '../../model/collection.ts';
import { TAXII_MEDIA_TYPE } from './media-type.ts';
import type { TaxiiSite } from './paths.ts';

/** The largest body that is taken, in bytes. */
export const MAX_CONTENT_LENGTH = 2_097_152;

/**
 * What a server is, and where its API root is (TAXII 2.1 §4.1.1). Without a public URL it is named by its path: what
 * a client says it reached us by is never repeated.
 */
export function discoveryOf({ root }: TaxiiSite, publicUrl: string, producer: string): object {
  const url = urlOf(root, publicUrl);
  return {
    title: `${producer} TAXII server`,
    description: 'Indicators of compromise as STIX 2.1.',
    default: url,
    api_roots: [url],
  };
}

/** An API root is named by a whole URL of HTTPS, or by its path (§4.1.1). */
function urlOf(root: string, publicUrl: string): string {
  if (publicUrl === '' || publicUrl.startsWith('https://')) return publicUrl + root;
  return new URL(publicUrl).pathname.replace(/\/$/, '') + root;
}

/** The API root (TAXII 2.1 §4.2.1). */
export function apiRootOf(producer: string): object {
  return {
    title: `${producer} indicators`,
    description: 'Indicators of compromise as STIX 2.1, by kind, sector, confidence and marking.',
    versions: [TAXII_MEDIA_TYPE],
    max_content_length: MAX_CONTENT_LENGTH,
  };
}

/** A collection (TAXII 2.1 §5.2.1) as it is seen by who may contribute to it, or may not. */
export function collectionOf({ id, alias, title, description }: Collection, canWrite: boolean): object {
  return {
    id,
    title,
    description,
    alias,
    can_read: true,
    can_write: canWrite,
    media_types: ['application/stix+json;version=2.1'],
  };
}
