import assert from 'node:assert/strict';
import test from 'node:test';

import { lines } from '../feeds/runs.ts';
import { startWorld } from '../feeds/world.ts';
import { bench } from './commands.ts';
import { start } from './program.ts';

const ENV = { SOC_FETCH_ALLOW_NETWORKS: '127.0.0.0/8', SOC_FEEDS: 'own', SOC_WARNINGLISTS: 'off' };
const CLEANED = 'cleaned.example.net';

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('server, feed, import and gate at once: what the operator allows is taken back at once, and stays so', async (t) => {
  const { data, run, withStore } = bench(t);
  const world = await startWorld(t);
  const url = world.serve('/list.txt', { body: `${CLEANED}\n${lines(0, 1_000)}` });
  await run(['feed', 'add', url, '--name', 'ours', '--format', 'list'], { env: ENV });
  const server = start(t, ['serve', '--port', '0', '--data', data], ENV);
  const key = await server.says(/(sk_live_\w+)/);
  const origin = await server.says(/(http:\/\/127\.0\.0\.1:\d+)/);
  const ask = async (query: string): Promise<{ name?: string; revoked?: boolean }[]> => {
    const answer = await fetch(`${origin}/api/v1/iocs/stix?${query}`, { headers: { 'x-api-key': key } });
    assert.equal(answer.status, 200);
    return ((await answer.json()) as { objects?: { name?: string; revoked?: boolean }[] }).objects ?? [];
  };
  const isGiven = async (): Promise<boolean> =>
    (await ask('limit=10000&type=domain')).some(({ name }) => name === CLEANED);
  await server.says(/"feed":"ours","state":"fine"/);
  await until(isGiven, 'it is published');

  // An import begins, with the gate as it is now; it comes to the value at its end.
  const late = start(t, ['import', '--format', 'list', '--data', data, '-'], ENV);
  late.process.stdin.write(lines(1_000, 5_000));
  const indicators = () => withStore(async (store) => (await store.health()).indicators);
  await until(async () => (await indicators()) > 1_001, 'the import has begun');
  const since = new Date().toISOString();
  const allowed = await run(['gate', 'allow', CLEANED, '--comment', 'ours'], { env: ENV });
  assert.equal(allowed.code, 0, allowed.talk);
  await until(async () => {
    const news = await ask(`limit=10000&since=${encodeURIComponent(since)}`);
    return news.some(({ name, revoked }) => name === CLEANED && revoked === true);
  }, 'the retraction');
  late.process.stdin.end(`${lines(5_000, 9_000)}${CLEANED}\n`);
  assert.deepEqual(await late.ended, { code: 0, signal: null }, late.talk());

  await until(() => withStore(async (store) => (await store.gateFingerprint()) !== ''), 'all is checked');
  await until(async () => !(await isGiven()), 'it is taken back again');
  const { out } = await run(['why', CLEANED], { env: ENV });
  assert.match(out, /held: Not published: the operator’s allow list covers it/);
  assert.doesNotMatch(server.talk(), /"level":"error"/);
  assert.equal(await indicators(), 9_001, 'nothing is lost');
});
