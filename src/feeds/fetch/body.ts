import type { ByteStream } from '../../parse/format.ts';
import { peek } from '../../parse/peek.ts';
import { decoded, gunzipped } from './decoding.ts';
import { FetchFailure } from './failure.ts';
import { removeSpooled, spool, type Spooled } from './spool.ts';
import { isZip, onlyMember } from './zip.ts';

/** A body as it arrives. */
export interface IncomingBody {
  readonly bytes: ByteStream;
  readonly contentEncoding: string | undefined;
  /** The most that is taken, as sent and at every stage of unpacking. */
  readonly maxBytes: number;
  readonly spoolDirectory: string;
  readonly signal: AbortSignal;
}

/**
 * Takes a body into a file: decoded, and taken out of gzip or a zip archive where the document itself is one. Throws
 * `FetchFailure`, and what `bytes` throws; no file is left then.
 */
export async function takeBody(body: IncomingBody): Promise<Spooled> {
  const { spoolDirectory } = body;
  const sent = capped(body.bytes, body);
  const plain = capped(decoded(sent, body.contentEncoding), body);
  const { head, stream } = await peek(capped(gunzipped(plain), body), 4);
  const spooled = await spool(spoolDirectory, stream);
  if (!isZip(head)) return spooled;
  try {
    return await spool(spoolDirectory, capped(onlyMember(spooled.path), body));
  } finally {
    await removeSpooled(spooled.path);
  }
}

/** The first bytes of a page, decoded; empty when it cannot be read. */
export async function takePage(bytes: ByteStream, contentEncoding: string | undefined): Promise<string> {
  try {
    const { head, close } = await peek(decoded(bytes, contentEncoding), PAGE);
    await close();
    return head.toString('latin1');
  } catch {
    return '';
  }
}

/** Of a page that says why there is no document; the words that are looked for stand near its beginning. */
const PAGE = 32_768;

async function* capped(source: ByteStream, { maxBytes, signal }: IncomingBody): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of source) {
    signal.throwIfAborted();
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

/** What an answer of more than `most` bytes ends with. */
export function tooLarge(most: number): FetchFailure {
  return new FetchFailure(
    'too_large',
    `the answer is larger than the ${most} bytes that are taken of this feed`,
  );
}
