import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { parseCountRequest } from '../../model/list-parameters.ts';
import { TIERS } from '../../model/tier.ts';
import { formatTimestamp } from '../../model/time.ts';
import type { RouteParts } from '../app.ts';
import { Fresh } from '../fresh.ts';
import { pairsOf } from '../parameters.ts';

const PATH = '/api/v1/iocs/count';

/** `GET /api/v1/iocs/count`: how many IOCs a filter yields, so that it can be tried before it is deployed. */
export function iocsCount(app: FastifyInstance, { store, config, clock }: RouteParts): void {
  const counts = new Fresh<object>(store, 1_000);
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const now = clock();
    const pairs = pairsOf(request, config.apiKeyInQuery);
    const query = parseCountRequest(pairs, { tier: TIERS[request.apiKey!.tier], now });
    const answer = await counts.find(JSON.stringify(query), now, async (newest) => ({
      count: await store.count(query, now),
      generated_at: formatTimestamp(newest),
      filters: Object.fromEntries(pairs),
    }));
    return reply
      .header('cache-control', 'private, no-cache')
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(answer));
  };
  app.route({ method: ['GET', 'HEAD'], url: PATH, config: { auth: { tier: 'free' } }, handler });
}
