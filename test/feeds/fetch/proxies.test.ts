import assert from 'node:assert/strict';
import test from 'node:test';

import { bodyOf, fetching } from '../fetching.ts';
import { startWorld } from '../world.ts';

const NAMES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];

test('proxies that the environment names are not used: they would connect where we do not', async (t) => {
  const world = await startWorld(t);
  const proxy = await startWorld(t);
  const before = { ...process.env };
  t.after(() => {
    for (const name of [...NAMES, 'NODE_USE_ENV_PROXY']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });
  for (const name of NAMES) process.env[name] = proxy.origin;
  process.env['NODE_USE_ENV_PROXY'] = '1';
  const { get } = fetching(t);
  assert.equal(bodyOf(await get(world.serve('/', { body: 'direct' }))), 'direct');
  assert.equal(proxy.connections, 0);
});
