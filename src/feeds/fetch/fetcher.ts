/** What is asked of another server. */
export interface FetchRequest {
  readonly url: string;
  /**
   * Besides the ones that every request carries. All but `accept` count as credentials: none of them follows a redirect
   * to another origin.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the last download, for a conditional request (RFC 9110 §13.1). */
  readonly etag?: string;
  readonly lastModified?: string;
  /** The most bytes taken, counted after decompression. */
  readonly maxBytes: number;
}

/** What came of it. Every state but `fetched` and `unchanged` says in `reason` what is wrong and how to mend it. */
export type FetchOutcome =
  | {
      readonly state: 'fetched';
      /** A file of our own that holds the decompressed body; whoever asked removes it. */
      readonly path: string;
      readonly bytes: number;
      /** Of these bytes, in hexadecimal. A server that knows no conditions says `unchanged` only by sending the same again. */
      readonly sha256: string;
      readonly etag?: string;
      readonly lastModified?: string;
      readonly contentType?: string;
      /** All headers of the answer, by lower-case name. */
      readonly headers: Readonly<Record<string, string>>;
      /** Where it came from in the end, after redirects. In full: what the query holds may be secret. */
      readonly url: string;
    }
  | { readonly state: 'unchanged' }
  | {
      readonly state: FetchTrouble;
      /** For people. Holds no secret: URLs in it are without their query's values. */
      readonly reason: string;
      /** UTC milliseconds before which the server does not want to be asked again. */
      readonly retryAt?: number;
    };

/** Every way in which a download fails, with a sentence for people. */
export const FETCH_TROUBLES = {
  auth_failed: 'the server wants a key, or refuses the one that is configured',
  blocked: 'the server refuses us, or asks us to come less often',
  not_found: 'there is nothing at this address any more',
  server_error: 'the server has trouble of its own',
  unreachable: 'the server cannot be reached: no network, no such name, no answer, or no valid certificate',
  forbidden_address: 'the address leads where we do not go: a private or special network, or no web server',
  redirect_loop: 'the server sends us round in circles',
  timed_out: 'the server takes too long',
  truncated: 'the answer ended before it was complete',
  too_large: 'the answer is larger than this feed may be',
  bad_answer: 'the answer is not valid HTTP, or encoded in a way that we cannot read',
  spool_failed: 'the download cannot be kept here: no space, or no permission',
} as const;

export type FetchTrouble = keyof typeof FETCH_TROUBLES;

/** Gets documents from other servers: the only way out of this program. */
export interface Fetcher {
  /** Downloads one document into a file. Never rejects, but when `signal` is aborted. */
  fetch(request: FetchRequest, signal: AbortSignal): Promise<FetchOutcome>;
}
