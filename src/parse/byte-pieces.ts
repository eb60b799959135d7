import { encodingOf } from './decode.ts';
import type { ByteStream } from './format.ts';

/** No piece is larger, so that what is decoded at once stays small whatever the stream hands over. */
const LARGEST_PIECE = 256 * 1024;

/**
 * An input as UTF-8 bytes without a byte-order mark, in pieces of at most 256 KiB: UTF-16 is told by its mark and
 * transcoded; everything else is passed on as it is.
 */
export async function* bytePieces(input: ByteStream): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0);
  let transcode: ((bytes: Buffer) => Buffer) | undefined;
  for await (const chunk of input) {
    for (let bytes of pieces(chunk)) {
      if (start !== undefined) {
        start = start.length === 0 ? bytes : Buffer.concat([start, bytes]);
        if (start.length < 3) continue;
        [bytes, transcode, start] = [...opened(start), undefined];
      }
      yield transcode === undefined ? bytes : transcode(bytes);
    }
  }
  if (start !== undefined) {
    const [bytes, transcode] = opened(start);
    yield transcode === undefined ? bytes : transcode(bytes);
  }
}

function opened(start: Buffer): [Buffer, ((bytes: Buffer) => Buffer) | undefined] {
  const { name, markLength } = encodingOf(start);
  const body = start.subarray(markLength);
  if (name === 'utf-8') return [body, undefined];
  const decoder = new TextDecoder(name, { ignoreBOM: true });
  return [body, (bytes) => Buffer.from(decoder.decode(bytes, { stream: true }))];
}

function* pieces(chunk: Uint8Array): Generator<Buffer> {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  for (let from = 0; from < bytes.length; from += LARGEST_PIECE) {
    yield bytes.subarray(from, from + LARGEST_PIECE);
  }
}
