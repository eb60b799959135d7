import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { InputError } from '../../src/parse/format.ts';
import type { JsonItem, JsonLimits } from '../../src/parse/json-item.ts';
import { JsonOutline } from '../../src/parse/json-outline.ts';
import { placeOf, type JsonPath } from '../../src/parse/json-path.ts';
import { readJson } from '../../src/parse/json-records.ts';
import { piecesOf } from './reading.ts';

interface Found {
  readonly items: JsonItem[];
  readonly failure: InputError | undefined;
}

async function find(
  text: string | Uint8Array,
  paths: readonly JsonPath[],
  size = 1000,
  limits?: JsonLimits,
): Promise<Found> {
  const items: JsonItem[] = [];
  try {
    for await (const batch of readJson(piecesOf(Buffer.from(text), size), paths, limits))
      items.push(...batch);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { items, failure: error };
  }
  return { items, failure: undefined };
}

function summary({ items }: Found): unknown[] {
  return items.map((item) => (item.kind === 'record' ? item.value : item.code));
}

test('elements of a top-level array, of a named list and of lists under any key are found', async () => {
  assert.deepEqual(summary(await find('[1,"a",{"b":[2]},null]', [['[]']])), [1, 'a', { b: [2] }, null]);
  const named = '{"count":{"x":[0]},"list":[{"a":1},{"a":2}],"more":true}';
  assert.deepEqual(summary(await find(named, [['list', '[]']])), [{ a: 1 }, { a: 2 }]);
  assert.deepEqual(summary(await find('{"7":[{"a":1}],"x":5,"8":[{"a":2},3]}', [['*', '[]']])), [
    { a: 1 },
    { a: 2 },
    3,
  ]);
});

test('a value may stand at one of several places, and deep in a path', async () => {
  const paths = [['Event'], ['response', '[]', 'Event']];
  assert.deepEqual(summary(await find('{"response":[{"Event":{"a":1}},{"Other":2}]}', paths)), [{ a: 1 }]);
  assert.deepEqual(summary(await find('{"Event":{"a":1}}', paths)), [{ a: 1 }]);
});

test('the empty path takes whole documents, one after another', async () => {
  assert.deepEqual(summary(await find('{"a":1}\n{"a":2}\n[3]', [[]])), [{ a: 1 }, { a: 2 }, [3]]);
});

test('each record knows its place and line', async () => {
  const { items } = await find('{\n "list": [\n  {"a":\n1},\n  {"b":2}\n ]\n}', [['list', '[]']]);
  assert.deepEqual(
    items.map(({ steps, line }) => placeOf(steps, line)),
    ['list[0] (line 3)', 'list[1] (line 5)'],
  );
});

test('brackets, braces and escaped quotes within strings mean nothing', async () => {
  const value = { 'a]"}': '\\"]}{[', b: ['\u2028', '"', '\\'] };
  const text = JSON.stringify([value, value]);
  for (const size of [1, 2, 3, 7, 1000])
    assert.deepEqual(summary(await find(text, [['[]']], size)), [value, value]);
});

test('a record that is no JSON is a bad one and reading goes on', async () => {
  const text = '[{"a":1},{"a":},{"a":2},{a:3},{"a":4}]';
  assert.deepEqual(summary(await find(text, [['[]']])), [
    { a: 1 },
    'malformed_record',
    { a: 2 },
    'malformed_record',
    { a: 4 },
  ]);
});

test('an unclosed string ends with its line, an unclosed bracket with what encloses it', async () => {
  assert.deepEqual(summary(await find('[{"a":"x},\n{"a":2},\n{"a":3}]', [['[]']])).at(-1), { a: 3 });
  assert.deepEqual(summary(await find('[{"a":[1,2},{"a":2}]', [['[]']])), ['malformed_record', { a: 2 }]);
  assert.deepEqual(summary(await find('{"list":[{"a":1,{"b":2}],"x":1}', [['list', '[]']])), [
    'malformed_record',
  ]);
});

test('a record nested too deeply, and one too large, are bad ones and reading goes on', async () => {
  const deep = `${'['.repeat(70)}${']'.repeat(70)}`;
  assert.deepEqual(summary(await find(`[${deep},{"a":1}]`, [['[]']])), ['nested_too_deep', { a: 1 }]);
  const limits = { largest: 400, deepest: 64 };
  const large = `["${'x'.repeat(900)}",{"a":1}]`;
  const found = await find(large, [['[]']], 50, limits);
  assert.deepEqual(summary(found), ['oversized_record', { a: 1 }]);
  assert.equal(found.items[0]?.kind === 'bad' && found.items[0].sample.length, 200);
});

