import assert from 'node:assert/strict';
import test from 'node:test';

import { hashApiKey } from '../../src/model/api-key.ts';
import { bench } from './commands.ts';
import { start } from './program.ts';

const LISTENING = /http:\/\/127\.0\.0\.1:(\d+)/;
const PASSWORD = 'correct horse battery';

test('a server that stops keeps what was counted, and the next goes on from there', async (t) => {
  const { data, run, file, withStore } = bench(t);
  await run(['import', file('list.txt', '192.0.2.1\n')]);
  const key = (await run(['key', 'create'])).out.trim();
  const headers = { authorization: `Bearer ${key}` };
  for (let round = 0; round < 2; round += 1) {
    const server = start(t, ['serve', '--port', '0', '--data', data]);
    const port = await server.says(LISTENING);
    for (let poll = 0; poll < 3; poll += 1) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/iocs/stix`, { headers });
      assert.match(await answer.text(), /192\.0\.2\.1/);
    }
    server.process.kill('SIGTERM');
    assert.deepEqual(await server.ended, { code: 0, signal: null });
  }
  await withStore(async (store) => {
    const { id } = (await store.findKey(hashApiKey(key)))!;
    const { requests } = await store.usageOf(id, 0);
    assert.equal(
      requests.reduce((sum, { count }) => sum + count, 0),
      6,
    );
    const [version] = await store.versionFacts({ type: 'ipv4', value: '192.0.2.1' });
    const deliveries = await store.deliveriesOf(id, [version!.stamp]);
    assert.equal(
      deliveries.reduce((sum, { answers }) => sum + answers, 0),
      6,
    );
  });
});

test('another password, set beside a running server, signs everybody out of it at once', async (t) => {
  const { data, run } = bench(t);
  assert.equal((await run(['account', 'create', 'default'], { stdin: PASSWORD })).code, 0);
  const server = start(t, ['serve', '--port', '0', '--data', data]);
  const url = `http://127.0.0.1:${await server.says(LISTENING)}/api/v1/session`;
  const signIn = (password: string) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account: 'default', password }),
    });
  const answer = await signIn(PASSWORD);
  assert.equal(answer.status, 200);
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const who = async () => (await fetch(url, { headers: { cookie } })).status;
  assert.equal(await who(), 200);
  assert.equal((await run(['account', 'password', 'default'], { stdin: 'another horse battery' })).code, 0);
  assert.equal(await who(), 401);
  assert.equal((await signIn(PASSWORD)).status, 401);
  assert.equal((await signIn('another horse battery')).status, 200);
  assert.ok(!server.talk().includes(PASSWORD));
});
