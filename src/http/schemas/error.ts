import { API_ERRORS, ApiError, type ApiErrorCode, errorBody } from '../../errors.ts';
import type { ErrorForm } from '../operation.ts';
import { arrayOf, described, objectOf, oneOf, TEXT } from './schema.ts';

const DETAIL = objectOf(
  {},
  {
    parameter: described(TEXT, 'The parameter that is wrong.'),
    header: described(TEXT, 'The header that is wrong.'),
    value: described(TEXT, 'What was given.'),
    reason: TEXT,
    allowed: described({ type: ['string', 'array'], items: TEXT }, 'What is allowed: words, or in words.'),
  },
  { title: 'ErrorDetail', description: 'One thing that is wrong with a request.' },
);

const ERROR = objectOf(
  {
    error: objectOf(
      {
        code: oneOf(...Object.keys(API_ERRORS)),
        message: described(TEXT, 'For people; it may change.'),
        request_id: described(TEXT, 'Also in X-Request-Id. The operator finds it in the log.'),
      },
      { details: arrayOf(DETAIL) },
    ),
  },
  {},
  { title: 'ErrorAnswer', description: 'Every error has this shape.' },
);

const DETAILS: Partial<Readonly<Record<ApiErrorCode, unknown>>> = {
  invalid_parameter: [
    { parameter: 'typ', reason: 'no such parameter; did you mean type?', allowed: ['type', 'since'] },
  ],
  not_acceptable: [{ header: 'Accept', allowed: ['application/json; charset=utf-8'] }],
};

/** How the API writes errors. */
export const JSON_ERRORS: ErrorForm = {
  mediaType: 'application/json',
  schema: ERROR,
  example: ({ code, message }) => {
    const error = new ApiError(code, { message, details: DETAILS[code] });
    return JSON.parse(errorBody(error, 'req_de422e00-4eb4-4877-b07e-b6a5af7e004c')) as unknown;
  },
};
