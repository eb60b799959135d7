import type { IocItem } from '../model/ioc-item.ts';
import { isPublicSuffix } from '../normalise/registrable.ts';
import { isInNormalForm } from './admission.ts';
import type { ExportFormat, ItemWriter } from './format.ts';

/** A name has 255 octets at most, and the zone's own name is part of it (RFC 1035 §3.1). */
const LONGEST_OWNER = 180;

/**
 * A DNS response policy zone for BIND, Unbound, Knot or PowerDNS (draft-vixie-dnsop-dns-rpz-00): a listed domain and all below it
 * do not exist (`CNAME .`, §3.1, §4.1), nor do answers with a listed address (§4.3). Names under which others have theirs, such as
 * `github.io`, are listed without what is below. The zone has no name of its own: all owners are relative to the origin that the server's
 * configuration gives it. Its serial is the time of the newest publication in seconds, of whatever IOC: it must
 * not fall when one is taken back (RFC 1982).
 */
export const rpz: ExportFormat = {
  name: 'rpz',
  label: 'DNS response policy zone',
  mediaType: 'text/plain; charset=utf-8',
  fileExtension: 'rpz',
  tier: 'pro',
  types: ['domain', 'ipv4', 'ipv6'],
  tellsRevoked: false,
  rises: true,
  open: ({ lastModified }): ItemWriter => ({
    begin: () =>
      '$TTL 300\n' +
      `@ IN SOA localhost. hostmaster.localhost. (${Math.floor(lastModified / 1000)} 3600 600 604800 300)\n` +
      '@ IN NS localhost.\n',
    item: records,
    end: () => '',
  }),
};

function records(item: IocItem): string | undefined {
  if (!isInNormalForm(item)) return undefined;
  const owners = item.type === 'domain' ? domainOwners(item.value) : addressOwners(item);
  return owners.length === 0 ? undefined : owners.map((owner) => `${owner} CNAME .\n`).join('');
}

function domainOwners(domain: string): string[] {
  if (domain.length > LONGEST_OWNER) return [];
  return isPublicSuffix(domain) ? [domain] : [domain, `*.${domain}`];
}

/** The prefix length, then the address backwards (§4.3.1): octets of IPv4, groups of IPv6 with `zz` for `::`. */
function addressOwners({ type, value }: IocItem): string[] {
  const [address = '', prefix = type === 'ipv4' ? '32' : '128'] = value.split('/');
  if (type === 'ipv4') return [`${prefix}.${address.split('.').reverse().join('.')}.rpz-ip`];
  // A mixed notation is that of an IPv4 address, which no AAAA record should hold.
  if (address.includes('.')) return [];
  const groups = address
    .replace(/^::$/, 'zz')
    .replace(/^::/, 'zz:')
    .replace(/::$/, ':zz')
    .replace('::', ':zz:');
  return [`${prefix}.${groups.split(':').reverse().join('.')}.rpz-ip`];
}
