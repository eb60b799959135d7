import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import test, { suite } from 'node:test';

import { fetched, fetching, troubleOf } from '../fetching.ts';
import { redirect, startWorld } from '../world.ts';

const LIST = 'a.example\n'.repeat(100);

// Together, as each of them mostly waits.
suite('deadlines', { concurrency: true }, () => {
  test('a server that never answers is given up', async (t) => {
    const world = await startWorld(t);
    const { get } = fetching(t, { limits: { headersTimeout: 150 } });
    const reason = troubleOf(await get(world.serve('/', { behaviour: 'hang' })), 'timed_out');
    assert.match(reason, /no answer has begun/);
  });

  test('an answer that stops in its midst is given up, and nothing of it is kept', async (t) => {
    const world = await startWorld(t);
    const { get, spooled } = fetching(t, { limits: { idleTimeout: 150 } });
    const reason = troubleOf(await get(world.serve('/', { body: LIST, behaviour: 'stall' })), 'timed_out');
    assert.match(reason, /stopped coming in/);
    assert.deepEqual(spooled(), []);
  });

  test('a connection that is not made is given up', async (t) => {
    const { get } = fetching(t, {
      limits: { connectTimeout: 150 },
      resolve: () => new Promise(() => undefined),
    });
    assert.match(troubleOf(await get('http://feeds.example.com/'), 'unreachable'), /does not answer/);
  });

  test('a tarpit is left for its pace, though it begins well and never falls silent', async (t) => {
    const world = await startWorld(t);
    const { get, spooled } = fetching(t, { limits: { pace: { bytes: 50, within: 300 } } });
    const reason = troubleOf(await get(world.serve('/', { body: LIST, behaviour: 'drip' })), 'timed_out');
    assert.match(reason, /too slowly/);
    assert.deepEqual(spooled(), []);
  });

  test('a slow server that keeps the pace is waited for', async (t) => {
    const world = await startWorld(t);
    const { get } = fetching(t, { limits: { pace: { bytes: 3, within: 300 } } });
    const body = 'a.example\nb.example\nc.example\n';
    assert.equal(fetched(await get(world.serve('/', { body, behaviour: 'drip' }))).bytes, body.length);
  });

  test('a download ends after its whole time, however it comes in', async (t) => {
    const world = await startWorld(t);
    const { get, spooled } = fetching(t, { limits: { totalTimeout: 300 } });
    for (const behaviour of ['drip', 'endless', 'hang'] as const) {
      const url = world.serve('/', { body: LIST, behaviour });
      const start = performance.now();
      const reason = troubleOf(await get(url, { maxBytes: Infinity }), 'timed_out');
      assert.match(reason, /as a whole/);
      assert.ok(performance.now() - start < 2_000);
    }
    assert.deepEqual(spooled(), []);
  });

  test('redirects share the whole time of a download', async (t) => {
    const world = await startWorld(t);
    const { get } = fetching(t, { limits: { totalTimeout: 300 } });
    world.serve('/there', { behaviour: 'late' });
    const url = world.serve('/here', { ...redirect('/there'), behaviour: 'late' });
    troubleOf(await get(url), 'timed_out');
    assert.equal(fetched(await get(`${world.origin}/there`)).bytes, 0);
  });

  test('headers that come in byte by byte, or never end, do not hold us', async (t) => {
    const server = createServer((socket) => drip(socket, 'HTTP/1.1 200 OK\r\nX-Slow: ', 'x'));
    const hints = createServer((socket) => drip(socket, '', 'HTTP/1.1 102 Processing\r\n\r\n'));
    const ports = [server, hints].map((each) => {
      each.listen(0, '127.0.0.1');
      t.after(() => each.close());
      return once(each, 'listening').then(() => (each.address() as { port: number }).port);
    });
    const { get } = fetching(t, { limits: { totalTimeout: 400 } });
    for (const port of await Promise.all(ports)) {
      troubleOf(await get(`http://127.0.0.1:${port}/`), 'timed_out');
    }
  });

  for (const behaviour of ['hang', 'drip', 'endless'] as const) {
    test(`aborting ends a download from a server that answers with ${behaviour}`, async (t) => {
      const world = await startWorld(t);
      const { get, spooled } = fetching(t);
      const abort = new AbortController();
      const url = world.serve('/', { body: LIST, behaviour });
      const under = get(url, { maxBytes: Infinity }, abort.signal);
      setTimeout(() => abort.abort(new Error('shutting down')), 100);
      await assert.rejects(under, /shutting down/);
      assert.deepEqual(spooled(), []);
    });
  }

  test('aborting before the start asks nobody', async (t) => {
    const world = await startWorld(t);
    const { get } = fetching(t);
    await assert.rejects(get(world.serve('/', {}), {}, AbortSignal.abort(new Error('over'))), /over/);
    assert.equal(world.requests().length, 0);
  });

  test('closing ends what is under way', async (t) => {
    const world = await startWorld(t);
    const { get, fetcher } = fetching(t);
    const under = get(world.serve('/', { behaviour: 'hang' }));
    setTimeout(() => void fetcher.close(), 50);
    troubleOf(await under, 'unreachable');
    troubleOf(await get(world.serve('/', {})), 'unreachable');
  });
});

/** Sends bytes now and then others again and again, until the client leaves. */
function drip(socket: Socket, first: string, again: string): void {
  socket.write(first);
  const timer = setInterval(() => socket.write(again), 20);
  socket.on('error', () => undefined).on('close', () => clearInterval(timer));
}
