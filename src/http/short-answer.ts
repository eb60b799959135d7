import type { FastifyReply } from 'fastify';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Sends a text that is short, and kept by nobody but its caller: what it says depends on the key. */
export function sendShort(reply: FastifyReply, text: string, mediaType = JSON_TYPE): FastifyReply {
  return reply
    .header('cache-control', 'private, no-cache')
    .header('vary', 'Authorization, X-API-Key')
    .type(mediaType)
    .send(text);
}
