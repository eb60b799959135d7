import type { FastifyInstance } from 'fastify';

import { ApiError } from '../errors.ts';

/** No body of these routes is longer, in bytes. */
const LONGEST = 16_384;

/** Has the routes of a scope take JSON and nothing else; a name such as `__proto__` in it is refused. */
export function takeJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string', bodyLimit: LONGEST },
    (request, body, done) => {
      // An empty body is no body.
      if (body === '') return done(null, undefined);
      return parse.call(app, request, body, (error, value?: unknown) => {
        if (error === null) done(null, value);
        else
          done(new ApiError('bad_request', { message: 'The body is not well-formed JSON.', cause: error }));
      });
    },
  );
}
