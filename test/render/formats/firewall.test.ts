import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { firewallList } from '../../../src/render/firewall/list.ts';
import { FIREWALL_PROFILES, type FirewallProfile } from '../../../src/render/firewall/profiles.ts';
import { admitted } from '../../../src/render/admission.ts';
import type { IocItem } from '../../../src/model/ioc-item.ts';
import { corpus, GOOD, item, lines, NASTY, render, SEEN, SETTING } from './nasty.ts';

const IP = /^(?:[0-9.]{7,15}(?:\/\d{1,2})?|[0-9a-f:.]{2,45}(?:\/\d{1,3})?)$/;
const GRAMMARS: Readonly<Record<string, RegExp>> = {
  'paloalto-ip': IP,
  'paloalto-domain': /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/,
  'paloalto-url': /^[a-z0-9_.-]+(?::\d+)?\/[^\s#*^]*$/,
  'fortigate-ip': IP,
  'fortigate-domain': /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/,
  'fortigate-url': /^https?:\/\/[a-z0-9_.-]+(?::\d+)?\/[^\s#*]*$/,
  'fortigate-hash': /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/,
  pfsense: IP,
  opnsense: IP,
};

for (const profile of FIREWALL_PROFILES) {
  test(`${profile.name}: every line is one entry of its kind, and was given`, async () => {
    const { text, written } = await render(profile.name, corpus(profile.types));
    const entries = lines(text);
    assert.equal(entries.length, written);
    assert.ok(entries.length > 0);
    assert.equal(new Set(entries).size, entries.length, 'none twice');
    const given = new Set([...NASTY, ...profile.types.flatMap((type) => GOOD[type])]);
    for (const entry of entries) {
      assert.match(entry, GRAMMARS[profile.name]!);
      assert.ok(
        [entry, `http://${entry}`, `https://${entry}`].some((value) => given.has(value)),
        entry,
      );
    }
  });
}

test('URLs that a firewall would read as more than one page are left out', async () => {
  const urls = [
    'http://bad.example.com/*',
    'http://bad.example.com/a^',
    'http://bad.example.com/#x',
    'http://u@bad.example.com/',
  ];
  const { text, written } = await render(
    'paloalto-url',
    urls.map((value) => item('url', value)),
  );
  assert.deepEqual({ text, written }, { text: '', written: 0 });
  const fortiGate = await render(
    'fortigate-url',
    urls.map((value) => item('url', value)),
  );
  assert.equal(fortiGate.text, 'http://bad.example.com/a^\n');
  const long = await render('paloalto-url', [item('url', `http://bad.example.com/${'a'.repeat(300)}`)]);
  assert.equal(long.text, '');
});

test('http and https of a page are one entry for Palo Alto', async () => {
  const { text } = await render('paloalto-url', [
    item('url', 'http://bad.example.com/a'),
    item('url', 'https://bad.example.com/a'),
  ]);
  assert.equal(text, 'bad.example.com/a\n');
});

const SMALL: FirewallProfile = { ...FIREWALL_PROFILES[0]!, mostEntries: 5 };

function listOf(profile: FirewallProfile, items: readonly IocItem[]): string[] {
  const format = firewallList(profile);
  const writer = format.open(SETTING);
  for (const each of items) {
    const ready = admitted(each, format);
    if (ready !== undefined) writer.item(ready);
  }
  return lines(writer.end());
}

test('a list has as many entries as its consumer takes: the best, best first, in whatever order they come', () => {
  const items = Array.from({ length: 60 }, (_, at) =>
    item('ipv4', `192.0.2.${at}`, { confidence: at % 10, lastSeen: SEEN + at }),
  );
  const best = ['192.0.2.59', '192.0.2.49', '192.0.2.39', '192.0.2.29', '192.0.2.19'];
  fc.assert(
    fc.property(fc.shuffledSubarray(items, { minLength: 60 }), (shuffled) => {
      assert.deepEqual(listOf(SMALL, shuffled), best);
    }),
    { numRuns: 50 },
  );
});

test('a value that comes twice counts once, with the better of its ranks', () => {
  const items = [
    item('ipv4', '192.0.2.1', { confidence: 10 }),
    item('ipv4', '192.0.2.2', { confidence: 50 }),
    item('ipv4', '192.0.2.1', { confidence: 90 }),
  ];
  assert.deepEqual(listOf(SMALL, items), ['192.0.2.1', '192.0.2.2']);
});

test('a list ends before the largest file that its consumer takes', () => {
  const items = Array.from({ length: 5 }, (_, at) => item('ipv4', `192.0.2.${at}`, { confidence: 50 - at }));
  assert.deepEqual(listOf({ ...SMALL, mostBytes: 25 }, items), ['192.0.2.0', '192.0.2.1']);
});
