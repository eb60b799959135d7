import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { addLatencies, LATENCY_BUCKETS, latencyBucket, latencyPercentile } from '../../src/model/latency.ts';
import { clientNetwork, isNetwork } from '../../src/model/network.ts';
import { csrfTokenOf, hashCookieSecret, makeCookieSecret } from '../../src/model/session.ts';

test('a percentile is never less than the true one, and at most 42 % more', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.1, max: 100_000, noNaN: true }), { minLength: 1 }),
      fc.constantFrom(0.5, 0.95, 0.99),
      (latencies, part) => {
        const counts: number[] = Array.from({ length: LATENCY_BUCKETS }, () => 0);
        for (const each of latencies) counts[latencyBucket(each)]! += 1;
        const exact = latencies.toSorted((a, b) => a - b)[Math.ceil(latencies.length * part) - 1]!;
        const told = latencyPercentile(counts, part)!;
        assert.ok(told >= exact * 0.99 && told <= exact * 1.42 + 0.01, `${told} for ${exact}`);
      },
    ),
  );
});

test('whatever a clock says is counted somewhere, and nothing has no percentile', () => {
  for (const odd of [0, -1, NaN, Infinity, 1e12]) {
    const bucket = latencyBucket(odd);
    assert.ok(bucket >= 0 && bucket < LATENCY_BUCKETS, String(odd));
  }
  assert.equal(latencyPercentile([], 0.5), undefined);
  assert.deepEqual(addLatencies([1, 2], [0, 1, 5]), [1, 3, 5]);
});

test('an IPv6 client is known by its /64, however its address is written', () => {
  for (const [address, network] of [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0DB8:0:0:1:2:3:4', '2001:db8:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['unknown', 'unknown'],
  ])
    assert.equal(clientNetwork(address!), network);
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      assert.match(clientNetwork(address), /^(?:[0-9a-f]{1,4}:){3}[0-9a-f]{1,4}::\/64$|^\d+\.\d+\.\d+\.\d+$/);
    }),
  );
});

test('a network is an address, or one with a length that fits', () => {
  for (const good of ['192.0.2.0/24', '192.0.2.1', '2001:db8::/32', '::/0']) assert.ok(isNetwork(good), good);
  for (const bad of [
    '',
    '192.0.2.0/33',
    '192.0.2.0/',
    '192.0.2',
    '2001:db8::/129',
    'a.example',
    '::1%lo',
    '1.2.3.4/8/8',
  ])
    assert.ok(!isNetwork(bad), bad);
});

test('a cookie’s secret is random, and neither its hash nor its token tells it', () => {
  const secrets = Array.from({ length: 100 }, () => makeCookieSecret());
  assert.equal(new Set(secrets.map(({ text }) => text)).size, 100);
  const [{ text, hash }] = secrets as [(typeof secrets)[number]];
  assert.equal(Buffer.from(text, 'base64url').byteLength, 32);
  assert.deepEqual(hashCookieSecret(text), hash);
  assert.notEqual(csrfTokenOf(text), hash.toString('base64url'));
  for (const odd of ['', text.slice(1), `${text}x`, `${text.slice(1)};`])
    assert.equal(hashCookieSecret(odd), undefined);
});
