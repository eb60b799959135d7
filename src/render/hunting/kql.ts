import type { Ioc, IocType } from '../../model/ioc.ts';

interface Hunt {
  readonly tables: readonly string[];
  readonly columns: readonly string[];
  /** A condition on one column: none of these operators knows wildcards. */
  readonly condition: (column: string) => string;
}

const is = (column: string): string => `${column} =~ ioc`;
const has = (column: string): string => `${column} has ioc`;
const contains = (column: string): string => `${column} contains ioc`;

const ADDRESS: Hunt = {
  tables: ['DeviceNetworkEvents', 'CommonSecurityLog'],
  columns: ['RemoteIP', 'SourceIP', 'DestinationIP'],
  condition: is,
};

const HASH = { tables: ['DeviceFileEvents', 'DeviceProcessEvents', 'CommonSecurityLog'], condition: is };

/** Where Microsoft's tables hold values of a type: Defender XDR's advanced hunting, and Sentinel's. */
const HUNTS: Readonly<Record<IocType, Hunt>> = {
  ipv4: ADDRESS,
  ipv6: ADDRESS,
  domain: {
    tables: ['DeviceNetworkEvents', 'CommonSecurityLog', 'DnsEvents'],
    columns: ['RemoteUrl', 'DestinationHostName', 'RequestURL', 'Name'],
    condition: has,
  },
  url: {
    tables: ['DeviceNetworkEvents', 'CommonSecurityLog', 'UrlClickEvents', 'EmailUrlInfo'],
    columns: ['RemoteUrl', 'RequestURL', 'Url'],
    condition: contains,
  },
  md5: { ...HASH, columns: ['MD5', 'FileHash'] },
  sha1: { ...HASH, columns: ['SHA1', 'FileHash'] },
  sha256: { ...HASH, columns: ['SHA256', 'FileHash'] },
  cve: { tables: ['DeviceTvmSoftwareVulnerabilities'], columns: ['CveId'], condition: is },
  'mitre-attack': {
    tables: ['AlertInfo', 'SecurityAlert'],
    columns: ['AttackTechniques', 'Techniques'],
    condition: has,
  },
  email: {
    tables: ['EmailEvents'],
    columns: ['SenderFromAddress', 'SenderMailFromAddress', 'RecipientEmailAddress'],
    condition: is,
  },
};

/** A query for an IOC in Kusto's language; tables and columns that a workspace does not have are passed over. */
export function kqlQuery({ type, value }: Ioc): string {
  const { tables, columns, condition } = HUNTS[type];
  const isNetwork = (type === 'ipv4' || type === 'ipv6') && value.includes('/');
  const test = isNetwork ? (column: string): string => `${type}_is_in_range(${column}, ioc)` : condition;
  const conditions = columns.map((column) => test(`column_ifexists("${column}", "")`));
  return `let ioc = ${kqlString(value)}; union isfuzzy=true ${tables.join(', ')} | where ${conditions.join(' or ')}`;
}

/** A string literal of Kusto ("The string data type"): a backslash escapes quotes, itself, and control characters. */
export function kqlString(text: string): string {
  const escaped = text
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${escaped}"`;
}
