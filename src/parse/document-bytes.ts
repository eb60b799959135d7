import type { ByteStream } from './format.ts';

/** The first `most` bytes of an input that is read as a whole, and whether there are more, which are not read. */
export async function bytesUpTo(
  input: ByteStream,
  most: number,
): Promise<{ readonly bytes: Buffer; readonly isCut: boolean }> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of input) {
    pieces.push(piece.subarray(0, most - length));
    length += piece.length;
    if (length > most) break;
  }
  return { bytes: Buffer.concat(pieces), isCut: length > most };
}
