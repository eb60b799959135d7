import type { FastifyReply, FastifyRequest } from 'fastify';

import { ApiError, type ApiErrorCode, errorBody } from '../errors.ts';
import { ParameterError } from '../model/parameters.ts';
import { PasswordsBusyError } from '../model/password.ts';
import type { Log } from '../observe/log.ts';
import type { RequestMeter } from '../observe/request-meter.ts';
import { redact } from '../observe/redact.ts';
import { StalePlanError } from '../render/walk.ts';
import { StoreError } from '../store/store.ts';
import { TAXII_CHALLENGE, taxiiErrorBody } from './taxii/error-message.ts';
import { TAXII_MEDIA_TYPE } from './taxii/media-type.ts';
import { isTaxiiRequest } from './taxii/paths.ts';

/** How soon to come back when we cannot answer, in seconds. */
const RETRY_AFTER = '5';

/** Statuses that the framework refuses requests with. */
const BY_STATUS: Readonly<Record<number, ApiErrorCode>> = {
  400: 'bad_request',
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  408: 'request_timeout',
  413: 'payload_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
  431: 'headers_too_large',
  503: 'unavailable',
};

/** What a client is told of an error. Nothing internal comes out: what is not ours is an internal error. */
export function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof ParameterError) {
    const [first] = error.problems;
    const more = error.problems.length - 1;
    const message = `${first?.parameter}: ${first?.reason}${more > 0 ? ` (and ${more} more, see details)` : ''}`;
    return new ApiError('invalid_parameter', { message, details: error.problems });
  }
  if (error instanceof StoreError && (error.code === 'conflict' || error.code === 'limit_reached')) {
    return new ApiError('conflict', { message: `${error.message.replace(/^./, upperCase)}.` });
  }
  // Never a 401 and never an empty answer: a firewall would drop its list.
  if (error instanceof StoreError || error instanceof StalePlanError || error instanceof PasswordsBusyError) {
    return unavailable();
  }
  const status = frameworkStatus(error);
  const code = status === undefined ? undefined : BY_STATUS[status];
  return new ApiError(code ?? 'internal_error', { cause: error });
}

function upperCase(letter: string): string {
  return letter.toUpperCase();
}

/** 503: our own trouble, with the time after which to try again. */
export function unavailable(message?: string): ApiError {
  return new ApiError('unavailable', {
    headers: { 'retry-after': RETRY_AFTER },
    ...(message !== undefined && { message }),
  });
}

function frameworkStatus(error: unknown): number | undefined {
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  const framework = typeof code === 'string' && code.startsWith('FST_');
  return framework && typeof statusCode === 'number' ? statusCode : undefined;
}

/** Makes the one handler of all errors: one shape, or TAXII's, the request's id in it, and a log line for our own failures. */
export function errorHandler(log: Log, meter?: RequestMeter) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const answer = apiErrorOf(error);
    meter?.refuse(answer.code);
    noteFailure(log, error, answer, request);
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    // What was not read of a body cannot be told from the next request.
    if (hasBody(request) && !request.raw.complete) reply.header('connection', 'close');
    const taxii = isTaxiiRequest(request);
    // A key that was put into a parameter by mistake is not repeated.
    const body = redact((taxii ? taxiiErrorBody : errorBody)(answer, request.id));
    void reply
      .code(answer.status)
      .headers({ ...(taxii ? taxiiHeaders(answer) : answer.headers), 'cache-control': 'no-store' })
      .header('content-type', taxii ? TAXII_MEDIA_TYPE : 'application/json; charset=utf-8')
      // As bytes: to a text the framework adds a charset, which the type of TAXII does not have.
      .send(Buffer.from(body));
  };
}

/** Logs what is our own failure. */
export function noteFailure(log: Log, error: unknown, answer: ApiError, { id }: FastifyRequest): void {
  if (answer.status < 500 || error instanceof ApiError) return;
  log.error(answer.status === 503 ? 'store unavailable' : 'internal error', { id, error });
}

function taxiiHeaders({ status, headers }: ApiError): Readonly<Record<string, string>> {
  return status === 401 ? { ...headers, 'www-authenticate': TAXII_CHALLENGE } : headers;
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
