import type { FastifyInstance } from 'fastify';

import { ApiError } from '../../errors.ts';
import { OBJECT_PARAMETERS, OBJECTS_PARAMETERS, VERSIONS_PARAMETERS } from '../../model/taxii-parameters.ts';
import { isUuid } from '../../model/uuid.ts';
import type { RouteParts } from '../app.ts';
import type { RouteAuth } from '../auth.ts';
import { queryKey, TAXII_CREDENTIALS } from '../credentials.ts';
import { contributing, mayContribute, refuseDeletion } from './contributing.ts';
import { ObjectPages } from './object-pages.ts';
import { TAXII_OPERATIONS } from './operations.ts';
import { CollectionPages } from './pages.ts';
import { TAXII_SITES, type TaxiiSite } from './paths.ts';
import { TaxiiRequests } from './requests.ts';
import { type AddResource, resourceAdder, spellings } from './resource-adder.ts';
import { apiRootOf, collectionOf, discoveryOf } from './resources.ts';
import { Selections } from './selection.ts';
import { jsonPage, textPage } from './text-page.ts';

/** Documented once: the alias has the same. */
type Operations = Partial<typeof TAXII_OPERATIONS>;

/** The TAXII 2.1 server: at its own path, and once more at the top. */
export function taxii(app: FastifyInstance, parts: RouteParts): void {
  const { store, config } = parts;
  const accepts = config.apiKeyInQuery ? [...TAXII_CREDENTIALS, queryKey] : TAXII_CREDENTIALS;
  const auth: RouteAuth = { tier: 'pro', accepts };
  const add = resourceAdder(app, auth, parts);
  const requests = new TaxiiRequests(parts);
  const pages = new ObjectPages(
    new CollectionPages(store, config.producer, config.taxii.repeatCommon),
    new Selections(store, config.producer),
  );
  for (const [index, site] of TAXII_SITES.entries()) {
    const operations: Operations = index === 0 ? TAXII_OPERATIONS : {};
    addServerInformation(add, site, operations, requests, parts);
    addCollections(add, site, operations, requests, parts);
    addObjects(add, site, operations, requests, pages);
  }
  const objects = TAXII_SITES.map(({ root }) => `${root}collections/:collection/objects/`);
  contributing(app, parts, auth, objects.flatMap(spellings), requests);
  refuseDeletion(app, auth, objects.map((path) => `${path}:object/`).flatMap(spellings), requests);
}

/** Discovery, the API root and statuses (TAXII 2.1 §4). */
function addServerInformation(
  add: AddResource,
  site: TaxiiSite,
  operations: Operations,
  requests: TaxiiRequests,
  { store, config }: RouteParts,
): void {
  const { discovery, root } = site;
  const { name } = config.producer;
  const apiRoot = apiRootOf(name);
  const found = discoveryOf(site, config.publicUrl, name);
  // Where both are at one path, one resource is both.
  const here = jsonPage(root === discovery ? { ...apiRoot, ...found } : found);
  const there = jsonPage(apiRoot);
  add(discovery, operations.discovery ?? 'none', () => () => here);
  if (root !== discovery) add(root, operations.apiRoot ?? 'none', () => () => there);
  add(`${root}status/:status/`, operations.status ?? 'none', (request) => {
    const id = requests.status(request);
    const { account } = request.apiKey!;
    return async (now) => {
      const kept = isUuid(id) ? await store.findContribution(id, now) : undefined;
      // Of another account's contributions not even their being there is told.
      if (kept?.account === account) return textPage(kept.status);
      throw new ApiError('not_found', { message: 'There is no such status, or no longer.' });
    };
  });
}

/** Collections, as the key of a request sees them (TAXII 2.1 §5.1, §5.2). */
function addCollections(
  add: AddResource,
  { root }: TaxiiSite,
  operations: Operations,
  requests: TaxiiRequests,
  parts: RouteParts,
): void {
  const { collections } = parts.config.taxii;
  add(`${root}collections/`, operations.collections ?? 'none', ({ apiKey }) => {
    const all = collections.map((each) => collectionOf(each, mayContribute(each, apiKey!, parts)));
    const page = jsonPage({ collections: all });
    return () => page;
  });
  add(`${root}collections/:collection/`, operations.collection ?? 'none', (request) => {
    const collection = requests.collection(request);
    const page = jsonPage(collectionOf(collection, mayContribute(collection, request.apiKey!, parts)));
    return () => page;
  });
}

/** Objects, manifests and versions (TAXII 2.1 §5.3, §5.4, §5.6, §5.8). */
function addObjects(
  add: AddResource,
  { root }: TaxiiSite,
  operations: Operations,
  requests: TaxiiRequests,
  pages: ObjectPages,
): void {
  const path = `${root}collections/:collection/`;
  for (const kind of ['objects', 'manifest'] as const) {
    const read = requests.reader(OBJECTS_PARAMETERS);
    add(`${path}${kind}/`, operations[kind] ?? 'none', (request) => {
      const { collection, at } = read(request);
      return (now) => pages.list(kind, collection, at(now), now);
    });
  }
  const readObject = requests.reader(OBJECT_PARAMETERS);
  add(`${path}objects/:object/`, operations.object ?? 'none', (request) => {
    const { collection, object, at } = readObject(request);
    return (now) => pages.object(object, collection, at(now), now);
  });
  const readVersions = requests.reader(VERSIONS_PARAMETERS);
  add(`${path}objects/:object/versions/`, operations.versions ?? 'none', (request) => {
    const { collection, object, at } = readVersions(request);
    return (now) => pages.versions(object, collection, at(now), now);
  });
}
