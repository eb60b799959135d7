import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { formatTimestamp } from '../../model/time.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type Field, readFields } from '../fields.ts';
import { takeJson } from '../json-body.ts';
import type { Operation } from '../operation.ts';
import type { SignedIn } from '../sessions.ts';

const PATH = '/api/v1/session';
const LONGEST = 256;

const text: Field<string> & { readonly required: true } = {
  parse: (value) => {
    return typeof value === 'string' && value !== '' && value.length <= LONGEST ? value : undefined;
  },
  allowed: `a text of 1 to ${LONGEST} characters`,
  required: true,
};

const SIGN_IN = { account: text, password: text } as const;
const PASSWORDS = { current_password: text, new_password: text } as const;

/** `/api/v1/session`: signing in and out, for the console and for scripts that manage keys. */
export function session(app: FastifyInstance, { sessions, signIn }: ConsoleParts): void {
  takeJson(app);
  const safe = async (request: FastifyRequest): Promise<void> => signIn.requireSafe(request);

  app.route({
    method: 'POST',
    url: PATH,
    config: { auth: 'none', operation: SIGNING_IN },
    onRequest: safe,
    handler: async (request, reply) => {
      const credentials = readFields(SIGN_IN, request.body);
      return answer(reply, await signIn.signIn(request, reply, credentials));
    },
  });
  app.route({
    method: 'GET',
    url: PATH,
    config: { auth: 'session', operation: WHO },
    handler: async (request, reply) => answer(reply, request.signedIn!),
  });
  app.route({
    method: 'DELETE',
    url: PATH,
    config: { auth: 'session', operation: SIGNING_OUT },
    handler: async (request, reply) => {
      await sessions.end(request, reply);
      return reply.header('cache-control', 'no-store').code(204).send();
    },
  });
  app.route({
    method: 'POST',
    url: `${PATH}/password`,
    config: { auth: 'session', operation: CHANGING_PASSWORD },
    onRequest: safe,
    handler: async (request, reply) => {
      const { current_password: current, new_password: next } = readFields(PASSWORDS, request.body);
      return answer(reply, await signIn.changePassword(request, reply, { current, next }));
    },
  });
}

function answer(reply: FastifyReply, { account, tier, csrfToken, endsAt }: SignedIn): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ account, tier, csrf_token: csrfToken, expires_at: formatTimestamp(endsAt) }));
}

const SESSION = {
  status: 200,
  description: 'Who is signed in.',
  mediaType: 'application/json',
  schema: {
    type: 'object',
    required: ['account', 'tier', 'csrf_token', 'expires_at'],
    additionalProperties: false,
    properties: {
      account: { type: 'string' },
      tier: { type: 'string', enum: ['free', 'pro'] },
      csrf_token: {
        type: 'string',
        description: 'To be sent as X-CSRF-Token with each request that changes something.',
      },
      expires_at: { type: 'string', format: 'date-time', description: 'When it ends unless it is used.' },
    },
  },
  example: {
    account: 'default',
    tier: 'pro',
    csrf_token: 'hZ0UjC1m8i3pYb8mF0zq6M3x5m9l2bW1xqkJ7m1vE4A',
    expires_at: '2026-01-15T10:30:00.000Z',
  },
} as const;

const COOKIE = {
  'Set-Cookie': 'The session, and a name for the browser. HttpOnly, SameSite=Strict.',
} as const;

const TEXT = { type: 'string', minLength: 1, maxLength: LONGEST } as const;

const SIGNING_IN: Operation = {
  id: 'signIn',
  tag: 'Console',
  summary: 'Sign in with an account',
  description: 'A session ends after half an hour without use, and after twelve hours in any case.',
  body: {
    mediaType: 'application/json',
    schema: {
      type: 'object',
      required: ['account', 'password'],
      additionalProperties: false,
      properties: { account: TEXT, password: TEXT },
    },
    example: { account: 'default', password: 'correct horse battery' },
  },
  answers: [{ ...SESSION, description: 'Signed in.', headers: COOKIE }],
  errors: [
    'invalid_parameter',
    'invalid_credentials',
    'cross_site_request',
    'insecure_transport',
    'unsupported_media_type',
    'rate_limit_exceeded',
  ],
};

const WHO: Operation = {
  id: 'getSession',
  tag: 'Console',
  summary: 'Tell who is signed in',
  answers: [SESSION],
};

const SIGNING_OUT: Operation = {
  id: 'signOut',
  tag: 'Console',
  summary: 'Sign out',
  answers: [{ status: 204, description: 'Signed out; the cookie is of no use any more.' }],
  errors: ['cross_site_request'],
};

const CHANGING_PASSWORD: Operation = {
  id: 'changePassword',
  tag: 'Console',
  summary: 'Set another password',
  description: 'Ends all sessions of the account and begins a new one.',
  body: {
    mediaType: 'application/json',
    schema: {
      type: 'object',
      required: ['current_password', 'new_password'],
      additionalProperties: false,
      properties: { current_password: TEXT, new_password: { ...TEXT, minLength: 12 } },
    },
    example: { current_password: 'correct horse battery', new_password: 'another horse battery' },
  },
  answers: [{ ...SESSION, description: 'The new session.', headers: COOKIE }],
  errors: [
    'invalid_parameter',
    'invalid_credentials',
    'cross_site_request',
    'insecure_transport',
    'unsupported_media_type',
    'rate_limit_exceeded',
  ],
};
