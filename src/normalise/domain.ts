import { domainToASCII } from 'node:url';
import { parse } from 'tldts';
import { accepted, refused } from './normalised.ts';
import type { Normalised } from './normalised.ts';

const LONGEST_NAME = 253;
const LONGEST_LABEL = 63;
const SUFFIX_OPTIONS = {
  allowPrivateDomains: false,
  detectIp: false,
  extractHostname: false,
  validateHostname: false,
} as const;

/**
 * The normal form of a domain name: lower case, no trailing dot, internationalised labels as `xn--` (UTS 46),
 * under a public suffix of the ICANN section and not itself one. `_` and hyphens anywhere in a label are
 * let through, because resolvers do so. A port is cut off, as for an address.
 */
export function normaliseDomain(text: string): Normalised {
  const name = withoutPort(text);
  const host = asciiHost(name.endsWith('.') ? name.slice(0, -1) : name);
  if (host === undefined) return refused('bad_domain', 'holds a character that no domain name may have');
  const fault = domainFault(host);
  return fault === undefined ? accepted('domain', host) : refused('bad_domain', fault);
}

function withoutPort(text: string): string {
  const colon = text.indexOf(':');
  return colon > 0 && /^\d{1,5}$/.test(text.slice(colon + 1)) ? text.slice(0, colon) : text;
}

/** Whether `host` is exactly a domain name in normal form. */
export function isDomain(host: string): boolean {
  return LABELS.test(host) && domainFault(host) === undefined;
}

const LABELS = /^[a-z0-9_.-]+$/;

function asciiHost(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (LABELS.test(lower)) return lower;
  if (/[\x00-,/:-@[-^`{-\x7f]/.test(lower) || lower.length > LONGEST_NAME) return undefined;
  const ascii = domainToASCII(lower);
  return LABELS.test(ascii) ? ascii : undefined;
}

function domainFault(host: string): string | undefined {
  if (host.length > LONGEST_NAME) return `longer than ${LONGEST_NAME} characters`;
  const fault = labelFault(host);
  if (fault !== undefined) return fault;
  const { domain, isIcann } = parse(host, SUFFIX_OPTIONS);
  if (isIcann !== true) return 'its ending is on no list of public suffixes';
  return domain === null ? 'it is a public suffix itself' : undefined;
}

function labelFault(host: string): string | undefined {
  let start = 0;
  while (start <= host.length) {
    const dot = host.indexOf('.', start);
    const end = dot < 0 ? host.length : dot;
    if (end === start) return 'has an empty label';
    if (end - start > LONGEST_LABEL) return `a label is longer than ${LONGEST_LABEL} characters`;
    start = end + 1;
  }
  return undefined;
}
