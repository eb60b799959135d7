import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';

import { Contributions } from '../../src/cli/contributions.ts';
import { createLog } from '../../src/observe/log.ts';
import { StoreError } from '../../src/store/store.ts';
import { bench } from './commands.ts';
import { start } from './program.ts';

const TAXII = 'application/taxii+json;version=2.1';
const LISTENING = /(http:\/\/127\.0\.0\.1:\d+)/;

test('a server takes what a key with --write contributes, checked by its gate, and stops in peace', async (t) => {
  const { data, run } = bench(t);
  const writer = (await run(['key', 'create', '--write', '--account', 'partner'])).out.trim();
  const reader = (await run(['key', 'create'])).out.trim();
  assert.match((await run(['key', 'list'])).out, /partner {2}unnamed {2}may contribute/);
  const server = start(t, ['serve', '--port', '0', '--data', data], { SOC_WARNINGLISTS: 'off' });
  const url = `${await server.says(LISTENING)}/api/taxii2/api/collections/all/objects/`;
  const objects = ['192.0.2.7', '8.8.8.8'].map((value, index) => ({
    type: 'indicator',
    spec_version: '2.1',
    id: `indicator--00000000-0000-4000-8000-00000000000${index}`,
    created: '2026-01-15T09:00:00.000Z',
    modified: '2026-01-15T09:00:00.000Z',
    pattern: `[ipv4-addr:value = '${value}']`,
    pattern_type: 'stix',
    valid_from: '2026-01-15T09:00:00Z',
  }));
  const post = (key: string): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, accept: TAXII, 'content-type': TAXII },
      body: JSON.stringify({ objects }),
    });
  assert.equal((await post(reader)).status, 403);
  const answer = await post(writer);
  assert.equal(answer.status, 202);
  const status = (await answer.json()) as {
    successes: { message: string }[];
    failures: { message: string }[];
  };
  assert.deepEqual(
    status.successes.map(({ message }) => message),
    ['Taken: 192.0.2.7.'],
  );
  assert.match(status.failures[0]!.message, /8\.8\.8\.8 is held back/);
  assert.equal((await post(writer)).status, 202);
  server.process.kill('SIGTERM');
  assert.deepEqual(await server.ended, { code: 0, signal: null });
});

function threadOf(t: TestContext, directory: string): { contributions: Contributions; lines: () => string } {
  let text = '';
  const log = createLog({ level: 'error', write: (line) => (text += line) });
  const overrides = { SOC_DATA_DIR: directory, SOC_WARNINGLISTS: 'off', SOC_LOG_LEVEL: 'silent' };
  const contributions = new Contributions({ env: {}, overrides, pretty: false, log });
  t.after(() => contributions.stop());
  return {
    contributions,
    lines: () => {
      log.flush();
      return text;
    },
  };
}

const ENVELOPE = Buffer.from(
  '{"objects":[{"type":"identity","id":"identity--00000000-0000-4000-8000-000000000000"}]}',
);

test('so many contributions wait and no more: the rest is told to come back', async (t) => {
  const { data } = bench(t);
  const { contributions } = threadOf(t, data);
  const calls = Array.from({ length: 25 }, () => contributions.take({ bytes: ENVELOPE, account: 'partner' }));
  const settled = await Promise.allSettled(calls);
  const refused = settled.filter((call) => call.status === 'rejected');
  assert.equal(refused.length, 5);
  for (const { reason } of refused) assert.ok(reason instanceof StoreError && reason.code === 'busy');
});

test('a thread that cannot start is told of in the log, and a later contribution tries again', async (t) => {
  const { file } = bench(t);
  const blocked = file('blocked', 'no directory');
  const { contributions, lines } = threadOf(t, join(blocked, 'data'));
  for (const _attempt of [1, 2]) {
    await assert.rejects(
      contributions.take({ bytes: ENVELOPE, account: 'partner' }),
      (error) => error instanceof StoreError && error.code === 'unavailable',
    );
  }
  assert.equal(lines().match(/the thread of contributions has failed/g)?.length, 2);
});
