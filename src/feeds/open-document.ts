import { createReadStream } from 'node:fs';

import type { Feed } from '../model/feed.ts';
import { InputError, type ReadOptions } from '../parse/format.ts';
import { openInput, type Opened } from '../parse/formats.ts';
import type { FeedDocument } from './access/access.ts';

const READING = { highWaterMark: 256 * 1024 };

/**
 * Begins to read a feed's document, by the format and the columns that the feed names. Throws `InputError` as
 * `openInput` does, and where a feed that is data turns out to be prose: a page of words is no list.
 */
export async function openDocument(
  document: FeedDocument,
  feed: Feed,
  now: number,
  onReport?: ReadOptions['onReport'],
): Promise<Opened> {
  const { access } = feed;
  const columns = access.kind === 'file' ? access.columns : undefined;
  const stream = createReadStream(document.path, READING);
  const opened = await openInput(stream, {
    now,
    fileName: fileNameOf(document.url),
    ...(onReport !== undefined && { onReport }),
    ...(document.format !== undefined && { format: document.format }),
    // Keys were checked when the feed was defined; what is no field names no column.
    ...(columns !== undefined && { columns }),
  });
  if (access.kind !== 'reports' && document.format === undefined && isProse(opened)) {
    stream.destroy();
    const reason =
      'it is a page or a text in place of data: the server may want a key or show an error; if it is a report, add the feed as kind reports';
    throw new InputError('the beginning', reason);
  }
  return opened;
}

function isProse({ format }: Opened): boolean {
  return format.name === 'prose' || format.name === 'pdf';
}

function fileNameOf(url: string): string {
  return URL.parse(url)?.pathname.split('/').at(-1) ?? '';
}
