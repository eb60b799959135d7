import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { buildApp } from '../../src/http/app.ts';
import { HTTP_DEFAULTS } from '../../src/http/config.ts';
import { SILENT } from '../../src/observe/log.ts';
import { metricText } from '../../src/observe/metric-text.ts';
import { RequestMeter } from '../../src/observe/request-meter.ts';
import { parseMetrics, valueOf } from '../observe/parse-metrics.ts';
import { START, take } from '../store/fixtures.ts';
import { exchange } from './raw-client.ts';
import { addresses, PATH, serving } from './serving.ts';

async function metered(context: Parameters<typeof serving>[0]) {
  const server = await serving(context);
  const meter = new RequestMeter();
  const { store, clock } = server;
  const app = buildApp({ store, config: HTTP_DEFAULTS, clock: clock.read, log: SILENT, meter });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  context.after(async () => {
    app.server.closeAllConnections();
    await app.close();
  });
  const text = (): string => metricText(meter.families());
  // An answer counts when its connection has let go of it, a moment after the client has it.
  const settled = async () => {
    for (;;) {
      const families = parseMetrics(text());
      if (valueOf(families, 'soc_http_answers_under_way') === 0) return families;
      await new Promise(setImmediate);
    }
  };
  return { ...server, url, text, settled };
}

test('requests, refusals and the cache are counted as they went', async (context) => {
  const { url, pro, free, store, settled } = await metered(context);
  await take(store, addresses(10), START);
  const ask = async (target: string, key?: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(url + target, {
      headers: { ...headers, ...(key !== undefined && { authorization: `Bearer ${key}` }) },
    });
    await answer.arrayBuffer();
    return answer;
  };
  const first = await ask(PATH, pro);
  await ask(PATH, pro);
  await ask(PATH, pro, { 'if-none-match': first.headers.get('etag')! });
  await ask(PATH);
  await ask(PATH, free);
  await ask(`${PATH}?typ=x`, pro);
  await ask('/nowhere');
  for (let count = 0; count < 12; count += 1) await ask('/api/v1/iocs', free);
  const families = await settled();
  const requests = (route: string, status: number) =>
    valueOf(families, 'soc_http_requests_total', { route, method: 'GET', status: String(status) });
  assert.deepEqual(
    [200, 304, 400, 401, 403].map((status) => requests(PATH, status)),
    [2, 1, 1, 1, 1],
  );
  assert.equal(requests('none', 404), 1);
  assert.ok(requests('/api/v1/iocs', 429)! >= 2);
  const refused = (code: string) => valueOf(families, 'soc_http_errors_total', { code });
  assert.deepEqual(
    ['missing_api_key', 'insufficient_tier', 'invalid_parameter', 'not_found'].map(refused),
    [1, 1, 1, 1],
  );
  assert.equal(refused('rate_limit_exceeded'), requests('/api/v1/iocs', 429));
  assert.ok(valueOf(families, 'soc_http_sent_bytes_total', { route: PATH })! > 5_000);
  assert.ok(valueOf(families, 'soc_http_cache_hits_total')! >= 1);
  assert.ok(valueOf(families, 'soc_http_cache_bytes')! > 1_000);
  assert.equal(valueOf(families, 'soc_http_request_duration_seconds_count', { route: PATH }), 6);
});

test('what an export leaves out is counted when it is rendered', async (context) => {
  const { url, pro, store, settled } = await metered(context);
  await take(store, [{ type: 'ipv4', value: '192.0.2.0/24' }, ...addresses(2)], START);
  const ask = async (path: string) =>
    await (await fetch(`${url}/api/v1/iocs/${path}`, { headers: { authorization: `Bearer ${pro}` } })).text();
  await ask('ecs');
  await ask('cef');
  const families = await settled();
  const leftOut = (format: string) => valueOf(families, 'soc_export_left_out_total', { format });
  assert.deepEqual([leftOut('ecs'), leftOut('cef')], [1, undefined]);
});

test('what is no HTTP is counted as refused', async (context) => {
  const { url, settled } = await metered(context);
  await exchange(Number(new URL(url).port), 'nonsense\r\n\r\n');
  assert.equal(valueOf(await settled(), 'soc_http_errors_total', { code: 'bad_request' }), 1);
});

test('nothing that a client sends becomes a label, and their number does not grow with requests', async (context) => {
  const { url, pro, text, settled } = await metered(context);
  const marked = fc.stringMatching(/^[a-z0-9]{6}$/).map((random) => `mark${random}`);
  await fc.assert(
    fc.asyncProperty(marked, fc.constantFrom('GET', 'PUT', 'PROPFIND', 'MKCOL'), async (mark, method) => {
      for (const target of [
        `/${mark}`,
        `${PATH}/${mark}`,
        `${PATH}?${mark}=${mark}`,
        `/api/v1/iocs/${mark}/why`,
      ]) {
        const headers = {
          authorization: `Bearer ${pro}`,
          'user-agent': mark,
          'x-forwarded-for': '203.0.113.9',
        };
        await (await fetch(url + target, { method, headers })).arrayBuffer();
      }
    }),
    { numRuns: 40 },
  );
  const families = await settled();
  for (const part of ['mark', pro.slice(0, 12), '203.0.113.9', '127.0.0.1']) {
    assert.ok(!text().includes(part), part);
  }
  assert.ok(families.get('soc_http_requests_total')!.samples.length < 40);
});
