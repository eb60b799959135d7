import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { IOC_TYPES } from '../../src/model/ioc.ts';
import { kqlQuery, kqlString } from '../../src/render/hunting/kql.ts';
import { splunkQuery } from '../../src/render/hunting/spl.ts';

const BASE = 'http://a.example.com/';

/** The strings of a query in double quotes, their escapes undone, and all that stands outside of them. */
function strings(query: string): { literals: string[]; outside: string } {
  const literals: string[] = [];
  const outside = query.replaceAll(/"((?:[^"\\]|\\(?:["\\]|u[0-9a-f]{4}))*)"/g, (_whole, text: string) => {
    literals.push(
      text.replaceAll(/\\(?:u([0-9a-f]{4})|(.))/g, (_escape, code?: string, char?: string) =>
        code === undefined ? char! : String.fromCharCode(Number.parseInt(code, 16)),
      ),
    );
    return 'S';
  });
  return { literals, outside };
}

test('a plain value is searched for as one quoted term', () => {
  assert.equal(splunkQuery({ type: 'domain', value: 'bad.example.com' }), 'index=* "bad.example.com"');
});

test('quotes and backslashes do not end a Splunk term', () => {
  const value = String.raw`${BASE}"\" | delete \\`;
  const { literals, outside } = strings(splunkQuery({ type: 'url', value }));
  assert.deepEqual([literals, outside], [[value], 'index=* S']);
});

test('an asterisk, which Splunk takes for anything, is narrowed to itself', () => {
  const value = `${BASE}*?a=*`;
  const { literals, outside } = strings(splunkQuery({ type: 'url', value }));
  assert.deepEqual(literals, [value, value]);
  assert.equal(outside, 'index=* S | where mvcount(split(_raw, S)) > 1');
});

test('a backtick calls no macro', () => {
  const query = splunkQuery({ type: 'url', value: `${BASE}?\`macro\`` });
  assert.doesNotMatch(query, /`/);
  const { literals, outside } = strings(query);
  assert.deepEqual(literals, [`${BASE}?*macro*`, `${BASE}?`, '%60', 'macro', '%60', '']);
  assert.equal(
    outside,
    'index=* S | where mvcount(split(_raw, S . urldecode(S) . S . urldecode(S) . S)) > 1',
  );
});

test('networks are matched as networks', () => {
  assert.match(splunkQuery({ type: 'ipv4', value: '192.0.2.0/24' }), /cidrmatch\("192\.0\.2\.0\/24", dest\)/);
  assert.match(kqlQuery({ type: 'ipv4', value: '192.0.2.0/24' }), /ipv4_is_in_range\(column_ifexists/);
  assert.match(kqlQuery({ type: 'ipv6', value: '2001:db8::/32' }), /ipv6_is_in_range\(column_ifexists/);
});

test('whatever a value holds, it stays one string, and the query is the same around it', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('"', '\\', '\\"', "'", '*', '`', '|', '[', '\n', '\0', '//', '$x$', '" or 1==1 //'),
  );
  fc.assert(
    fc.property(fc.constantFrom(...IOC_TYPES), fc.array(piece, { maxLength: 6 }), (type, pieces) => {
      const value = `x${pieces.join('').replaceAll('/', '')}`;
      const plain = strings(kqlQuery({ type, value: 'x' }));
      const { literals, outside } = strings(kqlQuery({ type, value }));
      assert.equal(outside, plain.outside);
      assert.deepEqual(literals, [value, ...plain.literals.slice(1)]);
      assert.doesNotMatch(kqlString(value), /\p{Cc}/u);
      const spl = strings(splunkQuery({ type, value }));
      assert.match(
        spl.outside,
        /^index=\* S(?: \| where mvcount\(split\(_raw, S(?: \. urldecode\(S\) \. S)*\)\) > 1)?$/,
      );
      assert.equal(spl.literals[0], value.replaceAll('`', '*'));
      if (spl.literals.length > 1) assert.equal(spl.literals.slice(1).join('').replaceAll('%60', '`'), value);
    }),
  );
});
