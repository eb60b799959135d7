import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Row {
  readonly number: number;
  readonly cells: readonly string[];
  readonly files: readonly string[];
}

const ROWS: readonly Row[] = readFileSync(join(ROOT, 'docs/threats.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| *\d+ *\|/.test(line))
  .map((line) => {
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    const files = [...(cells.at(-1) ?? '').matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
    return { number: Number(cells[0]), cells, files };
  });

test('every threat is named once, in order, with what holds and where that is tested', () => {
  assert.ok(ROWS.length >= 30);
  const numbers = ROWS.map(({ number }) => number);
  assert.deepEqual(
    numbers,
    [...new Set(numbers)].toSorted((a, b) => a - b),
  );
  for (const { number, cells, files } of ROWS) {
    assert.equal(cells.length, 4, `threat ${number}`);
    for (const cell of cells) assert.notEqual(cell, '', `threat ${number}`);
    assert.ok(files.length > 0, `threat ${number} names no test`);
  }
});

test('every test that a threat names is there, and tests something', () => {
  for (const { number, files } of ROWS) {
    for (const file of files) {
      assert.ok(existsSync(join(ROOT, file)), `threat ${number} names ${file}, which is not there`);
      assert.match(readFileSync(join(ROOT, file), 'utf8'), /\b(?:test|it)\(\s*['`(]/, file);
    }
  }
});

test('SECURITY.md leads to the list', () => {
  assert.match(readFileSync(join(ROOT, 'SECURITY.md'), 'utf8'), /\(docs\/threats\.md\)/);
});
