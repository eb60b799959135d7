import { cleanText } from '../normalise/context.ts';
import { bytePieces } from './byte-pieces.ts';
import { decodeHead } from './decode.ts';
import { InputError } from './format.ts';
import type { ByteStream, Format, ReadItem } from './format.ts';
import { candidates } from './prose-candidates.ts';
import { withoutReferences } from './prose-doubts.ts';
import { proseText } from './prose-html.ts';
import type { SourceText } from './prose-html.ts';
import { valuesOf } from './prose-values.ts';
import type { ProseValue } from './prose-values.ts';
import { inBatches, iocItem } from './read-item.ts';

/** A document is read as a whole, which a report is small enough for. */
const LARGEST_DOCUMENT = 16 * 1024 * 1024;
const LONGEST_COMMENT = 200;

/**
 * Free text: reports as plain text, Markdown, AsciiDoc or HTML. Every IOC in it once, with its place
 * (characters from the beginning of the document, line from 1) and the line that it stands in. What is
 * doubtful, such as bare names that look like files, is left out: a text has no records that could be
 * rejected.
 */
export const prose: Format = {
  name: 'prose',
  label: 'text',
  recognises: isText,
  read: readProse,
};

function isText(head: string): boolean {
  const unprintable = head.match(/[\0-\x08\x0e-\x1f\x7f\ufffd]/g)?.length ?? 0;
  return !head.includes('\0') && unprintable <= head.length / 100;
}

async function* readProse(input: ByteStream): AsyncGenerator<readonly ReadItem[]> {
  const { bytes, isCut } = await readDocument(input);
  yield* inBatches(itemsOf(decodeHead(bytes)));
  if (isCut)
    throw new InputError(
      `byte ${LARGEST_DOCUMENT}`,
      `a text of more than ${LARGEST_DOCUMENT / 1024 / 1024} MiB: nothing beyond that was read; split it`,
    );
}

async function readDocument(input: ByteStream): Promise<{ readonly bytes: Buffer; readonly isCut: boolean }> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytePieces(input)) {
    pieces.push(piece.subarray(0, LARGEST_DOCUMENT - length));
    length += piece.length;
    if (length > LARGEST_DOCUMENT) break;
  }
  return { bytes: Buffer.concat(pieces), isCut: length > LARGEST_DOCUMENT };
}

function itemsOf(source: string): ReadItem[] {
  const document = proseText(source);
  const places = new Places(source, document);
  return withoutReferences(distinctValues(document.text)).map((value) =>
    iocItem(value.raw, places.of(value.start), value.type, { comment: commentOf(document.text, value) }),
  );
}

function distinctValues(text: string): ProseValue[] {
  const values = new Map<string, ProseValue>();
  for (const candidate of candidates(text))
    for (const value of valuesOf(candidate, text)) {
      const key = `${value.type} ${value.value}`;
      if (!values.has(key)) values.set(key, value);
    }
  return [...values.values()];
}

/** The line around a value, or as much of it as a comment may have. */
function commentOf(text: string, { start, raw }: ProseValue): string | undefined {
  const from = Math.max(0, start - LONGEST_COMMENT / 2);
  const before = text.slice(from, start);
  const lineStart = from + Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
  const line = text.slice(lineStart, start + raw.length + LONGEST_COMMENT).slice(0, LONGEST_COMMENT * 2);
  const end = line.slice(Math.min(raw.length, line.length)).search(/[\r\n]/);
  return cleanText(end < 0 ? line : line.slice(0, raw.length + end), LONGEST_COMMENT);
}

/** Tells the places of values that are asked for in rising order. */
class Places {
  readonly #source: string;
  readonly #document: SourceText;
  #offset = 0;
  #line = 1;

  constructor(source: string, document: SourceText) {
    this.#source = source;
    this.#document = document;
  }

  of(start: number): string {
    const offset = this.#document.sourceOffset(start);
    for (
      let at = this.#source.indexOf('\n', this.#offset);
      at >= 0 && at < offset;
      at = this.#source.indexOf('\n', at + 1)
    )
      this.#line += 1;
    this.#offset = Math.max(offset, this.#offset);
    return `offset ${offset} (line ${this.#line})`;
  }
}
