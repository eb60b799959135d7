import { hash } from 'node:crypto';

import { bytesUpTo } from './document-bytes.ts';
import { InputError, type ByteStream, type Format, type ReadItem, type ReadOptions } from './format.ts';
import { refuseInflating } from './pdf/inflation.ts';
import { textOfPdf } from './pdf/text.ts';
import { reportOf } from './prose/report-of.ts';
import { inBatches, iocItem } from './read-item.ts';

/** Reports with many pictures have some 20 MB. */
const LARGEST_PDF = 32 * 1024 * 1024;

/**
 * Reports as PDF, by their text layer. Every IOC once, with its page, and its offset in the text of all pages. Pictures
 * are not looked at. A document that is damaged, protected by a password, without text, or larger in any way than a
 * report is refused as a whole.
 */
export const pdf: Format = {
  name: 'pdf',
  label: 'PDF',
  recognises: isPdf,
  read: readPdf,
};

/** Whether an input that begins with `head` is a PDF. */
export function isPdf(head: string): boolean {
  return /^\s{0,16}%PDF-\d/.test(head);
}

async function* readPdf(input: ByteStream, options: ReadOptions): AsyncGenerator<readonly ReadItem[]> {
  const { bytes, isCut } = await bytesUpTo(input, LARGEST_PDF);
  if (isCut)
    throw new InputError(
      'the whole input',
      `a PDF of more than ${LARGEST_PDF / 1024 / 1024} MiB is not read`,
    );
  refuseInflating(bytes);
  const { text, pageAt } = await textOfPdf(bytes);
  const { extractReport } = await import('./prose/extract.ts');
  const { iocs, document } = extractReport(text, {
    form: 'text',
    placeOf: (offset) => `page ${pageAt(offset)}`,
    ...(options.url !== undefined && { url: options.url }),
  });
  options.onReport?.({ ...reportOf(document, options.now), digest: hash('sha256', bytes) });
  yield* inBatches(
    iocs.map(({ value, place, typeHint, evidence }) => iocItem(value, place, typeHint, { evidence })),
  );
}
