import { nextLabel } from './labels.ts';

/**
 * Names that nobody can own, or that mean something else in every network: IANA's special-use domain names
 * (RFC 6761 and what followed it), `.internal` (ICANN, 2024), and the DNS's own zones under `.arpa`. Each
 * covers all names below it. `.arpa` as such is not here: attackers host under delegated reverse zones.
 */
const SPECIAL: Readonly<Record<string, string>> = {
  localhost: 'RFC 6761 §6.3',
  invalid: 'RFC 6761 §6.4',
  test: 'RFC 6761 §6.2',
  local: 'multicast DNS (RFC 6762)',
  onion: 'Tor’s own names, which no resolver answers (RFC 7686)',
  alt: 'outside of the DNS (RFC 9476)',
  internal: 'private use (ICANN, 2024)',
  'home.arpa': 'home networks (RFC 8375)',
  'ipv4only.arpa': 'discovery of NAT64 (RFC 8880)',
  'resolver.arpa': 'discovery of resolvers (RFC 9462)',
  'service.arpa': 'service registration (RFC 9665)',
  'eap.arpa': 'EAP onboarding (RFC 9965)',
  '6tisch.arpa': 'joining of wireless networks (RFC 9031)',
  '254.169.in-addr.arpa': 'reverse zone of link-local addresses (RFC 6762 §12)',
  '10.in-addr.arpa': 'reverse zone of private addresses (RFC 6761 §6.1)',
  ...Object.fromEntries(
    Array.from({ length: 16 }, (_, at) => [
      `${16 + at}.172.in-addr.arpa`,
      'reverse zone of private addresses (RFC 6761 §6.1)',
    ]),
  ),
  '168.192.in-addr.arpa': 'reverse zone of private addresses (RFC 6761 §6.1)',
  '127.in-addr.arpa': 'reverse zone of loopback addresses (RFC 6303)',
  '0.in-addr.arpa': 'reverse zone of this network (RFC 6303)',
  'd.f.ip6.arpa': 'reverse zone of unique local addresses (RFC 6303)',
  '8.e.f.ip6.arpa': 'reverse zone of link-local addresses (RFC 6303)',
  '9.e.f.ip6.arpa': 'reverse zone of link-local addresses (RFC 6303)',
  'a.e.f.ip6.arpa': 'reverse zone of link-local addresses (RFC 6303)',
  'b.e.f.ip6.arpa': 'reverse zone of link-local addresses (RFC 6303)',
  'root-servers.net': 'the root of the DNS',
  'in-addr-servers.arpa': 'the DNS’s own zones',
  'ip6-servers.arpa': 'the DNS’s own zones',
};

const DOCUMENTATION: Readonly<Record<string, string>> = {
  example: 'documentation (RFC 6761 §6.5)',
  'example.com': 'documentation (RFC 6761 §6.5)',
  'example.net': 'documentation (RFC 6761 §6.5)',
  'example.org': 'documentation (RFC 6761 §6.5)',
};

/** A reverse zone with fewer labels than this is a registry's or a large network's, not one host's or customer's. */
const FEWEST_IPV4_LABELS = 4;
const FEWEST_IPV6_LABELS = 8;

export interface SpecialName {
  readonly entry: string;
  readonly list: string;
  readonly isDocumentation: boolean;
}

const TABLE: ReadonlyMap<string, SpecialName> = new Map(
  [
    ...Object.entries(SPECIAL).map(([entry, list]) => ({ entry, list, isDocumentation: false })),
    ...Object.entries(DOCUMENTATION).map(([entry, list]) => ({ entry, list, isDocumentation: true })),
  ].map((name) => [name.entry, name]),
);

/** The special-use name that a host in normal form is or lies under. Outside of `.arpa` each has one label or two. */
export function specialNameOf(host: string): SpecialName | undefined {
  const last = host.lastIndexOf('.');
  const top = host.slice(last + 1);
  if (top === 'arpa') return underArpa(host);
  const special = TABLE.get(top);
  return special ?? TABLE.get(host.slice(host.lastIndexOf('.', last - 1) + 1));
}

function underArpa(host: string): SpecialName | undefined {
  for (let at = 0; at >= 0; at = nextLabel(host, at)) {
    const special = TABLE.get(host.slice(at));
    if (special !== undefined) return special;
  }
  return wideReverseZone(host);
}

function wideReverseZone(host: string): SpecialName | undefined {
  const [, zone, family] = /^((?:[0-9a-f]+\.)+)(in-addr|ip6)\.arpa$/.exec(host) ?? [];
  if (zone === undefined) return undefined;
  const fewest = family === 'ip6' ? FEWEST_IPV6_LABELS : FEWEST_IPV4_LABELS - 1;
  if (zone.split('.').length - 1 >= fewest) return undefined;
  return { entry: host, list: 'the reverse zone of a large network', isDocumentation: false };
}
