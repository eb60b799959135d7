import type { Feed } from '../../model/feed.ts';
import type { AccessOutcome } from './access.ts';

/** How a feed's secret goes along: in headers, or in the place of `{key}` in its URL. */
export interface Carried {
  readonly headers: Readonly<Record<string, string>>;
  readonly key?: string;
}

/** What the value of a header may be (RFC 9110 §5.5), without white space at its ends. */
const HEADER_VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
/** What may stand in a path or query as it is (RFC 3986 §2.3). */
const UNRESERVED = /^[A-Za-z0-9._~-]+$/;

/**
 * What carries a feed's secret. With no secret where one is required, or one that cannot be sent, it is the sentence
 * that says how to mend that; the secret is never in it.
 */
export function carriedBy({ credential }: Feed, secret: string | undefined): Carried | string {
  if (credential === undefined) return { headers: {} };
  const { setting, scheme, name, required, page } = credential;
  if (secret === undefined || secret === '') {
    if (!required) return { headers: {} };
    return `it wants a key: set ${setting}, or ${setting}_FILE to a file that holds it${page === undefined ? '' : `; get one at ${page}`}`;
  }
  const allowed = scheme === 'url' ? UNRESERVED : HEADER_VALUE;
  if (!allowed.test(secret)) {
    const what = scheme === 'url' ? 'letters, digits and . _ ~ -' : 'printable ASCII';
    return `${setting} holds something that cannot be sent: it may consist of ${what} only`;
  }
  if (scheme === 'url') return { headers: {}, key: secret };
  if (scheme === 'header') return { headers: { [(name ?? 'authorization').toLowerCase()]: secret } };
  if (scheme === 'bearer') return { headers: { authorization: `Bearer ${secret}` } };
  if (!secret.includes(':')) return `${setting} is for basic authentication: write user:password into it`;
  return { headers: { authorization: `Basic ${Buffer.from(secret).toString('base64')}` } };
}

/** A feed's URL with its key; without one `{key}/` falls away. */
export function withKey(url: string, key: string | undefined): string {
  return key === undefined ? url.replace(/\{key\}\/?/g, '') : url.replaceAll('{key}', key);
}

/** An outcome without the key in anything that people, logs or the store may see. */
export function withoutKey(outcome: AccessOutcome, key: string | undefined): AccessOutcome {
  if (key === undefined) return outcome;
  const masked = (text: string): string => text.replaceAll(key, '{key}');
  if ('reason' in outcome) return { ...outcome, reason: masked(outcome.reason) };
  const notes = outcome.notes === undefined ? {} : { notes: outcome.notes.map(masked) };
  if (outcome.state === 'unchanged') return { ...outcome, ...notes };
  const documents = outcome.documents.map((document) => ({
    ...document,
    url: masked(document.url),
    ...(document.report !== undefined && { report: { ...document.report, id: masked(document.report.id) } }),
  }));
  return { ...outcome, documents, ...notes };
}

/** The headers that may go to a URL: those with the credential only to the origin of the feed. */
export function headersFor(
  url: string,
  feedUrl: string,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return URL.parse(url)?.origin === URL.parse(withKey(feedUrl, 'key'))?.origin ? headers : {};
}
