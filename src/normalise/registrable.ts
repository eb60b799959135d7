import { getDomain, getPublicSuffix } from 'tldts';

/**
 * The part of a host that somebody registered, by the ICANN section of the Public Suffix List: `example.co.uk` of
 * `www.example.co.uk`; of an address or a suffix the host itself.
 */
export function registrableDomain(host: string): string {
  return getDomain(host, { allowPrivateDomains: false, extractHostname: false }) ?? host;
}

/** The host of an absolute URL in lower case, or undefined. */
export function hostOf(url: string): string | undefined {
  return /^[a-z][a-z0-9+.-]{0,31}:\/\/(?:[^/?#@]{0,256}@)?(\[[^\]]{2,45}\]|[^/?#:]{1,253})/i
    .exec(url)?.[1]
    ?.toLowerCase();
}

/**
 * Whether under `host` names belong to many: it is a public suffix, of the ICANN section or of the private one, such as
 * `github.io`.
 */
export function isPublicSuffix(host: string): boolean {
  return getPublicSuffix(host, { allowPrivateDomains: true, extractHostname: false }) === host;
}
