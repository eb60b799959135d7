import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { sharesOf } from './shares.ts';

const file = fc
  .tuple(fc.constantFrom('', 'http/', 'cli/', 'parse/prose/', 'browser/'), fc.nat(200))
  .map(([folder, number]) => `test/${folder}${number}.test.ts`);

const files = fc.uniqueArray(
  fc.record({
    file,
    text: fc.constantFrom('', 'process.cpuUsage()', 'process.memoryUsage()', 'openBrowser(t)'),
  }),
  { selector: (each) => each.file, maxLength: 120 },
);

test('every test file is run once, in a share that is not empty', () => {
  fc.assert(
    fc.property(files, (given) => {
      const texts = new Map(given.map((each) => [each.file, each.text]));
      const shares = sharesOf([...texts.keys()], (name) => texts.get(name)!);
      assert.deepEqual(shares.flat().sort(), [...texts.keys()].sort());
      assert.ok(shares.every(({ length }) => length > 0 && length <= 12));
    }),
  );
});

test('what measures memory is alone, what measures time is with its like, and what drives a browser shares one', () => {
  const texts: Record<string, string> = {
    'test/http/a.test.ts': '',
    'test/http/b.test.ts': 'process.cpuUsage()',
    'test/http/c.test.ts': 'await openBrowser(t)',
    'test/browser/d.test.ts': 'await openBrowser(t)',
    'test/http/e.test.ts': '',
    'test/http/f.test.ts': 'performance.now()',
    'test/http/g.test.ts': 'process.memoryUsage()',
  };
  const shares = sharesOf(Object.keys(texts), (name) => texts[name]!).map((share) => share.join(' '));
  assert.deepEqual(shares.toSorted(), [
    'test/http/a.test.ts test/http/e.test.ts',
    'test/http/b.test.ts test/http/f.test.ts',
    'test/http/c.test.ts test/browser/d.test.ts',
    'test/http/g.test.ts',
  ]);
});
