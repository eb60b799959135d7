import type { Feed } from '../../model/feed.ts';
import type { FetchOutcome, Fetcher } from '../fetch/fetcher.ts';

/** What a feed's last good run left behind, so that the next one asks for no more than is new. JSON. */
export type Bookmark = Readonly<Record<string, unknown>>;

/** One downloaded document of a feed. */
export interface FeedDocument {
  /** The file that holds it, or text that is small. */
  readonly path: string;
  readonly url: string;
  /** Format name as in `--format`; without it the content tells. */
  readonly format?: string;
  /** Title and time (UTC milliseconds) of a report, where the document is one. */
  readonly report?: {
    readonly id: string;
    readonly title: string;
    readonly publishedAt?: number;
    readonly summary?: string;
  };
}

export type AccessOutcome =
  | {
      readonly state: 'fetched';
      readonly documents: readonly FeedDocument[];
      /** To be kept when the run is published. */
      readonly bookmark: Bookmark;
      /** Whether `documents` are the whole of what the feed says, so that absence means something. */
      readonly complete: boolean;
    }
  | Exclude<FetchOutcome, { readonly state: 'fetched' }>;

/** One way to get a feed's data. */
export type Access = (context: AccessContext) => Promise<AccessOutcome>;

export interface AccessContext {
  readonly feed: Feed;
  readonly fetcher: Fetcher;
  /** What carries the feed's credential, if any. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bookmark: Bookmark | undefined;
  /** The present, UTC milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** Keeps a text in a file of its own and tells its path. */
  readonly spool: (text: string) => Promise<string>;
}
