import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'node:test';

import { COLLECTIONS } from '../../src/model/collection.ts';
import { OBJECTS_PARAMETERS } from '../../src/model/taxii-parameters.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The rows of the table under a heading, without its head, as cells. */
function rowsUnder(heading: string): string[][] {
  const [, rest = ''] = read('docs/taxii.md').split(`\n## ${heading}\n`);
  const [section = ''] = rest.split('\n## ');
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test('every collection is documented with its id, and none that does not exist', () => {
  assert.deepEqual(
    rowsUnder('Choose a collection').map(([alias, id]) => [alias, id]),
    COLLECTIONS.map(({ alias, id }) => [`\`${alias}\``, `\`${id}\``]),
  );
});

test('every parameter is documented, and none that does not exist', () => {
  assert.deepEqual(
    rowsUnder('Filter').map(([name]) => name),
    Object.keys(OBJECTS_PARAMETERS).map((name) => `\`${name}\``),
  );
});

test('every requirement of the standard names a test that is there', () => {
  const rows = rowsUnder('What the standard asks, and where it is shown');
  assert.ok(rows.length >= 45);
  for (const [clause, requirement, shown = ''] of rows) {
    assert.ok(clause !== '' && requirement !== '');
    if (shown === '`npm run test:interop`') continue;
    const [, file = '', name = ''] = /^`(\w+)` (.+?)(?:; see below.*)?$/.exec(shown) ?? [];
    const path = `test/taxii/${file}.test.ts`;
    assert.ok(existsSync(fileURLToPath(new URL(`../../${path}`, import.meta.url))), `${clause}: ${shown}`);
    assert.ok(read(path).includes(`test('${name}`), `${clause}: ${path} has no test that begins "${name}"`);
  }
});
