import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { answerPage } from '../answer-page.ts';
import type { RouteParts } from '../app.ts';
import { Bodies } from '../bodies.ts';
import { type DescribedRoute, openApiDocument } from '../openapi/document.ts';
import type { Operation } from '../operation.ts';
import { refuseParameters } from '../parameters.ts';
import { PAGE_REQUEST_HEADERS, pageAnswers } from '../schemas/page-answers.ts';
import { Deadlines } from '../sending.ts';
import { STATIC_CACHE_HEADERS, staticChunks, type StaticPage, staticPage } from '../static-page.ts';

const PATH = '/api/openapi.json';

const OPERATION: Operation = {
  id: 'getOpenApi',
  tag: 'Documentation',
  summary: 'This document',
  description: 'All that the server takes and answers, as OpenAPI 3.1.',
  requestHeaders: PAGE_REQUEST_HEADERS,
  answers: pageAnswers(
    [
      {
        status: 200,
        description: 'The OpenAPI document.',
        mediaType: 'application/json',
        schema: {
          type: 'object',
          properties: { openapi: { type: 'string', pattern: '^3\\.1\\.' } },
          required: ['openapi', 'info', 'paths'],
          additionalProperties: true,
        },
        example: { openapi: '3.1.1', info: { title: 'SOC Defenders API', version: '1' }, paths: {} },
      },
    ],
    { paged: false },
  ),
  errors: ['invalid_parameter', 'not_acceptable'],
};

/** `GET /api/openapi.json`: the OpenAPI 3.1 document of all `routes` that are registered when it is first asked for. */
export function openapi(
  app: FastifyInstance,
  { config, log, cache, polls }: RouteParts,
  routes: readonly DescribedRoute[],
): void {
  const bodies = new Bodies<StaticPage>(staticChunks, config, cache);
  const deadlines = new Deadlines(config.responseDeadline);
  app.addHook('onClose', () => deadlines.close());
  const answer = { bodies, deadlines, log, polls };
  const setting = { producer: config.producer.name, apiKeyInQuery: config.apiKeyInQuery };
  let page: StaticPage | undefined;

  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    refuseParameters(request, false);
    page ??= staticPage(JSON.stringify(openApiDocument(routes, setting)));
    const content = ['content-type', 'application/json; charset=utf-8'];
    return await answerPage(request, reply, { page, content, cache: STATIC_CACHE_HEADERS }, answer);
  };
  app.route({
    method: ['GET', 'HEAD'],
    url: PATH,
    config: { auth: 'none', operation: OPERATION },
    handler,
  });
}
