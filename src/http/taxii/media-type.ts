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

/** Throws `ApiError` where Content-Type is not ours: what is written is read only when it says what it is. */
export function requireTaxiiContent(type: string | undefined): void {
  const [member] = preferences(type ?? '');
  if (member?.name === 'application/taxii+json' && isVersion(member)) return;
  throw new ApiError('unsupported_media_type', {
    message: `Content-Type must be ${TAXII_MEDIA_TYPE}.`,
    details: [{ header: 'Content-Type', allowed: [TAXII_MEDIA_TYPE] }],
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
