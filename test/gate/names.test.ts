import assert from 'node:assert/strict';
import test from 'node:test';

import { assertHeld, assertPasses, check, lenientGate, plainGate } from './checking.ts';

test('popular sites are held in every form: with and without www, below, punycode, trailing dot, capitals', () => {
  assertHeld(plainGate(), 'popular_site', [
    'google.com',
    'www.google.co.jp',
    'maps.google.com',
    'WWW.Microsoft.COM.',
    'a.b.c.windowsupdate.com',
    'netflix.com',
    'wikipedia.org'.replace('wikipedia', 'mozilla'),
    'deep.below.mozilla.org',
  ]);
});

test('look-alikes of popular sites pass', () => {
  assertPasses(plainGate(), [
    'google.com.evil-example.ru',
    'goog1e-login.com',
    'microsoft-update.top',
    'notmozilla.org',
    'xn--mcrosoft-tkb.com',
    'mozilla.org.ru',
  ]);
});

test('what lies above a much-asked name is held, as whoever blocks it blocks that', () => {
  assertHeld(plainGate(), 'popular_site', [
    'push.apple.com',
    'dl.delivery.mp.microsoft.com',
    'mp.microsoft.com',
  ]);
});

test('a domain under which others get names is held itself, and their names pass', () => {
  const shared = ['blogspot.com', 'github.io', 'duckdns.org', 'web.app', 'workers.dev', 'azurewebsites.net'];
  const more = [
    's3.amazonaws.com',
    'pages.dev',
    'trycloudflare.com',
    'sharepoint.com',
    'ngrok.io',
    'herokuapp.com',
  ];
  for (const domain of [...shared, ...more, 'wordpress.com', 'weebly.com', 'cloudfront.net']) {
    assert.notEqual(check(plainGate(), domain), undefined, domain);
    assertPasses(plainGate(), [`evil-tenant-7.${domain}`, `https://evil-tenant-7.${domain}/`]);
  }
  assertPasses(plainGate(), [
    'ec2-203-0-113-7.compute-1.amazonaws.com',
    'x.cloudapp.azure.com',
    'c2.z01.azurefd.net',
  ]);
});

test('hosts where everybody may leave a file are held as hosts, with what lies below them', () => {
  assertHeld(plainGate(), 'shared_host', [
    'github.com',
    'raw.githubusercontent.com',
    'cdn.discordapp.com',
    'drive.google.com',
    'dl.dropbox.com',
    'bit.ly',
    'pastebin.com',
    't.me',
  ]);
});

test('mail providers are held as domains, and mailboxes at them pass', () => {
  assertHeld(plainGate(), 'mail_provider', ['gmail.com', 'web.de', 'smtp.mail.ru']);
  assertPasses(plainGate(), ['who.ever7@gmail.com', 'x@proton.me', 'x@yahoo.com', 'x@comcast.net']);
});

test('a mailbox at a popular site that gives none away is held, and so is where one reports abuse', () => {
  assertHeld(plainGate(), 'popular_site', ['no-reply@microsoft.com', 'billing@paypal.com']);
  assertHeld(plainGate(), 'warninglist', ['abuse@evil-example.ru', 'security@evil-example.ru']);
  assertPasses(plainGate(), ['billing@paypal-billing-7.top']);
});

test('special-use names are held, below them too', () => {
  assertHeld(plainGate(), 'special_use', [
    '10.in-addr.arpa'.replace('10.', '1.10.'),
    'router.home.arpa',
    'example.com',
    'www.example.org',
    'x@example.net',
    'http://www.example.com/x',
    '1.1.168.192.in-addr.arpa',
    '5.16.172.in-addr.arpa',
  ]);
  for (const value of [
    'localhost',
    'a.localhost',
    'x.test',
    'x.invalid',
    'x.example',
    'x.local',
    'x.onion',
    'x.internal',
    'x.alt',
  ])
    assert.equal(plainGate().check({ type: 'domain', value })?.rule, 'special_use', value);
});

test('reverse zones of large networks are held; one host’s or customer’s passes, as attackers use them', () => {
  assertHeld(plainGate(), 'special_use', ['45.in-addr.arpa', '9.45.in-addr.arpa', '0.0.a.2.ip6.arpa']);
  assertPasses(plainGate(), ['1.9.5.0.9.1.0.0.0.7.4.0.1.0.a.2.ip6.arpa', '7.1.9.45.in-addr.arpa']);
});

test('documentation names are held in earnest and pass in demonstrations', () => {
  assertHeld(plainGate(), 'special_use', ['c2.example.com', 'x@example.com', 'https://example.net/a']);
  assertPasses(lenientGate(), ['example.com', 'c2.example.com', 'x@example.com', 'https://example.net/']);
});

test('hashes of empty and test files are held', () => {
  assertHeld(plainGate(), 'known_hash', [
    'd41d8cd98f00b204e9800998ecf8427e',
    'da39a3ee5e6b4b0d3255bfef95601890afd80709',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '68b329da9893e34099c7d8ad5cb9c940',
    'adc83b19e793491b1c6ea0fd8b46cd9f32e592fc',
    '01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b',
    '44d88612fea8a8f36de82e1278abb02f',
    '3395856ce81f2b7382dee72602f798b642f14140',
    '275A021BBFB6489E54D471899F7DB9D1663FC695EC2FE2A2C4538AABF651FD0F',
  ]);
  assertPasses(plainGate(), ['0123456789abcdef0123456789abcdef', 'CVE-2024-3400', 'T1059.001']);
});

const FEED = { ownHosts: ['www.vendor-blog-7.com', 'raw.githubusercontent.com', 'team.github.io'] };

test('the reporter’s own domain is held, whatever host of it, with URLs and mailboxes', () => {
  const own = [
    'vendor-blog-7.com',
    'feeds.vendor-blog-7.com',
    'https://www.vendor-blog-7.com/post/1',
    'x@vendor-blog-7.com',
  ];
  assertHeld(plainGate(), 'own_domain', own, FEED);
  assertPasses(plainGate(), own);
  assertPasses(plainGate(), ['vendor-blog-7.com.evil-example.ru', 'othervendor-blog-7.com'], FEED);
});

test('of a shared host that a reporter is on, only the host itself is his', () => {
  assertPasses(
    plainGate(),
    ['https://raw.githubusercontent.com/evil/x/main/y.exe', 'https://other.github.io/x'],
    FEED,
  );
  assertHeld(
    plainGate(),
    'own_domain',
    ['https://raw.githubusercontent.com/', 'https://team.github.io/x'],
    FEED,
  );
});
