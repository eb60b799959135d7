import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { renderStatistics } from '../../render/statistics.ts';
import type { RouteParts } from '../app.ts';
import { Fresh } from '../fresh.ts';
import type { Operation } from '../operation.ts';
import { refuseParameters } from '../parameters.ts';
import { SHORT_ANSWER_HEADERS } from '../schemas/page-answers.ts';
import { STATISTICS, STATISTICS_EXAMPLE } from '../schemas/statistics.ts';
import { sendShort } from '../short-answer.ts';

const PATH = '/api/v1/iocs/stats';

const OPERATION: Operation = {
  id: 'getStatistics',
  tag: 'IOCs',
  summary: 'Get statistics',
  description: 'Counts of what is current, what was published lately, and how feeds fare.',
  answers: [
    {
      status: 200,
      description: 'The counts.',
      mediaType: 'application/json',
      schema: STATISTICS,
      example: STATISTICS_EXAMPLE,
      headers: SHORT_ANSWER_HEADERS,
    },
  ],
  errors: ['invalid_parameter'],
};

/** `GET /api/v1/iocs/stats`: how many IOCs there are of what, what was published lately, and how feeds fare. */
export function iocsStats(app: FastifyInstance, { store, config, clock }: RouteParts): void {
  const answers = new Fresh<string>(store, 1);
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    refuseParameters(request, config.apiKeyInQuery);
    const now = clock();
    const answer = await answers.find('', now, async (newest) =>
      JSON.stringify(renderStatistics(await store.statistics(now), await store.listFeeds(), newest, now)),
    );
    return sendShort(reply, answer);
  };
  app.route({
    method: ['GET', 'HEAD'],
    url: PATH,
    config: { auth: { tier: 'free' }, operation: OPERATION },
    handler,
  });
}
