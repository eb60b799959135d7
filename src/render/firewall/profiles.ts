import type { IocItem } from '../../model/ioc-item.ts';
import type { IocType } from '../../model/ioc.ts';

/** What one kind of list of one consumer takes, and how much of it. */
export interface FirewallProfile {
  readonly name: string;
  readonly label: string;
  readonly types: readonly IocType[];
  /** So many entries are taken by the smallest model or version in use; more are dropped there in silence or at random. */
  readonly mostEntries: number;
  /** The largest file that is taken, in bytes. */
  readonly mostBytes: number;
  /** An IOC in normal form as an entry, or undefined where the consumer would read it as something else. */
  readonly entry: (item: IocItem) => string | undefined;
}

const MEBIBYTE = 1024 * 1024;
const value = (item: IocItem): string => item.value;

/** The smallest of PAN-OS: 50,000 entries for all lists of a kind together (PAN-OS web help, External Dynamic Lists). */
const PALO_ALTO = { mostEntries: 50_000, mostBytes: 64 * MEBIBYTE };
/**
 * Before FortiOS 7.4.4 a list has 10 MB or 131,072 entries; after it, at least 150,000 for all lists of a kind together
 * (Fortinet technical tip 378964; FortiOS 7.4 new features, External resource entry limit).
 */
const FORTIGATE = { mostEntries: 131_072, mostBytes: 10_000_000 };
/**
 * pf needs room for the old table and the new one at once, so this is half of the table entries that OPNsense 21.1 has by default
 * (`Firewall Maximum Table Entries`, 200,000); later versions and pfSense have more.
 */
const PF = { mostEntries: 100_000, mostBytes: 64 * MEBIBYTE };

/** Consumers of plain lists: one kind of entry a list, one entry a line. */
export const FIREWALL_PROFILES: readonly FirewallProfile[] = [
  {
    name: 'paloalto-ip',
    label: 'Palo Alto EDL of IP addresses',
    types: ['ipv4', 'ipv6'],
    ...PALO_ALTO,
    entry: value,
  },
  {
    name: 'paloalto-domain',
    label: 'Palo Alto EDL of domains',
    types: ['domain'],
    ...PALO_ALTO,
    entry: value,
  },
  { name: 'paloalto-url', label: 'Palo Alto EDL of URLs', types: ['url'], ...PALO_ALTO, entry: paloAltoUrl },
  {
    name: 'fortigate-ip',
    label: 'FortiGate IP address feed',
    types: ['ipv4', 'ipv6'],
    ...FORTIGATE,
    entry: value,
  },
  {
    name: 'fortigate-domain',
    label: 'FortiGate domain name feed',
    types: ['domain'],
    ...FORTIGATE,
    entry: value,
  },
  {
    name: 'fortigate-url',
    label: 'FortiGate category feed of URLs',
    types: ['url'],
    ...FORTIGATE,
    entry: fortiGateUrl,
  },
  {
    name: 'fortigate-hash',
    label: 'FortiGate malware hash feed',
    types: ['md5', 'sha1', 'sha256'],
    ...FORTIGATE,
    entry: value,
  },
  { name: 'pfsense', label: 'pfSense URL table alias', types: ['ipv4', 'ipv6'], ...PF, entry: value },
  { name: 'opnsense', label: 'OPNsense URL table alias', types: ['ipv4', 'ipv6'], ...PF, entry: value },
];

/** A URL entry has at most 255 characters (Guidelines for URL Category Exceptions). */
const LONGEST_URL = 255;

/**
 * Without its scheme, as PAN-OS wants it, and with a slash after the host, as a host without one is taken for `host.*`. `*` and `^` stand
 * for words there and cannot be escaped. Credentials and fragments are in no request, and a port stays where it is.
 */
function paloAltoUrl(item: IocItem): string | undefined {
  const [, rest = ''] = /^https?:\/\/([^/@]+\/[^#]*)$/.exec(item.value) ?? [];
  return rest === '' || rest.length > LONGEST_URL || /[*^\s]/.test(rest) ? undefined : rest;
}

/** `*` stands for anything at either end, and a line that begins with `#` is a remark. */
function fortiGateUrl({ value: url }: IocItem): string | undefined {
  return /^https?:\/\/[^/@]+\//.test(url) && !/[*#\s]/.test(url) ? url : undefined;
}
