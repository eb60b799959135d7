import { parse } from 'tldts';

const OPTIONS = {
  allowPrivateDomains: true,
  detectIp: false,
  extractHostname: false,
  validateHostname: false,
} as const;

/** Suffixes of the private section under which, all the same, only their owner has names. */
const OWNERS_OWN = new Set(['githubusercontent.com', 'googleapis.com']);

/**
 * The suffix under which parties who have nothing to do with one another get names, by the Public Suffix List
 * with its private section: `co.uk`, `github.io`. `isShared` tells those of the private section.
 */
export function suffixOf(host: string): { readonly suffix: string; readonly isShared: boolean } {
  const { publicSuffix, isPrivate } = parse(host, OPTIONS);
  const suffix = publicSuffix ?? '';
  return OWNERS_OWN.has(suffix)
    ? { suffix: suffix.slice(suffix.indexOf('.') + 1), isShared: false }
    : { suffix, isShared: isPrivate === true };
}

/** Amazon's names of rented machines, of which the list makes suffixes by its wildcards. */
const MACHINE = /^ec2-(?:\d+-){3}\d+\./;

/** Whether a host is itself a suffix under which many parties have names. */
export function isSuffix(host: string): boolean {
  return registrableOf(host) === undefined && !MACHINE.test(host);
}

/** The name that one party got under a suffix, `example.co.uk` of `www.example.co.uk`; undefined of a suffix itself. */
export function registrableOf(host: string): string | undefined {
  const { suffix } = suffixOf(host);
  if (suffix.length >= host.length) return undefined;
  return host.slice(host.lastIndexOf('.', host.length - suffix.length - 2) + 1);
}
