import assert from 'node:assert/strict';
import test from 'node:test';

import { assertHeld, assertPasses, check, gateWithLists, lenientGate, plainGate } from './checking.ts';

test('special-use addresses of IANA’s registries are held', () => {
  assertHeld(plainGate(), 'special_use', [
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.0.2.7',
    '192.31.196.1',
    '192.52.193.1',
    '192.88.99.1',
    '192.168.1.1',
    '192.175.48.1',
    '198.18.0.1',
    '198.51.100.7',
    '203.0.113.7',
    '224.0.0.251',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '64:ff9b:1::1',
    '100::1',
    '100:0:0:1::1',
    '2001::1',
    '2001:1::1',
    '2001:2::1',
    '2001:3::1',
    '2001:4:112::1',
    '2001:10::1',
    '2001:20::1',
    '2001:db8::1',
    '2620:4f:8000::1',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '4000::1',
  ]);
});

test('addresses right beside special-use space pass', () => {
  assertPasses(plainGate(), [
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '2001:200::1',
    '2001:db7::1',
    '2001:db9::1',
  ]);
});

test('an IPv6 address that carries a special-use or listed IPv4 address is held as that', () => {
  assertHeld(plainGate(), 'special_use', [
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '::ffff:45.9.1.2',
    '64:ff9b::a00:1',
    '64:ff9b::7f00:1',
    '2002:a00:1::1',
    '2002:c0a8:101::',
  ]);
  assertHeld(plainGate(), 'public_resolver', ['64:ff9b::8.8.8.8', '2002:808:808::']);
  assertPasses(plainGate(), ['64:ff9b::2d09:102', '2002:2d09:102::1']);
});

test('a network that contains special-use or guarded addresses is held, and one inside of them', () => {
  assertHeld(plainGate(), 'special_use', [
    '10.20.0.0/16',
    '192.168.0.0/24',
    '198.51.0.0/16',
    '2001:db8::/48',
  ]);
  assertHeld(plainGate(), 'public_resolver', ['8.8.0.0/16', '8.8.8.8/31', '1.1.1.0/24', '9.9.0.0/16']);
  assertHeld(plainGate(), 'cloud_range', ['104.16.0.0/16', '104.17.1.0/24', '52.96.0.0/16']);
});

test('a network so wide that it hits bystanders is held', () => {
  assertHeld(plainGate(), 'too_broad', [
    '0.0.0.0/0',
    '45.0.0.0/7',
    '45.0.0.0/8',
    '45.0.0.0/11',
    '::/0',
    '2a00::/12',
    '2a0e:b000::/23',
  ]);
});

test('networks as large as hijackers take pass', () => {
  assertPasses(plainGate(), [
    '45.48.0.0/12',
    '45.8.0.0/15',
    '45.9.0.0/16',
    '45.9.1.0/24',
    '2a0e:b100::/24',
    '2a0e:b107::/32',
  ]);
});

test('public resolvers are held, and every URL on those that companies use', () => {
  assertHeld(plainGate(), 'public_resolver', [
    '8.8.8.8',
    '8.8.4.4',
    '1.1.1.1',
    '1.0.0.1',
    '9.9.9.9',
    '208.67.222.222',
    '2606:4700:4700::1111',
    '2001:4860:4860::8888',
    '114.114.114.114',
    'https://1.1.1.1/dns-query',
    'https://[2606:4700:4700::1111]/dns-query',
    'http://8.8.8.8:53/',
  ]);
});

test('a URL on an open resolver of the list passes unless it leads nowhere in particular', () => {
  const resolver = '45.9.1.2';
  const gate = gateWithLists({ 'public-dns-v4': { type: 'cidr', list: [`${resolver}/32`] } });
  assertHeld(gate, 'public_resolver', [resolver, `http://${resolver}/`]);
  assertPasses(gate, [`http://${resolver}:39000/`, `http://${resolver}/bin.sh`, '45.9.1.0/24']);
  assertPasses(plainGate(), [resolver]);
});

test('content networks are held; a machine in a rented cloud passes, and a network of them does not', () => {
  assertHeld(plainGate(), 'cloud_range', [
    '104.16.1.1',
    '172.67.1.1',
    '151.101.1.69',
    '140.82.121.4',
    '23.32.5.6',
  ]);
  assertPasses(plainGate(), ['3.5.140.7', '52.95.245.9', '20.38.98.5', '34.80.1.2', '172.233.5.6']);
  assertHeld(plainGate(), 'cloud_range', ['3.8.140.0/24', '34.80.0.0/16', '172.233.0.0/24']);
});

test('documentation addresses are held in earnest and pass in demonstrations', () => {
  const values = ['192.0.2.7', '198.51.100.0/24', '2001:db8::7', '3fff::7', 'http://203.0.113.7/x'];
  assertHeld(plainGate(), 'special_use', values);
  assertPasses(lenientGate(), values);
  assertHeld(lenientGate(), 'special_use', ['10.0.0.1', '127.0.0.1']);
});

test('a hold tells its list and the entry that covers the value', () => {
  assert.deepEqual(check(plainGate(), '10.1.2.3'), {
    rule: 'special_use',
    list: 'private use (RFC 1918)',
    entry: '10.0.0.0/8',
  });
});
