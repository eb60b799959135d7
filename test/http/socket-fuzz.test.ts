import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';

import { bench } from '../cli/commands.ts';
import { type Program, start } from '../cli/program.ts';

const SEED = Number(process.env.FUZZ_SEED ?? 1);
/** How long the server is tormented, in milliseconds; a longer run finds more. */
const DURATION = Number(process.env.FUZZ_MS ?? 2_000);
const AT_ONCE = 40;

/** A generator of numbers that gives the same ones for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

class Mutator {
  readonly #random: () => number;
  readonly #key: string;

  constructor(seed: number, key: string) {
    this.#random = numbers(seed);
    this.#key = key;
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** A request, or several on one connection, well-formed or spoilt in some way. */
  message(): Buffer {
    const requests = Array.from({ length: 1 + this.below(3) }, () => this.#request()).join('');
    let bytes: Buffer = Buffer.from(requests, 'latin1');
    for (let spoilt = this.below(4); spoilt > 0; spoilt -= 1) bytes = this.#spoil(bytes);
    return bytes;
  }

  #request(): string {
    const method = this.pick([
      'GET',
      'HEAD',
      'POST',
      'PUT',
      'OPTIONS',
      'CONNECT',
      'TRACE',
      'PRI',
      'get',
      'QUERY',
      '',
    ]);
    const target = this.pick([
      '/api/v1/iocs/stix',
      '/',
      '*',
      '//',
      '/%zz',
      '/api/v1/iocs/stix?limit=1&type=ipv4',
      'http://[::1',
      'h.example:443',
      '/\u00ff',
      `/${'a'.repeat(this.below(20_000))}`,
    ]);
    const version = this.pick([
      'HTTP/1.1',
      'HTTP/1.1',
      'HTTP/1.0',
      'HTTP/2.0',
      'HTTP/0.9',
      'HTTP/1.1\r\n x',
      'RTSP/1.0',
    ]);
    const headers = Array.from({ length: this.below(8) }, () => this.#header()).join('');
    return `${method} ${target} ${version}\r\nHost: h.example\r\n${headers}\r\n${this.#body()}`;
  }

  #header(): string {
    return this.pick([
      `Authorization: Bearer ${this.#key}\r\n`,
      `X-API-Key: ${this.#key}\r\n`,
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n',
      'Connection: keep-alive\r\n',
      'Expect: 100-continue\r\n',
      'Expect: 300-nonsense\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Transfer-Encoding: gzip, chunked\r\n',
      'Transfer-Encoding:\u000bchunked\r\n',
      'Content-Length: 5\r\n',
      'Content-Length: -1\r\n',
      'Content-Length: 99999999999999999999\r\n',
      'Content-Length: 5\r\nContent-Length: 6\r\n',
      'Accept-Encoding: gzip, br;q=0.1, zstd;q=x\r\n',
      'Accept: application/stix+json;version=2.1\r\n',
      'If-None-Match: "x", W/"y", *\r\n',
      'Host: two.example\r\n',
      '__proto__: x\r\n',
      ': no name\r\n',
      ' folded\r\n',
      `X-Long: ${'x'.repeat(this.below(20_000))}\r\n`,
      'X-Nul: a\u0000b\r\n',
      'Trailer: x\r\nTE: trailers\r\n',
    ]);
  }

  #body(): string {
    return this.pick([
      '',
      '',
      '',
      'hello',
      '5\r\nhello\r\n0\r\n\r\n',
      'ffffffffffffffff\r\nx',
      '0;ext=1\r\n\r\n',
      `1;${'x'.repeat(17_000)}\r\na\r\n`,
      '{"a":1}',
    ]);
  }

  #spoil(bytes: Buffer): Buffer {
    if (bytes.length === 0) return bytes;
    const at = this.below(bytes.length);
    const noise = Buffer.from(Array.from({ length: this.below(20) }, () => this.below(256)));
    return this.pick([
      () => bytes.subarray(0, at),
      () => Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]),
      () => Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at + noise.length)]),
      () => Buffer.concat([bytes, bytes.subarray(at)]),
      () => Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
      () => noise,
      // The beginning of TLS and of HTTP/2, which this port does not speak.
      () => Buffer.concat([Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]), noise]),
      () =>
        Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000\u0004\u0008\u0000'), noise]),
    ])();
  }
}

/** Sends a message in pieces, and goes away in one of several ways. */
function torment(port: number, mutator: Mutator): Promise<void> {
  return new Promise((resolve) => {
    const message = mutator.message();
    const cut = mutator.below(message.length + 1);
    const leave = mutator.pick(['end', 'reset', 'destroy', 'wait'] as const);
    const allowHalfOpen = mutator.below(2) === 0;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen }, () => {
      socket.write(message.subarray(0, cut));
      setImmediate(() => {
        if (socket.destroyed) return;
        socket.write(message.subarray(cut));
        if (leave === 'end') socket.end();
        else if (leave === 'reset') socket.resetAndDestroy();
        else if (leave === 'destroy') socket.destroy();
      });
    });
    socket.setTimeout(100, () => socket.destroy());
    if (mutator.below(4) === 0) socket.pause();
    else socket.resume();
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}

async function served(url: string, key: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/iocs/stix`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal(answer.status, 200);
  return answer.text();
}

function failures(server: Program): string[] {
  return server
    .talk()
    .split('\n')
    .filter((line) => line.includes('"level":"error"') || /Unexpected|Uncaught|Warning|^\s+at /.test(line));
}

test(`${DURATION} ms of spoilt requests leave the same process serving, and nothing unhandled`, async (context) => {
  const { data, run, file } = bench(context);
  await run(['import', file('list.txt', '192.0.2.1\n198.51.100.7\n')]);
  const server = start(context, ['serve', '--port', '0', '--data', data]);
  const key = await server.says(/(sk_live_\w+)/);
  const url = await server.says(/(http:\/\/127\.0\.0\.1:\d+)/);
  const port = Number(new URL(url).port);
  const before = await served(url, key);
  const mutator = new Mutator(SEED, key);
  const until = performance.now() + DURATION;
  let sent = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (performance.now() < until) {
        await torment(port, mutator);
        sent += 1;
      }
    }),
  );
  context.diagnostic(`${sent} connections with seed ${SEED}`);
  assert.ok(sent > 100);
  assert.equal(server.process.exitCode, null);
  assert.equal(await served(url, key), before);
  server.process.kill('SIGTERM');
  assert.deepEqual(await server.ended, { code: 0, signal: null });
  assert.deepEqual(failures(server), []);
});
