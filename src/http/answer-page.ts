import type { ServerResponse } from 'node:http';

import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Log } from '../observe/log.ts';
import type { Soon } from '../store/store.ts';
import type { Bodies, BodyPage } from './bodies.ts';
import type { SentPage } from './delivery.ts';
import { chooseCoding, type Coding, takesIdentity } from './coding.ts';
import { noneMatch } from './etag.ts';
import type { RepeatedPolls, WholeAnswer } from './repeated-polls.ts';
import { type Deadlines, openBody, sendBody, sendKept } from './sending.ts';
import { addHeaders, type HeaderList, notModifiedHeaders, standingHeaders } from './standing-headers.ts';

/** A page of anything that a client may keep and ask for again. */
export interface AnswerPage extends BodyPage {
  /** Headers that tell where to go on; a 304 carries them too. */
  readonly links: HeaderList;
  /** Headers about its content. */
  readonly headers: HeaderList;
  /** What it has of published versions, which becomes receipts; null where it has none. */
  readonly sent: readonly SentPage[] | null;
}

/** A page, and how it is to be answered with. */
export interface PageAnswer<P extends AnswerPage> {
  readonly page: P;
  /** Headers of the answer that has the content; a function is asked for them once its first chunk is there. */
  readonly content: HeaderList | (() => HeaderList);
  /** Headers of a 304 too. */
  readonly cache?: HeaderList;
  /** The page that the same request yields at another time, given where a poller that repeats it is to be answered fast. */
  readonly find?: (now: number) => Soon<P>;
}

export interface AnswerParts<P extends AnswerPage> {
  readonly bodies: Bodies<P>;
  readonly polls: RepeatedPolls;
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

/** The same where the answer depends on the type asked for as well. */
export const TYPED_CACHE_HEADERS: HeaderList = [
  'cache-control',
  'private, no-cache',
  'vary',
  'Accept, Accept-Encoding, Authorization, X-API-Key',
];

/**
 * Answers a request with a page: 304 where the client has it already, the headers for HEAD, else its body in the coding
 * that the client likes best, the first chunk being there before the status is sent. Rejects with what keeps the first
 * chunk from coming.
 */
export async function answerPage<P extends AnswerPage>(
  request: FastifyRequest,
  reply: FastifyReply,
  { page, content, cache = CACHE_HEADERS, find }: PageAnswer<P>,
  { bodies, deadlines, log, polls }: AnswerParts<P>,
): Promise<FastifyReply> {
  const accepted = request.headers['accept-encoding'];
  const coding = chooseCoding(accepted);
  const etag = page.etags[coding];
  if (noneMatch(request.headers['if-none-match'], etag)) {
    if (find !== undefined) polls.remember(request, { coding, etag, cache, find });
    return sendNotModified(request, reply, [...cache, ...page.links, 'etag', etag]);
  }
  const headers = (): HeaderList => {
    return [
      ...cache,
      ...page.headers,
      ...page.links,
      ...(typeof content === 'function' ? content() : content),
    ];
  };
  if (request.method === 'HEAD') {
    addHeaders(reply, [...headers(), ...codingHeaders(page, coding)]);
    const length = bodies.lengthOf(page, coding);
    if (length !== undefined) reply.header('content-length', String(length));
    return reply.code(200).send();
  }

  const body = bodies.open(page, coding, takesIdentity(accepted));
  const opened = await openBody(body);
  const all = [...standingHeaders(request), ...headers(), ...codingHeaders(page, body.coding)];
  request.sentPages = page.sent;
  if (find !== undefined && typeof content !== 'function') {
    const whole = (again: P): WholeAnswer | undefined => {
      const kept = bodies.kept(again, coding);
      if (kept === undefined) return undefined;
      const own = [...cache, ...again.headers, ...again.links, ...content, ...codingHeaders(again, coding)];
      const send = (response: ServerResponse, standing: string[]): void =>
        sendKept(response, [...standing, ...own], kept, deadlines);
      return { sent: again.sent, send, release: kept.release };
    };
    polls.remember(request, { coding, etag, cache, find, whole });
  }
  reply.hijack();
  try {
    await sendBody(reply.raw, all, opened, deadlines);
  } catch (error) {
    log.error('answer cut short', { id: request.id, error });
  }
  return reply;
}

function codingHeaders({ etags }: AnswerPage, coding: Coding): HeaderList {
  const etag = ['etag', etags[coding]];
  return coding === 'identity' ? etag : [...etag, 'content-encoding', coding];
}

/** The shortest answer is the most frequent: it is written without what the framework does for others. */
function sendNotModified(request: FastifyRequest, reply: FastifyReply, headers: HeaderList): FastifyReply {
  const all = notModifiedHeaders(request);
  all.push(...headers);
  void reply.hijack();
  reply.raw.writeHead(304, all);
  reply.raw.end();
  return reply;
}
