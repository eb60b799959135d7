import { API_ERRORS, type ApiErrorCode } from '../../errors.ts';
import { isKeyed, type RouteAuth } from '../auth.ts';
import type { Operation } from '../operation.ts';
import { JSON_ERRORS } from '../schemas/error.ts';
import type { StandingHeaders } from './answers.ts';
import type { Components } from './components.ts';

/** What may befall any request. */
const ALWAYS: readonly ApiErrorCode[] = [
  'bad_request',
  'method_not_allowed',
  'request_timeout',
  'payload_too_large',
  'headers_too_large',
  'internal_error',
  'unavailable',
];

/** What errors of a status mean, and their headers. */
const STATUSES: Readonly<Record<number, readonly [description: string, headers?: readonly string[]]>> = {
  400: ['The request, or one of its parameters, is wrong.'],
  401: ['There is no key, or none that is of use.', ['WWW-Authenticate']],
  403: ['The key may not do this.'],
  404: ['There is no such thing here.'],
  405: ['The path does not take the method.', ['Allow']],
  406: ['Nothing that the client takes can be answered with.'],
  408: ['The request took too long to arrive.'],
  413: ['The request body is too large.'],
  414: ['A part of the path is too long.'],
  415: ['The request body is of a type that is not taken.'],
  429: ['The key has used up its requests.', ['Retry-After']],
  431: ['The request line and headers are too large.'],
  500: ['Something went wrong on the server.'],
  503: ['The server cannot answer at the moment: keep what you have.', ['Retry-After']],
};

/** `Cache-Control` is a header of all of them. */
const HEADERS: Readonly<Record<string, string>> = {
  'WWW-Authenticate': 'How to authenticate (RFC 9110 §11.6.1).',
  'Cache-Control': 'no-store: it is not kept.',
  Allow: 'The methods that the path takes.',
  'Retry-After': 'After how many seconds to try again.',
};

/** Every error that an operation answers with. */
export function errorCodesOf(operation: Operation, auth: RouteAuth, method: string): ApiErrorCode[] {
  const codes = new Set<ApiErrorCode>([...ALWAYS, ...(operation.errors ?? [])]);
  if (operation.query !== undefined) codes.add('invalid_parameter');
  if (operation.path !== undefined) codes.add('not_found').add('uri_too_long');
  if (operation.body !== undefined) codes.add('unsupported_media_type');
  if (auth === 'session' || auth === 'session-form') {
    codes.add('not_signed_in');
    if (method !== 'GET' && method !== 'HEAD') codes.add('cross_site_request');
  } else if (auth !== 'none') {
    for (const code of ['missing_api_key', 'invalid_api_key', 'expired_api_key'] as const) codes.add(code);
    codes.add('ip_not_allowed').add('rate_limit_exceeded');
    if (auth.tier !== 'free') codes.add('insufficient_tier');
  }
  return (Object.keys(API_ERRORS) as ApiErrorCode[]).filter((code) => codes.has(code));
}

/** References to the answers of all errors of an operation, by status. `standing` are the headers that answers have whatever they say. */
export function errorAnswers(
  { operation, auth, method }: { operation: Operation; auth: RouteAuth; method: string },
  components: Components,
  standing: StandingHeaders,
): Record<string, object> {
  const form = operation.errorForm ?? JSON_ERRORS;
  const owner = form.name ?? (isKeyed(auth) ? 'keyed' : 'keyless');
  const byStatus = Map.groupBy(errorCodesOf(operation, auth, method), (code) => API_ERRORS[code].status);
  const answers = [...byStatus].map(([status, codes]) => {
    const [description, own = []] = STATUSES[status] ?? [API_ERRORS[codes[0]!].message];
    const examples = codes.map((code) => [code, { value: form.example({ code, ...API_ERRORS[code] }) }]);
    const answer = {
      description,
      headers: {
        ...standing(status),
        ...Object.fromEntries(['Cache-Control', ...own].map((name) => [name, header(name, components)])),
      },
      content: {
        [form.mediaType]: {
          schema: components.schema(form.schema),
          examples: Object.fromEntries(examples) as object,
        },
      },
    };
    return [String(status), components.refer('responses', [status, ...codes].join('-'), answer, owner)];
  });
  return Object.fromEntries(answers) as Record<string, object>;
}

function header(name: string, components: Components): object {
  const type = name === 'Retry-After' ? 'integer' : 'string';
  return components.refer('headers', name, { description: HEADERS[name], schema: { type } }, 'error');
}
