import { FetchFailure } from './failure.ts';
import type { FetchRequest } from './fetcher.ts';
import { shownUrl } from './shown-url.ts';

/** One request on the way to a document. */
export interface Hop {
  readonly url: URL;
  /** Of this request alone, by lower-case name. Gone for good after a redirect to another origin. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether this hop may enter networks that only the operator's allow-list opens. */
  readonly mayEnterInternal: boolean;
}

/** Names one cannot mistake for a credential; the others of a request may be one. */
const NO_CREDENTIALS = new Set(['accept']);

/** RFC 9110 §5.1 and §5.5. */
const FIELD_NAME = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether a request carries what proves who we are. */
export function carriesCredential({ headers }: Hop): boolean {
  return Object.keys(headers).some((name) => !NO_CREDENTIALS.has(name));
}

/** Whether `text` can stand in a header. */
export function isFieldValue(text: string): boolean {
  return FIELD_VALUE.test(text);
}

/** The first hop. Throws `FetchFailure` for a URL or a header that cannot be sent. */
export function firstHop({ url: text, headers = {} }: FetchRequest): Hop {
  const url = URL.parse(text);
  if (url === null) throw new FetchFailure('forbidden_address', 'the URL is not one: begin it with https://');
  requireWeb(url);
  if (url.username !== '' || url.password !== '') {
    const advice = `${shownUrl(url)}: the URL carries a user name or password: configure a credential instead`;
    throw new FetchFailure('auth_failed', advice);
  }
  for (const [name, value] of Object.entries(headers)) {
    if (!FIELD_NAME.test(name) || !isFieldValue(value)) {
      const shown = FIELD_NAME.test(name) ? `the header ${name}` : 'a header';
      const advice = `${shown} holds characters that HTTP does not allow: look for line breaks in the configured key`;
      throw new FetchFailure('auth_failed', advice);
    }
  }
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { url: bare(url), headers: Object.fromEntries(lower), mayEnterInternal: true };
}

/**
 * The hop that a redirect leads to (RFC 9110 §15.4). `fromInternal` tells whether the host that redirects is an internal one.
 * Throws `FetchFailure` where we do not follow.
 */
export function nextHop(hop: Hop, location: string | undefined, fromInternal: boolean): Hop {
  const from = shownUrl(hop.url);
  if (location === undefined)
    throw new FetchFailure('bad_answer', `${from} redirects without saying where to`);
  const url = URL.parse(location, hop.url.href);
  if (url === null) throw new FetchFailure('bad_answer', `${from} redirects to what is no URL`);
  requireWeb(url, `${from} redirects: `);
  if (url.protocol === 'http:' && hop.url.protocol === 'https:' && carriesCredential(hop)) {
    const advice = `${from} redirects to ${shownUrl(url)}, without TLS: our key is not for everybody to read`;
    throw new FetchFailure('forbidden_address', advice);
  }
  const headers = url.origin === hop.url.origin ? hop.headers : withoutCredentials(hop.headers);
  // A public server has no business sending us into a network that is open for an internal feed.
  const mayEnterInternal = hop.mayEnterInternal && (fromInternal || url.hostname === hop.url.hostname);
  return { url: bare(url), headers, mayEnterInternal };
}

function requireWeb(url: URL, whence = ''): void {
  if (url.protocol === 'https:' || url.protocol === 'http:') return;
  const advice = `${whence}"${url.protocol.slice(0, 20)}" leads to no web server: only https: and http: are fetched`;
  throw new FetchFailure('forbidden_address', advice);
}

function withoutCredentials(headers: Hop['headers']): Hop['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => NO_CREDENTIALS.has(name)));
}

/** Without fragment and user info, which a server has no business choosing. */
function bare(url: URL): URL {
  const copy = new URL(url.href);
  copy.hash = '';
  copy.username = '';
  copy.password = '';
  return copy;
}
