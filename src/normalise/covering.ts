import type { Ioc } from '../model/ioc.ts';
import { normaliseIoc } from './normalise.ts';
import { hostOf } from './registrable.ts';

/** Bits of an address. */
const LENGTHS = { ipv4: 32, ipv6: 128 } as const;

/**
 * All that a list would name to hit `ioc`, a value in normal form, with it, the narrowest first: of an address or network the
 * networks that contain it, of a domain the domains above it, of a URL its host and what covers that. At most 129.
 */
export function coveringIocs({ type, value }: Ioc): Ioc[] {
  if (type === 'ipv4' || type === 'ipv6') return networksAround(type, value);
  if (type === 'domain') return domainsAbove(value);
  return type === 'url' ? hostAndAbove(value) : [];
}

function networksAround(type: 'ipv4' | 'ipv6', value: string): Ioc[] {
  const [address, own = LENGTHS[type]] = value.split('/');
  const lengths = Array.from({ length: Number(own) }, (_none, index) => Number(own) - 1 - index);
  return lengths.flatMap((length) => normal(`${address}/${length}`, type));
}

/** Down to the one under a public suffix: what is above it nobody can own, and it is no domain in normal form. */
function domainsAbove(name: string): Ioc[] {
  const labels = name.split('.');
  return labels.slice(1).flatMap((_label, index) => normal(labels.slice(index + 1).join('.'), 'domain'));
}

function hostAndAbove(url: string): Ioc[] {
  const [host] = normal(hostOf(url) ?? '', 'host');
  return host === undefined ? [] : [host, ...coveringIocs(host)];
}

function normal(text: string, hint: 'ipv4' | 'ipv6' | 'domain' | 'host'): Ioc[] {
  const ioc = normaliseIoc(text, hint);
  return ioc.ok ? [{ type: ioc.type, value: ioc.value }] : [];
}
