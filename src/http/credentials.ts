import type { FastifyRequest } from 'fastify';

import { ApiError } from '../errors.ts';
import { checkApiKey } from '../model/api-key.ts';

/** Finds the key that a request carries in one way; undefined when it carries none in that way. */
export type CredentialReader = (request: FastifyRequest) => string | undefined;

/** `Authorization: Bearer KEY` (RFC 6750 §2.1). */
export const bearerKey: CredentialReader = ({ headers }) => {
  const value = headers.authorization;
  if (value === undefined || !/^bearer(?: |$)/i.test(value)) return undefined;
  return theOne(value).slice(7).trim();
};

/** `Authorization: Token KEY`. */
export const tokenKey: CredentialReader = ({ headers }) => {
  const value = headers.authorization;
  return value !== undefined && /^token(?: |$)/i.test(value) ? theOne(value).slice(6).trim() : undefined;
};

/**
 * `Authorization: Basic …` (RFC 7617) of any user name, the key being the password; or the name, where that is empty.
 * MISP sends what it was given as it stands: a key that is not encoded is taken, too.
 */
export const basicKey: CredentialReader = ({ headers }) => {
  const value = headers.authorization;
  if (value === undefined || !/^basic(?: |$)/i.test(value)) return undefined;
  const credentials = theOne(value).slice(6).trim();
  if (checkApiKey(credentials) !== 'malformed') return credentials;
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0) return pair;
  return pair.slice(colon + 1) || pair.slice(0, colon);
};

/** `X-API-Key: KEY`. */
export const headerKey: CredentialReader = ({ headers }) => {
  const value = headers['x-api-key'];
  return typeof value === 'string' ? theOne(value).trim() : undefined;
};

/**
 * What a header says that was sent once, or several times the same: its lines arrive joined by commas, and no key has one. Throws
 * `ApiError` where they differ.
 */
function theOne(value: string): string {
  if (!value.includes(',')) return value;
  const [first = '', ...others] = value.split(',').map((line) => line.trim());
  if (others.some((other) => other !== first)) throw keysDiffer();
  return first;
}

/** `?api_key=KEY`, for clients that cannot set a header. */
export const queryKey: CredentialReader = ({ raw }) => {
  const query = rawQuery(raw.url);
  return query.includes('api_key=') ? (new URLSearchParams(query).get('api_key') ?? undefined) : undefined;
};

/** Ways in which clients of TAXII send a key, the most usual first. */
export const TAXII_CREDENTIALS: readonly CredentialReader[] = [basicKey, bearerKey, tokenKey, headerKey];

/** The query of a request target, without `?`. */
export function rawQuery(url = ''): string {
  const start = url.indexOf('?');
  if (start < 0) return '';
  const end = url.indexOf('#', start);
  return end < 0 ? url.slice(start + 1) : url.slice(start + 1, end);
}

/**
 * The one key that a request carries. Throws `ApiError` when there is none, or when two disagree.
 */
export function presentedKey(request: FastifyRequest, readers: readonly CredentialReader[]): string {
  let key: string | undefined;
  for (const read of readers) {
    const found = read(request);
    if (found === undefined || found === '') continue;
    if (key !== undefined && key !== found) {
      throw keysDiffer();
    }
    key = found;
  }
  if (key === undefined) throw new ApiError('missing_api_key', { headers: { 'www-authenticate': 'Bearer' } });
  return key;
}

/** What a browser shows above the fields for user and password. */
const BASIC_CHALLENGE = 'Basic realm="SOC Defenders, API key as password", charset="UTF-8"';

/**
 * A refusal as it is answered where a key may be sent in these ways: its challenge names Basic too where that is one of
 * them, as some clients send no password before they are asked for one (RFC 9110 §11.6.1).
 */
export function challenged(error: unknown, readers: readonly CredentialReader[]): unknown {
  if (!(error instanceof ApiError) || !readers.includes(basicKey)) return error;
  const challenge = error.headers['www-authenticate'];
  if (challenge === undefined) return error;
  const { code, message, details } = error;
  const headers = { ...error.headers, 'www-authenticate': `${challenge}, ${BASIC_CHALLENGE}` };
  return new ApiError(code, { message, details, headers });
}

/** Throws `ApiError` for a text that cannot be a key, without a look-up. */
export function requireKeyForm(key: string): void {
  const state = checkApiKey(key);
  if (state === 'malformed') {
    throw invalidKey(
      'The API key is not valid: it does not have the form of a key, sk_live_ and 49 letters and digits.',
    );
  }
  if (state === 'mistyped')
    throw invalidKey('The API key is not valid: it is mistyped, its checksum is wrong.');
}

function keysDiffer(): ApiError {
  return invalidKey('The request carries two API keys that differ: send one of them.');
}

/** 401 for a key that is of no use. */
export function invalidKey(message?: string): ApiError {
  return new ApiError('invalid_api_key', {
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    ...(message !== undefined && { message }),
  });
}
