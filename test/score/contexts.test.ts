import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { Context, Derived } from '../../src/model/sighting.ts';
import { withContext } from '../../src/score/contexts.ts';

const words = fc.option(fc.uniqueArray(fc.constantFrom('a', 'b', 'c')), { nil: undefined });
const word = fc.option(fc.constantFrom('x', 'y', 'z'), { nil: undefined });
const record: fc.Arbitrary<Context> = fc
  .record({
    firstSeen: fc.option(fc.nat(5), { nil: undefined }),
    lastSeen: fc.option(fc.integer({ min: 5, max: 9 }), { nil: undefined }),
    confidence: fc.option(fc.nat(3), { nil: undefined }),
    comment: word,
    family: word,
    tags: words,
    actors: words,
    evidence: fc.option(
      fc.record({ sentence: fc.constantFrom('s', 't'), offset: fc.nat(2), defanged: fc.constant(true) }),
      { nil: undefined },
    ),
    derived: fc.option(
      fc.uniqueArray(
        fc.record({
          kind: fc.constantFrom('family' as const, 'actor' as const),
          value: fc.constantFrom('v', 'w'),
          from: fc.constantFrom('tag "v"', 'text "w"'),
        }),
        { selector: ({ kind, value }) => kind + value, minLength: 1 },
      ),
      { nil: undefined },
    ),
  })
  .map((context) => JSON.parse(JSON.stringify(context)) as Context);

test('records without an id add up to the same whatever their order, and however often they come', () => {
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 1, maxLength: 6 }),
      fc.infiniteStream(fc.nat()),
      (records, order) => {
        const once = records.reduce<Context[]>(withContext, []);
        const again = records.reduce<Context[]>(withContext, once);
        assert.deepEqual(again.map(sorted), once.map(sorted));
        const shuffled = records
          .map((context) => ({ context, key: order.next().value! }))
          .sort((a, b) => a.key - b.key)
          .map(({ context }) => context);
        const twice = [...shuffled, ...records].reduce<Context[]>(withContext, []);
        assert.deepEqual(twice.map(sorted), once.map(sorted));
      },
    ),
  );
});

test('a record replaces the one of its id, and keeps the earliest and the latest sighting', () => {
  const before = withContext([], { entry: '1', firstSeen: 10, lastSeen: 20, tags: ['old'], confidence: 90 });
  const after = withContext(before, { entry: '1', firstSeen: 15, lastSeen: 30, confidence: 40 });
  assert.deepEqual(after, [{ entry: '1', firstSeen: 10, lastSeen: 30, confidence: 40 }]);
});

test('a conclusion is kept once, and the first place in a text', () => {
  const conclusion = { kind: 'family', value: 'Emotet' } as const;
  const contexts = [
    {
      derived: [{ ...conclusion, from: 'text "Emotet"' }],
      evidence: { sentence: 'b', offset: 9, defanged: true },
    },
    {
      derived: [{ ...conclusion, from: 'tag "emotet"' }],
      evidence: { sentence: 'a', offset: 3, defanged: false },
    },
  ].reduce<Context[]>(withContext, []);
  assert.deepEqual(contexts, [
    {
      derived: [{ ...conclusion, from: 'tag "emotet"' }],
      evidence: { sentence: 'a', offset: 3, defanged: false },
    },
  ]);
});

test('a source cannot pile up more than 50 records of one IOC', () => {
  let contexts: Context[] = [];
  for (let index = 0; index < 80; index += 1) contexts = withContext(contexts, { entry: String(index) });
  assert.equal(contexts.length, 50);
  assert.equal(contexts.at(-1)!.entry, '79');
});

function sorted(context: Context): Context {
  return {
    ...context,
    ...(context.tags && { tags: [...context.tags].sort() }),
    ...(context.actors && { actors: [...context.actors].sort() }),
    ...(context.derived && { derived: [...context.derived].sort(byKindAndValue) }),
  };
}

function byKindAndValue(a: Derived, b: Derived): number {
  return `${a.kind} ${a.value}` < `${b.kind} ${b.value}` ? -1 : 1;
}
