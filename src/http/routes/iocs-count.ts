import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { appliedFilters, COUNT_PARAMETERS, parseCountRequest } from '../../model/list-parameters.ts';
import { TIERS } from '../../model/tier.ts';
import { generatedAt } from '../../render/generated-at.ts';
import type { RouteParts } from '../app.ts';
import { Fresh } from '../fresh.ts';
import type { Operation } from '../operation.ts';
import { pairsOf } from '../parameters.ts';
import { COUNTED, COUNTED_EXAMPLE } from '../schemas/list.ts';
import { SHORT_ANSWER_HEADERS } from '../schemas/page-answers.ts';
import { sendShort } from '../short-answer.ts';

const PATH = '/api/v1/iocs/count';

const OPERATION: Operation = {
  id: 'countIocs',
  tag: 'IOCs',
  summary: 'Count IOCs',
  description: 'How many IOCs a filter yields, so that it can be tried before it is deployed.',
  query: COUNT_PARAMETERS,
  answers: [
    {
      status: 200,
      description: 'The count.',
      mediaType: 'application/json',
      schema: COUNTED,
      example: COUNTED_EXAMPLE,
      headers: SHORT_ANSWER_HEADERS,
    },
  ],
};

/** `GET /api/v1/iocs/count`: how many IOCs a filter yields, so that it can be tried before it is deployed. */
export function iocsCount(app: FastifyInstance, { store, config, clock }: RouteParts): void {
  const counts = new Fresh<object>(store, 1_000);
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const now = clock();
    const pairs = pairsOf(request, config.apiKeyInQuery);
    const query = parseCountRequest(pairs, { tier: TIERS[request.apiKey!.tier], now });
    const counted = await counts.find(JSON.stringify(query), now, async (newest) => ({
      count: await store.count(query, now),
      generated_at: generatedAt(newest, now),
    }));
    return sendShort(reply, JSON.stringify({ ...counted, filters: appliedFilters(pairs, query) }));
  };
  app.route({
    method: ['GET', 'HEAD'],
    url: PATH,
    config: { auth: { tier: 'free' }, operation: OPERATION },
    handler,
  });
}
