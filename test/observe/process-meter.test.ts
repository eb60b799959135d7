import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { metricText } from '../../src/observe/metric-text.ts';
import { ProcessMeter } from '../../src/observe/process-meter.ts';
import { parseMetrics, valueOf } from './parse-metrics.ts';

test('it tells memory, processor time and when the process started', (t) => {
  const meter = new ProcessMeter();
  t.after(() => meter.close());
  const families = parseMetrics(metricText(meter.families()));
  assert.ok(valueOf(families, 'process_resident_memory_bytes')! > 10e6);
  assert.ok(
    valueOf(families, 'nodejs_heap_size_used_bytes')! <= valueOf(families, 'nodejs_heap_size_total_bytes')!,
  );
  assert.ok(valueOf(families, 'process_cpu_seconds_total')! > 0);
  const started = valueOf(families, 'process_start_time_seconds')!;
  assert.ok(started <= Date.now() / 1_000 && started > Date.now() / 1_000 - 3_600);
});

test('a busy event loop shows as delay', async (t) => {
  const meter = new ProcessMeter();
  t.after(() => meter.close());
  await delay(60);
  const until = performance.now() + 300;
  while (performance.now() < until);
  await delay(60);
  const families = parseMetrics(metricText(meter.families()));
  assert.ok(valueOf(families, 'nodejs_eventloop_lag_max_seconds')! > 0.2);
});
