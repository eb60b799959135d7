import type { getDocumentProxy } from 'unpdf';

import { cleanText } from '../../normalise/context.ts';
import { InputError } from '../format.ts';

const MOST_PAGES = 500;
const LONGEST_TEXT = 8 * 1024 * 1024;
/** Looked at between pages; a page that takes longer by itself is the caller's to end. */
const LONGEST_TIME = 30_000;

export interface PdfText {
  readonly text: string;
  /** The page, from 1, that `offset` stands on; to be asked in rising order. */
  readonly pageAt: (offset: number) => number;
}

/**
 * The text layer of a PDF, page after page. The reader is loaded when it is first needed. Its scripts are not executed,
 * its fonts, pictures and links not fetched. Throws `InputError` for what cannot be read, has no text, more than 500
 * pages or more than 8 MiB of text, or takes longer than half a minute.
 */
export async function textOfPdf(bytes: Buffer): Promise<PdfText> {
  const document = await open(bytes);
  try {
    return await pagesOf(document);
  } catch (error) {
    throw inputError(error);
  } finally {
    await document.loadingTask.destroy();
  }
}

type PdfDocument = Awaited<ReturnType<typeof getDocumentProxy>>;

async function open(bytes: Buffer): Promise<PdfDocument> {
  const reader = await import('unpdf');
  try {
    return await reader.getDocumentProxy(new Uint8Array(bytes), {
      useSystemFonts: false,
      disableFontFace: true,
      useWorkerFetch: false,
      enableXfa: false,
      maxImageSize: 0,
      verbosity: 0,
    });
  } catch (error) {
    throw inputError(error);
  }
}

async function pagesOf(document: PdfDocument): Promise<PdfText> {
  if (document.numPages > MOST_PAGES)
    throw new InputError('the whole input', `a PDF of more than ${MOST_PAGES} pages is not read`);
  const start = performance.now();
  const starts: number[] = [];
  let text = '';
  for (let number = 1; number <= document.numPages; number += 1) {
    starts.push(text.length);
    text += `${await pageText(document, number)}\n\n`;
    if (text.length > LONGEST_TEXT)
      throw new InputError(
        `page ${number}`,
        `a PDF of more than ${LONGEST_TEXT / 1024 / 1024} MiB of text is not read`,
      );
    if (performance.now() - start > LONGEST_TIME)
      throw new InputError(`page ${number}`, `reading took longer than ${LONGEST_TIME / 1000} seconds`);
  }
  if (text.trim() === '')
    throw new InputError(
      'the whole input',
      'the PDF has no text, only pictures: ocrmypdf IN OUT adds a text layer',
    );
  return { text, pageAt: (offset) => starts.findLastIndex((at) => at <= offset) + 1 };
}

async function pageText(document: PdfDocument, number: number): Promise<string> {
  const page = await document.getPage(number);
  const { items } = await page.getTextContent();
  const text = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
  page.cleanup();
  return withWholeDigests(text);
}

/** Digests that a narrow column broke in two are one again. */
function withWholeDigests(text: string): string {
  return text.replaceAll(
    /(?<![\w/])([0-9a-f]{16,63})\n([0-9a-f]{1,48})(?![\w.])/gi,
    (whole, head: string, tail: string) => {
      const length = head.length + tail.length;
      const isWhole = DIGESTS.has(head.length) ? length !== LONGEST_DIGEST : !DIGESTS.has(length);
      return isWhole || DIGESTS.has(tail.length) ? whole : `${head}${tail}\n`;
    },
  );
}

const LONGEST_DIGEST = 64;
const DIGESTS: ReadonlySet<number> = new Set([32, 40, LONGEST_DIGEST]);

function inputError(error: unknown): InputError {
  if (error instanceof InputError) return error;
  const { name = '', message = '' } = error instanceof Error ? error : {};
  if (name === 'PasswordException')
    return new InputError(
      'the whole input',
      'the PDF is protected by a password: qpdf --decrypt --password=… IN OUT',
    );
  return new InputError(
    'the whole input',
    `it is no PDF that can be read (${cleanText(message, 200) ?? name})`,
  );
}
