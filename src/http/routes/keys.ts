import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { ConsoleParts } from '../console-parts.ts';
import { takeJson } from '../json-body.ts';
import { keyPlaces } from '../key-desk.ts';
import * as operations from './keys-operations.ts';

const PATH = '/api/v1/keys';
const KEY = `${PATH}/:id`;

/** `/api/v1/keys`: the keys of the account that is signed in. */
export function keys(app: FastifyInstance, { desk }: ConsoleParts): void {
  takeJson(app);
  const idOf = (request: FastifyRequest): string => (request.params as { id: string }).id;

  app.route({
    method: 'GET',
    url: PATH,
    config: { auth: 'session', operation: operations.LIST },
    handler: async (request, reply) => {
      const who = request.signedIn!;
      const data = await desk.list(who);
      const { most, taken } = keyPlaces(who, data);
      return answer(reply, { meta: { account: who.account, limit: most, taken }, data });
    },
  });
  app.route({
    method: 'POST',
    url: PATH,
    config: { auth: 'session', operation: operations.CREATE },
    handler: async (request, reply) => {
      const made = await desk.create(request.signedIn!, request.body);
      return answer(reply.code(201).header('location', `${PATH}/${made.id}`), made);
    },
  });
  app.route({
    method: 'GET',
    url: KEY,
    config: { auth: 'session', operation: operations.GET },
    handler: async (request, reply) => answer(reply, await desk.find(request.signedIn!, idOf(request))),
  });
  app.route({
    method: 'PATCH',
    url: KEY,
    config: { auth: 'session', operation: operations.CHANGE },
    handler: async (request, reply) =>
      answer(reply, await desk.change(request.signedIn!, idOf(request), request.body)),
  });
  app.route({
    method: 'DELETE',
    url: KEY,
    config: { auth: 'session', operation: operations.REVOKE },
    handler: async (request, reply) => answer(reply, await desk.revoke(request.signedIn!, idOf(request))),
  });
  app.route({
    method: 'POST',
    url: `${KEY}/rotate`,
    config: { auth: 'session', operation: operations.ROTATE },
    handler: async (request, reply) => {
      const { key, replaces } = await desk.rotate(request.signedIn!, idOf(request), request.body);
      return answer(reply.code(201).header('location', `${PATH}/${key.id}`), { ...key, replaces });
    },
  });
}

function answer(reply: FastifyReply, body: object): FastifyReply {
  return reply
    .header('cache-control', 'private, no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(body));
}
