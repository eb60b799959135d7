import { crc32 } from 'node:zlib';

import { type Entry, openPromise, type ZipFile } from 'yauzl';

import { FetchFailure } from './failure.ts';

/** Folders and files that are looked at for the one that is wanted. */
const MOST_ENTRIES = 100;

/** Whether the beginning of a file is that of a zip archive (APPNOTE 4.3.7, 4.3.16). */
export function isZip([p, k, third, fourth]: Uint8Array): boolean {
  return p === 0x50 && k === 0x4b && ((third === 3 && fourth === 4) || (third === 5 && fourth === 6));
}

/**
 * The content of the one file in a zip archive; its name is not looked at. Throws `FetchFailure` for none or several, for
 * one that is encrypted, and for what is damaged.
 */
export async function* onlyMember(path: string): AsyncGenerator<Uint8Array> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: false }).catch(
    (error: Error) => {
      if (error.message.startsWith('End of central directory')) {
        throw new FetchFailure('truncated', 'the zip archive has no end');
      }
      throw damaged();
    },
  );
  try {
    const entry = await onlyFile(zip);
    if (entry.isEncrypted()) {
      throw new FetchFailure(
        'bad_answer',
        'the file in the zip archive is encrypted: choose a feed without a password',
      );
    }
    let checksum = 0;
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      checksum = crc32(chunk as Buffer, checksum);
      yield chunk as Buffer;
    }
    if (checksum !== entry.crc32) throw damaged();
  } catch (error) {
    throw error instanceof FetchFailure ? error : damaged();
  } finally {
    zip.close();
  }
}

async function onlyFile(zip: ZipFile): Promise<Entry> {
  const files: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    // A name that ends in a slash is a folder (APPNOTE 4.3.8).
    if (entry.fileNameRaw.at(-1) !== 0x2f) files.push(entry);
    if (files.length > 1 || zip.entriesRead >= MOST_ENTRIES) break;
  }
  const [file] = files;
  if (file !== undefined && files.length === 1) return file;
  const what = file === undefined ? 'no file' : `several files (${zip.entryCount} entries)`;
  throw new FetchFailure('bad_answer', `the zip archive holds ${what}: one is wanted`);
}

function damaged(): FetchFailure {
  return new FetchFailure('bad_answer', 'the zip archive is damaged, or of a kind that we cannot read');
}
