import { ForbiddenAddress } from './connector.ts';
import { FetchFailure } from './failure.ts';
import type { FetchTrouble } from './fetcher.ts';

/** Codes of Node and undici, and what they mean to the operator. */
const BY_CODE: Readonly<Record<string, readonly [FetchTrouble, string]>> = {
  ENOTFOUND: ['unreachable', 'there is no such host: look for a typing error, or for the feed’s new address'],
  EAI_AGAIN: ['unreachable', 'its name cannot be looked up: no network, or the name server does not answer'],
  ECONNREFUSED: ['unreachable', 'nothing listens there'],
  EHOSTUNREACH: ['unreachable', 'there is no way to it'],
  ENETUNREACH: ['unreachable', 'there is no way to it: no network'],
  ENETDOWN: ['unreachable', 'the network is down'],
  EADDRNOTAVAIL: ['unreachable', 'there is no way to it from this host'],
  EACCES: ['unreachable', 'a firewall of this host forbids it'],
  EPERM: ['unreachable', 'a firewall of this host forbids it'],
  ETIMEDOUT: ['unreachable', 'it does not answer'],
  UND_ERR_CONNECT_TIMEOUT: ['unreachable', 'it does not answer'],
  UND_ERR_HEADERS_TIMEOUT: ['timed_out', 'no answer has begun in time'],
  UND_ERR_BODY_TIMEOUT: ['timed_out', 'the answer has stopped coming in'],
  UND_ERR_HEADERS_OVERFLOW: ['bad_answer', 'the headers of the answer are too large'],
  EPROTO: ['unreachable', 'it does not speak TLS as it should; is it http: instead of https:?'],
  UND_ERR_DESTROYED: ['unreachable', 'fetching has ended'],
  UND_ERR_CLOSED: ['unreachable', 'fetching has ended'],
};

/** The connection broke: before the answer nobody was there, within it the rest is missing. */
const BROKEN = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']);

const CERTIFICATE = /CERT|SIGNATURE|ERR_TLS|ISSUER|SELF_SIGNED|CRL|HOSTNAME_MISMATCH/;

/** What an error of a connection means. `from` names the server to people; `answered` says whether headers had come. */
export function networkFailure(error: unknown, from: string, answered: boolean): FetchFailure {
  if (error instanceof FetchFailure) return named(error, from);
  if (error instanceof ForbiddenAddress) {
    const advice = `${from}: its host has ${error.use}, which is fetched only from allowed networks`;
    return new FetchFailure('forbidden_address', advice);
  }
  const code = codeOf(error);
  if (BROKEN.has(code)) {
    return answered
      ? new FetchFailure('truncated', `${from}: the connection was closed in the midst of the answer`)
      : new FetchFailure('unreachable', `${from}: the connection was closed without an answer`);
  }
  const [state, meaning] = BY_CODE[code] ?? byKind(error, code);
  return new FetchFailure(state, `${from}: ${meaning}`);
}

/** Whether a connection broke before an answer, as one that the server had closed meanwhile does. */
export function isBroken(error: unknown): boolean {
  return BROKEN.has(codeOf(error));
}

function byKind(error: unknown, code: string): readonly [FetchTrouble, string] {
  if (code.startsWith('ERR_SSL')) return BY_CODE['EPROTO']!;
  if (CERTIFICATE.test(code)) return ['unreachable', `its TLS certificate is not valid (${code})`];
  const { name = 'unknown reason' } = error as { readonly name?: string };
  if (name === 'HTTPParserError') return ['bad_answer', 'the answer is not valid HTTP'];
  return ['unreachable', `the request failed (${code === '' ? name : code})`];
}

/** The code of an error, or of the first of several that were met one after the other. */
function codeOf(error: unknown): string {
  const { code, errors } = error as { readonly code?: unknown; readonly errors?: readonly unknown[] };
  if (typeof code === 'string') return code;
  return errors === undefined || errors.length === 0 ? '' : codeOf(errors[0]);
}

function named(failure: FetchFailure, from: string): FetchFailure {
  const { state, message, retryAt } = failure;
  return message.startsWith(from) ? failure : new FetchFailure(state, `${from}: ${message}`, retryAt);
}
