import { normaliseDomain } from './domain.ts';
import { accepted, refused } from './normalised.ts';
import type { Normalised } from './normalised.ts';

const LONGEST_LOCAL_PART = 64;
const LOCAL_PART = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;

/**
 * The normal form of an e-mail address: the local part as given (RFC 5321 §2.4; a dot-string of §4.1.2, letters
 * of RFC 6531 included), the domain part as a domain. `mailto:` is cut off. Quoted local parts and address
 * literals are refused.
 */
export function normaliseEmail(text: string): Normalised {
  const address = /^mailto:/i.test(text) ? text.slice('mailto:'.length) : text;
  const at = address.lastIndexOf('@');
  const local = address.slice(0, Math.max(at, 0));
  if (local.length > LONGEST_LOCAL_PART)
    return refused('bad_email', `the part before @ is longer than ${LONGEST_LOCAL_PART} characters`);
  if (!LOCAL_PART.test(local)) return refused('bad_email', 'the part before @ is missing or malformed');
  const domain = address.slice(at + 1);
  if (domain.includes(':')) return refused('bad_email', 'the part after @ is not a domain name');
  const normal = normaliseDomain(domain);
  return normal.ok ? accepted('email', `${local}@${normal.value}`) : refused('bad_email', normal.reason);
}
