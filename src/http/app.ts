import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';

import { ApiError } from '../errors.ts';
import type { Contribute } from '../model/contribution.ts';
import type { Clock } from '../model/time.ts';
import type { Log } from '../observe/log.ts';
import type { RequestMeter } from '../observe/request-meter.ts';
import type { Store } from '../store/store.ts';
import { Guard } from './auth.ts';
import { BodyCache } from './body-cache.ts';
import { clientErrorCode } from './client-error.ts';
import type { HttpConfig } from './config.ts';
import { consolePages } from './console/pages.ts';
import { errorHandler, unavailable } from './errors.ts';
import type { DescribedRoute } from './openapi/document.ts';
import { KnownPaths } from './other-methods.ts';
import { RateLimiter } from './rate-limit.ts';
import { KeyDesk } from './key-desk.ts';
import { RepeatedPolls } from './repeated-polls.ts';
import { logRequest } from './request-log.ts';
import { articles } from './routes/articles.ts';
import { docs } from './routes/docs.ts';
import { iocsCount } from './routes/iocs-count.ts';
import { iocsExport } from './routes/iocs-export.ts';
import { iocsFirewall } from './routes/iocs-firewall.ts';
import { iocsList } from './routes/iocs-list.ts';
import { iocsSearch } from './routes/iocs-search.ts';
import { iocsStats } from './routes/iocs-stats.ts';
import { iocsStix } from './routes/iocs-stix.ts';
import { keysUsage } from './routes/keys-usage.ts';
import { keys } from './routes/keys.ts';
import { lookup } from './routes/lookup.ts';
import { openapi } from './routes/openapi.ts';
import { session } from './routes/session.ts';
import { iocsWhy } from './routes/iocs-why.ts';
import { mispFeed } from './routes/misp-feed.ts';
import { serverOptions } from './server.ts';
import { Sessions } from './sessions.ts';
import { SignIn } from './sign-in.ts';
import { taxii } from './taxii/routes.ts';
import { addStandingHeaders } from './standing-headers.ts';
import { keepTickShape } from './tick-shape.ts';
import { UsageMeter } from './usage-meter.ts';

/** What the HTTP side is made of. */
export interface AppParts {
  readonly store: Store;
  readonly config: HttpConfig;
  readonly clock: Clock;
  readonly log: Log;
  /** Counts requests, where somebody wants to know. */
  readonly meter?: RequestMeter | undefined;
  /** Takes in what partners contribute; without it, nobody may. */
  readonly contribute?: Contribute;
}

/** What a route is made of: bodies of all routes share one memory. */
export interface RouteParts extends AppParts {
  readonly cache: BodyCache;
  readonly polls: RepeatedPolls;
}

/**
 * Builds the HTTP server, ready to listen or to be injected requests. Throws when a route does not declare who may
 * use it, or what it is for. Closing it lets answers under way finish; the store stays open.
 */
