import type { FastifyReply } from 'fastify';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Its type, and whether it depends on the Accept header. */
interface ShortForm {
  readonly mediaType?: string;
  readonly typed?: boolean;
}

/** Sends a text that is short, and kept by nobody but its caller: what it says depends on the key. */
export function sendShort(
  reply: FastifyReply,
  text: string,
  { mediaType = JSON_TYPE, typed = false }: ShortForm = {},
): FastifyReply {
  return reply
    .header('cache-control', 'private, no-cache')
    .header('vary', `${typed ? 'Accept, ' : ''}Authorization, X-API-Key`)
    .type(mediaType)
    .send(text);
}
