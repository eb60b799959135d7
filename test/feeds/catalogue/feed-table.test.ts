import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { FEED_TABLES } from '../../../scripts/feed-table.ts';
import { RELIABILITY } from '../../../src/feeds/catalogue/reliability.ts';

const PAGE = readFileSync(new URL('../../../docs/feeds.md', import.meta.url), 'utf8');

for (const [name, table] of Object.entries(FEED_TABLES)) {
  test(`the table of ${name} in docs/feeds.md is the catalogue’s; else npm run feed-table`, () => {
    const between = PAGE.split(`<!-- ${name} -->`)[1]?.split(`<!-- end of ${name} -->`)[0] ?? '';
    const rows = cellsOf(between).filter((cells) => !/^-+$/.test(cells[0]!));
    assert.deepEqual(rows, table);
  });
}

test('the scale of reliability is documented as it is', () => {
  const documented = cellsOf(PAGE).flatMap(([first = '']) => (/^\d+$/.test(first) ? [Number(first)] : []));
  assert.deepEqual(documented, Object.values(RELIABILITY));
});

function cellsOf(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
