import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { normaliseIoc } from '../../src/normalise/normalise.ts';
import { assertNormal, assertRefused } from './expect.ts';

test('an IPv4 address stays, its port or /32 is cut off', () => {
  assertNormal('ipv4', {
    '192.0.2.1': '192.0.2.1',
    '192.0.2.1:8080': '192.0.2.1',
    '192.0.2.1/32': '192.0.2.1',
    ' "192.0.2.1"\r\n': '192.0.2.1',
  });
});

test('an IPv4 network keeps its prefix and loses its host bits', () => {
  assertNormal('ipv4', {
    '198.51.100.77/24': '198.51.100.0/24',
    '198.51.100.77/31': '198.51.100.76/31',
    '203.0.113.9/12': '203.0.0.0/12',
    '203.0.113.9/0': '0.0.0.0/0',
  });
});

test('what only some programs read as an IPv4 address is refused', () => {
  const values = ['192.0.2', '192.0.2.1.5', '192.0.2.256', '192.0.02.1', '0300.0.2.1', '143.404.146.87'];
  assertRefused('bad_address', [...values, '192.0.2.1/33', '192.0.2.0/024', '192.0.2.1:99999', '1.2']);
  assertRefused('bad_address', ['0xc0.0.2.1', '0xc0000201', '3221225985', '192.0.2.1-9'], 'ip');
});

test('full-width and circled digits make no address', () => {
  for (const value of ['１９２．0.2.1', '①⑨②.0.2.1', '192。0。2。1'])
    assert.equal(normaliseIoc(value).ok, false);
});

test('an IPv6 address takes the form of RFC 5952', () => {
  assertNormal('ipv6', {
    '2001:0DB8:0000:0000:0000:0000:0000:0001': '2001:db8::1',
    '2001:db8:0:1:1:1:1:1': '2001:db8:0:1:1:1:1:1',
    '2001:db8:0:0:1:0:0:1': '2001:db8::1:0:0:1',
    '2001:db8:0:0:1:0:0:0': '2001:db8:0:0:1::',
    '::': '::',
    '::1': '::1',
    '2001:db8::': '2001:db8::',
    '::FFFF:192.0.2.1': '::ffff:192.0.2.1',
    '::ffff:c000:201': '::ffff:192.0.2.1',
    '64:ff9b::192.0.2.1': '64:ff9b::c000:201',
  });
});

test('brackets, a port after them and /128 are cut off an IPv6 address', () => {
  assertNormal('ipv6', {
    '[2001:db8::1]': '2001:db8::1',
    '[2001:db8::1]:443': '2001:db8::1',
    '2001:db8::1/128': '2001:db8::1',
    '2001:db8:ffff::1/36': '2001:db8:f000::/36',
    '2001[:]db8[::]1': '2001:db8::1',
  });
});

test('what is no IPv6 address is refused', () => {
  const values = [
    'fe80::1%eth0',
    '2001:db8:::1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '::1::',
    '12345::1',
    '1::2:3:4:5:6:7:8',
  ];
  assertRefused('bad_address', [
    ...values,
    '2001:db8::/129',
    '2001:db8::/012',
    '::ffff:192.0.2.300',
    '1:2:3:4:5:6:7:192.0.2.1',
  ]);
});

test('every IPv4 address is its own normal form, with and without a port', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.nat(65_535), (address, port) => {
      assertNormal('ipv4', {
        [address]: address,
        [`${address}:${port}`]: address,
        [`${address}/32`]: address,
      });
    }),
  );
});

test('every notation of an IPv6 address has one normal form, which is its own and the one of URLs', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const normal = normaliseIoc(address);
      assert.ok(normal.ok, address);
      assert.deepEqual(normaliseIoc(normal.value), normal);
      assert.equal(new URL(`http://[${normal.value}]`).hostname, new URL(`http://[${address}]`).hostname);
    }),
  );
});
