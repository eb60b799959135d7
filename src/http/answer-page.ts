import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Log } from '../observe/log.ts';
import type { Bodies, BodyPage } from './bodies.ts';
import type { SentPage } from './delivery.ts';
import { chooseCoding, type Coding, takesIdentity } from './coding.ts';
import { noneMatch } from './etag.ts';
import { type Deadlines, openBody, sendBody } from './sending.ts';
import { addHeaders, type HeaderList, standingHeaders } from './standing-headers.ts';

/** A page of anything that a client may keep and ask for again. */
export interface AnswerPage extends BodyPage {
  /** Headers that tell where to go on; a 304 carries them too. */
  readonly links: HeaderList;
  /** Headers about its content. */
  readonly headers: HeaderList;
  /** What its format can express, where that is less than its query lets through. */
  readonly expresses?: SentPage['expresses'];
}

export interface AnswerParts<P extends AnswerPage> {
  readonly bodies: Bodies<P>;
  readonly deadlines: Deadlines;
  readonly log: Log;
}

/** What a client may keep, where the answer depends on nothing but the coding and the key. */
export const CACHE_HEADERS: HeaderList = [
  'cache-control',
  'private, no-cache',
  'vary',
  'Accept-Encoding, Authorization, X-API-Key',
];

/**
 * Answers a request with a page: 304 where the client has it already, the headers for HEAD, else its body in the coding
 * that the client likes best, the first chunk being there before the status is sent. `content` are headers of the
 * answer that has the content, `cache` those of a 304 too. Rejects with what keeps the first chunk from coming.
 */
export async function answerPage<P extends AnswerPage>(
  request: FastifyRequest,
  reply: FastifyReply,
  page: P,
  content: HeaderList,
  { bodies, deadlines, log }: AnswerParts<P>,
  cache = CACHE_HEADERS,
): Promise<FastifyReply> {
  const accepted = request.headers['accept-encoding'];
  const coding = chooseCoding(accepted);
  const etag = page.etags[coding];
  if (noneMatch(request.headers['if-none-match'], etag)) {
    return sendNotModified(request, reply, [...cache, ...page.links, 'etag', etag]);
  }
  const headers = [...cache, ...page.headers, ...page.links, ...content];
  if (request.method === 'HEAD') {
    addHeaders(reply, [...headers, ...codingHeaders(page, coding)]);
    const length = bodies.lengthOf(page, coding);
    if (length !== undefined) reply.header('content-length', String(length));
    return reply.code(200).send();
  }

  const body = bodies.open(page, coding, takesIdentity(accepted));
  const opened = await openBody(body);
  const all = [...standingHeaders(request), ...headers, ...codingHeaders(page, body.coding)];
  request.sentPage = sentPageOf(page);
  reply.hijack();
  try {
    await sendBody(reply.raw, all, opened, deadlines);
  } catch (error) {
    log.error('answer cut short', { id: request.id, error });
  }
  return reply;
}

function sentPageOf({ plan, expresses }: AnswerPage): SentPage {
  const { query, request, extent, asOf } = plan;
  return { query: query ?? request.query, extent, asOf, ...(expresses !== undefined && { expresses }) };
}

function codingHeaders({ etags }: AnswerPage, coding: Coding): HeaderList {
  const etag = ['etag', etags[coding]];
  return coding === 'identity' ? etag : [...etag, 'content-encoding', coding];
}

/** The shortest answer is the most frequent: it is written without what the framework does for others. */
function sendNotModified(request: FastifyRequest, reply: FastifyReply, headers: HeaderList): FastifyReply {
  const all = standingHeaders(request);
  all.push(...headers);
  void reply.hijack();
  reply.raw.writeHead(304, all);
  reply.raw.end();
  return reply;
}
