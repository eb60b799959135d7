import { bitsOf, IPV4_WORDS, type Network, parseNetwork } from './address.ts';
import { NetworkList } from './networks.ts';

/**
 * What IANA's special-purpose registries and the multicast and reserved blocks hold (RFC 6890 and its updates;
 * https://www.iana.org/assignments/iana-ipv4-special-registry, iana-ipv6-special-registry), as of 2026. Beyond
 * `2000::/3` nothing is global unicast (RFC 4291 §2.4), so IPv6 needs only what lies inside it, and NAT64.
 */
const SPECIAL: Readonly<Record<string, string>> = {
  '0.0.0.0/8': 'this network (RFC 791 §3.2)',
  '10.0.0.0/8': 'private use (RFC 1918)',
  '100.64.0.0/10': 'shared by carriers (RFC 6598)',
  '127.0.0.0/8': 'loopback (RFC 1122 §3.2.1.3)',
  '169.254.0.0/16': 'link local (RFC 3927)',
  '172.16.0.0/12': 'private use (RFC 1918)',
  '192.0.0.0/24': 'protocol assignments (RFC 6890 §2.1)',
  '192.31.196.0/24': 'AS112 (RFC 7535)',
  '192.52.193.0/24': 'multicast tunnelling (RFC 7450)',
  '192.88.99.0/24': 'the former 6to4 relay (RFC 7526)',
  '192.168.0.0/16': 'private use (RFC 1918)',
  '192.175.48.0/24': 'AS112 (RFC 7534)',
  '198.18.0.0/15': 'benchmarks (RFC 2544)',
  '224.0.0.0/4': 'multicast (RFC 5771)',
  '240.0.0.0/4': 'reserved (RFC 1112 §4), and broadcast (RFC 919 §7)',
  '::/128': 'unspecified (RFC 4291 §2.5.2)',
  '::1/128': 'loopback (RFC 4291 §2.5.3)',
  '::ffff:0:0/96': 'IPv4-mapped (RFC 4291 §2.5.5.2)',
  '64:ff9b:1::/48': 'local NAT64 (RFC 8215)',
  '100::/64': 'discard-only (RFC 6666)',
  '100:0:0:1::/64': 'dummy prefix (RFC 9780)',
  '::/3': 'not global unicast (RFC 4291 §2.4)',
  '2001::/23': 'protocol assignments (RFC 2928): Teredo, benchmarks, AMT, AS112, ORCHID, drone ids',
  '2620:4f:8000::/48': 'AS112 (RFC 7534)',
  '4000::/2': 'unassigned (RFC 4291 §2.4)',
  '5f00::/16': 'segment routing (RFC 9602)',
  '8000::/1': 'unassigned (RFC 4291 §2.4)',
  'fc00::/7': 'unique local (RFC 4193)',
  'fe80::/10': 'link local (RFC 4291 §2.5.6)',
  'fec0::/10': 'site local (RFC 3879)',
  'ff00::/8': 'multicast (RFC 4291 §2.7)',
};

const DOCUMENTATION: Readonly<Record<string, string>> = {
  '192.0.2.0/24': 'documentation (RFC 5737)',
  '198.51.100.0/24': 'documentation (RFC 5737)',
  '203.0.113.0/24': 'documentation (RFC 5737)',
  '2001:db8::/32': 'documentation (RFC 3849)',
  '3fff::/20': 'documentation (RFC 9637)',
};

/** Forms of IPv6 that carry an IPv4 address: the prefix, and the first of the 32 bits that are it. */
const EMBEDDING: readonly { readonly prefix: Network; readonly at: number }[] = [
  { prefix: parseNetwork('::ffff:0:0/96')!, at: 96 },
  { prefix: parseNetwork('64:ff9b::/96')!, at: 96 },
  { prefix: parseNetwork('2002::/16')!, at: 16 },
];

/** Special-use space that a network lies in, or that lies in it. */
export interface SpecialUse {
  readonly entry: string;
  readonly list: string;
  readonly isDocumentation: boolean;
}

const INDEX = (() => {
  const list = new NetworkList<SpecialUse>();
  for (const [table, isDocumentation] of [
    [SPECIAL, false],
    [DOCUMENTATION, true],
  ] as const) {
    for (const [entry, use] of Object.entries(table))
      list.add(parseNetwork(entry)!, { entry, list: use, isDocumentation });
  }
  return list.index();
})();

/** The special use that a network, or an IPv4 address which it carries, is of, or that it would take in. */
export function specialUseOf(network: Network): SpecialUse | undefined {
  const carried = carriedIpv4(network);
  if (carried !== undefined) {
    const use = INDEX.covering(carried) ?? INDEX.inside(carried);
    if (use !== undefined || isNat64(network)) return use;
  }
  return INDEX.covering(network) ?? INDEX.inside(network);
}

/** The IPv4 network inside an IPv4-mapped, NAT64 (RFC 6052) or 6to4 (RFC 3056) network, or undefined. */
export function carriedIpv4({ words, prefix }: Network): Network | undefined {
  if (words.length === IPV4_WORDS) return undefined;
  const form = EMBEDDING.find(
    ({ prefix: outer, at }) =>
      prefix > at &&
      outer.words.every((word, index) => isUnder(word, words[index]!, outer.prefix - index * 32)),
  );
  if (form === undefined) return undefined;
  const word = form.at === 96 ? words[3]! : ((words[0]! << 16) | (words[1]! >>> 16)) >>> 0;
  return { words: [word], prefix: Math.min(prefix - form.at, bitsOf([word])) };
}

function isUnder(outer: number, inner: number, bits: number): boolean {
  if (bits <= 0) return true;
  return bits >= 32 ? outer === inner : (outer ^ inner) >>> (32 - bits) === 0;
}

/** NAT64 addresses are global though they stand outside of `2000::/3`. */
function isNat64({ words }: Network): boolean {
  return words[0] === 0x64_ff9b;
}
