import type { Clock } from '../../model/time.ts';
import type { Resolve } from './connector.ts';
import type { Pace } from './deadline.ts';
import type { Politeness } from './host-turns.ts';

export interface FetcherOptions {
  /** Where bodies are kept; made, for its owner only, when it is not there. */
  readonly spoolDirectory: string;
  /** Of this program, for `User-Agent`. */
  readonly version: string;
  /** A URL or an e-mail address at which a feed's operator finds us. */
  readonly contact?: string;
  /** Addresses and networks (CIDR) that are connected to although they are private or special. */
  readonly allowedNetworks?: readonly string[];
  readonly clock: Clock;
  readonly limits?: Partial<FetchLimits>;
  /** Finds addresses; the system's resolver unless given. */
  readonly resolve?: Resolve;
  /** PEM certificates that are trusted instead of Node's. */
  readonly ca?: string;
}

/** Times are milliseconds. */
export interface FetchLimits {
  /** For look-up, connection and TLS. */
  readonly connectTimeout: number;
  /** From the request to the end of the answer's headers. */
  readonly headersTimeout: number;
  /** Between two pieces of the body. */
  readonly idleTimeout: number;
  /** For everything, redirects included, but not for waiting until it is a host's turn. */
  readonly totalTimeout: number;
  readonly pace: Pace;
  readonly redirects: number;
  readonly perHost: Politeness;
}

export const FETCH_LIMITS: FetchLimits = {
  connectTimeout: 10_000,
  headersTimeout: 30_000,
  idleTimeout: 30_000,
  totalTimeout: 600_000,
  // A modem of 1980 is faster. What dribbles so slowly means to hold us.
  pace: { bytes: 1_024, within: 60_000 },
  redirects: 5,
  perHost: { atOnce: 2, pause: 1_000 },
};

/** Printable ASCII without spaces and parentheses, which would end the comment that it stands in. */
const CONTACT = /^[\x21-\x27\x2a-\x5b\x5d-\x7e]{1,200}$/;

/** `soc-defenders/1.2.3 (+https://soc.example.com)`. Throws `RangeError` for a contact that cannot stand there. */
export function userAgent(version: string, contact = ''): string {
  if (contact === '') return `soc-defenders/${version}`;
  if (!CONTACT.test(contact)) {
    throw new RangeError(`"${contact}" is no contact: give a URL or an e-mail address, without spaces`);
  }
  return `soc-defenders/${version} (+${contact})`;
}
