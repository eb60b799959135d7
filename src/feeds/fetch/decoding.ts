import { type Duplex, pipeline } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';

import type { ByteStream } from '../../parse/format.ts';
import { peek } from '../../parse/peek.ts';
import { FetchFailure } from './failure.ts';

/** What we can read, sent with every request. */
export const ACCEPT_ENCODING = 'gzip, br, zstd, deflate';

const CHUNK = 65_536;

/** A server may ask for windows of gigabytes; 8 MB is what RFC 9659 §3 allows in HTTP. */
const ZSTD_WINDOW = { [constants.ZSTD_d_windowLogMax]: 23 };

/** What Node's decoders fail with: zlib, Brotli and zstd. */
const DAMAGE = /^(?:Z_|ERR__|ERR_BROTLI|ZSTD_)/;

/** A decoder; `bytesWritten` is how much of its input it used. */
type Inflater = Duplex & { readonly bytesWritten: number };

const DECODERS: Readonly<Record<string, (head: Buffer) => Inflater>> = {
  gzip: () => createGunzip({ chunkSize: CHUNK }),
  br: () => createBrotliDecompress({ chunkSize: CHUNK }),
  zstd: () => createZstdDecompress({ chunkSize: CHUNK, params: ZSTD_WINDOW }),
  // RFC 9110 §8.4.1.2 means zlib, some servers send bare deflate: only zlib's first byte names the method 8.
  deflate: ([first = 0]) => ((first & 0x0f) === 8 ? createInflate : createInflateRaw)({ chunkSize: CHUNK }),
};

/** Undoes a Content-Encoding (RFC 9110 §8.4). Throws `FetchFailure` for one that is unknown, and for several at once. */
export async function* decoded(body: ByteStream, header: string | undefined): AsyncGenerator<Uint8Array> {
  const coding = contentCoding(header);
  if (coding === undefined) {
    yield* body;
    return;
  }
  const { head, stream } = await peek(body, 1);
  if (head.length > 0) yield* inflated(stream, DECODERS[coding]!(head), coding);
}

/** Takes a gzip file apart that is the document itself, whatever it was announced as; anything else goes through. */
export async function* gunzipped(body: ByteStream): AsyncGenerator<Uint8Array> {
  const { head, stream } = await peek(body, 2);
  if (head[0] === 0x1f && head[1] === 0x8b) yield* inflated(stream, DECODERS['gzip']!(head), 'gzip');
  else yield* stream;
}

/** The coding that a header names, undefined for none. */
export function contentCoding(header: string | undefined): string | undefined {
  const codings = (header ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase().replace(/^x-/, ''))
    .filter((name) => name !== '' && name !== 'identity');
  const [coding] = codings;
  if (codings.length > 1) {
    throw new FetchFailure('bad_answer', 'the answer is compressed several times over');
  }
  if (coding !== undefined && !Object.hasOwn(DECODERS, coding)) {
    throw new FetchFailure(
      'bad_answer',
      `the answer is compressed in a way that we did not offer (${named(coding)})`,
    );
  }
  return coding;
}

async function* inflated(body: ByteStream, output: Inflater, coding: string): AsyncGenerator<Uint8Array> {
  let given = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      given += chunk.length;
      yield chunk;
    }
  }
  // A failure of the body destroys the output, whose reader below then throws it; a reader that stops early
  // destroys the output, and with it the body.
  pipeline(counted(), output, () => undefined);
  try {
    yield* output as AsyncIterable<Uint8Array>;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw new FetchFailure('truncated', `the ${coding} data ends too early`);
    if (DAMAGE.test(code)) throw new FetchFailure('bad_answer', `the ${coding} data is damaged`);
    throw error;
  }
  // Node reads on behind the end of gzip only (padding it may ignore), and drops a second frame of zstd.
  if (coding !== 'gzip' && output.bytesWritten < given) {
    throw new FetchFailure('bad_answer', `something follows behind the end of the ${coding} data`);
  }
}

function named(coding: string): string {
  return coding.replaceAll(/[^\w-]/g, '?').slice(0, 20);
}