export function buildApp({ store, config, clock, log, meter, contribute }: AppParts): FastifyInstance {
  const usage = new UsageMeter({ store, clock, log });
  const observers = { log, usage, meter };
  const app = fastify({
    ...serverOptions(config),
    frameworkErrors: (error, request, reply) => {
      logRequest(observers, request, reply);
      // No hook sees these.
      addStandingHeaders(request, reply);
      handleError(error, request, reply);
    },
  });
  keepTickShape();
  const handleError = errorHandler(log, meter);
  const limiter = new RateLimiter(store);
  const sessions = new Sessions(store, clock);
  const guard = new Guard({ store, limiter, sessions, clock, apiKeyInQuery: config.apiKeyInQuery });
  const polls = new RepeatedPolls({ store, guard, limiter, clock, observers });
  polls.intercept(app.server);
  app.server.maxConnections = config.maxConnections;
  // Node answers it with 417 and no word of why; an expectation that is not known may be passed over (RFC 9110 §10.1.1).
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.server.on('clientError', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ECONNRESET') meter?.refuse(clientErrorCode(error));
  });
  app.decorateRequest('apiKey', null);
  app.decorateRequest('rate', null);
  app.decorateRequest('signedIn', null);
  app.decorateRequest('sentPages', null);
  app.decorateRequest('otherRoute', null);
  app.decorate('usage', usage);
  app.addHook('onClose', () => usage.close());
  app.setErrorHandler(handleError);

  let closing = false;
  const paths = new KnownPaths();
  app.addHook('onRequest', (request, reply, done) => {
    logRequest(observers, request, reply);
    if (closing) {
      reply.header('connection', 'close');
      done(unavailable('The server is shutting down. Try again soon.'));
    } else if (request.raw.httpVersion === '1.1' && !isOneHost(request.headers.host)) {
      const message = 'The request has no Host header, or more than one (RFC 9112 §3.2).';
      done(new ApiError('bad_request', { message }));
    } else if (request.is404) {
      // Here and not in a handler: a body is of no use to a path that is not there, and is not read.
      void refuseUnknown(guard, paths, request, done);
    } else done();
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    addStandingHeaders(request, reply);
    done();
  });

  const described: DescribedRoute[] = [];
  app.addHook('onRoute', (route) => {
    const { auth, operation } = route.config ?? {};
    if (auth === undefined)
      throw new Error(`the route ${route.url} does not declare who may use it (config.auth)`);
    if (operation === undefined)
      throw new Error(`the route ${route.url} does not declare what it is for (config.operation)`);
    const admit = (request: FastifyRequest): Promise<void> => guard.admit(request, auth);
    if (auth !== 'none') route.onRequest = [admit, ...[route.onRequest ?? []].flat()];
    const methods = [route.method].flat();
    paths.add(route.url, methods);
    if (operation !== 'none') described.push({ url: route.url, methods, auth, operation });
  });
  closeInOrder(app, config, () => {
    closing = true;
    polls.close();
  });

  const cache = new BodyCache(config.cacheBytes, config.cacheBodyBytes);
  meter?.watchCache(() => cache.counts());
  const parts = {
    store,
    config,
    clock,
    log,
    meter,
    cache,
    polls,
    ...(contribute !== undefined && { contribute }),
  };
  app.register(async (scope) => iocsList(scope, parts));
  app.register(async (scope) => iocsExport(scope, parts));
  app.register(async (scope) => iocsFirewall(scope, parts));
  app.register(async (scope) => iocsCount(scope, parts));
  app.register(async (scope) => iocsSearch(scope, parts));
  app.register(async (scope) => iocsStats(scope, parts));
  app.register(async (scope) => iocsStix(scope, parts));
  app.register(async (scope) => lookup(scope, parts));
  app.register(async (scope) => iocsWhy(scope, parts));
  app.register(async (scope) => articles(scope, parts));
  app.register(async (scope) => mispFeed(scope, parts));
  app.register(async (scope) => taxii(scope, parts));
  const signIn = new SignIn(store, sessions, clock);
  const consoleParts = { ...parts, sessions, signIn, desk: new KeyDesk(store, clock), usage };
  app.register(async (scope) => session(scope, consoleParts));
  app.register(async (scope) => keys(scope, consoleParts));
  app.register(async (scope) => keysUsage(scope, consoleParts));
  app.register(async (scope) => consolePages(scope, consoleParts));
  app.register(async (scope) => docs(scope, parts));
  app.register(async (scope) => openapi(scope, parts, described));

  return app;
}

/** Whether there is one Host header; the lines of several arrive joined by commas. */
function isOneHost(host: string | undefined): boolean {
  return host !== undefined && !host.includes(',');
}

async function refuseUnknown(
  guard: Guard,
  paths: KnownPaths,
  request: FastifyRequest,
  done: (error: Error) => void,
): Promise<void> {
  let refusal: unknown = paths.refusal(request);
  try {
    await guard.countRefused(request);
  } catch (error) {
    refusal = error;
  }
  done(refusal as Error);
}

/** How often connections that have become idle are looked for while the server closes, in milliseconds. */
const SWEEP = 50;

/** On closing, new requests are refused, those under way may finish for a while, then everything is cut. */
function closeInOrder(app: FastifyInstance, config: HttpConfig, onClosing: () => void): void {
  const { server } = app;
  app.addHook('preClose', (done) => {
    onClosing();
    if (!server.listening) return done();
    const idle = setInterval(() => server.closeIdleConnections(), SWEEP);
    const late = setTimeout(() => server.closeAllConnections(), config.drainTimeout);
    server.once('close', () => {
      clearInterval(idle);
      clearTimeout(late);
    });
    done();
  });
}
