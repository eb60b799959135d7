import type { ErrorAnswer, ErrorDetail } from './types.ts';

/** A code of the API's table of errors, or `http_502` and the like where somebody else answered. */
export type ErrorCode = ErrorAnswer['error']['code'] | `http_${number}`;

/** An answer that is an error. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: ErrorCode;
  /** What is wrong with the request, where the server says it. */
  readonly details: readonly ErrorDetail[];
  /** Quote it to the operator. */
  readonly requestId: string | undefined;
  /** After how many milliseconds the server asks to try again. */
  readonly retryAfter: number | undefined;

  constructor(
    message: string,
    rest: Pick<ApiError, 'status' | 'code' | 'details' | 'requestId' | 'retryAfter'>,
  ) {
    super(message);
    this.status = rest.status;
    this.code = rest.code;
    this.details = rest.details;
    this.requestId = rest.requestId;
    this.retryAfter = rest.retryAfter;
  }
}

/** There was no whole answer; `cause` says why. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** The error of an answer whose status is 400 or more; `now` in milliseconds since the epoch. */
export async function errorOf(answer: Response, now: number): Promise<ApiError> {
  const { status, headers } = answer;
  const text = await answer.text();
  const { code, message, details, request_id: id } = bodyOf(text) ?? {};
  return new ApiError(message ?? `The server answers ${status}.`, {
    status,
    code: code ?? `http_${status}`,
    details: details ?? [],
    requestId: id ?? headers.get('x-request-id') ?? undefined,
    retryAfter: retryAfterOf(headers.get('retry-after'), now),
  });
}

function bodyOf(text: string): ErrorAnswer['error'] | undefined {
  try {
    const { error } = JSON.parse(text) as Partial<ErrorAnswer>;
    return typeof error?.code === 'string' && typeof error.message === 'string' ? error : undefined;
  } catch {
    // A proxy has answered in its own words.
    return undefined;
  }
}

/** Seconds, or a date (RFC 9110 §10.2.3), in milliseconds from `now`. */
function retryAfterOf(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
