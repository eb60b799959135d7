import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { RouteParts } from '../app.ts';
import { type DescribedRoute, openApiDocument } from '../openapi/document.ts';
import type { Operation } from '../operation.ts';
import { refuseParameters } from '../parameters.ts';
import { PAGE_REQUEST_HEADERS, pageAnswers } from '../schemas/page-answers.ts';
import { StaticAnswer } from '../static-answer.ts';

const PATH = '/api/openapi.json';

const HEADERS = ['content-type', 'application/json; charset=utf-8'];

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
  { config }: RouteParts,
  routes: readonly DescribedRoute[],
): void {
  const setting = { producer: config.producer.name, apiKeyInQuery: config.apiKeyInQuery };
  let answer: StaticAnswer | undefined;

  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    refuseParameters(request, false);
    answer ??= new StaticAnswer(JSON.stringify(openApiDocument(routes, setting)), HEADERS);
    return await answer.send(request, reply);
  };
  app.route({
    method: ['GET', 'HEAD'],
    url: PATH,
    config: { auth: 'none', operation: OPERATION },
    handler,
  });
}
