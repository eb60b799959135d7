import type { RawIoc } from '../model/sighting.ts';

/** What sources call our types, lower case with `-` for spaces and `_`. */
const TYPES = new Map<string, NonNullable<RawIoc['typeHint']>>(
  Object.entries({
    ip: [
      'ip',
      'ips',
      'ip-address',
      'ipaddress',
      'ip:port',
      'ip-port',
      'ip-src',
      'ip-dst',
      'cidr',
      'netblock',
      'subnet',
    ],
    ipv4: ['ipv4', 'ipv4-addr', 'ipv4-address', 'ip4', 'ipv4-cidr'],
    ipv6: ['ipv6', 'ipv6-addr', 'ipv6-address', 'ip6', 'ipv6-cidr'],
    domain: ['domain', 'domains', 'domain-name', 'fqdn'],
    host: ['hostname', 'host', 'hostnames'],
    url: ['url', 'urls'],
    md5: ['md5', 'md5-hash', 'hash-md5', 'file-md5', 'filehash-md5', 'file-hash-md5', 'hash:md5'],
    sha1: [
      'sha1',
      'sha-1',
      'sha1-hash',
      'hash-sha1',
      'file-sha1',
      'filehash-sha1',
      'file-hash-sha1',
      'hash:sha1',
    ],
    sha256: [
      'sha256',
      'sha-256',
      'sha256-hash',
      'hash-sha256',
      'file-sha256',
      'filehash-sha256',
      'file-hash-sha256',
      'hash:sha256',
    ],
    hash: ['hash', 'hashes', 'file-hash', 'filehash'],
    cve: ['cve', 'cves', 'vulnerability'],
    'mitre-attack': ['mitre-attack', 'attack-pattern', 'technique'],
    email: [
      'email',
      'e-mail',
      'email-addr',
      'email-address',
      'email-src',
      'email-dst',
      'sender',
      'envelope-from',
      'body-from',
    ],
  } as const).flatMap(([type, words]) =>
    words.map((word) => [word, type as NonNullable<RawIoc['typeHint']>] as const),
  ),
);

/** Kinds of observable that are none of the ten types, though their values may look like one. */
const FOREIGN =
  /^(?:ja3s?|ja3s?-(?:md5|fingerprint|hash)|ja4\w*|jarm(?:-fingerprint)?|hassh\w*(?:-md5)?|imphash|im(?:port)?-hash|pe-?hash|authentihash|ssdeep|tlsh|telfhash|vhash|sha-?(?:224|384|512)(?:-hash)?|sha3-\d+(?:-hash)?|(?:file)?hash-(?:pehash|imphash|sha512)|file-?name|file-?path|file-?size|path|mutex|reg-?key|registry(?:-key)?|regkey\|value|yara|snort|sigma|user-agent|as|asn|mac(?:-addr(?:ess)?)?|port|process|pdb|btc|xmr|bitcoin(?:-address)?|cookie|certificate\w*|ssl-\w+|x509-.*|.*-fingerprint-.*|favicon\w*|windows-\w+|pipe|email-subject|subject|phone(?:-number)?)$/;

/** What a source's word for a kind of observable means: a type hint, a kind that we do not have, or no such word. */
export function typeOfWord(word: string): { hint: NonNullable<RawIoc['typeHint']> } | 'foreign' | undefined {
  const key = word.trim().toLowerCase().replaceAll(/[\s_]/g, '-');
  if (key.length > 60) return undefined;
  const hint = TYPES.get(key);
  if (hint !== undefined) return { hint };
  return FOREIGN.test(key) ? 'foreign' : undefined;
}
