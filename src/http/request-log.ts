import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { FastifyRequest } from 'fastify';

import type { Log, RequestEntry } from '../observe/log.ts';
import type { RequestMeter } from '../observe/request-meter.ts';
import type { CountedRequest, UsageMeter } from './usage-meter.ts';

/** Who wants to know how requests end. */
export interface Observers {
  readonly log: Log;
  readonly usage: UsageMeter;
  readonly meter: RequestMeter | undefined;
}

/** What is told of a request. */
export type LoggedRequest = Pick<FastifyRequest, 'id' | 'method' | 'otherRoute'> &
  CountedRequest & {
    readonly routeOptions: { readonly url?: string | undefined };
    readonly raw: { readonly socket: Socket };
  };

/** What is noted of a request while it is under way. */
interface Noted extends Observers {
  readonly request: LoggedRequest;
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
  observers: Observers,
  request: LoggedRequest,
  reply: { readonly raw: ServerResponse },
): void {
  const { socket } = request.raw;
  const response: NotedResponse = reply.raw;
  const started = performance.now();
  response[NOTED] = { ...observers, request, socket, started, sentBefore: socket.bytesWritten };
  observers.meter?.begin();
  response.on('close', closed);
}

function closed(this: NotedResponse): void {
  const { log, meter, usage, request, socket, started, sentBefore } = this[NOTED]!;
  const { statusCode } = this;
  const refused = statusCode === 401 || statusCode === 403;
  const ms = performance.now() - started;
  const route = request.routeOptions.url ?? request.otherRoute;
  usage.count(request, { route, status: statusCode, ms, complete: this.writableFinished });
  const entry: RequestEntry = {
    id: request.id,
    method: request.method,
    route,
    status: statusCode,
    ms: Math.round(ms * 100) / 100,
    bytes: socket.bytesWritten - sentBefore,
    key: request.apiKey?.prefix,
    ip: refused ? request.ip : undefined,
    cut: this.writableFinished ? undefined : true,
  };
  log.request(entry);
  meter?.end(entry);
}
