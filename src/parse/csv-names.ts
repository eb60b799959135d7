import type { RawIoc } from '../model/sighting.ts';
import type { CsvField } from './format.ts';

type TypeHint = RawIoc['typeHint'];

/** A header as a name to look up: lower case, words joined by `_`. */
export function nameOf(header: string): string {
  return header
    .slice(0, 200)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '_')
    .replaceAll(/^_|_$/g, '');
}

/** Columns that hold a value of any type, the likeliest name first. */
export const VALUE_NAMES: readonly string[] = [
  'indicator',
  'ioc',
  'ioc_value',
  'indicator_value',
  'observable',
  'observable_value',
  'value',
  'artifact',
  'artefact',
  'iocs',
  'indicators',
];

/** Columns that hold values of one type. */
export const TYPED_NAMES: ReadonlyMap<string, TypeHint> = new Map<string, TypeHint>([
  ...entries('ip', ['ip', 'ips', 'ip_address', 'ip_addresses', 'ipaddress', 'ip_addr', 'ipaddr', 'address']),
  ...entries('ipv4', ['ipv4', 'ipv4_address']),
  ...entries('ipv6', ['ipv6', 'ipv6_address']),
  ...entries('domain', ['domain', 'domains', 'domain_name', 'fqdn', 'malicious_domain', 'c2_domain']),
  ...entries('host', ['host', 'hostname', 'hostnames']),
  ...entries('url', ['url', 'urls', 'malicious_url', 'phishing_url', 'c2_url']),
  ...entries('md5', ['md5', 'md5_hash', 'hash_md5', 'file_md5']),
  ...entries('sha1', ['sha1', 'sha_1', 'sha1_hash', 'hash_sha1', 'file_sha1']),
  ...entries('sha256', ['sha256', 'sha_256', 'sha256_hash', 'hash_sha256', 'file_sha256']),
  ...entries('hash', ['hash', 'hashes', 'file_hash', 'filehash']),
  ...entries('email', ['email', 'e_mail', 'email_address', 'sender', 'from_address']),
  ...entries('cve', ['cve', 'cve_id', 'cveid', 'cves']),
]);

/** Columns of addresses in logs: taken when nothing else holds values. */
export const ENDPOINT_NAMES: ReadonlyMap<string, TypeHint> = new Map<string, TypeHint>(
  entries('ip', [
    'dst_ip',
    'dest_ip',
    'destination_ip',
    'dstip',
    'c2_ip',
    'src_ip',
    'source_ip',
    'srcip',
    'attacker_ip',
    'remote_ip',
    'remote_host',
  ]),
);

/** Columns that say something of the value, the likeliest name first. */
export const SAID_NAMES: Readonly<Record<Exclude<CsvField, 'value'>, readonly string[]>> = {
  type: ['type', 'ioc_type', 'indicator_type', 'observable_type', 'value_type', 'ioctype', 'data_type'],
  first_seen: [
    'first_seen',
    'firstseen',
    'first_seen_utc',
    'date_added',
    'dateadded',
    'detected_date',
    'detection_date',
    'date_detected',
    'listingdate',
    'submission_time',
    'date',
    'added',
    'created',
    'created_at',
    'published',
    'timestamp',
    'time',
    'datetime',
  ],
  last_seen: [
    'last_seen',
    'lastseen',
    'last_seen_utc',
    'last_online',
    'last_updated',
    'updated',
    'updated_at',
    'modified',
  ],
  confidence: ['confidence', 'confidence_level', 'confidence_score'],
  threat_type: ['threat_type', 'classification', 'threat', 'category', 'attack_type', 'verdict'],
  family: [
    'family',
    'malware_family',
    'malware_printable',
    'malware',
    'malware_name',
    'signature',
    'threat_name',
  ],
  tags: ['tags', 'tag', 'labels', 'keywords'],
  reference: [
    'reference',
    'references',
    'ref',
    'reference_url',
    'report',
    'report_url',
    'source_url',
    'permalink',
    'link',
    'urlhaus_link',
    'phish_detail_url',
  ],
  comment: ['comment', 'comments', 'description', 'notes', 'note', 'details', 'context'],
  techniques: [
    'techniques',
    'mitre_techniques',
    'mitre_attack',
    'attack_techniques',
    'technique',
    'mitre',
    'ttps',
    'ttp',
  ],
  sectors: ['sectors', 'sector', 'industries', 'industry'],
  tlp: ['tlp', 'marking'],
};

function entries(type: TypeHint, names: readonly string[]): [string, TypeHint][] {
  return names.map((name) => [name, type]);
}
