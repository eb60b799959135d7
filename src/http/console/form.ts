import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { KeyForm } from './keys-page.ts';

/** No form is longer, in bytes. */
const LONGEST = 16_384;

/** Has the routes of a scope take forms and nothing else. */
export function takeForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: LONGEST },
    (_request, body, done) => done(null, new URLSearchParams(body)),
  );
}

/** A field of a request's form; empty where it is not there. */
export function fieldOf({ body }: FastifyRequest, name: string): string {
  return body instanceof URLSearchParams ? (body.get(name) ?? '') : '';
}

/** What was typed into the fields of a key. */
export function keyFormOf(request: FastifyRequest): KeyForm {
  return {
    name: fieldOf(request, 'name'),
    expires: fieldOf(request, 'expires'),
    networks: fieldOf(request, 'networks'),
  };
}

/** The same as a body of the API. An end that is as it was is left out, so that its hour stays. */
export function keyBodyOf({ name, expires, networks }: KeyForm, expiresWas?: string): object {
  return {
    name,
    ...(expires !== expiresWas && { expires_at: expires === '' ? null : expires }),
    allowed_networks: networks.split(/[\s,]+/).filter((each) => each !== ''),
  };
}
