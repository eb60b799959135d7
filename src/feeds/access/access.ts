import type { Feed } from '../../model/feed.ts';
import type { FetchOutcome, Fetcher } from '../fetch/fetcher.ts';

/** What a feed's last good run left behind, so that the next one asks for no more than is new. JSON. */
export type Bookmark = Readonly<Record<string, unknown>>;

/** One downloaded document of a feed. */
export interface FeedDocument {
  /** A file of our own that holds it; whoever was given it removes it. */
  readonly path: string;
  /** Where it came from, without the feed's key. */
  readonly url: string;
  /** Format name as in `--format`; without it the content tells. */
  readonly format?: string;
  /** Title and time (UTC milliseconds) of a report, where the document is one. */
  readonly report?: {
    readonly id: string;
    readonly title: string;
    readonly publishedAt?: number;
    readonly summary?: string;
    /** What its publisher files it under. */
    readonly tags?: readonly string[];
  };
}

export type AccessOutcome =
  | {
      readonly state: 'fetched';
      /** Not empty. */
      readonly documents: readonly FeedDocument[];
      /** To be kept when the run is published. */
      readonly bookmark: Bookmark;
      /** Whether `documents` are the whole of what the feed says, so that absence means something. */
      readonly complete: boolean;
      /** Whether a cap ended the run before all was fetched: another run may go on from the bookmark at once. */
      readonly more?: boolean;
      /** Where trouble ended the run: UTC milliseconds before which the server does not want to be asked again. */
      readonly retryAt?: number;
      /** What the operator may want to know, as sentences: what was passed over, and why. */
      readonly notes?: readonly string[];
    }
  | {
      readonly state: 'unchanged';
      /** To be kept in place of the old one, where there is one. */
      readonly bookmark?: Bookmark;
      readonly notes?: readonly string[];
    }
  | Exclude<FetchOutcome, { readonly state: 'fetched' | 'unchanged' }>;

/**
 * One way to get a feed's data. Throws `InputError` when what came is not what such a feed consists of, an HTML page
 * say; rejects when `signal` is aborted. Whatever files it does not hand over, it removes.
 */
export type Access = (context: AccessContext) => Promise<AccessOutcome>;

export interface AccessContext {
  readonly feed: Feed;
  readonly fetcher: Fetcher;
  /** What carries the feed's credential, if any: see `carriedBy`. Sent to the feed's own origin only. */
  readonly headers: Readonly<Record<string, string>>;
  /** What takes the place of `{key}` in the feed's URL. */
  readonly key?: string;
  readonly bookmark: Bookmark | undefined;
  /** The present, UTC milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** Puts a small text into a file of its own and returns its path. */
  readonly spool: (text: string) => Promise<string>;
}
