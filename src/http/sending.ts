import type { ServerResponse } from 'node:http';

import type { Body, KeptBody } from './bodies.ts';
import type { HeaderList } from './standing-headers.ts';

/** How often answers under way are looked at, in milliseconds. */
const SWEEP = 1_000;

/** Answers under way, each with a deadline: a client that has not taken all of its answer by then is dropped. */
export class Deadlines {
  readonly #limit: number;
  readonly #started = new Map<ServerResponse, number>();
  readonly #timer: NodeJS.Timeout;

  /** `limit` in milliseconds. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#timer = setInterval(() => this.#sweep(), Math.min(SWEEP, limit)).unref();
  }

  start(response: ServerResponse): void {
    this.#started.set(response, performance.now());
    response.on('close', () => this.#started.delete(response));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #sweep(): void {
    const oldest = performance.now() - this.#limit;
    for (const [response, started] of this.#started) {
      if (started > oldest) return;
      response.destroy();
    }
  }
}

/** A body whose first chunk, if any, is there: whatever fails before has not been answered yet. */
type OpenBody = Body & { readonly first?: Uint8Array };

/** Waits for the first chunk of a body, or for all of a short one. Rejects with what keeps it from coming. */
export async function openBody(body: Body): Promise<OpenBody> {
  if ('bytes' in body) return body;
  const { coding, chunks, short } = body;
  if (short) return { coding, bytes: Buffer.concat(await Array.fromAsync(chunks)), release: () => undefined };
  const first = await chunks.next();
  return first.done === true ? body : { ...body, first: first.value };
}

/**
 * Sends a body under `headers`. One that comes in chunks is asked for the next only when the client has
 * taken the last, and is given up when the client leaves. When a chunk fails, the connection is cut, so that no
 * client takes a part for the whole, and the failure is thrown.
 */
export async function sendBody(
  response: ServerResponse,
  headers: HeaderList,
  body: OpenBody,
  deadlines: Deadlines,
): Promise<void> {
  if (response.destroyed) {
    if ('bytes' in body) body.release();
    else await body.chunks.return(undefined);
    return;
  }
  if ('bytes' in body) {
    sendKept(response, headers, body, deadlines);
    return;
  }
  deadlines.start(response);
  response.writeHead(200, [...headers]);
  try {
    const ahead = body.single === 'ahead';
    const sent = body.single === undefined ? () => undefined : giveUp;
    if (body.first !== undefined) await sendChunks(response, body.first, body.chunks, { ahead, sent });
    response.end();
  } catch (error) {
    response.destroy();
    throw error;
  }
}

/** Sends a body that is there, and releases it at the end. */
export function sendKept(
  response: ServerResponse,
  headers: HeaderList,
  { bytes, release }: KeptBody,
  deadlines: Deadlines,
): void {
  deadlines.start(response);
  response.on('close', release);
  response.writeHead(200, [...headers, 'content-length', String(bytes.byteLength)]);
  response.end(bytes);
}

/** Sends chunk by chunk. What is done with one once it is sent is up to `sent`. */
async function sendChunks(
  response: ServerResponse,
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array>,
  { ahead, sent }: { readonly ahead: boolean; readonly sent: (chunk: Uint8Array) => void },
): Promise<void> {
  let chunk = first;
  try {
    for (;;) {
      const written = chunk;
      const room = response.write(written, () => sent(written));
      const early = ahead ? rest.next() : undefined;
      // Met below, where it is awaited: it must not count as unhandled meanwhile.
      early?.catch(() => undefined);
      if (!room) await taken(response);
      const { done, value } = await (early ?? rest.next());
      if (done === true || response.destroyed) return;
      chunk = value;
    }
  } finally {
    await rest.return(undefined);
  }
}

/** Chunks smaller than this may share their memory with others. */
const LEAST_GIVEN_UP = 16_384;

/** Frees a chunk's memory now: left to the collector, large answers in a row would have it run all the time. */
function giveUp({ buffer, byteLength }: Uint8Array): void {
  if (byteLength < LEAST_GIVEN_UP || byteLength !== buffer.byteLength) return;
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** Waits until the client has taken what was written, or has left. */
function taken(response: ServerResponse): Promise<void> {
  if (response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
