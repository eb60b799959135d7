import type { IncomingHttpHeaders } from 'node:http';

import { ApiError } from '../../errors.ts';
import { type Preference, preferences } from '../negotiate.ts';

/** The one type of every answer and of every body sent here (TAXII 2.1 §3.1). */
export const TAXII_MEDIA_TYPE = 'application/taxii+json;version=2.1';

/** Types that clients name though they read ours: what they get is JSON, and holds STIX. */
const TAKEN_FOR_OURS = new Set(['application/json', 'application/stix+json', 'application/*', '*/*', '*']);

/** Throws `ApiError` where Accept names neither our type nor one that is taken for it. Without it, anything will do. */
export function requireTaxiiAccepted(accept: string | undefined): void {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === TAXII_MEDIA_TYPE) return;
  if (preferences(accept).some((member) => member.quality > 0 && isOurs(member))) return;
  throw new ApiError('not_acceptable', {
    message: `None of the types that Accept names can be answered with. Offered: ${TAXII_MEDIA_TYPE}.`,
    details: [{ header: 'Accept', allowed: [TAXII_MEDIA_TYPE] }],
  });
}

/**
 * Throws `ApiError` where Content-Type is not ours, or the body is in a content coding: what is written is read only when it says
 * what it is.
 */
export function requireTaxiiContent(headers: IncomingHttpHeaders): void {
  const [member] = preferences(headers['content-type'] ?? '');
  if (member?.name !== 'application/taxii+json' || !isVersion(member))
    throw unsupported('Content-Type', TAXII_MEDIA_TYPE);
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  // RFC 9110 §15.5.16.
  if (coding !== '' && coding !== 'identity') throw unsupported('Content-Encoding', 'identity');
}

function unsupported(header: string, allowed: string): ApiError {
  return new ApiError('unsupported_media_type', {
    message: `${header} must be ${allowed}.`,
    details: [{ header, allowed: [allowed] }],
  });
}

function isOurs(member: Preference): boolean {
  if (member.name !== 'application/taxii+json') return TAKEN_FOR_OURS.has(member.name);
  return isVersion(member);
}

function isVersion({ parameters }: Preference): boolean {
  const version = parameters.get('version');
  return version === undefined || version === '2.1';
}
