import { hash } from 'node:crypto';

import { bytePieces } from './byte-pieces.ts';
import { bytesUpTo } from './document-bytes.ts';
import { InputError } from './format.ts';
import type { ByteStream, Format, ReadItem, ReadOptions } from './format.ts';
import { decodeDocument } from './prose/decode-document.ts';
import { reportOf } from './prose/report-of.ts';
import { inBatches, iocItem } from './read-item.ts';

/** A document is read as a whole, which a report is small enough for. */
const LARGEST_DOCUMENT = 16 * 1024 * 1024;

/**
 * Free text: reports as plain text, Markdown, AsciiDoc or HTML. Every IOC in it once, with its place
 * (characters from the beginning of the document, line from 1) and the sentence, row or list item that it stands in.
 * What is doubtful, such as bare names that look like files, is left out: a text has no records that could be
 * rejected. The extraction is loaded when it is first needed, as no other command needs it to start.
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

async function* readProse(input: ByteStream, options: ReadOptions): AsyncGenerator<readonly ReadItem[]> {
  const { bytes, isCut } = await bytesUpTo(bytePieces(input), LARGEST_DOCUMENT);
  const { extractReport } = await import('./prose/extract.ts');
  const source = decodeDocument(bytes, options.contentType);
  const { iocs, document } = extractReport(source, options.url === undefined ? {} : { url: options.url });
  options.onReport?.({ ...reportOf(document, options.now), digest: hash('sha256', bytes) });
  yield* inBatches(
    iocs.map(({ value, place, typeHint, evidence }) => iocItem(value, place, typeHint, { evidence })),
  );
  if (isCut)
    throw new InputError(
      `byte ${LARGEST_DOCUMENT}`,
      `a text of more than ${LARGEST_DOCUMENT / 1024 / 1024} MiB: nothing beyond that was read; split it`,
    );
}
