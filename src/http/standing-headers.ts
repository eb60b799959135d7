import type { FastifyReply, FastifyRequest } from 'fastify';

import type { RateVerdict } from './rate-limit.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What is left of the limit of the request's key; nothing while none was counted. */
    rate: RateVerdict | null | undefined;
  }
}

type Counted = Pick<FastifyRequest, 'id' | 'rate'>;

/** Headers as `writeHead` takes them, names and values in turn. */
export type HeaderList = readonly string[];

const POLICY = "default-src 'none'; frame-ancestors 'none'";

/**
 * The headers of every answer: its id, what a browser may make of it, and what is left of the key's limit. An answer
 * that the framework sends is given them by `addStandingHeaders`; one that is written past it begins with them.
 */
export function standingHeaders(request: Counted): string[] {
  const headers = notModifiedHeaders(request);
  headers.push('x-content-type-options', 'nosniff', 'content-security-policy', POLICY);
  return headers;
}

/** Those of them that a 304 has: what a browser may make of a content was said with the content (RFC 9110 §15.4.5). */
export function notModifiedHeaders({ id, rate }: Counted): string[] {
  const headers = ['x-request-id', id];
  if (rate) {
    headers.push('x-ratelimit-limit', String(rate.limit));
    headers.push('x-ratelimit-remaining', String(rate.remaining));
    headers.push('x-ratelimit-reset', String(Math.ceil(rate.resetAt / 1_000)));
  }
  return headers;
}

/** Puts them on a reply, but for those that its route has set otherwise. */
export function addStandingHeaders(request: FastifyRequest, reply: FastifyReply): void {
  const headers = reply.statusCode === 304 ? notModifiedHeaders(request) : standingHeaders(request);
  for (let index = 0; index < headers.length; index += 2) {
    if (!reply.hasHeader(headers[index]!)) void reply.header(headers[index]!, headers[index + 1]!);
  }
}

/** Puts headers on a reply that the framework sends. */
export function addHeaders(reply: FastifyReply, headers: HeaderList): void {
  for (let index = 0; index < headers.length; index += 2) {
    void reply.header(headers[index]!, headers[index + 1]!);
  }
}
