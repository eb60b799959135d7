import fc from 'fast-check';

import type { Ioc, IocType } from '../../../src/model/ioc.ts';
import { normaliseIoc } from '../../../src/normalise/normalise.ts';
import { GOOD, NASTY } from './nasty.ts';

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const host = fc
  .array(label, { minLength: 1, maxLength: 3 })
  .map((labels) => `${labels.join('.')}.example.com`);
const byte = fc.nat(255);
const group = fc.nat(0xffff).map((number) => number.toString(16));
const digits = (count: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: count, maxLength: count });
const hostile = fc.oneof(
  fc.constantFrom(...NASTY.filter((text) => text.length < 1_000)),
  fc.string({ unit: 'grapheme' }),
);

/** Raw values of each type, of documentation addresses and names. */
const RAW: Readonly<Record<IocType, fc.Arbitrary<string>>> = {
  ipv4: fc.oneof(
    fc
      .tuple(fc.constantFrom('192.0.2', '198.51.100', '203.0.113'), byte)
      .map(([net, last]) => `${net}.${last}`),
    fc.integer({ min: 24, max: 31 }).map((prefix) => `198.51.100.0/${prefix}`),
  ),
  ipv6: fc.oneof(
    fc.array(group, { minLength: 6, maxLength: 6 }).map((groups) => `2001:db8:${groups.join(':')}`),
    fc
      .tuple(group, fc.integer({ min: 48, max: 127 }))
      .map(([part, prefix]) => `2001:db8:${part}::/${prefix}`),
  ),
  domain: host,
  url: fc
    .tuple(
      fc.constantFrom('http', 'https'),
      host,
      fc.constantFrom('', ':8080'),
      fc.constantFrom('', 'a?q=', 'a/', '#'),
      hostile,
    )
    .map(([scheme, name, port, place, text]) => `${scheme}://${name}${port}/${place}${text}`),
  md5: digits(32),
  sha1: digits(40),
  sha256: digits(64),
  cve: fc
    .tuple(fc.integer({ min: 1999, max: 2026 }), fc.integer({ min: 1000, max: 9_999_999 }))
    .map(([year, number]) => `CVE-${year}-${number}`),
  'mitre-attack': fc.constantFrom('T1059', 'T1059.001', 'T1105', 'TA0001'),
  email: fc
    .tuple(fc.oneof(fc.stringMatching(/^[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}$/), hostile), host)
    .map(([local, name]) => `${local}@${name}`),
};

/** An IOC in normal form, as a store has it, made of what an attacker may choose. */
export function anyIoc(types: readonly IocType[]): fc.Arbitrary<Ioc> {
  return fc.constantFrom(...types).chain((type) =>
    RAW[type].map((text): Ioc => {
      const normal = normaliseIoc(text, type);
      return normal.ok && normal.type === type
        ? { type, value: normal.value }
        : { type, value: GOOD[type][0]! };
    }),
  );
}
