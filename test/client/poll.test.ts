import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { isIndicator } from '../../src/client/client.ts';
import { addresses } from '../http/serving.ts';
import { START, take } from '../store/fixtures.ts';
import { type Reading, reading } from './reading.ts';

const OLD = '2025-12-01';

/** What a poll yields, up to `most` indicators, and what it says to go on with. */
async function polled({ client }: Reading, since: string | undefined, most = Infinity, limit = 3) {
  const poll = client.indicators({ since, limit });
  const names: string[] = [];
  if (most > 0) {
    for await (const { name } of poll) {
      names.push(name);
      if (names.length >= most) break;
    }
  }
  return { names, nextSince: poll.nextSince };
}

test('a first download and polls after it yield every version once', async (context) => {
  const server = await reading(context);
  await take(server.store, addresses(7), START);
  const first = await polled(server, undefined);
  assert.equal(new Set(first.names).size, 7);
  const nothing = await polled(server, first.nextSince);
  assert.deepEqual(nothing, { names: [], nextSince: first.nextSince });
  server.clock.advance(60_000);
  await take(server.store, addresses(9), server.clock.now);
  server.clock.advance(60_000);
  const more = await polled(server, nothing.nextSince);
  assert.deepEqual(more.names.sort(), ['2001:db8::8', '2001:db8::9']);
  assert.deepEqual((await polled(server, more.nextSince)).names, []);
});

test('where a first download holds nothing, the next is one as well', async (context) => {
  const server = await reading(context);
  assert.deepEqual(await polled(server, undefined), { names: [], nextSince: undefined });
});

test('a first download that was left early says nothing to go on with', async (context) => {
  const server = await reading(context);
  await take(server.store, addresses(5), START);
  assert.equal((await polled(server, undefined, 2)).nextSince, undefined);
});

test('a poll that was left early goes on with the indicator that it was left in, wherever that was', async (context) => {
  const server = await reading(context);
  await take(server.store, addresses(7), START);
  const { names: all } = await polled(server, OLD);
  assert.equal(all.length, 7);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }), async (parts) => {
      let since: string | undefined = OLD;
      const dealtWith: string[] = [];
      for (const most of [...parts, Infinity]) {
        const part = await polled(server, since, most);
        // The one that the loop was left in was not dealt with.
        dealtWith.push(...(most === Infinity ? part.names : part.names.slice(0, most - 1)));
        since = part.nextSince;
      }
      assert.deepEqual(dealtWith, all);
    }),
    { numRuns: 20 },
  );
});

test('a poll is gone through once', async (context) => {
  const { client } = await reading(context);
  const poll = client.indicators({ since: OLD });
  await Array.fromAsync(poll);
  await assert.rejects(Array.fromAsync(poll), /begin another with its nextSince/);
});

test('what was taken back comes in a poll, marked so', async (context) => {
  const server = await reading(context);
  await take(server.store, addresses(2), START);
  const { nextSince } = await polled(server, undefined);
  server.clock.advance(60_000);
  await server.store.retract([{ type: 'ipv6', value: '2001:db8::1' }], 'wrong', server.clock.now);
  server.clock.advance(60_000);
  const [only, ...others] = await Array.fromAsync(server.client.indicators({ since: nextSince }));
  assert.deepEqual([only?.name, only?.revoked, others.length], ['2001:db8::1', true, 0]);
  const { objects } = await server.client.stix({ since: nextSince });
  assert.deepEqual(objects.filter(isIndicator), [only]);
});
