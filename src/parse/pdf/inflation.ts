import { inflateSync } from 'node:zlib';
import { InputError } from '../format.ts';

/** A page of text and drawings has some 100 kB, a picture some MB. */
const LARGEST_STREAM = 64 * 1024 * 1024;
const LARGEST_WHOLE = 256 * 1024 * 1024;
const START = Buffer.from('stream');
const END = Buffer.from('endstream');

/**
 * Refuses, before anything in it is interpreted, a PDF whose compressed streams become larger than a report's do:
 * 64 MiB one, 256 MiB all. One within another is looked into as well. Throws `InputError`.
 */
export function refuseInflating(bytes: Buffer): void {
  let total = 0;
  for (let at = bytes.indexOf(START); at >= 0; at = bytes.indexOf(START, at)) {
    const from = afterLineEnd(bytes, at + START.length);
    const end = bytes.indexOf(END, from);
    const to = end < 0 ? bytes.length : end;
    total += inflatedLength(bytes.subarray(from, to), at, 0);
    if (total > LARGEST_WHOLE) tooLarge(at);
    at = end < 0 ? bytes.length : to + END.length;
  }
}

function afterLineEnd(bytes: Buffer, at: number): number {
  const from = bytes[at] === 0x0d ? at + 1 : at;
  return bytes[from] === 0x0a ? from + 1 : from;
}

function inflatedLength(stream: Buffer, place: number, depth: number): number {
  if (!isZlib(stream)) return 0;
  const inflated = inflate(stream, place);
  if (inflated.length === 0) return 0;
  if (depth >= MOST_LAYERS && isZlib(inflated))
    throw new InputError(`byte ${place}`, 'a stream of the PDF is compressed again and again');
  return inflated.length + inflatedLength(inflated, place, depth + 1);
}

const MOST_LAYERS = 2;

function isZlib(bytes: Buffer): boolean {
  return bytes.length > 2 && (bytes[0]! & 0x0f) === 8 && bytes[0]! < 0x80 && bytes.readUInt16BE(0) % 31 === 0;
}

function inflate(stream: Buffer, place: number): Buffer {
  try {
    return inflateSync(stream, { maxOutputLength: LARGEST_STREAM });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') tooLarge(place);
    return Buffer.alloc(0);
  }
}

function tooLarge(place: number): never {
  throw new InputError(
    `byte ${place}`,
    `the PDF unpacks to more than ${LARGEST_STREAM / 1024 / 1024} MiB in one piece or ${LARGEST_WHOLE / 1024 / 1024} MiB in all`,
  );
}
