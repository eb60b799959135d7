import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { IOC_TYPES, type IocType } from '../../src/model/ioc.ts';
import { nextDecay } from '../../src/score/decay.ts';
import { DECAY_SPEED, TIME_TO_LIVE } from '../../src/score/life.ts';

const DAY = 86_400_000;
const ROWS = readFileSync(new URL('../../docs/scoring.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

test('the documented times to live and speeds are those in use', () => {
  const documented = new Map(
    ROWS.filter(([types]) => types?.startsWith('`') === true).flatMap(([types = '', life, speed]) =>
      types.split(', ').map((type) => [type.replaceAll('`', ''), [life, speed]] as const),
    ),
  );
  assert.deepEqual([...documented.keys()].sort(), [...IOC_TYPES].sort());
  for (const type of IOC_TYPES) {
    const life = TIME_TO_LIVE[type];
    const expected =
      life === undefined ? ['for ever', ''] : [`${life / DAY} days`, String(DECAY_SPEED[type])];
    assert.deepEqual(documented.get(type), expected, type);
  }
});

test('the documented days of decay are true', () => {
  const header = ROWS.find(([first]) => first === 'confidence')!;
  const rows = ROWS.filter(([first]) => /^\d+$/.test(first ?? ''));
  assert.ok(rows.length > 3);
  for (const [confidence, ...cells] of rows) {
    for (const [index, cell] of cells.entries()) {
      for (const type of header[index + 1]!.split(', ')) {
        assert.equal(fallsOf(Number(confidence), type.replaceAll('`', '') as IocType), cell);
      }
    }
  }
});

function fallsOf(confidence: number, type: IocType): string {
  const days: string[] = [];
  let now: number | undefined = 0;
  while ((now = nextDecay(confidence, type, 0, now)) !== undefined) days.push((now / DAY).toFixed(1));
  return days.join(' and ');
}
