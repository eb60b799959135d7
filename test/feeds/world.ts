import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import {
  brotliCompressSync,
  createGzip,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';

/** How a server of the world answers one request. Without anything: 200 and an empty body. */
export interface Script {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The body is what this file holds. */
  readonly file?: string;
  /** The body is sent in this coding. */
  readonly coding?: keyof typeof CODERS;
  /** Sends an ETag of the body, or this one, and answers 304 to whoever has it. */
  readonly etag?: true | string;
  /** Sends this Last-Modified, and answers 304 to whoever has it. */
  readonly lastModified?: string;
  /** Without this header, by lower-case name, and value: 401. */
  readonly key?: readonly [name: string, value: string];
  /** A way to misbehave; `ok` unless given. */
  readonly behaviour?: Behaviour;
}

export interface SeenRequest {
  readonly origin: string;
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** When it came, by `performance.now()`. */
  readonly at: number;
}

export const CODERS = {
  gzip: gzipSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
  deflate: deflateSync,
  'raw-deflate': deflateRawSync,
} as const;

/** Ways to answer, given the whole body and its headers. All but `ok` misbehave. */
const BEHAVIOURS = {
  ok: (response, body) => response.end(body),
  /** The request is never answered. */
  hang: () => undefined,
  /** The answer stops in its midst, and the connection stays open. */
  stall: (response, body) => response.write(firstHalf(body)),
  /** Content-Length announces more than comes. */
  half: (response, body) => response.write(firstHalf(body), () => response.socket?.destroy()),
  /** Chunked, without the last chunk. */
  'half-chunked': (response, body) => {
    response.removeHeader('content-length');
    response.write(firstHalf(body), () => response.socket?.destroy());
  },
  /** The body comes again and again, as fast as it is taken. */
  endless: (response, body) => {
    response.removeHeader('content-length');
    const flood = Readable.from(repeated(body));
    response.on('close', () => flood.destroy());
    flood.pipe(response);
  },
  /** The first half at once, then a byte every 20 ms. */
  drip: (response, body) => {
    response.write(firstHalf(body));
    let at = firstHalf(body).length;
    const timer = setInterval(() => response.write(body.subarray(at, (at += 1))), 20);
    response.on('close', () => clearInterval(timer));
  },
  /** The answer begins after 200 ms. */
  late: (response, body) => setTimeout(() => response.end(body), 200),
  /** The connection is reset before there is an answer. */
  reset: (response) => response.socket?.resetAndDestroy(),
  /** What comes is not HTTP. */
  noise: (response, body) => response.socket?.end(body),
} satisfies Record<string, (response: ServerResponse, body: Buffer) => unknown>;

export type Behaviour = keyof typeof BEHAVIOURS;

/**
 * Two web servers on loopback that do as they are told, both with the same pages: `origin` and `otherOrigin` are two origins
 * of one host.
 */
export class World {
  readonly origin: string;
  readonly otherOrigin: string;
  readonly #servers: readonly Server[];
  /** What is left to be played at each path; the last script stays. */
  readonly #pages = new Map<string, Script[]>();
  readonly #requests: SeenRequest[] = [];
  #connections = 0;

  private constructor(servers: readonly Server[]) {
    this.#servers = servers;
    const [origin = '', otherOrigin = ''] = servers.map(originOf);
    this.origin = origin;
    this.otherOrigin = otherOrigin;
    for (const server of servers) {
      server.on('connection', () => (this.#connections += 1));
      server.on('request', (request, response) => this.#answer(originOf(server), request, response));
    }
  }

  static async start(): Promise<World> {
    const servers = [createServer({ keepAliveTimeout: 60_000 }), createServer()];
    for (const server of servers) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    return new World(servers);
  }

  /**
   * Says what is at a path: its first request gets the first script, the last one serves for all that follow. Returns
   * its URL at `origin`.
   */
  serve(path: string, ...scripts: readonly Script[]): string {
    assert.ok(scripts.length > 0);
    this.#pages.set(path, [...scripts]);
    return this.origin + path;
  }

  /** What was asked, of one path or of all. */
  requests(path?: string): readonly SeenRequest[] {
    return this.#requests.filter(({ url }) => path === undefined || url.split('?')[0] === path);
  }

  /** How many connections were made. */
  get connections(): number {
    return this.#connections;
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }
  }

  #answer(origin: string, request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '', headers } = request;
    const path = url.split('?')[0] ?? '';
    this.#requests.push({ origin, method, url, headers, at: performance.now() });
    const scripts = this.#pages.get(path) ?? [{ status: 404 }];
    const script = scripts.length > 1 ? scripts.shift()! : scripts[0]!;
    response.on('error', noop);
    play(script, request, response);
  }
}

/** Starts a world that ends with its test. */
export async function startWorld(context: TestContext): Promise<World> {
  const world = await World.start();
  context.after(() => world.stop());
  return world;
}

/** A page for people, as servers send in place of data. */
export function htmlPage(title: string): Script {
  const body = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
  return { headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

/** Text in a charset other than UTF-8, announced or not. */
export function inCharset(body: string, charset: 'latin1' | 'utf16le', announced = true): Script {
  const name = charset === 'latin1' ? 'iso-8859-1' : 'utf-16le';
  const type = announced ? `text/plain; charset=${name}` : 'text/plain';
  return { headers: { 'content-type': type }, body: Buffer.from(body, charset) };
}

/** A redirect, to anything. */
export function redirect(location: string, status = 302): Script {
  return { status, headers: { location }, body: 'moved' };
}

/** Zeros that take a thousandth of their size on the wire. */
export async function gzipBomb(bytes: number): Promise<Buffer> {
  const zeros = Buffer.alloc(1_048_576);
  const source = Readable.from(
    (function* () {
      for (let left = bytes; left > 0; left -= zeros.length) yield zeros.subarray(0, left);
    })(),
  );
  return Buffer.concat(await source.pipe(createGzip()).toArray());
}

function play(script: Script, request: IncomingMessage, response: ServerResponse): void {
  const plain = script.file === undefined ? Buffer.from(script.body ?? '') : readFileSync(script.file);
  const body = script.coding === undefined ? plain : CODERS[script.coding](plain);
  const headers = headersOf(script, plain);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (script.key !== undefined && request.headers[script.key[0]] !== script.key[1]) {
    response.writeHead(401).end('a key is wanted');
  } else if (isKnown(request, headers)) {
    response.writeHead(304).end();
  } else {
    response.statusCode = script.status ?? 200;
    response.setHeader('content-length', body.length);
    BEHAVIOURS[script.behaviour ?? 'ok'](response, body);
  }
}

function headersOf({ coding, etag, lastModified, headers }: Script, plain: Buffer): Record<string, string> {
  const tag = etag === true ? `"${createHash('sha1').update(plain).digest('hex')}"` : etag;
  return {
    ...(coding !== undefined && { 'content-encoding': coding.replace('raw-', '') }),
    ...(tag !== undefined && { etag: tag }),
    ...(lastModified !== undefined && { 'last-modified': lastModified }),
    ...headers,
  };
}

function isKnown({ headers }: IncomingMessage, sent: Record<string, string>): boolean {
  const tag = headers['if-none-match'];
  if (tag !== undefined) return tag === sent['etag'];
  const since = headers['if-modified-since'];
  return since !== undefined && since === sent['last-modified'];
}

function firstHalf(body: Buffer): Buffer {
  return body.subarray(0, Math.ceil(body.length / 2));
}

function* repeated(body: Buffer): Generator<Buffer> {
  while (true) yield body;
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function noop(): void {
  // Clients that leave are what these servers are for.
}
