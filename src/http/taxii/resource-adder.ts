import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { envelopeChunks } from '../../render/taxii/envelope.ts';
import type { Soon } from '../../store/store.ts';
import { answerPage, TYPED_CACHE_HEADERS } from '../answer-page.ts';
import type { RouteParts } from '../app.ts';
import type { RouteAuth } from '../auth.ts';
import { Bodies } from '../bodies.ts';
import type { Operation } from '../operation.ts';
import { Deadlines } from '../sending.ts';
import { requireTaxiiAccepted, TAXII_MEDIA_TYPE } from './media-type.ts';
import type { TaxiiPage } from './pages.ts';

/** The resource that a request is for, as it is at a time: pollers ask for it again. */
export type Handler = (request: FastifyRequest) => (now: number) => Soon<TaxiiPage>;

/** Adds a resource at a path that ends with a slash. */
export type AddResource = (path: string, operation: Operation | 'none', handler: Handler) => void;

/** The paths of a resource, with and without the slash at its end: clients leave it out, and do not follow redirects. */
export function spellings(path: string): readonly [string, string] {
  return [path, path.slice(0, -1)];
}

/** What adds resources: they share bodies, and are answered, cached and compressed as the export is. */
export function resourceAdder(
  app: FastifyInstance,
  auth: RouteAuth,
  { store, config, clock, log, cache, polls }: RouteParts,
): AddResource {
  const bodies = new Bodies<TaxiiPage>(
    ({ plan }, size) => ('text' in plan ? oneChunk(plan.text) : envelopeChunks(store, plan, size)),
    config,
    cache,
  );
  const deadlines = new Deadlines(config.responseDeadline);
  app.addHook('onClose', () => deadlines.close());
  const answer = { bodies, deadlines, log, polls };
  const content = ['content-type', TAXII_MEDIA_TYPE];

  return (path, operation, handler) => {
    const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      requireTaxiiAccepted(request.headers.accept);
      const find = handler(request);
      const page = await find(clock());
      return await answerPage(request, reply, { page, content, cache: TYPED_CACHE_HEADERS, find }, answer);
    };
    const [slashed, bare] = spellings(path);
    const method = ['GET', 'HEAD'];
    // Documented once: what stands at the other path is the same.
    app.route({ method, url: slashed, config: { auth, operation }, handler: handle });
    app.route({ method, url: bare, config: { auth, operation: 'none' }, handler: handle });
  };
}

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
