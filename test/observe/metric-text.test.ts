import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { metricText, single } from '../../src/observe/metric-text.ts';
import { parseMetrics, valueOf } from './parse-metrics.ts';

test('a family is its help, its type and its samples', () => {
  const text = metricText([
    {
      name: 'soc_runs_total',
      type: 'counter',
      help: 'Runs.',
      samples: [{ labels: { source: 'Example', outcome: 'done' }, value: 3 }],
    },
    single('soc_ready', 'gauge', 'Ready.', 1),
  ]);
  assert.equal(
    text,
    '# HELP soc_runs_total Runs.\n# TYPE soc_runs_total counter\nsoc_runs_total{source="Example",outcome="done"} 3\n' +
      '# HELP soc_ready Ready.\n# TYPE soc_ready gauge\nsoc_ready 1\n',
  );
});

test('a family without a sample is left out', () => {
  assert.equal(metricText([single('soc_ready', 'gauge', 'Ready.', undefined)]), '');
});

test('whatever a source is called and a value is, a reader gets the same', () => {
  const anything = fc.string({ unit: 'binary' }).map((text) => text.toWellFormed());
  fc.assert(
    fc.property(anything, anything, fc.double({ noNaN: true, min: -1e308 }), (help, source, value) => {
      const families = parseMetrics(
        metricText([{ name: 'a', type: 'gauge', help, samples: [{ labels: { source }, value }] }]),
      );
      assert.equal(families.get('a')?.help, help);
      assert.equal(valueOf(families, 'a', { source }), value === 0 ? 0 : value);
    }),
  );
});
