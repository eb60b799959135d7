import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Log } from '../observe/log.ts';
import type { Bodies, BodyPage } from './bodies.ts';
import { chooseCoding, type Coding, takesIdentity } from './coding.ts';
import { noneMatch } from './etag.ts';
import { type Deadlines, openBody, sendBody } from './sending.ts';

/** A page of anything that has a content and an entity tag. */
export interface AnswerPage extends BodyPage {
  readonly tag: string;
  readonly links: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

export interface AnswerParts<P extends AnswerPage> {
  readonly bodies: Bodies<P>;
  readonly deadlines: Deadlines;
  readonly log: Log;
}

const CACHE_HEADERS = {
  'cache-control': 'private, no-cache',
  vary: 'Accept-Encoding, Authorization, X-API-Key',
};

/**
 * Answers a request with a page: 304 where the client has it already, the headers for HEAD, else its body in the coding
 * that the client likes best, the first chunk being there before the status is sent.
 */
export async function answerPage<P extends AnswerPage>(
  request: FastifyRequest,
  reply: FastifyReply,
  page: P,
  content: Readonly<Record<string, string>>,
  { bodies, deadlines, log }: AnswerParts<P>,
): Promise<FastifyReply> {
  const accepted = request.headers['accept-encoding'];
  const coding = chooseCoding(accepted);
  if (noneMatch(request.headers['if-none-match'], entityTag(page, coding))) {
    return reply
      .code(304)
      .headers({ ...CACHE_HEADERS, ...page.links, etag: entityTag(page, coding) })
      .send();
  }
  const headers = { ...CACHE_HEADERS, ...page.headers, ...page.links, ...content };
  if (request.method === 'HEAD') {
    const length = bodies.lengthOf(page, coding);
    if (length !== undefined) reply.header('content-length', String(length));
    return reply
      .code(200)
      .headers({ ...headers, ...codingHeaders(page, coding) })
      .send();
  }
  const body = bodies.open(page, coding, takesIdentity(accepted));
  const opened = await openBody(body);
  void reply.headers({ ...headers, ...codingHeaders(page, body.coding) });
  reply.hijack();
  try {
    await sendBody(reply, opened, deadlines);
  } catch (error) {
    log.error('answer cut short', { id: request.id, error });
  }
  return reply;
}

function codingHeaders(page: AnswerPage, coding: Coding): Record<string, string> {
  const etag = entityTag(page, coding);
  return coding === 'identity' ? { etag } : { etag, 'content-encoding': coding };
}

function entityTag({ tag }: AnswerPage, coding: Coding): string {
  return coding === 'identity' ? `"${tag}"` : `"${tag}-${coding}"`;
}
