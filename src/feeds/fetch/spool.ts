import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { ByteStream } from '../../parse/format.ts';
import { FetchFailure } from './failure.ts';

/** A file that holds a body. */
export interface Spooled {
  readonly path: string;
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

const NAME = /^spool-[0-9a-f]{32}$/;

/** A file in use is younger: a download may take ten minutes, and reading it hardly longer. */
const LEFT_BEHIND = 3_600_000;

/**
 * Writes a body into a new file of `directory`, which only its owner may read. The memory of its chunks is freed on the
 * way: nobody else may hold them. Throws what `body` throws, and `FetchFailure` when the file cannot be written; it
 * is gone then.
 */
export async function spool(directory: string, body: ByteStream): Promise<Spooled> {
  const path = join(directory, `spool-${randomBytes(16).toString('hex')}`);
  const file = await ours(openNew(directory, path));
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      hash.update(chunk);
      await ours(write(file, chunk));
      letGo(chunk);
    }
    await ours(file.close());
    return { path, bytes, sha256: hash.digest('hex') };
  } catch (error) {
    await file.close().catch(() => undefined);
    await removeSpooled(path);
    throw error;
  }
}

/** Removes a file that `spool` wrote; one that is gone already is no error. */
export async function removeSpooled(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}

/**
 * Removes what a crash left behind in a spool directory: files older than an hour at `now` (UTC milliseconds), as another
 * process may be using younger ones, but for those that are to be kept. Returns how many. A directory that is not there
 * holds none.
 */
export async function cleanSpool(
  directory: string,
  now: number,
  kept: ReadonlySet<string> = new Set(),
): Promise<number> {
  const names = await readdir(directory).catch(() => []);
  let removed = 0;
  for (const name of names.filter((each) => NAME.test(each))) {
    const path = join(directory, name);
    if (kept.has(path)) continue;
    const modified = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    if (modified + LEFT_BEHIND < now) {
      await removeSpooled(path);
      removed += 1;
    }
  }
  return removed;
}

async function openNew(directory: string, path: string): Promise<FileHandle> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return open(path, 'wx', 0o600);
}

async function write(file: FileHandle, chunk: Uint8Array): Promise<void> {
  let written = 0;
  while (written < chunk.length) {
    written += (await file.write(chunk, written, chunk.length - written)).bytesWritten;
  }
}

/**
 * Frees a chunk that has its memory to itself. Left to the collector, which sees small objects only, a hundred megabytes
 * of them gather during a fast download.
 */
function letGo({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

/** Tells our own trouble with files from that of the network. */
async function ours<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
    const advice = `the spool directory cannot be written to (${code}): look at its space and permissions`;
    throw new FetchFailure('spool_failed', advice);
  }
}
