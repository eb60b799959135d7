import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { bench, runOn } from './commands.ts';
import { type Program, start } from './program.ts';

const LISTENING = /(http:\/\/127\.0\.0\.1:\d+)/;
const FIRST_KEY = /(sk_live_\w+)/;

async function stop(program: Program): Promise<void> {
  const before = Date.now();
  program.process.kill('SIGTERM');
  assert.deepEqual(await program.ended, { code: 0, signal: null });
  assert.ok(Date.now() - before < 5_000);
}

const ask = (url: string, key: string): Promise<Response> =>
  fetch(`${url}/api/v1/iocs/stix?limit=10000`, { headers: { authorization: `Bearer ${key}` } });

async function values(url: string, key: string): Promise<string> {
  const response = await ask(url, key);
  assert.equal(response.status, 200);
  return response.text();
}

test('the first start shows a key once, and the server answers with it', async (t) => {
  const { data } = bench(t);
  const first = start(t, ['serve', '--port', '0', '--data', data]);
  const key = await first.says(FIRST_KEY);
  const url = await first.says(LISTENING);
  assert.match(await values(url, key), /"spec_version":"2\.1"/);
  assert.equal(first.talk().split(key).length, 2);
  assert.equal(first.out(), '');
  await stop(first);

  const second = start(t, ['serve', '--port', '0', '--data', data]);
  const again = await second.says(LISTENING);
  assert.equal((await ask(again, key)).status, 200);
  assert.doesNotMatch(second.talk(), FIRST_KEY);
  await stop(second);
});

test('what another process imports or revokes holds for the server within a second', async (t) => {
  const { data, run, file } = bench(t);
  const server = start(t, ['serve', '--port', '0', '--data', data]);
  const key = await server.says(FIRST_KEY);
  const url = await server.says(LISTENING);
  assert.doesNotMatch(await values(url, key), /192\.0\.2\.1/);
  assert.equal((await run(['import', file('list.txt', '192.0.2.1\n198.51.100.7\n')])).code, 0);
  await setTimeout(1_000);
  assert.match(await values(url, key), /192\.0\.2\.1/);
  assert.equal((await run(['key', 'revoke', key])).code, 0);
  await setTimeout(200);
  const refused = await ask(url, key);
  assert.equal(refused.status, 401);
  assert.equal(((await refused.json()) as { error: { code: string } }).error.code, 'invalid_api_key');
  await stop(server);
});

test('a port that is taken, or an address of another machine, is told with what to do', async (t) => {
  const { data } = bench(t);
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const taken = await runOn(['serve', '--port', String(port), '--data', data]);
  assert.equal(taken.code, 2);
  assert.match(taken.talk, new RegExp(`port ${port} of 127.0.0.1 is taken: choose another with --port`));
  const away = await runOn(['serve', '--port', '0', '--host', '192.0.2.1', '--data', data]);
  assert.equal(away.code, 2);
  assert.match(away.talk, /192\.0\.2\.1 is not an address of this machine/);
});

test('a wrong setting stops the server before it makes anything', async (t) => {
  const { data } = bench(t);
  for (const [name, value] of [
    ['SOC_TRUST_PROXY', 'nonsense'],
    ['SOC_PORT', '70000'],
    ['SOC_PROT', '1'],
  ] as const) {
    const { code, talk } = await runOn(['serve', '--data', data], { env: { [name]: value } });
    assert.equal(code, 2);
    assert.ok(talk.startsWith(name), talk);
    assert.equal(existsSync(data), false);
  }
});

test('a wrong port is refused by the name under which it was given', async (t) => {
  const { data } = bench(t);
  const { code, talk } = await runOn(['serve', '--data', data, '--port', '80000'], {
    env: { SOC_PORT: '1' },
  });
  assert.deepEqual([code, talk], [2, '--port: "80000" is not a port: give a number from 0 to 65535.']);
  assert.equal(existsSync(data), false);
});

test('an interrupt ends an import that waits for its input', async (t) => {
  const { data } = bench(t);
  const program = start(t, ['import', '--format', 'list', '--data', data, '-']);
  program.process.stdin.write('192.0.2.1\n');
  // By the time that the store is there, the program listens to signals.
  while (!existsSync(join(data, 'requests.sqlite'))) await setTimeout(5);
  program.process.kill('SIGINT');
  assert.deepEqual(await program.ended, { code: 3, signal: null });
  assert.match(program.talk(), /^stdin: the input: reading was stopped/);
});
