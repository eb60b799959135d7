import { encodingOf } from './decode.ts';
import { InputError } from './format.ts';

/** Beginnings of files that hold no text, and how to get at what is in them. */
const MAGICS: readonly (readonly [readonly number[], string])[] = [
  [[0x1f, 0x8b], 'it is compressed with gzip: gzip -dc FILE | soc-defenders import -'],
  [
    [0x50, 0x4b, 0x03, 0x04],
    'it is a zip archive (or an Office file): unzip -p FILE | soc-defenders import -',
  ],
  [[0x50, 0x4b, 0x05, 0x06], 'it is an empty zip archive'],
  [[0x42, 0x5a, 0x68], 'it is compressed with bzip2: bzip2 -dc FILE | soc-defenders import -'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'it is compressed with xz: xz -dc FILE | soc-defenders import -'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'it is compressed with zstd: zstd -dc FILE | soc-defenders import -'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'it is a 7z archive: 7z e -so FILE | soc-defenders import -'],
];

/** Text may hold stray NULs; more than this part of the beginning makes it binary. */
const NUL_SHARE = 0.05;

/** Throws `InputError` for an input that is empty, compressed or otherwise no text; PDFs pass, and says how to mend it. */
export function refuseUnreadable(head: Buffer): void {
  const { name, markLength } = encodingOf(head);
  if (head.length === markLength) throw new InputError('the whole input', 'it is empty');
  for (const [magic, advice] of MAGICS) {
    if (magic.every((byte, index) => head[index] === byte)) throw new InputError('the beginning', advice);
  }
  if (name !== 'utf-8' || head.subarray(0, 32).includes('%PDF-')) return;
  let nuls = 0;
  for (const byte of head) if (byte === 0) nuls += 1;
  if (nuls > NUL_SHARE * head.length) {
    const advice =
      'it is binary, or UTF-16 without a byte-order mark: iconv -f UTF-16LE -t UTF-8 FILE | soc-defenders import -';
    throw new InputError('the beginning', advice);
  }
}

/** Whether a text is an HTML page, as servers send in place of data. */
export function isHtml(head: string): boolean {
  return /^\s*(?:<!--[^>]{0,2000}-->\s*)?<(?:!doctype\s+html|html|head|body)\b/i.test(head);
}
