import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';

import { corpus, formatNamed, GOOD, item, lines, render, SETTING } from './nasty.ts';

const LABEL = String.raw`[a-z0-9_](?:[a-z0-9_-]{0,62})`;
const RECORD = new RegExp(String.raw`^((?:\*\.)?${LABEL}(?:\.${LABEL})*) CNAME \.$`);

interface Zone {
  readonly serial: number;
  readonly domains: readonly string[];
  readonly wildcards: readonly string[];
  readonly networks: readonly string[];
}

/** Reads a zone of `CNAME .` records line by line by the grammar of RFC 1035 §5.1, and refuses all else. */
function readZone(text: string): Zone {
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
function networkOf(owner: string): string {
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

test('a zone lists exactly the domains and networks that were given', async () => {
  const { text } = await render('rpz', corpus(formatNamed('rpz').types));
  const zone = readZone(text);
  assert.equal(zone.serial, Math.floor(SETTING.lastModified / 1000));
  assert.deepEqual(new Set(zone.domains), new Set(GOOD.domain));
  const mixed = '::ffff:192.0.2.1';
  assert.deepEqual(
    new Set(zone.networks),
    new Set([...GOOD.ipv4, ...GOOD.ipv6].filter((value) => value !== mixed)),
  );
});

test('what is below a domain is listed with it, but not below a name under which others have theirs', async () => {
  const { text } = await render('rpz', [item('domain', 'bad.example.com'), item('domain', 'github.io')]);
  const zone = readZone(text);
  assert.deepEqual(zone.domains, ['bad.example.com', 'github.io']);
  assert.deepEqual(zone.wildcards, ['bad.example.com']);
});

test('IPv6 triggers are as the draft has them', async () => {
  const { text } = await render('rpz', [
    item('ipv6', '2001:db8::3'),
    item('ipv6', '2001:db8::/48'),
    item('ipv6', '::1'),
  ]);
  assert.deepEqual(lines(text).slice(3), [
    '128.3.zz.db8.2001.rpz-ip CNAME .',
    '48.zz.db8.2001.rpz-ip CNAME .',
    '128.1.zz.rpz-ip CNAME .',
  ]);
});

test('no domain, a top level or a wildcard cannot be listed', async () => {
  const broad = ['com', 'co.uk', '*.com', '*', '.', '', '*.example.com', 'Example.com', 'example.com.'];
  for (const name of ['rpz', 'hosts', 'paloalto-domain', 'fortigate-domain', 'suricata-domain', 'suricata']) {
    const { written } = await render(
      name,
      broad.map((value) => item('domain', value)),
    );
    assert.equal(written, 0, name);
  }
});

test('every line of a hosts file is an address and a name', async () => {
  const { text, written } = await render('hosts', corpus(['domain']));
  const [remark, ...entries] = lines(text);
  assert.match(remark!, /^# /);
  assert.equal(entries.length, written);
  const names = entries.map((line) => /^0\.0\.0\.0 ([a-z0-9_.-]+)$/.exec(line)?.[1] ?? assert.fail(line));
  assert.deepEqual(new Set(names), new Set(GOOD.domain));
});
