import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { metricText } from '../../src/observe/metric-text.ts';
import { RequestMeter } from '../../src/observe/request-meter.ts';
import { parseMetrics, valueOf } from './parse-metrics.ts';

const ENDED = { method: 'GET', route: '/a', status: 200, ms: 3, bytes: 100, cut: undefined };

const read = (meter: RequestMeter) => parseMetrics(metricText(meter.families()));

test('requests are counted by route, method and status, with their bytes', () => {
  const meter = new RequestMeter();
  for (const more of [{}, {}, { status: 304, bytes: 10 }, { method: 'HEAD' }, { route: null, status: 404 }]) {
    meter.begin();
    meter.end({ ...ENDED, ...more });
  }
  meter.begin();
  const families = read(meter);
  const count = (labels: Record<string, string>) => valueOf(families, 'soc_http_requests_total', labels);
  assert.equal(count({ route: '/a', method: 'GET', status: '200' }), 2);
  assert.equal(count({ route: '/a', method: 'GET', status: '304' }), 1);
  assert.equal(count({ route: '/a', method: 'HEAD', status: '200' }), 1);
  assert.equal(count({ route: 'none', method: 'GET', status: '404' }), 1);
  assert.equal(valueOf(families, 'soc_http_sent_bytes_total', { route: '/a' }), 310);
  assert.equal(valueOf(families, 'soc_http_answers_under_way'), 1);
});

test('a duration is in every bucket whose bound it does not exceed', () => {
  const meter = new RequestMeter();
  for (const ms of [0.02, 0.5, 5, 5.01, 700, 90_000]) meter.end({ ...ENDED, ms });
  const families = read(meter);
  const bucket = (le: string) =>
    valueOf(families, 'soc_http_request_duration_seconds_bucket', { route: '/a', le });
  assert.deepEqual(
    ['0.0005', '0.0025', '0.005', '0.01', '0.5', '1', '60', '+Inf'].map(bucket),
    [2, 2, 3, 4, 4, 5, 5, 6],
  );
  const sum = valueOf(families, 'soc_http_request_duration_seconds_sum', { route: '/a' });
  assert.ok(Math.abs(sum! - 90.71053) < 1e-9);
});

test('answers whose client left, errors by code and the cache are counted', () => {
  const meter = new RequestMeter();
  meter.end({ ...ENDED, cut: true });
  meter.refuse('missing_api_key');
  meter.refuse('rate_limit_exceeded');
  meter.refuse('rate_limit_exceeded');
  meter.watchCache(() => ({ bytes: 7, hits: 3, misses: 2 }));
  const families = read(meter);
  assert.equal(valueOf(families, 'soc_http_answers_cut_total', { route: '/a' }), 1);
  assert.equal(valueOf(families, 'soc_http_errors_total', { code: 'missing_api_key' }), 1);
  assert.equal(valueOf(families, 'soc_http_errors_total', { code: 'rate_limit_exceeded' }), 2);
  assert.equal(valueOf(families, 'soc_http_cache_bytes'), 7);
  assert.equal(valueOf(families, 'soc_http_cache_hits_total'), 3);
  assert.equal(valueOf(families, 'soc_http_cache_misses_total'), 2);
});

test('nobody makes series up by inventing methods', () => {
  const meter = new RequestMeter();
  fc.assert(
    fc.property(fc.string(), (method) => {
      meter.end({ ...ENDED, method, status: 405 });
    }),
    { numRuns: 500 },
  );
  const { samples } = read(meter).get('soc_http_requests_total')!;
  assert.ok(samples.length <= 8);
  assert.equal(
    samples.reduce((sum, { value }) => sum + value, 0),
    500,
  );
});
