import type { Server } from 'node:http';

import type { FastifyHttpOptions } from 'fastify';

import { answerClientError, MOST_HEAD } from './client-error.ts';
import type { HttpConfig } from './config.ts';
import { newRequestId } from './request-id.ts';

/** No request of this API has a body worth more. */
const BODY_LIMIT = 65_536;

/** How paths are matched. */
export const ROUTER = { maxParamLength: 200 };

/** Fastify's options: every limit is set, as several of its defaults are none. */
export function serverOptions(config: HttpConfig): FastifyHttpOptions<Server> {
  return {
    logger: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: config.requestTimeout,
    keepAliveTimeout: config.keepAliveTimeout,
    // Node drops a socket on which nothing moves for so long, in whichever direction.
    connectionTimeout: config.progressDeadline,
    // A route that takes HEAD says so: the framework's own would render the whole answer for its length.
    exposeHeadRoutes: false,
    requestIdHeader: false,
    genReqId: newRequestId,
    // Never `true`: then a client could forge its address.
    trustProxy: config.trustProxy.length > 0 ? [...config.trustProxy] : false,
    // We answer in our own shape while closing.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: ROUTER,
    rewriteUrl: originForm,
    clientErrorHandler: answerClientError,
    http: {
      headersTimeout: config.headersTimeout,
      connectionsCheckingInterval: Math.min(5_000, config.headersTimeout),
      maxHeaderSize: MOST_HEAD,
      requireHostHeader: false,
      // Else Node drops all but the first of some headers, and of two keys in `Authorization` nobody knows the second.
      joinDuplicateHeaders: true,
    },
  };
}

/** The target in origin form: a server must take the absolute form too (RFC 9112 §3.2.2), and never believes its host. */
function originForm({ url = '/' }: { readonly url?: string | undefined }): string {
  if (url.startsWith('/')) return url;
  const path = /^https?:\/\/[^/?#]*(.*)$/i.exec(url)?.[1];
  if (path === undefined) return url;
  return path.startsWith('/') ? path : `/${path}`;
}
