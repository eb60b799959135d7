import assert from 'node:assert/strict';
import test from 'node:test';

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
