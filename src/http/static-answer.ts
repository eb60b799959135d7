import type { FastifyReply, FastifyRequest } from 'fastify';

import { chooseCoding, type Coding, encoded } from './coding.ts';
import { entityTags, noneMatch } from './etag.ts';
import { addHeaders, type HeaderList } from './standing-headers.ts';

/** A text that never changes while the server runs, in each coding that was asked for. */
export class StaticAnswer {
  readonly #bytes: Buffer;
  readonly #etags: Readonly<Record<Coding, string>>;
  readonly #headers: HeaderList;
  readonly #coded = new Map<Coding, Promise<Buffer>>();

  /** `headers` are sent with it, its `content-type` among them. */
  constructor(text: string, headers: HeaderList) {
    this.#bytes = Buffer.from(text);
    this.#etags = entityTags(text);
    this.#headers = headers;
  }

  /** Answers a request: with it, 304 where the client has it already, or the headers alone for HEAD. */
  async send(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const coding = chooseCoding(request.headers['accept-encoding']);
    const etag = this.#etags[coding];
    addHeaders(reply, ['cache-control', 'public, no-cache', 'vary', 'Accept-Encoding', 'etag', etag]);
    if (noneMatch(request.headers['if-none-match'], etag)) return reply.code(304).send();
    addHeaders(reply, this.#headers);
    if (coding !== 'identity') void reply.header('content-encoding', coding);
    const bytes = await this.#in(coding);
    if (request.method !== 'HEAD') return reply.send(bytes);
    return reply.header('content-length', String(bytes.length)).send();
  }

  #in(coding: Coding): Promise<Buffer> {
    let bytes = this.#coded.get(coding);
    if (bytes === undefined) {
      bytes = collect(encoded(once(this.#bytes), coding));
      this.#coded.set(coding, bytes);
    }
    return bytes;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(chunks));
}
