import assert from 'node:assert/strict';
import { isIP } from 'node:net';

import { lines } from '../nasty.ts';

const LABEL = String.raw`[a-z0-9_](?:[a-z0-9_-]{0,62})`;
const RECORD = new RegExp(String.raw`^((?:\*\.)?${LABEL}(?:\.${LABEL})*) CNAME \.$`);

export interface Zone {
  readonly serial: number;
  readonly domains: readonly string[];
  readonly wildcards: readonly string[];
  readonly networks: readonly string[];
}

/** Reads a zone of `CNAME .` records line by line by the grammar of RFC 1035 §5.1, and refuses all else. */
export function readZone(text: string): Zone {
  const [ttl, soa = '', ns, ...records] = lines(text);
  assert.equal(ttl, '$TTL 300');
  const serial = /^@ IN SOA localhost\. hostmaster\.localhost\. \((\d+) 3600 600 604800 300\)$/.exec(
    soa,
  )?.[1];
  assert.equal(ns, '@ IN NS localhost.');
  const owners = records.map((line) => RECORD.exec(line)?.[1] ?? assert.fail(line));
  const isAddress = (owner: string): boolean => owner.endsWith('.rpz-ip');
  return {
    serial: Number(serial),
    domains: owners.filter((owner) => !isAddress(owner) && !owner.startsWith('*.')),
    wildcards: owners.filter((owner) => owner.startsWith('*.')).map((owner) => owner.slice(2)),
    networks: owners.filter(isAddress).map(networkOf),
  };
}

/** `24.0.100.51.198.rpz-ip` is 198.51.100.0/24; in IPv6 `zz` is `::`. */
export function networkOf(owner: string): string {
  const [prefix = '', ...parts] = owner.replace(/\.rpz-ip$/, '').split('.');
  const forward = parts.reverse();
  const address =
    forward.length === 4 && !forward.includes('zz')
      ? forward.join('.')
      : forward.join(':').replace(/(^|:)zz(:|$)/, '::');
  const width = isIP(address) === 4 ? 32 : 128;
  assert.ok(isIP(address), `${owner} is ${address}`);
  return Number(prefix) === width ? address : `${address}/${prefix}`;
}
