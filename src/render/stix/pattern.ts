import type { IocType } from '../../model/ioc.ts';

/** The object path that holds an IOC's value in a STIX pattern (STIX 2.1 §6, §9.7.5). */
const OBJECT_PATHS: Record<Exclude<IocType, 'mitre-attack'>, string> = {
  ipv4: 'ipv4-addr:value',
  ipv6: 'ipv6-addr:value',
  domain: 'domain-name:value',
  url: 'url:value',
  md5: 'file:hashes.MD5',
  sha1: "file:hashes.'SHA-1'",
  sha256: "file:hashes.'SHA-256'",
  email: 'email-addr:value',
  cve: 'vulnerability:name',
};

/**
 * The STIX pattern of an IOC: one observation of one comparison. Quotes and backslashes of the value are
 * escaped, so that no value can end the literal (STIX 2.1 §9.2, string literals).
 */
export function stixPattern(type: IocType, value: string): string {
  return `[${objectPath(type, value)} = '${escapeLiteral(value)}']`;
}

function objectPath(type: IocType, value: string): string {
  if (type !== 'mitre-attack') return OBJECT_PATHS[type];
  const object = value.startsWith('TA') ? 'x-mitre-tactic' : 'attack-pattern';
  return `${object}:external_references[*].external_id`;
}

function escapeLiteral(value: string): string {
  return /['\\]/.test(value) ? value.replaceAll(/['\\]/g, String.raw`\$&`) : value;
}
