import type { OutgoingHttpHeaders } from 'node:http';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { IndicatorRequest } from '../../model/query-parameters.ts';
import { bundleChunks } from '../../render/stix/bundle-chunks.ts';
import type { RouteParts } from '../app.ts';
import { Bodies } from '../bodies.ts';
import { chooseCoding, type Coding, takesIdentity } from '../coding.ts';
import { rawQuery } from '../credentials.ts';
import { noneMatch } from '../etag.ts';
import { chooseMediaType, MEDIA_TYPES, type MediaType } from '../media-type.ts';
import { type Page, PageIndex } from '../page.ts';
import { Readings } from '../readings.ts';
import { Deadlines, openBody, sendBody } from '../sending.ts';

const PATH = '/api/v1/iocs/stix';

const CACHE_HEADERS = {
  'cache-control': 'private, no-cache',
  vary: 'Accept, Accept-Encoding, Authorization, X-API-Key',
};

/** `GET /api/v1/iocs/stix`: current IOCs as a STIX 2.1 bundle. */
export function iocsStix(app: FastifyInstance, { store, config, clock, log, cache }: RouteParts): void {
  const pages = new PageIndex(store, config.producer, PATH);
  const readings = new Readings(config.apiKeyInQuery);
  const bodies = new Bodies<Page>(({ plan }, size) => bundleChunks(store, plan, size), config, cache);
  const deadlines = new Deadlines(config.responseDeadline);
  app.addHook('onClose', () => deadlines.close());

  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const now = clock();
    const asked = readings.read(rawQuery(request.raw.url), request.apiKey!.tier, now);
    const media = mediaTypeFor(request, asked);
    const coding = chooseCoding(request.headers['accept-encoding']);
    const page = await pages.find(asLabelled(asked, media), now);
    const tag = entityTag(page, coding);
    if (noneMatch(request.headers['if-none-match'], tag)) {
      return sendNotModified(reply, page, tag);
    }
    const headers = { ...CACHE_HEADERS, ...page.headers, ...page.links, 'content-type': MEDIA_TYPES[media] };
    if (request.method === 'HEAD') {
      return sendHead(reply, { ...headers, ...codingHeaders(page, coding) }, bodies.lengthOf(page, coding));
    }

    const body = bodies.open(page, coding, takesIdentity(request.headers['accept-encoding']));
    const opened = await openBody(body);
    void reply.headers({ ...headers, ...codingHeaders(page, body.coding) });
    reply.hijack();
    try {
      await sendBody(reply, opened, deadlines);
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

function codingHeaders(page: Page, coding: Coding): Record<string, string> {
  const etag = entityTag(page, coding);
  return coding === 'identity' ? { etag } : { etag, 'content-encoding': coding };
}

function entityTag({ tag }: Page, coding: Coding): string {
  return coding === 'identity' ? `"${tag}"` : `"${tag}-${coding}"`;
}

/** The shortest answer is the most frequent: it is written without what the framework does for others. */
function sendNotModified(reply: FastifyReply, { links }: Page, etag: string): FastifyReply {
  void reply.hijack();
  reply.raw.writeHead(304, {
    ...reply.getHeaders(),
    ...CACHE_HEADERS,
    ...links,
    etag,
  } as OutgoingHttpHeaders);
  reply.raw.end();
  return reply;
}

function sendHead(
  reply: FastifyReply,
  headers: Record<string, string>,
  length: number | undefined,
): FastifyReply {
  if (length !== undefined) reply.header('content-length', String(length));
  return reply.code(200).headers(headers).send();
}
