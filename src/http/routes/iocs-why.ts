import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { ApiError } from '../../errors.ts';
import { ParameterError, queryPairs } from '../../model/parameters.ts';
import { isUuid } from '../../model/uuid.ts';
import { explainIoc } from '../../render/why.ts';
import type { AppParts } from '../app.ts';
import { rawQuery } from '../credentials.ts';

const PATH = '/api/v1/iocs/:id/why';

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
    return reply
      .header('cache-control', 'private, no-store')
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(explainIoc(`indicator--${uuid}`, record, clock())));
  };
  app.route({ method: 'GET', url: PATH, config: { auth: { tier: 'pro' } }, handler });
}

/** It takes none: what is ignored in silence misleads. */
function refuseParameters(request: FastifyRequest, apiKeyInQuery: boolean): void {
  const pairs = queryPairs(rawQuery(request.raw.url)).filter(
    ([name]) => !(apiKeyInQuery && name === 'api_key'),
  );
  const problems = pairs.map(([parameter, value]) => ({
    parameter,
    value,
    reason: 'this path takes no parameters',
  }));
  if (problems.length > 0) throw new ParameterError(problems);
}
