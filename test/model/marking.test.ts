import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { cautiousTlp, strictestTlp, stricterTlp, TLP_MARKINGS, tlpOfTag } from '../../src/model/marking.ts';

test('a tag that begins like a TLP is one, and what it does not say clearly is amber at least', () => {
  for (const [tag, tlp] of [
    ['tlp:white', 'clear'],
    ['TLP:CLEAR', 'clear'],
    ['tlp:green', 'green'],
    ['tlp:amber', 'amber'],
    ['tlp:amber+strict', 'amber+strict'],
    ['TLP:AMBER-STRICT', 'amber+strict'],
    ['tlp:amber (strict)', 'amber+strict'],
    ['tlp:red', 'red'],
    ['TLP RED', 'red'],
    ['tlp_red', 'red'],
    ['"tlp:red"', 'red'],
    ['tlp="red"', 'red'],
    ['tlp:red!', 'red'],
    ['tlp:', 'amber'],
    ['tlp:unclear', 'amber'],
    ['tlp:ex:chr', 'amber'],
    ['tlp:redacted', 'amber'],
    ['"tlp:green"', 'amber'],
    ['tlp', undefined],
    ['tlp-bot', undefined],
    ['red', undefined],
    ['PAP:RED', undefined],
    ['http://example.com/tlp:red', undefined],
  ] as const) {
    assert.equal(tlpOfTag(tag), tlp, tag);
  }
});

test('of any text there is a marking, and of any markings the strictest', () => {
  fc.assert(fc.property(fc.string(), (text) => TLP_MARKINGS.includes(cautiousTlp(text))));
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...TLP_MARKINGS), { minLength: 1 }), (markings) => {
      assert.equal(strictestTlp(markings), markings.reduce(stricterTlp));
    }),
  );
  assert.equal(strictestTlp([undefined]), undefined);
});
