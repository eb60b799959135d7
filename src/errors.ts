/** Every error that the API answers with: its status and what it says unless told otherwise. */
export const API_ERRORS = {
  bad_request: { status: 400, message: 'The request is not well-formed.' },
  invalid_parameter: { status: 400, message: 'A query parameter is wrong; see details.' },
  missing_api_key: {
    status: 401,
    message:
      'API key is required. Include it in the Authorization header as "Bearer sk_live_..." or in the X-API-Key header.',
  },
  invalid_api_key: { status: 401, message: 'The API key is not valid: it is unknown or was revoked.' },
  expired_api_key: { status: 401, message: 'The API key has expired. Ask for a new one.' },
  not_signed_in: { status: 401, message: 'Sign in first: this is for accounts, and takes no API key.' },
  invalid_credentials: { status: 401, message: 'There is no account with this name and password.' },
  insufficient_tier: { status: 403, message: 'The API key is of a tier that does not include this.' },
  not_permitted: { status: 403, message: 'The API key may not do this.' },
  ip_not_allowed: { status: 403, message: 'The API key may not be used from this address.' },
  lookback_exceeded: { status: 403, message: 'This is further back than the API key’s tier reaches.' },
  cross_site_request: {
    status: 403,
    message: 'The request does not come from a page of this server, or without its X-CSRF-Token.',
  },
  insecure_transport: {
    status: 403,
    message:
      'Signing in needs HTTPS, or http://localhost. Behind a proxy, set SOC_TRUST_PROXY and let it send X-Forwarded-Proto.',
  },
  not_found: { status: 404, message: 'There is nothing at this path.' },
  article_not_found: { status: 404, message: 'There is no article of this id here.' },
  method_not_allowed: { status: 405, message: 'This path does not take this method; see Allow.' },
  not_acceptable: { status: 406, message: 'None of the types that Accept names can be answered with.' },
  request_timeout: { status: 408, message: 'The request took too long to arrive.' },
  conflict: { status: 409, message: 'This cannot be done as things are.' },
  payload_too_large: { status: 413, message: 'The request body is too large.' },
  uri_too_long: { status: 414, message: 'The URL is too long.' },
  unsupported_media_type: { status: 415, message: 'The request body is of a type that is not taken here.' },
  unprocessable: { status: 422, message: 'The request body is not what is taken here.' },
  rate_limit_exceeded: { status: 429, message: 'The API key has used up its requests; see Retry-After.' },
  headers_too_large: { status: 431, message: 'The request line and headers are too large.' },
  internal_error: {
    status: 500,
    message: 'Something went wrong here. The operator finds it in the log under the request id.',
  },
  unavailable: { status: 503, message: 'The service is not available at the moment. Try again soon.' },
} as const satisfies Record<string, { readonly status: number; readonly message: string }>;

export type ApiErrorCode = keyof typeof API_ERRORS;

export interface ApiErrorOptions extends ErrorOptions {
  readonly message?: string;
  readonly details?: unknown;
  /** Headers of the answer, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that is an error, thrown where it is found out. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  readonly details: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ApiErrorCode, options: ApiErrorOptions = {}) {
    super(options.message ?? API_ERRORS[code].message, options);
    this.code = code;
    this.details = options.details;
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return API_ERRORS[this.code].status;
  }
}

/** The one shape of every error, as JSON. */
export function errorBody(error: ApiError, requestId: string): string {
  const { code, message, details } = error;
  return JSON.stringify({
    error: { code, message, ...(details !== undefined && { details }), request_id: requestId },
  });
}
