import type { FastifyRequest } from 'fastify';

/** Where a TAXII server is found, and the API root that it names. */
export interface TaxiiSite {
  /** The path of its discovery (TAXII 2.1 §4.1). */
  readonly discovery: string;
  /** The path of its API root; the same for clients that keep only the last part of it. */
  readonly root: string;
}

/** The server, and its alias at the top for clients that drop the prefix of an API root. */
export const TAXII_SITES: readonly TaxiiSite[] = [
  { discovery: '/api/taxii2/', root: '/api/taxii2/api/' },
  { discovery: '/taxii2/', root: '/taxii2/' },
];

/** Whether a request speaks TAXII, also where there is nothing at its path: errors are then told as TAXII tells them. */
export function isTaxiiRequest({ routeOptions, url }: Pick<FastifyRequest, 'routeOptions' | 'url'>): boolean {
  const path = routeOptions.url ?? url.split(/[?#]/, 1)[0]!;
  return TAXII_SITES.some(({ discovery }) => `${path}/`.startsWith(discovery));
}
