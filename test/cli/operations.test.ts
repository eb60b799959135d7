import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import test from 'node:test';

import type { FeedsService } from '../../src/cli/feeds-service.ts';
import { serveUntilStopped } from '../../src/cli/serve.ts';
import { loadConfig } from '../../src/config.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { parseMetrics, valueOf } from '../observe/parse-metrics.ts';
import { bench, runOn } from './commands.ts';
import { start } from './program.ts';

const ADMIN = /"admin":"(http:\/\/127\.0\.0\.1:\d+)"/;

test('a server tells probes and Prometheus about itself, at a port of its own', async (t) => {
  const { data, run, file } = bench(t);
  await run(['import', file('list.txt', '192.0.2.1\n198.51.100.7\n')]);
  const server = start(t, ['serve', '--port', '0', '--data', data], { SOC_ADMIN_PORT: '0' });
  const admin = await server.says(ADMIN);
  const url = await server.says(/"url":"(http:\/\/127\.0\.0\.1:\d+)"/);
  assert.notEqual(admin, url);
  assert.equal(await (await fetch(`${admin}/livez`)).text(), 'ok\n');
  const ready = await fetch(`${admin}/readyz`);
  assert.equal(ready.status, 200);
  assert.deepEqual(await ready.json(), {
    ready: true,
    checks: { server: 'ok', store: 'ok', 'request counts': 'ok', writer: 'ok', reader: 'ok' },
  });
  const families = parseMetrics(await (await fetch(`${admin}/metrics`)).text());
  assert.equal(valueOf(families, 'soc_ready'), 1);
  assert.equal(valueOf(families, 'soc_iocs', { type: 'ipv4' }), 2);
  assert.equal(families.get('soc_build_info')?.samples[0]?.labels.node, process.versions.node);
  for (const path of ['/livez', '/readyz', '/metrics'])
    assert.equal((await fetch(url + path)).status, 404, path);
  server.process.kill('SIGTERM');
  assert.deepEqual(await server.ended, { code: 0, signal: null });
});

test('unless it is configured there is no such port', async (t) => {
  const { data } = bench(t);
  const server = start(t, ['serve', '--port', '0', '--data', data]);
  await server.says(/"message":"listening"/);
  assert.doesNotMatch(server.talk(), ADMIN);
});

test('when the server is asked to stop, readyz turns first, and livez and metrics go on to the end', async (t) => {
  const { data: dataDirectory } = bench(t);
  const config = loadConfig({
    SOC_DATA_DIR: dataDirectory,
    SOC_PORT: '0',
    SOC_ADMIN_PORT: String(await freePort()),
    SOC_LOG_LEVEL: 'silent',
  });
  const { producer } = config;
  const clock = Date.now;
  const store = await openSqliteStore({ directory: dataDirectory, producer, clock, writer: 'in-thread' });
  const stop = new AbortController();
  const asked = Promise.withResolvers<void>();
  const drained = Promise.withResolvers<void>();
  const feeds = {
    running: true,
    stop: () => {
      asked.resolve();
      return drained.promise;
    },
  };
  const listening = Promise.withResolvers<string>();
  const terminal = {
    stdin: Readable.from([]),
    write: async () => undefined,
    say: () => undefined,
    progress: () => undefined,
    env: {},
    clock,
    signal: stop.signal,
  };
  const served = serveUntilStopped(store, config, terminal, {
    onListening: listening.resolve,
    feeds: () => feeds as unknown as FeedsService,
  });
  const url = await listening.promise;
  const admin = `http://127.0.0.1:${config.admin!.port}`;
  while ((await fetch(`${admin}/readyz`)).status !== 200);
  stop.abort();
  await asked.promise;
  const ready = await fetch(`${admin}/readyz`);
  assert.equal(ready.status, 503);
  assert.equal(((await ready.json()) as { checks: { server: string } }).checks.server, 'it is stopping');
  assert.equal((await fetch(`${admin}/livez`)).status, 200);
  const families = parseMetrics(await (await fetch(`${admin}/metrics`)).text());
  assert.equal(valueOf(families, 'soc_ready'), 0);
  assert.equal(valueOf(families, 'soc_feeds_thread_up'), 1);
  await assert.rejects(fetch(url), 'no new connection is taken');
  drained.resolve();
  assert.equal(await served, 0);
  await assert.rejects(fetch(`${admin}/livez`));
  await store.close();
});

test('a port that is taken stops the start, and is told with the setting that chooses another', async (t) => {
  const { data } = bench(t);
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const taken = await runOn(['serve', '--port', '0', '--data', data], {
    env: { SOC_FEEDS: 'off', SOC_ADMIN_PORT: String(port) },
  });
  assert.equal(taken.code, 2);
  assert.match(
    taken.talk,
    new RegExp(`port ${port} of 127.0.0.1 is taken: choose another with SOC_ADMIN_PORT`),
  );
});

test('when the server itself cannot listen, the other port is let go of', async (t) => {
  const { data } = bench(t);
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const admin = await freePort();
  const env = { SOC_FEEDS: 'off', SOC_LOG_LEVEL: 'silent', SOC_ADMIN_PORT: String(admin) };
  assert.equal((await runOn(['serve', '--port', String(port), '--data', data], { env })).code, 2);
  await assert.rejects(fetch(`http://127.0.0.1:${admin}/livez`));
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
