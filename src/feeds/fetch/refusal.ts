import { FetchFailure } from './failure.ts';
import type { FetchTrouble } from './fetcher.ts';

/** An answer that brings no document. */
export interface Refusal {
  readonly status: number;
  /** Where it came from, for people. */
  readonly from: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The beginning of its body. */
  readonly page: string;
  /** Whether the request carried a key. */
  readonly withKey: boolean;
  /** UTC milliseconds. */
  readonly retryAt: number | undefined;
}

/** Statuses whose page may be a challenge, and so is looked at. */
export const CHALLENGING: ReadonlySet<number> = new Set([403, 405, 429, 503]);

/** What stands in the pages by which Cloudflare, Akamai, Imperva, AWS, DDoS-Guard, Sucuri and others test for a browser. */
const CHALLENGE =
  /challenge-platform|cf-chl|just a moment\.\.\.|attention required! \| cloudflare|errors\.edgesuite\.net|_incapsula_resource|awswafcookie|awswafintegration|ddos-guard|sucuri website firewall|captcha/i;

const BY_STATUS: Readonly<Record<number, readonly [FetchTrouble, string]>> = {
  202: ['server_error', 'it has nothing ready yet'],
  206: ['truncated', 'it sends a part that nobody asked for'],
  304: ['bad_answer', 'it says that nothing changed, though it was not asked'],
  401: ['auth_failed', 'it wants a key: configure one'],
  402: ['auth_failed', 'it wants to be paid: look at the plan of the key'],
  404: ['not_found', 'look for the feed’s new address on its page'],
  407: ['unreachable', 'a proxy on the way wants a password; proxies are not supported'],
  408: ['server_error', 'it says that the request took too long'],
  410: ['not_found', 'it is gone for good: look for the feed’s new address on its page'],
  421: ['server_error', 'it was reached under a name that it does not serve'],
  425: ['server_error', 'it asks to try again'],
  429: ['blocked', 'too many requests: lengthen the interval of its feeds'],
  451: ['blocked', 'it may not serve us for legal reasons'],
};

/** What an answer that brings no document means. */
export function refusalFailure(refusal: Refusal): FetchFailure {
  const { status, from, retryAt } = refusal;
  const [state, meaning] = isChallenge(refusal) ? CHALLENGED : meaningOf(refusal);
  return new FetchFailure(state, `${from} answers ${status}: ${meaning}`, retryAt);
}

const CHALLENGED = [
  'blocked',
  'it tests whether we are a browser; ask its operator for another address, or to let us through',
] as const;

function isChallenge({ status, headers, page }: Refusal): boolean {
  return (
    CHALLENGING.has(status) &&
    (headers['cf-mitigated'] === 'challenge' ||
      headers['x-amzn-waf-action'] !== undefined ||
      CHALLENGE.test(page))
  );
}

function meaningOf({ status, withKey }: Refusal): readonly [FetchTrouble, string] {
  if (status === 401 && withKey) return ['auth_failed', 'it does not know the configured key'];
  if (status === 403) {
    return withKey
      ? ['auth_failed', 'it refuses the configured key: it may have expired, or lack a permission']
      : ['blocked', 'it refuses us: the feed may want a key, or not let this address in'];
  }
  const known = BY_STATUS[status];
  if (known !== undefined) return known;
  return status >= 500
    ? ['server_error', 'it has trouble of its own']
    : ['bad_answer', 'it does not understand the request; look for the feed’s new address on its page'];
}
