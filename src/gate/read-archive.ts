import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';

import type { WarninglistsReading } from './read-folder.ts';
import { parseWarninglist, type Warninglist } from './warninglist.ts';

/** Bounds of an archive, in bytes and numbers. MISP's repository has some 40 MB packed, 150 MB unpacked, 600 entries. */
export interface ArchiveLimits {
  readonly packed: number;
  readonly unpacked: number;
  readonly list: number;
  readonly entries: number;
}

const MEGABYTE = 1024 * 1024;
const LIMITS: ArchiveLimits = {
  packed: 128 * MEGABYTE,
  unpacked: 512 * MEGABYTE,
  list: 64 * MEGABYTE,
  entries: 5_000,
};

/** A list in the repository's archive; everything else in it is passed over. */
const LIST = /^[^/\0]+\/lists\/([\w.-]{1,100})\/list\.json$/;

/** An archive that is none, is cut off, or goes beyond the limits: nothing of it is taken. */
export class WarninglistArchiveError extends Error {
  override readonly name = 'WarninglistArchiveError';
}

/**
 * Reads the lists of the `.tar.gz` of MISP's repository as it arrives; writes nothing to disk, and takes only regular
 * files that are named as lists are. Lists that `isWanted` refuses are passed over unread. Rejects with
 * `WarninglistArchiveError`, or with what the stream fails with.
 */
export async function readWarninglistArchive(
  stream: AsyncIterable<Uint8Array>,
  isWanted: (slug: string) => boolean = () => true,
  limits: ArchiveLimits = LIMITS,
): Promise<WarninglistsReading> {
  const unpacked = ReadableStream.from(stream)
    .pipeThrough(capped(limits.packed, 'packed'))
    .pipeThrough<Uint8Array>(new DecompressionStream('gzip'));
  return await readTar(unpacked, isWanted, limits);
}

/** The same of the archive once it is unpacked, a `.tar`. */
export async function readWarninglistTar(
  stream: AsyncIterable<Uint8Array>,
  isWanted: (slug: string) => boolean = () => true,
  limits: ArchiveLimits = LIMITS,
): Promise<WarninglistsReading> {
  return await readTar(ReadableStream.from(stream), isWanted, limits);
}

async function readTar(
  stream: ReadableStream<Uint8Array>,
  isWanted: (slug: string) => boolean,
  limits: ArchiveLimits,
): Promise<WarninglistsReading> {
  const entries = stream
    .pipeThrough(capped(limits.unpacked, 'unpacked'))
    .pipeThrough(createTarDecoder({ strict: true }));
  const lists = new Map<string, Warninglist>();
  const problems: string[] = [];
  let count = 0;
  try {
    for await (const entry of entries) {
      count += 1;
      if (count > limits.entries) throw refusal(`it has more than ${limits.entries} entries`);
      const slug = slugOf(entry);
      if (slug === undefined || !isWanted(slug)) await entry.body.cancel();
      else {
        const reading = await readEntry(slug, entry, limits.list);
        problems.push(...reading.problems);
        if (reading.list !== undefined) lists.set(slug, reading.list);
      }
    }
  } catch (error) {
    throw error instanceof WarninglistArchiveError ? error : refusal(reasonOf(error), error);
  }
  if (count === 0) throw refusal('it is empty');
  return { lists: [...lists.values()], problems };
}

function capped(limit: number, state: string): TransformStream<Uint8Array, Uint8Array<ArrayBuffer>> {
  let size = 0;
  return new TransformStream({
    transform(chunk, controller) {
      size += chunk.length;
      if (size > limit) throw refusal(`it has more than ${limit} bytes ${state}`);
      controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
    },
  });
}

function slugOf({ header }: ParsedTarEntry): string | undefined {
  return header.type === 'file' ? LIST.exec(header.name)?.[1] : undefined;
}

async function readEntry(
  slug: string,
  { header, body }: ParsedTarEntry,
  limit: number,
): Promise<ReturnType<typeof parseWarninglist>> {
  if (header.size > limit) {
    await body.cancel();
    return { problems: [`${slug}: larger than ${limit} bytes`] };
  }
  const text = await new Response(body).text();
  try {
    return parseWarninglist(slug, JSON.parse(text));
  } catch (error) {
    return { problems: [`${slug}: ${reasonOf(error)}`] };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function refusal(reason: string, cause?: unknown): WarninglistArchiveError {
  return new WarninglistArchiveError(
    `The archive of warninglists is refused: ${reason.replace(/\.$/, '')}.`,
    { cause },
  );
}
