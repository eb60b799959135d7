import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { Ranking } from '../../src/render/firewall/ranking.ts';

interface Entry {
  readonly line: string;
  readonly confidence: number;
  readonly lastSeen: number;
}

const entry: fc.Arbitrary<Entry> = fc.record({
  line: fc.constantFrom(...Array.from({ length: 30 }, (_, at) => `192.0.2.${at}`)),
  confidence: fc.constantFrom(0, 29, 30, 69, 70, 100),
  lastSeen: fc.constantFrom(-1, 0, 1, 1_768_471_200_000, 1_768_471_200_001),
});

/** The same by sorting all of them. */
function sorted(entries: readonly Entry[], most: number): string[] {
  const time = ({ lastSeen }: Entry): number => Math.max(lastSeen, 0);
  const all = entries.toSorted(
    (a, b) =>
      b.confidence - a.confidence || time(b) - time(a) || (a.line < b.line ? -1 : Number(a.line > b.line)),
  );
  return [...new Set(all.map(({ line }) => line))].slice(0, most);
}

test('the best are those that come first when all are sorted, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 80 }), fc.integer({ min: 1, max: 20 }), (entries, most) => {
      for (const given of [entries, entries.toReversed()]) {
        const ranking = new Ranking(most);
        for (const { line, confidence, lastSeen } of given) {
          ranking.add(line, confidence, lastSeen);
          assert.ok(ranking.size <= 2 * most, 'memory is bounded');
        }
        assert.deepEqual([...ranking.best()].flat(), sorted(entries, most));
      }
    }),
    { numRuns: 500 },
  );
});
