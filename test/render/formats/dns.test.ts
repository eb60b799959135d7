import assert from 'node:assert/strict';
import { test } from 'node:test';

import { corpus, formatNamed, GOOD, item, lines, render, SETTING } from './nasty.ts';
import { readHosts } from './readers/hosts.ts';
import { readZone } from './readers/rpz.ts';

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
  const names = readHosts(text);
  assert.equal(names.length, written);
  assert.deepEqual(new Set(names), new Set(GOOD.domain));
});
