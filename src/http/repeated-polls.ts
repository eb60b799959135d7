import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { FastifyRequest } from 'fastify';

import { TIERS } from '../model/tier.ts';
import type { Clock } from '../model/time.ts';
import type { Log, RequestEntry } from '../observe/log.ts';
import type { RequestMeter } from '../observe/request-meter.ts';
import type { KeyRecord, Store } from '../store/store.ts';
import type { Guard } from './auth.ts';
import type { Coding } from './coding.ts';
import type { RateLimiter } from './rate-limit.ts';
import { newRequestId } from './request-id.ts';
import { type HeaderList, notModifiedHeaders } from './standing-headers.ts';

/** What an answer that nothing is new depends on besides the request. */
export interface PolledPage {
  readonly etags: Readonly<Record<Coding, string>>;
  readonly links: HeaderList;
}

/** A request that was answered with 304, and how to find out whether it would be again. */
export interface Poll {
  readonly coding: Coding;
  readonly etag: string;
  /** Headers of the 304 before those of the page. */
  readonly cache: HeaderList;
  /** The page that the request yields at a time. */
  readonly find: (now: number) => Promise<PolledPage>;
}

interface KeptPoll extends Poll {
  readonly url: string | undefined;
  readonly version: string;
  readonly rawHeaders: readonly string[];
  readonly route: string;
  readonly key: KeyRecord;
  readonly keyHash: Uint8Array;
}

export interface RepeatedPollsParts {
  readonly store: Pick<Store, 'findKey'>;
  readonly guard: Guard;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: RequestMeter | undefined;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Answers pollers that send the same request again on the same connection and have everything already: the most
 * frequent request there is. Key, limit and content are decided anew each time; what is spared is to read the same headers
 * again and the framework's way to the same answer. Whatever is not exactly as before goes that way.
 */
export class RepeatedPolls {
  readonly #parts: RepeatedPollsParts;
  readonly #polls = new WeakMap<Socket, KeptPoll>();
  #closing = false;

  constructor(parts: RepeatedPollsParts) {
    this.#parts = parts;
  }

  /** Puts itself before the listener that a server has. */
  intercept(server: Server): void {
    const [otherwise] = server.listeners('request') as [Listener];
    server.removeListener('request', otherwise);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const poll = this.#polls.get(request.socket);
      if (poll === undefined || this.#closing || !isSame(request, poll)) otherwise(request, response);
      else void this.#answer(poll, request, response, otherwise);
    });
  }

  /** From now on every request goes the framework's way. */
  close(): void {
    this.#closing = true;
  }

  /** Remembers a request that has just been answered with 304. */
  remember(request: FastifyRequest, poll: Poll): void {
    const { raw, apiKey } = request;
    const keyHash = this.#parts.guard.hashOn(raw.socket);
    const route = request.routeOptions.url;
    if (apiKey === null || keyHash === undefined || route === undefined || !isPlain(request)) return;
    const { url, httpVersion: version, rawHeaders } = raw;
    this.#polls.set(raw.socket, { ...poll, url, version, rawHeaders, route, key: apiKey, keyHash });
  }

  async #answer(
    poll: KeptPoll,
    request: IncomingMessage,
    response: ServerResponse,
    otherwise: Listener,
  ): Promise<void> {
    const { log, clock, meter } = this.#parts;
    const started = performance.now();
    const sentBefore = request.socket.bytesWritten;
    const id = newRequestId();
    const head = await this.#head(poll, id, clock()).catch(() => undefined);
    if (head === undefined) {
      this.#polls.delete(request.socket);
      otherwise(request, response);
      return;
    }
    response.writeHead(304, head);
    response.end();
    const entry: RequestEntry = {
      id,
      method: 'GET',
      route: poll.route,
      status: 304,
      ms: Math.round((performance.now() - started) * 100) / 100,
      bytes: request.socket.bytesWritten - sentBefore,
      key: poll.key.prefix,
      ip: undefined,
      cut: undefined,
    };
    log.request(entry);
    meter?.begin();
    meter?.end(entry);
  }

  /** The headers of the 304; undefined when the answer would be another one. The request is counted last. */
  async #head(poll: KeptPoll, id: string, now: number): Promise<string[] | undefined> {
    const { store, limiter } = this.#parts;
    const { etags, links } = await poll.find(now);
    if (etags[poll.coding] !== poll.etag) return undefined;
    const key = await store.findKey(poll.keyHash);
    // A key that was looked up anew may be another than it was: its address and tier are to be judged again.
    if (key !== poll.key || (key.expiresAt !== undefined && key.expiresAt <= now)) return undefined;
    const taken = limiter.take(key.id, TIERS[key.tier], now);
    const rate = taken instanceof Promise ? await taken : taken;
    if (!rate.allowed) return undefined;
    const head = notModifiedHeaders({ id, rate });
    head.push(...poll.cache, ...links, 'etag', poll.etag);
    return head;
  }
}

/** A body, or what announces one, is for the framework to deal with. */
function isPlain({ method, headers }: FastifyRequest): boolean {
  return (
    method === 'GET' &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined &&
    headers.expect === undefined
  );
}

function isSame(request: IncomingMessage, poll: KeptPoll): boolean {
  const { rawHeaders } = request;
  if (request.method !== 'GET' || request.url !== poll.url || request.httpVersion !== poll.version)
    return false;
  if (rawHeaders.length !== poll.rawHeaders.length) return false;
  for (let index = 0; index < rawHeaders.length; index += 1) {
    if (rawHeaders[index] !== poll.rawHeaders[index]) return false;
  }
  return true;
}