test('200 kB of opening brackets neither overflow nor take long', async () => {
  const { items, failure } = await find(`[${'['.repeat(200_000)}`, [['[]']], 65_536);
  assert.deepEqual(items, []);
  assert.match(failure!.message, /truncated/);
});

test('what stands before a truncated end is handed on, then the error names the line', async () => {
  const { items, failure } = await find('{"list":[{"a":1},\n{"a":2},\n{"a":', [['list', '[]']]);
  assert.deepEqual(summary({ items, failure }), [{ a: 1 }, { a: 2 }]);
  assert.equal(failure?.place, 'line 3');
  assert.match(failure.message, /truncated/);
});

test('text that is no JSON between the records ends the reading with an error', async () => {
  for (const text of ['{list:[]}', '{"list":[1]]', 'not json', '{"list" 5}', '}']) {
    assert.ok((await find(text, [['list', '[]']])).failure instanceof InputError, text);
  }
});

test('JSON without the wanted place is an error, with it empty is none', async () => {
  assert.match((await find('{"error":"no key"}', [['list', '[]']])).failure!.message, /list\[\]/);
  assert.equal((await find('{"list":[]}', [['list', '[]']])).failure, undefined);
});

test('a __proto__ key changes no prototype', async () => {
  const { items } = await find('[{"__proto__":{"polluted":1}}]', [['[]']]);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  assert.deepEqual(Object.keys((items[0] as { value: object }).value), ['__proto__']);
  assert.deepEqual(summary(await find('{"__proto__":[{"a":1}]}', [['*', '[]']])), [{ a: 1 }]);
});

test('a byte-order mark, UTF-16 and stray windows-1252 are read', async () => {
  const text = '[{"a":"\u00e9"}]';
  assert.deepEqual(summary(await find(`\ufeff${text}`, [['[]']])), [{ a: '\u00e9' }]);
  assert.deepEqual(summary(await find(Buffer.from(`\ufeff${text}`, 'utf16le'), [['[]']], 3)), [
    { a: '\u00e9' },
  ]);
  assert.deepEqual(summary(await find(Buffer.from(text, 'latin1'), [['[]']])), [{ a: '\u00e9' }]);
});

test('any JSON, indented or not and cut anywhere, gives the elements that JSON.parse gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 6 }),
      fc.constantFrom('', ' ', '\n'),
      fc.integer({ min: 1, max: 11 }),
      async (elements, indent, size) => {
        const text = JSON.stringify(elements, null, indent);
        assert.deepEqual(summary(await find(text, [['[]']], size)), JSON.parse(text));
        const wrapped = JSON.stringify({ x: elements, list: elements, y: 1 }, null, indent);
        assert.deepEqual(summary(await find(wrapped, [['list', '[]']], size)), JSON.parse(text));
      },
    ),
  );
});

test('whatever the bytes, reading ends without any other error', async () => {
  const text = fc.array(fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', '\n', ' ', 'a', '1'), {
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 5 }), async (parts, size) => {
      for (const path of [['[]'], ['a', '[]'], ['*', '[]'], []]) await find(parts.join(''), [path], size);
    }),
    { numRuns: 500 },
  );
});

test('an outline tells which keys stand where, in a cut-off beginning too', () => {
  const outline = new JsonOutline('{"a": {"b": [ {"c": "x, {", "d": [1, 2]}, {"e":');
  assert.ok(
    outline.has('a', 'b', '[]', 'c') && outline.has('a', 'b', '[]', 'd', '[]') && outline.has('*', 'b'),
  );
  assert.ok(!outline.has('b') && !outline.has('a', 'b', '[]', 'x'));
});

test('only what begins as an object or as an array of such is JSON', () => {
  for (const json of ['{"a":1', ' [{"a"', '["a"]', '[]', '{}']) assert.ok(new JsonOutline(json).isJson, json);
  for (const text of ['[.]example', '[1] Report', '{a}', 'x', ''])
    assert.ok(!new JsonOutline(text).isJson, text);
});
