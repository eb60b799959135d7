import { randomUUID } from 'node:crypto';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { ApiErrorCode } from '../../errors.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { isConfidential } from '../cookies.ts';
import { apiErrorOf, noteFailure } from '../errors.ts';
import { receiptsOf } from '../receipts.ts';
import { iocOf } from '../routes/keys-usage.ts';
import { Recent } from '../recent.ts';
import { requireToken } from '../sessions.ts';
import { firstDay, usageReport } from '../usage-report.ts';
import { ASSETS } from './assets.ts';
import { fieldOf, keyBodyOf, keyFormOf, takeForms } from './form.ts';
import type { Html } from './html.ts';
import { type KeyPage, keyPage } from './key-page.ts';
import { keysPage, newKeyPage } from './keys-page.ts';
import { passwordPage, problemPage, signInPage } from './sign-in-page.ts';

/** No script runs in these pages, and nothing comes from elsewhere. */
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HOME = '/console/';
const SIGN_IN = '/console/sign-in';
const KEY = '/console/keys/:id';

const DAYS = 30;

/** A form that comes twice, as when its answer is loaded again, is told from one that is filled in twice. */
const MOST_FORMS = 10_000;

/** What is told in the form itself. */
const IN_FORM: ReadonlySet<ApiErrorCode> = new Set(['invalid_parameter', 'conflict']);

