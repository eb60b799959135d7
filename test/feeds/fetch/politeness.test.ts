import assert from 'node:assert/strict';
import test from 'node:test';

import { HostTurns } from '../../../src/feeds/fetch/host-turns.ts';
import { fetching } from '../fetching.ts';
import { startWorld } from '../world.ts';

const NEVER = new AbortController().signal;

test('twenty feeds of one host are asked for two at a time, with a pause between them', async (t) => {
  const world = await startWorld(t);
  const pause = 10;
  const { get } = fetching(t, { limits: { perHost: { atOnce: 2, pause } } });
  const urls = Array.from({ length: 20 }, (_, at) => world.serve(`/${at}`, { body: String(at) }));
  const outcomes = await Promise.all(urls.map((url) => get(url)));
  assert.ok(outcomes.every(({ state }) => state === 'fetched'));
  assert.ok(world.connections <= 2, `${world.connections} connections`);
  assert.deepEqual(
    world.requests().map(({ url }) => url),
    urls.map((url) => new URL(url).pathname),
  );
});

test('a host that does not answer holds up its own feeds only', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t, { limits: { totalTimeout: 300, perHost: { atOnce: 1, pause: 0 } } });
  const slow = get(world.serve('/slow', { behaviour: 'hang' }));
  const queued = get(world.serve('/queued', {}));
  const other = world.serve('/fast', { body: 'x' }).replace('127.0.0.1', 'localhost');
  assert.equal((await get(other)).state, 'fetched');
  assert.equal(world.requests('/queued').length, 0);
  assert.equal((await slow).state, 'timed_out');
  assert.equal((await queued).state, 'fetched');
});

test('waiting for a turn does not count as slowness of the server', async (t) => {
  const world = await startWorld(t);
  const { get } = fetching(t, { limits: { totalTimeout: 1_000, perHost: { atOnce: 1, pause: 400 } } });
  const urls = Array.from({ length: 4 }, (_, at) => world.serve(`/${at}`, { body: 'x' }));
  const outcomes = await Promise.all(urls.map((url) => get(url)));
  assert.deepEqual(new Set(outcomes.map(({ state }) => state)), new Set(['fetched']));
});

test('turns of one host are taken in order, whatever the spelling of its name', async () => {
  const turns = new HostTurns({ atOnce: 1, pause: 0 });
  const order: number[] = [];
  await Promise.all(
    ['a.example', 'A.EXAMPLE', 'a.example.', 'a.example'].map(async (name, at) => {
      const release = await turns.take(name, NEVER);
      order.push(at);
      release();
    }),
  );
  assert.deepEqual(order, [0, 1, 2, 3]);
});

test('turns of one host begin with a pause between them, those of two hosts do not', async () => {
  const turns = new HostTurns({ atOnce: 10, pause: 50 });
  const begin = async (host: string): Promise<number> => {
    (await turns.take(host, NEVER))();
    return performance.now();
  };
  const start = performance.now();
  const [, a1, a2, b0] = await Promise.all(['a.example', 'a.example', 'a.example', 'b.example'].map(begin));
  // From the start and not from the turn before, which may be told late; timers may be a millisecond early.
  assert.ok(a1! - start >= 49 && a2! - start >= 98, `${start} ${a1} ${a2}`);
  assert.ok(b0! < a1!);
});

test('never more than agreed are under way at once', async () => {
  const turns = new HostTurns({ atOnce: 3, pause: 0 });
  let underWay = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      const release = await turns.take('a.example', NEVER);
      most = Math.max(most, (underWay += 1));
      await new Promise(setImmediate);
      underWay -= 1;
      release();
    }),
  );
  assert.equal(most, 3);
});

test('who stops waiting leaves the queue, and the next one has the turn', async () => {
  const turns = new HostTurns({ atOnce: 1, pause: 0 });
  const release = await turns.take('a.example', NEVER);
  const abort = new AbortController();
  const gone = turns.take('a.example', abort.signal);
  const next = turns.take('a.example', NEVER);
  abort.abort(new Error('over'));
  await assert.rejects(gone, /over/);
  release();
  (await next)();
  await assert.rejects(turns.take('a.example', abort.signal), /over/);
});
