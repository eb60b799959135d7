import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import {
  INDICATOR_PARAMETERS,
  type IndicatorRequest,
  parseIndicatorRequest,
} from '../../model/query-parameters.ts';
import { bundleChunks } from '../../render/stix/bundle-chunks.ts';
import type { Soon } from '../../store/store.ts';
import { answerPage, TYPED_CACHE_HEADERS } from '../answer-page.ts';
import type { RouteParts } from '../app.ts';
import { Bodies } from '../bodies.ts';
import { rawQuery } from '../credentials.ts';
import { chooseMediaType, MEDIA_TYPES, type MediaType } from '../media-type.ts';
import type { Operation } from '../operation.ts';
import { type Page, PageIndex } from '../page.ts';
import { Readings } from '../readings.ts';
import { PAGE_REQUEST_HEADERS, pageAnswers } from '../schemas/page-answers.ts';
import {
  BARE_OBJECTS,
  BUNDLE,
  BUNDLE_EXAMPLE,
  STRICT_BUNDLE,
  STRICT_BUNDLE_EXAMPLE,
} from '../schemas/stix.ts';
import { Deadlines } from '../sending.ts';

const PATH = '/api/v1/iocs/stix';

const OPERATION: Operation = {
  id: 'exportStix',
  tag: 'Exports',
  summary: 'STIX 2.1 bundle',
  description:
    'Current IOCs, the newest first; with since the oldest first, and what was taken back. `Accept: application/stix+json` asks for exactly the standard’s bundle.',
  query: INDICATOR_PARAMETERS,
  requestHeaders: PAGE_REQUEST_HEADERS,
  answers: pageAnswers([
    {
      status: 200,
      description: 'A page of the indicators.',
      mediaType: 'application/json',
      schema: { oneOf: [BUNDLE, BARE_OBJECTS] },
      examples: { bundle: BUNDLE_EXAMPLE, objects: BUNDLE_EXAMPLE.objects },
    },
    {
      status: 200,
      description: 'A page of the indicators.',
      mediaType: 'application/stix+json;version=2.1',
      schema: STRICT_BUNDLE,
      example: STRICT_BUNDLE_EXAMPLE,
    },
  ]),
  errors: ['not_acceptable'],
};

/** `GET /api/v1/iocs/stix`: current IOCs as a STIX 2.1 bundle. */
export function iocsStix(
  app: FastifyInstance,
  { store, config, clock, log, cache, polls }: RouteParts,
): void {
  const pages = new PageIndex(store, config.producer, config.publicUrl + PATH);
  const readings = new Readings(config.apiKeyInQuery, parseIndicatorRequest);
  const bodies = new Bodies<Page>(({ plan }, size) => bundleChunks(store, plan, size), config, cache);
  const deadlines = new Deadlines(config.responseDeadline);
  app.addHook('onClose', () => deadlines.close());
  const parts = { bodies, deadlines, log, polls };

  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { tier } = request.apiKey!;
    const query = rawQuery(request.raw.url);
    const read = (now: number): IndicatorRequest => readings.read(query, tier, now);
    const now = clock();
    const media = mediaTypeFor(request, read(now));
    const find = (time: number): Soon<Page> => pages.find(asLabelled(read(time), media), time);
    const content = ['content-type', MEDIA_TYPES[media]];
    const page = await find(now);
    return await answerPage(request, reply, { page, content, cache: TYPED_CACHE_HEADERS, find }, parts);
  };
  app.route({
    method: ['GET', 'HEAD'],
    url: PATH,
    config: { auth: { tier: 'pro' }, operation: OPERATION },
    handler,
  });
}

/** The bare array is JSON whatever its objects are; `strict` speaks for clients that cannot set headers. */
function mediaTypeFor({ headers }: FastifyRequest, { presentation }: IndicatorRequest): MediaType {
  if (presentation.format === 'objects') {
    return presentation.strict ? 'json' : chooseMediaType(headers.accept, ['json']);
  }
  return presentation.strict ? 'stix' : chooseMediaType(headers.accept, ['json', 'stix']);
}

/** The standard's media type stands for exactly the standard's bundle. */
function asLabelled(request: IndicatorRequest, media: MediaType): IndicatorRequest {
  const strict = media === 'stix';
  if (request.presentation.strict === strict) return request;
  return { ...request, presentation: { ...request.presentation, strict } };
}
