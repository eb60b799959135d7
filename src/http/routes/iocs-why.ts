import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { ApiError } from '../../errors.ts';
import { isUuid } from '../../model/uuid.ts';
import { explainIoc } from '../../render/why.ts';
import type { AppParts } from '../app.ts';
import type { Operation } from '../operation.ts';
import { refuseParameters } from '../parameters.ts';
import { SHORT_ANSWER_HEADERS } from '../schemas/page-answers.ts';
import { WHY, WHY_EXAMPLE } from '../schemas/why.ts';
import { sendShort } from '../short-answer.ts';

const PATH = '/api/v1/iocs/:id/why';

const OPERATION: Operation = {
  id: 'explainIoc',
  tag: 'IOCs',
  summary: 'Ask why an IOC is in or out',
  description:
    'Who reported it, when, where it stands and because of what, and how its confidence came about.',
  path: { id: 'An indicator’s id as exports give it, with or without indicator-- before it.' },
  answers: [
    {
      status: 200,
      description: 'What is known of it.',
      mediaType: 'application/json',
      schema: WHY,
      example: WHY_EXAMPLE,
      headers: SHORT_ANSWER_HEADERS,
    },
  ],
  errors: ['invalid_parameter'],
};

/** `GET /api/v1/iocs/{id}/why`: who reported an IOC, when, why it is in or out, and how its confidence came about. */
export function iocsWhy(app: FastifyInstance, { store, clock, config }: AppParts): void {
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    refuseParameters(request, config.apiKeyInQuery);
    const { id } = request.params as { id: string };
    const uuid = id.replace(/^indicator--/, '');
    if (!isUuid(uuid)) {
      const message = 'This is no indicator’s id. An id is indicator--UUID, as exports give it.';
      throw new ApiError('not_found', { message });
    }
    const record = await store.findIndicator(uuid);
    if (record === undefined)
      throw new ApiError('not_found', { message: 'There is no indicator of this id here.' });
    return sendShort(reply, JSON.stringify(explainIoc(`indicator--${uuid}`, record, clock())));
  };
  app.route({
    method: ['GET', 'HEAD'],
    url: PATH,
    config: { auth: { tier: 'pro' }, operation: OPERATION },
    handler,
  });
}
