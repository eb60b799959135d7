import { isUtf8 } from 'node:buffer';

import { bytePieces } from './byte-pieces.ts';
import { decodeText } from './decode.ts';
import type { ByteStream } from './format.ts';

/** A line may have so many bytes. */
export const LONGEST_LINE = 1024 * 1024;
const SAMPLE_BYTES = 800;
const LF = 0x0a;
const CR = 0x0d;

/** One line without its end. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
  /** The line was longer than a line may be; `text` is only its beginning. */
  readonly oversized?: true;
}

/**
 * The lines of an input in blocks. LF, CRLF and CR end a line; a byte-order mark is dropped and UTF-16 told by
 * it. A line that is not UTF-8 is read as windows-1252. NUL and other controls stay for normalisation to
 * refuse. Of a line longer than `LONGEST_LINE` only the beginning is kept, so memory stays flat.
 */
export async function* readLines(input: ByteStream): AsyncGenerator<Line[]> {
  const splitter = new LineSplitter();
  for await (const piece of bytePieces(input)) {
    const lines = splitter.push(piece);
    if (lines.length > 0) yield lines;
  }
  const rest = splitter.end();
  if (rest.length > 0) yield rest;
}

class LineSplitter {
  #number = 1;
  #pending: Buffer[] = [];
  #pendingLength = 0;
  #skipping = false;
  #afterCr = false;

  push(piece: Buffer): Line[] {
    let rest = piece;
    if (this.#afterCr && rest.length > 0) {
      this.#afterCr = false;
      if (rest[0] === LF) rest = rest.subarray(1);
    }
    if (this.#skipping) rest = this.#skip(rest);
    const cut = endOfLastLine(rest);
    if (cut === 0) return this.#keep(rest);
    const block =
      this.#pending.length === 0
        ? rest.subarray(0, cut)
        : Buffer.concat([...this.#pending, rest.subarray(0, cut)]);
    this.#pending = [];
    this.#pendingLength = 0;
    const lines = this.#split(block);
    if (cut < rest.length) lines.push(...this.#keep(rest.subarray(cut)));
    return lines;
  }

  end(): Line[] {
    const block = Buffer.concat(this.#pending);
    this.#pending = [];
    return block.length === 0 ? [] : this.#split(block);
  }

  /** Past the end of the over-long line, if it is here. */
  #skip(bytes: Buffer): Buffer {
    const lf = bytes.indexOf(LF);
    const cr = bytes.indexOf(CR);
    const end = lf < 0 || cr < 0 ? Math.max(lf, cr) : Math.min(lf, cr);
    if (end < 0) return bytes.subarray(bytes.length);
    this.#skipping = false;
    this.#number += 1;
    if (bytes[end] === LF) return bytes.subarray(end + 1);
    if (end + 1 === bytes.length) this.#afterCr = true;
    return bytes.subarray(bytes[end + 1] === LF ? end + 2 : end + 1);
  }

  #keep(bytes: Buffer): Line[] {
    if (bytes.length === 0) return [];
    this.#pending.push(bytes);
    this.#pendingLength += bytes.length;
    if (this.#pendingLength <= LONGEST_LINE) return [];
    const beginning = Buffer.concat(this.#pending).subarray(0, SAMPLE_BYTES);
    this.#pending = [];
    this.#pendingLength = 0;
    this.#skipping = true;
    return [{ number: this.#number, text: decodeText(beginning), oversized: true }];
  }

  #split(block: Buffer): Line[] {
    const lines: Line[] = [];
    for (const text of isUtf8(block) ? splitText(block.toString('utf8')) : splitBytes(block)) {
      const number = this.#number;
      this.#number += 1;
      if (text.length <= LONGEST_LINE) lines.push({ number, text });
      else lines.push({ number, text: text.slice(0, SAMPLE_BYTES), oversized: true });
    }
    return lines;
  }
}

/** Where the last line that ends here has its end; a CR as the last byte may be half of a CRLF. */
function endOfLastLine(bytes: Buffer): number {
  const lf = bytes.lastIndexOf(LF);
  const last = bytes.length - 1;
  const cr = bytes[last] === CR && last > 0 ? bytes.lastIndexOf(CR, last - 1) : bytes.lastIndexOf(CR);
  return Math.max(lf, cr === last ? -1 : cr) + 1;
}

function splitText(text: string): string[] {
  const lines = text.includes('\r') ? text.split(/\r\n|\r|\n/) : text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Splits what is not all UTF-8, each line decoded by itself. */
function splitBytes(block: Buffer): string[] {
  return splitText(block.toString('latin1')).map((line) => decodeText(Buffer.from(line, 'latin1')));
}
