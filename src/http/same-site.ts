import type { FastifyRequest } from 'fastify';

import { ApiError } from '../errors.ts';

/**
 * Throws `ApiError` for a request that a browser makes for a page of somebody else. Browsers say so by `Sec-Fetch-Site` (W3C Fetch
 * Metadata), older ones by `Origin`; what sends neither is no browser, and has no cookie to be abused.
 */
export function requireSameSite({ headers, host }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  if (site === undefined ? origin === undefined || hostOf(origin) === host : site === 'same-origin') return;
  throw new ApiError('cross_site_request');
}

/** The host and port of an origin; undefined for one that has none, such as `null`. */
function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host;
}
