import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { IndicatorRequest } from '../../model/query-parameters.ts';
import type { AppParts } from '../app.ts';
import { Bodies } from '../bodies.ts';
import { chooseCoding, type Coding, takesIdentity } from '../coding.ts';
import { rawQuery } from '../credentials.ts';
import { noneMatch } from '../etag.ts';
import { chooseMediaType, MEDIA_TYPES, type MediaType } from '../media-type.ts';
import { type Page, PageIndex } from '../page.ts';
import { Readings } from '../readings.ts';
import { Deadlines, openBody, sendBody } from '../sending.ts';
import { addHeaders, type HeaderList, standingHeaders } from '../standing-headers.ts';

const PATH = '/api/v1/iocs/stix';

const CACHE_HEADERS: HeaderList = [
  'cache-control',
  'private, no-cache',
  'vary',
  'Accept, Accept-Encoding, Authorization, X-API-Key',
];

/** `GET /api/v1/iocs/stix`: current IOCs as a STIX 2.1 bundle. */
export function iocsStix(app: FastifyInstance, { store, config, clock, log }: AppParts): void {
  const pages = new PageIndex(store, config.producer, PATH);
  const readings = new Readings(config.apiKeyInQuery);
  const bodies = new Bodies(store, config);
  const deadlines = new Deadlines(config.responseDeadline);
  app.addHook('onClose', () => deadlines.close());

  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const now = clock();
    const asked = readings.read(rawQuery(request.raw.url), request.apiKey!.tier, now);
    const media = mediaTypeFor(request, asked);
    const coding = chooseCoding(request.headers['accept-encoding']);
    const page = await pages.find(asLabelled(asked, media), now);
    if (noneMatch(request.headers['if-none-match'], page.etags[coding])) {
      return sendNotModified(request, reply, page, page.etags[coding]);
    }
    if (request.method === 'HEAD') {
      addHeaders(reply, contentHeaders(page, media, coding));
      const length = bodies.lengthOf(page, coding);
      if (length !== undefined) reply.header('content-length', String(length));
      return reply.code(200).send();
    }

    const body = bodies.open(page, coding, takesIdentity(request.headers['accept-encoding']));
    const opened = await openBody(body);
    const headers = [...standingHeaders(request), ...contentHeaders(page, media, body.coding)];
    reply.hijack();
    try {
      await sendBody(reply.raw, headers, opened, deadlines);
    } catch (error) {
      log.error('answer cut short', { id: request.id, error });
    }
    return reply;
  };
  app.route({ method: ['GET', 'HEAD'], url: PATH, config: { auth: { tier: 'pro' } }, handler });
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

function contentHeaders({ etags, headers, links }: Page, media: MediaType, coding: Coding): HeaderList {
  const list = [...CACHE_HEADERS, ...headers, ...links, 'content-type', MEDIA_TYPES[media]];
  list.push('etag', etags[coding]);
  if (coding !== 'identity') list.push('content-encoding', coding);
  return list;
}

/** The shortest answer is the most frequent: it is written without what the framework does for others. */
function sendNotModified(
  request: FastifyRequest,
  reply: FastifyReply,
  { links }: Page,
  etag: string,
): FastifyReply {
  const headers = standingHeaders(request);
  headers.push(...CACHE_HEADERS, ...links, 'etag', etag);
  void reply.hijack();
  reply.raw.writeHead(304, headers);
  reply.raw.end();
  return reply;
}
