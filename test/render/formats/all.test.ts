import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { IOC_TYPES } from '../../../src/model/ioc.ts';
import { EXPORT_FORMATS } from '../../../src/render/formats.ts';
import { corpus, GOOD, item, NASTY, render, SETTING } from './nasty.ts';

test('names of formats are unique, and each says what it is', () => {
  const names = EXPORT_FORMATS.map((format) => format.name);
  assert.equal(new Set(names).size, names.length);
  for (const format of EXPORT_FORMATS) {
    assert.match(format.name, /^[a-z0-9-]+$/);
    assert.match(format.mediaType, /^[a-z]+\/[a-z0-9.+-]+; charset=utf-8/);
    assert.match(format.fileExtension, /^[a-z]+$/);
    assert.ok(format.types.length > 0 && format.types.every((type) => IOC_TYPES.includes(type)));
  }
});

for (const format of EXPORT_FORMATS) {
  test(`${format.name}: the same items are the same bytes, however they are sliced`, async () => {
    const items = corpus(format.types);
    const [a, b, c] = [
      await render(format.name, items, SETTING, 1),
      await render(format.name, items, SETTING, 64),
      await render(format.name, items, SETTING, items.length),
    ];
    assert.equal(a.text, b.text);
    assert.deepEqual(a, c);
    assert.equal(a.written + a.leftOut, items.length);
    assert.ok(a.written > 0);
  });

  test(`${format.name}: what it is not for is left out: other types, the revoked, networks too wide, no Unicode`, async () => {
    const type = format.types[0]!;
    const wrong = [
      ...IOC_TYPES.filter((other) => !format.types.includes(other)).map((other) =>
        item(other, GOOD[other][0]!),
      ),
      ...(format.tellsRevoked ? [] : [item(type, GOOD[type][0]!, { revoked: true })]),
      item('ipv4', '0.0.0.0/0'),
      item('ipv4', '0.0.0.0/7'),
      item('ipv6', '::/0'),
      item('ipv6', '2000::/3'),
      item(type, ''),
      item(type, 'x\ud800'),
    ];
    const { written, leftOut, text } = await render(format.name, wrong);
    assert.deepEqual({ written, leftOut }, { written: 0, leftOut: wrong.length });
    assert.equal(text, (await render(format.name, [])).text);
  });

  test(`${format.name}: any text at all in any field neither throws nor reaches the next IOC`, async () => {
    const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...NASTY), fc.string());
    await fc.assert(
      fc.asyncProperty(anyText, anyText, fc.constantFrom(...format.types), async (value, text, type) => {
        const hostile = item(type, value, {
          description: text,
          families: [text],
          tags: [text],
          actors: [text],
          techniques: [text],
          sources: [{ name: text, url: text, origin: 'feed' }],
        });
        const good = item(type, GOOD[type][0]!, { modified: SETTING.lastModified });
        const { written, leftOut } = await render(format.name, [hostile, good]);
        assert.equal(written + leftOut, 2);
        assert.ok(written >= 1, 'the good one is there');
      }),
      { numRuns: 60 },
    );
  });
}
