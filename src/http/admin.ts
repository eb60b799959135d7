import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { METRIC_TEXT_TYPE } from '../observe/metric-text.ts';
import type { StoreCheck } from '../store/store.ts';

/** What is told to probes and to Prometheus. */
export interface AdminParts {
  /** Each part that has to work for requests to be answered. Does not reject. */
  readonly checks: () => Promise<readonly StoreCheck[]>;
  /** Everything that is measured, in Prometheus's text format. */
  readonly metrics: () => Promise<string>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Probes are few and small: whatever is more, larger or slower is none. Times are milliseconds. */
const LIMITS = {
  maxHeaderSize: 4_096,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_000,
};
const MOST_CONNECTIONS = 64;

const TEXT = 'text/plain; charset=utf-8';

/**
 * Makes the server of `/livez`, `/readyz` and `/metrics`. It asks for no key, so it is for an address that only the operator
 * reaches. Probes that come at the same time share one look.
 */
export function createAdminServer({ checks, metrics }: AdminParts): Server {
  const paths: Readonly<Record<string, () => Promise<Answer>>> = {
    '/livez': async () => ({ status: 200, type: TEXT, body: 'ok\n' }),
    '/readyz': shared(async () => readiness(await checks())),
    '/metrics': shared(async () => ({ status: 200, type: METRIC_TEXT_TYPE, body: await metrics() })),
  };
  const server = createServer(LIMITS, (request, response) => {
    request.resume();
    void answerOf(paths, request).then((answer) => send(request, response, answer));
  });
  server.maxConnections = MOST_CONNECTIONS;
  return server;
}

async function answerOf(
  paths: Readonly<Record<string, () => Promise<Answer>>>,
  { method = '', url = '' }: IncomingMessage,
): Promise<Answer> {
  const [path = ''] = url.split('?', 1);
  if (!Object.hasOwn(paths, path))
    return { status: 404, type: TEXT, body: `There are ${Object.keys(paths).join(', ')}.\n` };
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, type: TEXT, body: 'Only GET.\n', headers: { allow: 'GET, HEAD' } };
  try {
    return await paths[path]!();
  } catch {
    return { status: 500, type: TEXT, body: 'This could not be found out.\n' };
  }
}

/** `{"ready":true,"checks":{"store":"ok",…}}`; 503 where any check has a problem, which is told instead of `ok`. */
function readiness(checks: readonly StoreCheck[]): Answer {
  const ready = checks.every(({ problem }) => problem === undefined);
  const told = Object.fromEntries(checks.map(({ name, problem = 'ok' }) => [name, problem]));
  return {
    status: ready ? 200 : 503,
    type: 'application/json; charset=utf-8',
    body: `${JSON.stringify({ ready, checks: told })}\n`,
  };
}

function send({ method }: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { status, type, body, headers } = answer;
  response.writeHead(status, {
    ...headers,
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(method === 'HEAD' ? undefined : body);
}

/** Calls `work` once for all who ask while it is under way. */
function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/** Listens and returns the URL. Rejects with what the system says. */
export function listenOn(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${bound}`);
    });
  });
}

/** Cuts whoever is connected and stops listening. */
export function closeAdmin(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
