import type { FeedAccess } from '../../model/feed.ts';
import type { Access } from './access.ts';
import { accessFile } from './file.ts';
import { mispAccess } from './misp.ts';
import { reportsAccess, type ReadReportFeed } from './reports.ts';
import { taxiiAccess } from './taxii.ts';

/** The way to get the data of a feed of this kind. */
export function accessFor(kind: FeedAccess['kind'], readFeed: ReadReportFeed): Access {
  const ways: Readonly<Record<FeedAccess['kind'], () => Access>> = {
    file: () => accessFile,
    misp: () => mispAccess(),
    taxii: () => taxiiAccess(),
    reports: () => reportsAccess(readFeed),
  };
  return ways[kind]();
}