/** The console: pages for people, without scripts. */
export function consolePages(app: FastifyInstance, parts: ConsoleParts): void {
  const { store, clock, log, sessions, signIn, desk, usage } = parts;
  const seen = new Recent(MOST_FORMS);
  takeForms(app);
  app.setErrorHandler((error, request, reply) => {
    const answer = apiErrorOf(error);
    noteFailure(log, error, answer, request);
    if (answer.code === 'not_signed_in') return reply.redirect(SIGN_IN, 303);
    const who = request.signedIn ?? undefined;
    const page = problemPage('That did not work', answer.message, request.id, who);
    return send(reply.code(answer.status).headers(answer.headers), page);
  });

  const get = (url: string, handler: (request: FastifyRequest) => Promise<Html>): void => {
    app.route({
      method: ['GET', 'HEAD'],
      url,
      config: { auth: 'session', operation: 'none' },
      handler: async (request, reply) => send(reply, await handler(request)),
    });
  };
  const post = (
    url: string,
    handler: (request: FastifyRequest, reply: FastifyReply) => Promise<Html | string>,
  ): void => {
    app.route({
      method: 'POST',
      url,
      config: { auth: 'session-form', operation: 'none' },
      preHandler: async (request) => requireToken(request, fieldOf(request, 'csrf')),
      handler: async (request, reply) => {
        const answer = await handler(request, reply);
        return typeof answer === 'string' ? reply.redirect(answer, 303) : send(reply, answer);
      },
    });
  };

  for (const { path, type, bytes } of ASSETS) {
    app.route({
      method: ['GET', 'HEAD'],
      url: path,
      config: { auth: 'none', operation: 'none' },
      handler: async (_request, reply) =>
        reply.header('cache-control', 'public, max-age=3600').type(type).send(bytes),
    });
  }
  app.route({
    method: ['GET', 'HEAD'],
    url: '/console',
    config: { auth: 'none', operation: 'none' },
    handler: async (_request, reply) => reply.redirect(HOME, 308),
  });

  app.route({
    method: ['GET', 'HEAD'],
    url: SIGN_IN,
    config: { auth: 'none', operation: 'none' },
    handler: async (request, reply) => {
      if ((await sessions.find(request)) !== undefined) return reply.redirect(HOME, 303);
      return send(reply, signInPage({ confidential: isConfidential(request) }));
    },
  });
  app.route({
    method: 'POST',
    url: SIGN_IN,
    config: { auth: 'none', operation: 'none' },
    onRequest: async (request) => signIn.requireSafe(request),
    handler: async (request, reply) => {
      const account = fieldOf(request, 'account').slice(0, 100);
      try {
        const password = fieldOf(request, 'password').slice(0, 257);
        await signIn.signIn(request, reply, { account, password });
      } catch (error) {
        const answer = told(error, reply, new Set(['invalid_credentials', 'rate_limit_exceeded']));
        return send(reply, signInPage({ confidential: true, account, problem: answer.message }));
      }
      return reply.redirect(HOME, 303);
    },
  });
  post('/console/sign-out', async (request, reply) => {
    await sessions.end(request, reply);
    return SIGN_IN;
  });
  get('/console/password', async ({ signedIn }) => passwordPage(signedIn!));
  post('/console/password', async (request, reply) => {
    signIn.requireSafe(request);
    try {
      const [current, next] = ['current_password', 'new_password'].map((name) =>
        fieldOf(request, name).slice(0, 257),
      );
      await signIn.changePassword(request, reply, { current: current!, next: next! });
    } catch (error) {
      const codes: ReadonlySet<ApiErrorCode> = new Set([
        'invalid_parameter',
        'invalid_credentials',
        'rate_limit_exceeded',
      ]);
      return passwordPage(request.signedIn!, told(error, reply, codes).message);
    }
    return HOME;
  });

  get(HOME, async ({ signedIn }) => keysPage(signedIn!, await desk.list(signedIn!), randomUUID()));
  post('/console/keys', async (request, reply) => {
    const who = request.signedIn!;
    const form = keyFormOf(request);
    // A page that is loaded again makes no second key.
    if (seen.again(`${who.csrfToken} ${fieldOf(request, 'once')}`)) return HOME;
    try {
      return newKeyPage(who, await desk.create(who, keyBodyOf(form)));
    } catch (error) {
      const { message } = told(error, reply, IN_FORM);
      return keysPage(who, await desk.list(who), randomUUID(), { problem: message, form });
    }
  });

  const idOf = (request: FastifyRequest): string => (request.params as { id: string }).id;
  const show = async (request: FastifyRequest, more: Partial<KeyPage> = {}): Promise<Html> => {
    const who = request.signedIn!;
    const key = await desk.find(who, idOf(request));
    await usage.flush();
    const now = clock();
    const counted = await store.usageOf(key.id, firstDay(DAYS, now));
    const report = usageReport(counted, await store.addressesOf(key.id), DAYS, now);
    return keyPage(who, { key, usage: report, ...more });
  };
  get(KEY, async (request) => {
    const { value } = request.query as { value?: unknown };
    if (typeof value !== 'string' || value === '') return await show(request);
    const key = await desk.find(request.signedIn!, idOf(request));
    await usage.flush();
    try {
      const receipts = await receiptsOf(store, key.id, iocOf(value, undefined));
      return await show(request, { receipts, asked: value });
    } catch (error) {
      const answer = apiErrorOf(error);
      if (!IN_FORM.has(answer.code)) throw error;
      return await show(request, { asked: value, unread: answer.message });
    }
  });
  post(KEY, async (request, reply) => {
    const form = keyFormOf(request);
    try {
      const body = keyBodyOf(form, fieldOf(request, 'expires_was'));
      await desk.change(request.signedIn!, idOf(request), body);
    } catch (error) {
      return await show(request, { problem: told(error, reply, IN_FORM).message, form });
    }
    return `${HOME}keys/${encodeURIComponent(idOf(request))}`;
  });
  post(`${KEY}/rotate`, async (request, reply) => {
    const who = request.signedIn!;
    const end = fieldOf(request, 'ends_at');
    try {
      const { key, replaces } = await desk.rotate(who, idOf(request), end === '' ? {} : { ends_at: end });
      return newKeyPage(who, key, replaces);
    } catch (error) {
      return await show(request, { problem: told(error, reply, IN_FORM).message });
    }
  });
  post(`${KEY}/revoke`, async (request) => {
    const sure = fieldOf(request, 'sure') === 'yes';
    if (!sure) return await show(request, { problem: 'Tick “I am sure” to revoke the key.' });
    await desk.revoke(request.signedIn!, idOf(request));
    return HOME;
  });
}

/** What a page is to tell of an error, under its status; throws it again where that is none of `codes`. */
function told(error: unknown, reply: FastifyReply, codes: ReadonlySet<ApiErrorCode>): { message: string } {
  const answer = apiErrorOf(error);
  if (!codes.has(answer.code)) throw error;
  void reply.code(answer.status).headers(answer.headers);
  return { message: answer.message.replace(/^\w+(?=: )/, (name) => LABELS[name] ?? name) };
}

/** What fields of the API are called in forms. */
const LABELS: Readonly<Record<string, string>> = {
  name: 'Name',
  expires_at: 'Ends on',
  ends_at: 'The old key ends on',
  allowed_networks: 'Addresses and networks',
  new_password: 'New password',
};

function send(reply: FastifyReply, page: Html): FastifyReply {
  return reply
    .headers({
      'content-security-policy': POLICY,
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    })
    .type('text/html; charset=utf-8')
    .send(page.toString());
}
