import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { exchange } from './raw-client.ts';
import { PATH, serving } from './serving.ts';

const CLIENTS = 500;

/** How long a head may take here, and how often a client sends one more character of it, in milliseconds. */
const HEADERS_TIMEOUT = 3_000;
const DRIP = 100;

/** Between requests of others, in milliseconds. */
const PAUSE = 10;

interface Dribbler {
  readonly socket: Socket;
  readonly ended: Promise<string>;
}

/** A client that never ends its head. Resolves to what it was told when it was hung up on. */
function dribble(port: number): Dribbler {
  const socket = connect(port, '127.0.0.1');
  // What is written before would come first, however long connecting takes.
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nX-');
  const drip = setInterval(() => socket.writable && socket.write('a'), DRIP);
  let text = '';
  socket.on('data', (data) => {
    text += data.toString('latin1');
  });
  socket.on('error', () => undefined);
  const ended = new Promise<string>((resolve) => {
    socket.on('close', () => {
      clearInterval(drip);
      resolve(text);
    });
  });
  return { socket, ended };
}

/** In milliseconds. */
async function timed(port: number): Promise<number> {
  const start = performance.now();
  const request = `GET ${PATH} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
  assert.match(await exchange(port, request), /^HTTP\/1\.1 401 /);
  return performance.now() - start;
}

/** What 99 of 100 do not exceed. */
function mostOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)]!;
}

test(
  'five hundred clients that dribble are all hung up on, and nobody else waits for them',
  { timeout: 60_000 },
  async (context) => {
    const server = await serving(context, {
      config: { headersTimeout: HEADERS_TIMEOUT, requestTimeout: HEADERS_TIMEOUT + 500 },
    });
    const port = await server.listen();
    const alone: number[] = [];
    while (alone.length < 100) alone.push(await timed(port));
    const clients = Array.from({ length: CLIENTS }, () => dribble(port));
    context.after(() => {
      for (const { socket } of clients) socket.destroy();
    });
    const hungUpOn = { all: false };
    const all = Promise.all(clients.map(({ ended }) => ended)).finally(() => {
      hungUpOn.all = true;
    });
    const times: number[] = [];
    for (; !hungUpOn.all; await pause(PAUSE)) times.push(await timed(port));
    const told = await all;
    const [before, meanwhile] = [mostOf(alone), mostOf(times)];
    context.diagnostic(
      `${times.length} others were answered, 99 of 100 within ${meanwhile.toFixed(1)} ms; ${before.toFixed(1)} ms without them`,
    );
    assert.ok(times.length > 0);
    // A machine that is busy with other things is as slow without them.
    assert.ok(meanwhile < Math.max(HEADERS_TIMEOUT / 2, before * 20), `${meanwhile} ms, ${before} ms before`);
    const timedOut = told.filter((text) => text.startsWith('HTTP/1.1 408 '));
    assert.ok(timedOut.length > CLIENTS * 0.9, `${timedOut.length} were told 408`);
    for (const text of told) assert.ok(text === '' || text.startsWith('HTTP/1.1 408 '), text);
  },
);

test('connections beyond the most are not taken, and are again once there is room', async (context) => {
  const server = await serving(context, { config: { maxConnections: 20, headersTimeout: 60_000 } });
  const port = await server.listen();
  const clients = Array.from({ length: 40 }, () => dribble(port));
  context.after(() => {
    for (const { socket } of clients) socket.destroy();
  });
  const refused = await Promise.race([
    Promise.all(clients.slice(20).map(({ ended }) => ended)),
    new Promise<undefined>((resolve) => setTimeout(resolve, 10_000, undefined).unref()),
  ]);
  assert.deepEqual(refused, Array(20).fill(''));
  for (const { socket, ended } of clients.slice(0, 20)) {
    socket.destroy();
    await ended;
  }
  await timed(port);
});
