import { isIPv4 } from 'node:net';

import { parseIpv6 } from '../../normalise/ipv6.ts';

/** IANA's special-purpose registry, multicast, and what clouds answer their machines at: network, prefix, what it is. */
const IPV4: readonly (readonly [string, number, string])[] = [
  ['0.0.0.0', 8, 'an address of this host'],
  ['10.0.0.0', 8, 'a private address'],
  ['100.64.0.0', 10, 'a shared (CGNAT) address'],
  ['127.0.0.0', 8, 'a loopback address'],
  ['168.63.129.16', 32, 'a cloud’s metadata address'],
  ['169.254.0.0', 16, 'a link-local or metadata address'],
  ['172.16.0.0', 12, 'a private address'],
  ['192.0.0.0', 24, 'a special-purpose address'],
  ['192.0.2.0', 24, 'a documentation address'],
  ['192.88.99.0', 24, 'a 6to4 address'],
  ['192.168.0.0', 16, 'a private address'],
  ['198.18.0.0', 15, 'a benchmarking address'],
  ['198.51.100.0', 24, 'a documentation address'],
  ['203.0.113.0', 24, 'a documentation address'],
  ['224.0.0.0', 4, 'a multicast address'],
  ['240.0.0.0', 4, 'a reserved or broadcast address'],
];

/** As the above, by the first two groups; within and beside global unicast 2000::/3. */
const IPV6: readonly (readonly [number, number, string])[] = [
  [0xfc00_0000, 7, 'a private (ULA) address'],
  [0xfe80_0000, 10, 'a link-local address'],
  [0xff00_0000, 8, 'a multicast address'],
  [0x2001_0db8, 32, 'a documentation address'],
  [0x2001_0000, 23, 'a special-purpose (Teredo, ORCHID) address'],
  [0x2002_0000, 16, 'a 6to4 address'],
  [0x3fff_0000, 20, 'a documentation address'],
];

const IPV4_NUMBERS = IPV4.map(([network, bits, use]) => [numberOf(network), bits, use] as const);

/**
 * What an address is when it is not one of the public internet: `a loopback address`; undefined for those of the
 * public internet. An IPv4 address within IPv6, mapped (RFC 4291 §2.5.5.2) or translated (NAT64, RFC 6052), is
 * what it stands for. `address` is in any notation that a resolver returns; anything else is refused as well.
 */
export function specialUse(address: string): string | undefined {
  if (isIPv4(address)) return useOfIpv4(numberOf(address));
  const groups = parseIpv6(address.replace(/%.*$/, ''));
  return groups === undefined ? 'no IP address' : useOfIpv6(groups);
}

/** An IPv4 address mapped into IPv6 as IPv4; any other as it is. */
export function plainAddress(address: string): string {
  const groups = address.includes(':') ? parseIpv6(address) : undefined;
  if (groups === undefined || !isMapped(groups)) return address;
  const number = embeddedIpv4(groups);
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.');
}

function useOfIpv4(number: number): string | undefined {
  return IPV4_NUMBERS.find(([network, bits]) => number >>> (32 - bits) === network >>> (32 - bits))?.[2];
}

function useOfIpv6(groups: readonly number[]): string | undefined {
  if (isMapped(groups) || isTranslated(groups)) return useOfIpv4(embeddedIpv4(groups));
  const [first = 0, second = 0, , , fifth = 0, sixth = 0, , last = 0] = groups;
  if (groups.slice(0, 7).every((group) => group === 0) && last <= 1) return 'a loopback address';
  const head = ((first << 16) | second) >>> 0;
  const special = IPV6.find(([network, bits]) => head >>> (32 - bits) === network >>> (32 - bits));
  if (special !== undefined) return special[2];
  if (first >>> 13 !== 1) return 'not an address of the public internet';
  // ISATAP (RFC 5214 §6.1): an interface of a private network, its IPv4 address in the last 32 bits.
  return (fifth & 0xfdff) === 0 && sixth === 0x5efe ? 'a tunnel (ISATAP) address' : undefined;
}

function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

/** NAT64's well-known prefix 64:ff9b::/96, in which networks without IPv4 show the public internet. */
function isTranslated(groups: readonly number[]): boolean {
  return groups[0] === 0x64 && groups[1] === 0xff9b && groups.slice(2, 6).every((group) => group === 0);
}

function embeddedIpv4([, , , , , , high = 0, low = 0]: readonly number[]): number {
  return ((high << 16) | low) >>> 0;
}

function numberOf(ipv4: string): number {
  return ipv4.split('.').reduce((number, octet) => number * 256 + Number(octet), 0);
}
