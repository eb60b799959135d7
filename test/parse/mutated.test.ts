import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { toSighting } from '../../src/normalise/sighting.ts';
import { fixture, reading, type Reading } from './reading.ts';

/** A file of every format that is JSON, and one of every other. */
const JSON_FIXTURES = [
  'urlhaus.json',
  'threatfox.json',
  'feodo.json',
  'kev.json',
  'stix-2.1.json',
  'stix-2.0.json',
  'misp-event.json',
] as const;
const TEXT_FIXTURES = [
  'urlhaus.csv',
  'threatfox.csv',
  'feodo.csv',
  'malwarebazaar.csv',
  'malwarebazaar.ndjson',
  'sslbl-addresses.csv',
  'sslbl-addresses-new.csv',
  'sslbl-certificates.csv',
  'sslbl-ja3.csv',
  'classified.csv',
  'hashes.tsv',
  'hosts.txt',
  'list.txt',
] as const;

/** What may stand where something else is expected. */
const ODD: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  '',
  ' ',
  '\u0000',
  '\u202e',
  '\ufeff',
  'x',
  'x'.repeat(5_000),
  [],
  {},
  [[]],
  [{}],
  [null],
  { toString: 'x' },
  { toString: null, valueOf: null },
  { __proto__: null },
  { constructor: 1 },
  { length: 5 },
  '__proto__',
  'constructor',
  '🙂',
  '2026-02-30',
  'https://[',
  '%00',
  "'",
  '"',
  '\\',
];

/** The paths of all values in a document, containers too. */
function pathsOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  return [[...path], ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

function isLeaf(document: unknown, path: readonly string[]): boolean {
  const value = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], document);
  return typeof value !== 'object' || value === null;
}

/** A copy of a document with another value at a path. */
function replaced(document: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const copy = structuredClone(document) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, value);
  return copy;
}

/** Whatever came of reading: it ended by itself, and each item is an IOC with a value or a rejection with a reason. */
function assertSound({ iocs, rejections, failure }: Reading): void {
  for (const { value, place, ...said } of iocs) {
    assert.equal(typeof value, 'string');
    assert.equal(typeof place, 'string');
    assert.doesNotMatch(JSON.stringify(said), /\[object Object\]/);
  }
  for (const { place, reason, sample } of rejections) {
    assert.equal(typeof place, 'string');
    assert.ok(reason.length > 10);
    assert.ok(sample.length <= 200);
  }
  if (failure !== undefined) {
    assert.ok(failure.place.length > 0);
    assert.ok(failure.message.length > 10);
  }
}

for (const name of JSON_FIXTURES) {
  const whole = fixture(name).toString('utf8');
  const document: unknown = JSON.parse(whole);
  const paths = pathsOf(document);

  test(`${name}: whatever stands at any one place, reading ends, and says what it did not take`, async () => {
    const { format } = await reading(whole);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.constantFrom(...ODD), async (path, value) => {
        const spoilt = JSON.stringify(replaced(document, path, value)) ?? 'null';
        assertSound(await reading(spoilt, { format }));
      }),
      { numRuns: 250 },
    );
  });

  test(`${name}: two records of which one is spoilt still give the other`, async () => {
    const before = await reading(whole);
    assert.ok(before.iocs.length > 0);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths.filter((path) => isLeaf(document, path))),
        fc.constantFrom(...ODD),
        async (path, value) => {
          const spoilt = await reading(JSON.stringify(replaced(document, path, value)), {
            format: before.format,
          });
          assertSound(spoilt);
          const lost = before.iocs.length - spoilt.iocs.length;
          assert.ok(
            lost < before.iocs.length || before.iocs.length === 1,
            `${path.join('.')} cost everything`,
          );
        },
      ),
      { numRuns: 100 },
    );
  });
}

for (const name of [...JSON_FIXTURES, ...TEXT_FIXTURES]) {
  const whole = fixture(name);

  test(`${name}: any bytes put into it, taken out of it or changed leave reading sound`, async () => {
    const { format } = await reading(whole);
    const place = fc.nat({ max: whole.length });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc
        .constantFrom('"', ',', '\n', '\r', '{', '}', '[', ']', '\\', '\u0000', '#', "'", '<', '\ufeff')
        .map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(place, fc.nat({ max: 30 }), bytes, async (at, gone, put) => {
        const spoilt = Buffer.concat([whole.subarray(0, at), put, whole.subarray(at + gone)]);
        for (const size of [7, 65_536]) assertSound(await reading(spoilt, { format }, size));
      }),
      { numRuns: 40 },
    );
  });

  test(`${name}: however it is cut into pieces, it reads the same`, async () => {
    const expected = await reading(whole);
    for (const size of [1, 2, 17, 1_000]) {
      const { iocs, rejections, format } = await reading(whole, {}, size);
      assert.deepEqual(
        { iocs, rejections, format },
        { iocs: expected.iocs, rejections: expected.rejections, format: expected.format },
      );
    }
  });

  test(`${name}: cut off anywhere, what is read is a beginning of what the whole gives`, async () => {
    const expected = await reading(whole);
    const known = new Set(expected.iocs.map(({ value }) => value));
    const step = Math.max(1, Math.floor(whole.length / 30));
    for (let end = 1; end < whole.length; end += step) {
      const cut = await reading(whole.subarray(0, end), { format: expected.format });
      assertSound(cut);
      const others = cut.iocs.filter(({ value }) => !known.has(value));
      assert.ok(others.length <= 1, `cut at ${end}: only what the cut goes through may differ`);
    }
  });

  test(`${name}: each value is in normal form or refused for a reason, twice the same`, async () => {
    const { iocs } = await reading(whole);
    for (const ioc of iocs) {
      const outcome = toSighting(ioc);
      if (!outcome.ok) {
        assert.ok(outcome.rejection.reason.length > 5);
        continue;
      }
      const { type, value } = outcome.sighting;
      const again = toSighting({ value, typeHint: type, place: ioc.place });
      assert.ok(
        again.ok && again.sighting.value === value && again.sighting.type === type,
        `${type} ${value}`,
      );
    }
  });
}
