import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Log } from '../observe/log.ts';

/**
 * Logs a request when its answer has ended, or its client has left. Neither the URL nor any header is logged: the
 * route says what was asked, and the key's prefix who asked.
 */
export function logRequest(log: Log, request: FastifyRequest, reply: FastifyReply): void {
  const started = performance.now();
  const response = reply.raw;
  const { socket } = request.raw;
  const sentBefore = socket.bytesWritten;
  response.on('close', () => {
    const { statusCode } = response;
    const refused = statusCode === 401 || statusCode === 403;
    log.info('request', {
      id: request.id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: statusCode,
      ms: Math.round((performance.now() - started) * 100) / 100,
      bytes: socket.bytesWritten - sentBefore,
      ...(request.apiKey && { key: request.apiKey.prefix }),
      ...(refused && { ip: request.ip }),
      ...(!response.writableFinished && { cut: true }),
    });
  });
}
