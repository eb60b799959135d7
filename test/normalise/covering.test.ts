import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { coveringIocs } from '../../src/normalise/covering.ts';
import { normaliseIoc } from '../../src/normalise/normalise.ts';

const valuesOf = (type: 'ipv4' | 'ipv6' | 'domain' | 'url' | 'md5', value: string): string[] =>
  coveringIocs({ type, value }).map((ioc) => ioc.value);

test('an address is in a network of each width, and a network in each wider one', () => {
  const networks = valuesOf('ipv4', '203.0.113.7');
  assert.equal(networks.length, 32);
  assert.deepEqual(networks.slice(0, 2), ['203.0.113.6/31', '203.0.113.4/30']);
  assert.equal(networks.at(-1), '0.0.0.0/0');
  assert.deepEqual(valuesOf('ipv4', '192.0.0.0/3'), ['192.0.0.0/2', '128.0.0.0/1', '0.0.0.0/0']);
  assert.deepEqual(valuesOf('ipv4', '0.0.0.0/0'), []);
  assert.equal(valuesOf('ipv6', '2001:db8::1').length, 128);
  assert.equal(valuesOf('ipv6', '2001:db8::1')[96], '2001:db8::/31');
});

test('a domain is under those above it, down to the one that somebody registered', () => {
  assert.deepEqual(valuesOf('domain', 'a.b.example.co.uk'), ['b.example.co.uk', 'example.co.uk']);
  assert.deepEqual(valuesOf('domain', 'example.com'), []);
  assert.deepEqual(valuesOf('url', 'http://www.example.com/x'), ['www.example.com', 'example.com']);
  assert.deepEqual(valuesOf('md5', '0'.repeat(32)), []);
});

test('whatever the value, what covers it is in normal form, each once, 129 at most', () => {
  const value = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain(), fc.webUrl({ withQueryParameters: true }));
  fc.assert(
    fc.property(value, (text) => {
      const ioc = normaliseIoc(text);
      if (!ioc.ok) return;
      const covers = coveringIocs(ioc);
      assert.ok(covers.length <= 129);
      assert.equal(new Set(covers.map((cover) => cover.value)).size, covers.length);
      for (const cover of covers) {
        const again = normaliseIoc(cover.value, cover.type);
        assert.deepEqual(again, { ok: true, ...cover });
      }
    }),
  );
});
