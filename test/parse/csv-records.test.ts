import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parse } from 'csv-parse/sync';
import fc from 'fast-check';

import { splitFields } from '../../src/parse/csv-fields.ts';
import { csvRecords, type CsvRecord } from '../../src/parse/csv-records.ts';
import { readLines } from '../../src/parse/lines.ts';
import { piecesOf } from './reading.ts';

async function recordsOf(text: string, delimiter = ',', size = 1000): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  for await (const block of csvRecords(readLines(piecesOf(Buffer.from(text), size)), delimiter)) {
    records.push(...block);
  }
  return records;
}

async function rowsOf(text: string, delimiter?: string): Promise<string[][]> {
  return (await recordsOf(text, delimiter)).flatMap((record) =>
    record.kind === 'row' ? [record.fields] : [],
  );
}

test('quoted fields may hold delimiters, doubled quotes and line ends', async () => {
  assert.deepEqual(await rowsOf('a,"b,c","d ""e"""\n"x\ny",z,\n'), [
    ['a', 'b,c', 'd "e"'],
    ['x\ny', 'z', ''],
  ]);
});

test('spaces around quoted fields are dropped, as abuse.ch writes them', async () => {
  assert.deepEqual(await rowsOf('"a", "b,c" , "d"'), [['a', 'b,c', 'd']]);
});

test('a quote within an unquoted field is a plain character', async () => {
  assert.deepEqual(await rowsOf('5" disk,it"s'), [['5" disk', 'it"s']]);
});

test('other delimiters split as commas do', async () => {
  assert.deepEqual(await rowsOf('a;"b;c"\n', ';'), [['a', 'b;c']]);
  assert.deepEqual(await rowsOf('a\t"b\tc"\t\n', '\t'), [['a', 'b\tc', '']]);
});

test('comment lines are told apart, blank lines do not count', async () => {
  const records = await recordsOf('# one\n\n  \na,b\n#END');
  assert.deepEqual(
    records.map(({ kind, line }) => `${kind} ${line}`),
    ['comment 1', 'row 4', 'comment 5'],
  );
});

test('text after a closing quote costs its line only', async () => {
  const records = await recordsOf('a,b\n"a"x,b\nc,d\n');
  assert.deepEqual(
    records.map((record) => (record.kind === 'bad' ? `${record.code} ${record.line}` : record.kind)),
    ['row', 'malformed_record 2', 'row'],
  );
});

test('an unbalanced quote costs its line only, at the end of the input too', async () => {
  const records = await recordsOf('a,"b\n"c","d"\ne,f\ng,"h\ni,j');
  assert.deepEqual(
    records.map((record) => `${record.kind} ${record.line}`),
    ['bad 1', 'row 2', 'row 3', 'bad 4', 'row 5'],
  );
});

test('an unbalanced quote never swallows more than a hundred lines', async () => {
  const rows = Array.from({ length: 300 }, (_, index) => `${index},x`);
  const records = await recordsOf(['0,"open', ...rows].join('\n'));
  assert.equal(records.filter(({ kind }) => kind === 'bad').length, 1);
  assert.equal(records.filter(({ kind }) => kind === 'row').length, 300);
});

test('lines made to reopen quotes for ever take linear time', async () => {
  const time = async (count: number): Promise<number> => {
    const started = performance.now();
    await recordsOf('a","\n'.repeat(count), ',', 65_536);
    return performance.now() - started;
  };
  await time(20_000);
  const once = await time(50_000);
  const twice = await time(100_000);
  assert.ok(twice < once * 4 + 50, `${once} ms, then ${twice} ms`);
});

test('a row that csv-parse can read reads the same here', () => {
  const field = fc.array(fc.constantFrom('a', '"', ',', ' ', '\u00e9', '#', ''), { maxLength: 6 });
  fc.assert(
    fc.property(fc.array(field, { minLength: 2, maxLength: 5 }), (parts) => {
      const cells = parts.map((part) => part.join(''));
      const line = cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');
      const fields: string[] = [];
      assert.equal(splitFields(line, ',', fields), 'done');
      assert.deepEqual(fields, cells);
      assert.deepEqual([fields], parse(line));
    }),
  );
});

test('whatever the text, every line ends up in exactly one record and nothing throws', async () => {
  const line = fc.array(fc.constantFrom('a', '"', ',', ' ', '#', '""'), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 12 }), async (parts) => {
      const records = await recordsOf(parts.map((part) => part.join('')).join('\n'), ',', 3);
      const numbers = records.map((record) => record.line);
      assert.deepEqual(
        numbers,
        [...new Set(numbers)].toSorted((a, b) => a - b),
      );
    }),
  );
});
