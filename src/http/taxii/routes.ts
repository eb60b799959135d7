import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { ApiError } from '../../errors.ts';
import type { Collection } from '../../model/collection.ts';
import {
  OBJECT_PARAMETERS,
  OBJECTS_PARAMETERS,
  parseTaxiiRequest,
  type TaxiiRequest,
  type TaxiiTable,
  VERSIONS_PARAMETERS,
} from '../../model/taxii-parameters.ts';
import { TIERS } from '../../model/tier.ts';
import { isUuid } from '../../model/uuid.ts';
import { envelopeChunks } from '../../render/taxii/envelope.ts';
import { answerPage } from '../answer-page.ts';
import type { RouteParts } from '../app.ts';
import type { RouteAuth } from '../auth.ts';
import { Bodies } from '../bodies.ts';
import { queryKey, TAXII_CREDENTIALS } from '../credentials.ts';
import type { Operation } from '../operation.ts';
import { pairsOf } from '../parameters.ts';
import { Deadlines } from '../sending.ts';
import type { HeaderList } from '../standing-headers.ts';
import { contributing, mayContribute, refuseDeletion } from './contributing.ts';
import { requireTaxiiAccepted, TAXII_MEDIA_TYPE } from './media-type.ts';
import { ObjectPages } from './object-pages.ts';
import { TAXII_OPERATIONS } from './operations.ts';
import { CollectionPages, type TaxiiPage } from './pages.ts';
import { TAXII_SITES } from './paths.ts';
import { apiRootOf, collectionOf, discoveryOf } from './resources.ts';
import { Selections } from './selection.ts';
import { textPage } from './text-page.ts';

const CACHE_HEADERS: HeaderList = [
  'cache-control',
  'private, no-cache',
  'vary',
  'Accept, Accept-Encoding, Authorization, X-API-Key',
];

type Handler = (request: FastifyRequest, now: number) => Promise<TaxiiPage> | TaxiiPage;

interface Names {
  readonly collection: string;
  readonly object: string;
  readonly status: string;
}

/** The TAXII 2.1 server, as far as it is read: at its own path, and once more at the top. */
export function taxii(app: FastifyInstance, parts: RouteParts): void {
  const { store, config } = parts;
  const { collections, repeatCommon, publicUrl } = config.taxii;
  const { name } = config.producer;
  const objects = new ObjectPages(
    new CollectionPages(store, config.producer, repeatCommon),
    new Selections(store, config.producer),
  );
  const accepts = config.apiKeyInQuery ? [...TAXII_CREDENTIALS, queryKey] : TAXII_CREDENTIALS;
  const auth: RouteAuth = { tier: 'pro', accepts };
  const resource = resourceAdder(app, auth, parts);
  const mayWrite = (collection: Collection, request: FastifyRequest): boolean =>
    mayContribute(collection, request.apiKey!, parts);

  const named = (request: FastifyRequest): Collection => {
    const wanted = (request.params as Names).collection;
    const found = collections.find(({ id, alias }) => alias === wanted || id === wanted.toLowerCase());
    if (found !== undefined) return found;
    throw new ApiError('not_found', {
      message: 'There is no such collection: collections/ lists those that there are.',
    });
  };
  const read = (table: TaxiiTable, request: FastifyRequest): TaxiiRequest => {
    const where = `${named(request).id} ${(request.params as Names).object}`;
    const context = { tier: TIERS[request.apiKey!.tier], now: parts.clock() };
    return parseTaxiiRequest(table, pairsOf(request, config.apiKeyInQuery), where, context);
  };

  for (const site of TAXII_SITES) {
    const operations: Partial<typeof TAXII_OPERATIONS> = site === TAXII_SITES[0] ? TAXII_OPERATIONS : {};
    const { discovery, root } = site;
    // Where both are at one path, one resource is both.
    const merged = root === discovery ? apiRootOf(name) : {};
    const here = { ...merged, ...discoveryOf(site, publicUrl, name) };
    resource(discovery, operations.discovery, () => jsonPage(here));
    if (root !== discovery) resource(root, operations.apiRoot, () => jsonPage(apiRootOf(name)));

    const all = `${root}collections/`;
    resource(all, operations.collections, (request) =>
      jsonPage({ collections: collections.map((each) => collectionOf(each, mayWrite(each, request))) }),
    );
    const one = `${all}:collection/`;
    resource(one, operations.collection, (request) =>
      jsonPage(collectionOf(named(request), mayWrite(named(request), request))),
    );
    resource(`${one}objects/`, operations.objects, (request, now) =>
      objects.list('objects', named(request), read(OBJECTS_PARAMETERS, request), now),
    );
    resource(`${one}manifest/`, operations.manifest, (request, now) =>
      objects.list('manifest', named(request), read(OBJECTS_PARAMETERS, request), now),
    );
    resource(`${root}status/:status/`, operations.status, async (request, now) => {
      const { status: id } = request.params as Names;
      const found = isUuid(id) ? await store.findContribution(id, now) : undefined;
      // Of another account's contributions not even their being there is told.
      if (found?.account === request.apiKey!.account) return textPage(found.status);
      throw new ApiError('not_found', { message: 'There is no such status, or no longer.' });
    });
    const object = `${one}objects/:object/`;
    resource(object, operations.object, (request, now) =>
      objects.object(idOf(request), named(request), read(OBJECT_PARAMETERS, request), now),
    );
    resource(`${object}versions/`, operations.versions, (request, now) =>
      objects.versions(idOf(request), named(request), read(VERSIONS_PARAMETERS, request), now),
    );
  }
  const taking = TAXII_SITES.flatMap(({ root }) =>
    ['/', ''].map((end) => `${root}collections/:collection/objects${end}`),
  );
  contributing(app, parts, auth, taking, named);
  refuseDeletion(
    app,
    auth,
    taking.map((path) => path.replace(/objects(\/?)$/, 'objects/:object$1')),
    named,
  );
}

/** Adds resources, each with and without the slash at its end: clients leave it out, and do not follow redirects. */
function resourceAdder(
  app: FastifyInstance,
  auth: RouteAuth,
  { store, config, clock, log, cache }: RouteParts,
): (path: string, operation: Operation | undefined, handler: Handler) => void {
  const bodies = new Bodies<TaxiiPage>(
    ({ plan }, size) => ('text' in plan ? oneChunk(plan.text) : envelopeChunks(store, plan, size)),
    config,
    cache,
  );
  const deadlines = new Deadlines(config.responseDeadline);
  app.addHook('onClose', () => deadlines.close());
  const answer = { bodies, deadlines, log };
  const content = ['content-type', TAXII_MEDIA_TYPE];

  return (path, operation, handler) => {
    const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      requireTaxiiAccepted(request.headers.accept);
      return await answerPage(
        request,
        reply,
        await handler(request, clock()),
        content,
        answer,
        CACHE_HEADERS,
      );
    };
    const method = ['GET', 'HEAD'];
    // Documented once: what stands at the other paths is the same.
    const documented = operation === undefined ? { auth } : { auth, operation };
    app.route({ method, url: path, config: documented, handler: handle });
    app.route({ method, url: path.slice(0, -1), config: { auth }, handler: handle });
  };
}

function idOf(request: FastifyRequest): string {
  return (request.params as Names).object;
}

function jsonPage(resource: object): TaxiiPage {
  return textPage(JSON.stringify(resource));
}

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
