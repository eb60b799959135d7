import { readFileSync } from 'node:fs';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { ApiError } from '../../errors.ts';
import type { RouteParts } from '../app.ts';
import type { Operation } from '../operation.ts';
import { refuseParameters } from '../parameters.ts';
import { PAGE_REQUEST_HEADERS, pageAnswers } from '../schemas/page-answers.ts';
import { StaticAnswer } from '../static-answer.ts';

const PATH = '/docs';

/** The targets that are `/` by RFC 9112 §3.2, with or without a query. */
const HOME = /^(?:https?:\/\/[^/?#]+)?\/(?:[?#]|$)/i;

/** The page uses nothing of other servers, runs none but its own scripts, and is shown in no frame. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const HTML = 'text/html; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

const POLICIES = {
  'Referrer-Policy': 'Always no-referrer.',
  'Cross-Origin-Opener-Policy': 'Always same-origin.',
};

/** What the page is made of, beside itself. */
const ASSETS: Readonly<Record<string, string>> = {
  'docs.css': CSS,
  'docs.js': SCRIPT,
  'document.js': SCRIPT,
  'elements.js': SCRIPT,
  'operation.js': SCRIPT,
  'schema.js': SCRIPT,
  'try-it.js': SCRIPT,
  'icon.svg': 'image/svg+xml',
};

const PAGE_OPERATION: Operation = {
  id: 'showDocs',
  tag: 'Documentation',
  summary: 'Read and try the API in a browser',
  description: 'A page that shows what openapi.json says. It asks no other server for anything.',
  requestHeaders: PAGE_REQUEST_HEADERS,
  answers: pageAnswers(
    [
      {
        status: 200,
        description: 'The page.',
        mediaType: 'text/html',
        schema: { type: 'string' },
        example: '<!doctype html><title>API reference</title>',
        headers: POLICIES,
      },
    ],
    { paged: false },
  ),
  errors: ['invalid_parameter', 'not_acceptable'],
};

const ASSET_OPERATION: Operation = {
  id: 'getDocsAsset',
  tag: 'Documentation',
  summary: 'A style sheet, script or icon of the page',
  path: { asset: 'Its name, such as docs.css.' },
  requestHeaders: PAGE_REQUEST_HEADERS,
  answers: pageAnswers(
    [
      ['text/css', 'body { margin: 0 }'],
      ['text/javascript', 'export {};'],
      ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ].map(([mediaType, example]) => ({
      status: 200,
      description: 'The file.',
      mediaType: mediaType!,
      schema: { type: 'string' },
      example,
      headers: POLICIES,
    })),
    { paged: false },
  ),
  errors: ['invalid_parameter', 'not_acceptable'],
};

/** `GET /docs`: a page to read the API's documentation and to try it. Whoever comes to `/` is led there. */
export function docs(app: FastifyInstance, _parts: RouteParts): void {
  const page = answerOf('index.html', HTML);
  const assets = new Map(Object.entries(ASSETS).map(([name, type]) => [name, answerOf(name, type)]));
  const show = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    refuseParameters(request, false);
    return await page.send(request, reply);
  };
  const send = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    refuseParameters(request, false);
    const { asset } = request.params as { asset: string };
    const answer = assets.get(asset);
    if (answer === undefined) throw new ApiError('not_found');
    return await answer.send(request, reply);
  };
  const method = ['GET', 'HEAD'];
  app.route({
    method,
    url: '/',
    config: { auth: 'none', operation: 'none' },
    handler: async (request, reply) => {
      // The router takes `*` and what begins with no slash for `/`.
      if (!HOME.test(request.raw.url ?? '')) throw new ApiError('not_found');
      return reply.redirect(PATH, 303);
    },
  });
  app.route({ method, url: PATH, config: { auth: 'none', operation: PAGE_OPERATION }, handler: show });
  app.route({
    method,
    url: `${PATH}/:asset`,
    config: { auth: 'none', operation: ASSET_OPERATION },
    handler: send,
  });
}

function answerOf(name: string, type: string): StaticAnswer {
  const text = readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8');
  return new StaticAnswer(text, [
    'content-type',
    type,
    'content-security-policy',
    POLICY,
    'referrer-policy',
    'no-referrer',
    'cross-origin-opener-policy',
    'same-origin',
  ]);
}
