import { isUtf8 } from 'node:buffer';

const WINDOWS_1252 = new TextDecoder('windows-1252');

/** Bytes as text: UTF-8 where they are valid UTF-8, else windows-1252, which every byte is a part of. NUL stays. */
export function decodeText(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : WINDOWS_1252.decode(bytes);
}

/** The encoding that a byte-order mark tells, and the mark's length. */
export interface Encoding {
  readonly name: 'utf-8' | 'utf-16le' | 'utf-16be';
  readonly markLength: number;
}

/** The encoding of an input by its first three bytes; UTF-8 where there is no mark. */
export function encodingOf(start: Uint8Array): Encoding {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return { name: 'utf-8', markLength: 3 };
  if (start[0] === 0xff && start[1] === 0xfe) return { name: 'utf-16le', markLength: 2 };
  if (start[0] === 0xfe && start[1] === 0xff) return { name: 'utf-16be', markLength: 2 };
  return { name: 'utf-8', markLength: 0 };
}

/** The beginning of an input as text, without its byte-order mark and without a character that `bytes` cut in two. */
export function decodeHead(bytes: Buffer): string {
  const { name, markLength } = encodingOf(bytes);
  const body = bytes.subarray(markLength);
  if (name !== 'utf-8') return new TextDecoder(name, { ignoreBOM: true }).decode(body, { stream: true });
  return decodeText(body.subarray(0, body.length - brokenTail(body)));
}

/** How many bytes at the end belong to a UTF-8 character that does not end here. */
function brokenTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}
