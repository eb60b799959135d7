import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { ParameterError } from '../../model/parameters.ts';
import { renderStatistics } from '../../render/statistics.ts';
import type { RouteParts } from '../app.ts';
import { Fresh } from '../fresh.ts';
import { pairsOf } from '../parameters.ts';

const PATH = '/api/v1/iocs/stats';

/** `GET /api/v1/iocs/stats`: how many IOCs there are of what, what was published lately, and how feeds fare. */
export function iocsStats(app: FastifyInstance, { store, config, clock }: RouteParts): void {
  const answers = new Fresh<string>(store, 1);
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const [pair] = pairsOf(request, config.apiKeyInQuery);
    if (pair !== undefined)
      throw new ParameterError([
        { parameter: pair[0].slice(0, 100), reason: 'this path takes no parameters' },
      ]);
    const now = clock();
    const answer = await answers.find('', now, async (newest) =>
      JSON.stringify(renderStatistics(await store.statistics(now), await store.listFeeds(), newest)),
    );
    return reply
      .header('cache-control', 'private, no-cache')
      .type('application/json; charset=utf-8')
      .send(answer);
  };
  app.route({ method: ['GET', 'HEAD'], url: PATH, config: { auth: { tier: 'free' } }, handler });
}
