import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Log, RequestEntry } from '../observe/log.ts';
import type { RequestMeter } from '../observe/request-meter.ts';

/** What is noted of a request while it is under way. */
interface Noted {
  readonly log: Log;
  readonly meter: RequestMeter | undefined;
  readonly request: FastifyRequest;
  readonly socket: Socket;
  readonly started: number;
  readonly sentBefore: number;
}

const NOTED = Symbol('noted');

type NotedResponse = ServerResponse & { [NOTED]?: Noted };

/**
 * Logs and counts a request when its answer has ended, or its client has left. Neither the URL nor any header is logged: the
 * route says what was asked, and the key's prefix who asked.
 */
export function logRequest(
  log: Log,
  request: FastifyRequest,
  reply: FastifyReply,
  meter?: RequestMeter,
): void {
  const { socket } = request.raw;
  const response: NotedResponse = reply.raw;
  const started = performance.now();
  response[NOTED] = { log, meter, request, socket, started, sentBefore: socket.bytesWritten };
  meter?.begin();
  response.on('close', closed);
}

function closed(this: NotedResponse): void {
  const { log, meter, request, socket, started, sentBefore } = this[NOTED]!;
  const { statusCode } = this;
  const refused = statusCode === 401 || statusCode === 403;
  const entry: RequestEntry = {
    id: request.id,
    method: request.method,
    route: request.routeOptions.url ?? null,
    status: statusCode,
    ms: Math.round((performance.now() - started) * 100) / 100,
    bytes: socket.bytesWritten - sentBefore,
    key: request.apiKey?.prefix,
    ip: refused ? request.ip : undefined,
    cut: this.writableFinished ? undefined : true,
  };
  log.request(entry);
  meter?.end(entry);
}
