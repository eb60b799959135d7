import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { Context } from '../../src/model/sighting.ts';
import { withContext } from '../../src/score/contexts.ts';
import { contextsWith, contextText, parseContexts } from '../../src/store/sqlite/context-text.ts';

const context: fc.Arbitrary<Context> = fc.record(
  {
    entry: fc.constantFrom('1', '2'),
    firstSeen: fc.integer({ min: 0, max: 9 }),
    lastSeen: fc.integer({ min: 0, max: 9 }),
    tags: fc.array(fc.constantFrom('b', 'a', '"', 'ü'), { maxLength: 3 }),
    comment: fc.string({ unit: 'binary' }),
    derived: fc.array(
      fc.tuple(fc.constantFrom('X', 'Y'), fc.constantFrom('a', 'b')).map(([value, from]) => ({
        kind: 'family' as const,
        value,
        from,
      })),
      { maxLength: 2 },
    ),
    revoked: fc.constant(true),
  },
  { requiredKeys: [], noNullPrototype: true },
);

/** As it is kept: the first time seen, where only the last is told, is that one. */
function kept({ firstSeen, ...said }: Context): Context {
  const first = firstSeen ?? said.lastSeen;
  return first === undefined ? said : { ...said, firstSeen: first };
}

test('a record reads back as it was told, whatever stands beside it', () => {
  fc.assert(
    fc.property(context, (said) => {
      const beside = { type: 'domain', value: 'host.example.com', hold: { rule: 'warninglist' }, ...said };
      assert.deepEqual(JSON.parse(contextText(beside)), kept(said));
    }),
  );
});

test('equal records are equal texts, in whatever order their properties come', () => {
  fc.assert(
    fc.property(context, (said) => {
      const turned = Object.fromEntries(Object.entries(said).reverse()) as Context;
      assert.equal(contextText(turned), contextText(said));
    }),
  );
});

test('records that are added one by one are those that the score’s rule puts together', () => {
  fc.assert(
    fc.property(fc.array(context, { minLength: 1, maxLength: 4 }), fc.boolean(), (each, areRepeated) => {
      const records = areRepeated ? each.flatMap((record) => [record, record]) : each;
      let stored = '[]';
      let expected: Context[] = [];
      for (const record of records) {
        stored = contextsWith(stored, record);
        expected = withContext(expected, kept(record));
        assert.deepEqual(parseContexts(stored), expected);
      }
    }),
  );
});
