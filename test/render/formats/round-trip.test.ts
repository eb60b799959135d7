import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import type { Ioc } from '../../../src/model/ioc.ts';
import type { ExportFormat } from '../../../src/render/format.ts';
import { EXPORT_FORMATS } from '../../../src/render/formats.ts';
import { anyIoc } from './any-ioc.ts';
import { GOOD, item, NASTY, render } from './nasty.ts';
import { expected, READINGS } from './readings.ts';

test('every format is read back by a reader of its own', () => {
  assert.deepEqual(Object.keys(READINGS).sort(), EXPORT_FORMATS.map(({ name }) => name).sort());
});

async function readBack(format: ExportFormat, iocs: readonly Ioc[]): Promise<string[]> {
  const { text } = await render(
    format.name,
    iocs.map(({ type, value }) => item(type, value)),
  );
  // No values are, of some formats, no document.
  return text === '' ? [] : READINGS[format.name]!.values(text).toSorted();
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(...NASTY),
  fc.tuple(fc.constantFrom(...NASTY), fc.constantFrom(...NASTY)).map(([a, b]) => (a + b).slice(0, 2_000)),
);

for (const format of EXPORT_FORMATS) {
  for (const type of format.types) {
    test(`${format.name}: of the hostile corpus as ${type}, just what it can carry is read back, as it was`, async () => {
      const values = [...new Set([...GOOD[type], ...NASTY])];
      const iocs = values.map((value) => ({ type, value }));
      const texts = expected(format, iocs);
      assert.ok(texts.length > 0);
      assert.deepEqual(await readBack(format, iocs), texts);
    });
  }

  test(`${format.name}: of any texts at all, just what it can carry is read back, as it was`, async () => {
    const texts = fc.uniqueArray(anyText, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(texts, fc.constantFrom(...format.types), async (values, type) => {
        const iocs = values.map((value) => ({ type, value }));
        assert.deepEqual(await readBack(format, iocs), expected(format, iocs));
      }),
      { numRuns: 40 },
    );
  });

  test(`${format.name}: of IOCs in normal form, just what the documentation says is read back`, async () => {
    const iocs = fc.uniqueArray(anyIoc(format.types), {
      minLength: 1,
      maxLength: 8,
      selector: ({ value }) => value,
    });
    await fc.assert(
      fc.asyncProperty(iocs, async (given) => {
        assert.deepEqual(await readBack(format, given), expected(format, given));
      }),
      { numRuns: 40 },
    );
  });
}
