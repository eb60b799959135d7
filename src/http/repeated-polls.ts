import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { FastifyRequest } from 'fastify';

import { TIERS } from '../model/tier.ts';
import type { Clock } from '../model/time.ts';
import type { RequestEntry } from '../observe/log.ts';
import type { KeyRecord, Soon, Store } from '../store/store.ts';
import type { Guard } from './auth.ts';
import type { Coding } from './coding.ts';
import type { SentPage } from './delivery.ts';
import type { RateLimiter, RateVerdict } from './rate-limit.ts';
import { newRequestId } from './request-id.ts';
import { logRequest, type Observers } from './request-log.ts';
import { type HeaderList, notModifiedHeaders, standingHeaders } from './standing-headers.ts';

/** What an answer that nothing is new depends on besides the request. */
export interface PolledPage {
  readonly etags: Readonly<Record<Coding, string>>;
  readonly links: HeaderList;
}

/** A request that was answered with 304, or with a page that was there, and how to find out whether it would be again. */
export interface Poll<P extends PolledPage = PolledPage> {
  readonly coding: Coding;
  readonly etag: string;
  /** Headers of the answer before those of the page. */
  readonly cache: HeaderList;
  /** The page that the request yields at a time. */
  readonly find: (now: number) => Soon<P>;
  /** Where the answer was a page: the same again, undefined where it is not there any more. */
  whole?(page: P): WholeAnswer | undefined;
}

/** A page that is there to be sent, or to be released. */
export interface WholeAnswer {
  /** What it has of published versions, for receipts. */
  readonly sent: readonly SentPage[] | null;
  /** Sends it under headers of the request and its own, and releases it at the end. */
  readonly send: (response: ServerResponse, headers: string[]) => void;
  readonly release: () => void;
}

interface Judged {
  readonly rate: RateVerdict;
  readonly links: HeaderList;
  readonly whole: WholeAnswer | undefined;
}

interface KeptPoll extends Poll {
  readonly url: string | undefined;
  readonly version: string;
  readonly rawHeaders: readonly string[];
  readonly route: string;
  readonly ip: string;
  readonly key: KeyRecord;
  readonly keyHash: Uint8Array;
}

export interface RepeatedPollsParts {
  readonly store: Pick<Store, 'findKey'>;
  readonly guard: Guard;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly observers: Observers;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Answers pollers that send the same request again on the same connection, and have everything already, the most frequent request
 * there is, or ask for a page that is in memory. Key, limit and content are decided anew each time; what is spared is to read the same headers
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
      else this.#answer(poll, request, response, otherwise);
    });
  }

  /** From now on every request goes the framework's way. */
  close(): void {
    this.#closing = true;
  }

  /** Remembers a request that has just been answered. */
  remember<P extends PolledPage>(request: FastifyRequest, poll: Poll<P>): void {
    const { raw, apiKey } = request;
    const keyHash = this.#parts.guard.hashOn(raw.socket);
    const route = request.routeOptions.url;
    if (apiKey === null || keyHash === undefined || route === undefined || !isPlain(request)) return;
    const { url, httpVersion: version, rawHeaders } = raw;
    const { ip } = request;
    const kept = { ...poll, url, version, rawHeaders, route, ip, key: apiKey, keyHash };
    this.#polls.set(raw.socket, kept);
  }

  /** Answers at once where all is known, else when it is. */
  #answer(poll: KeptPoll, request: IncomingMessage, response: ServerResponse, otherwise: Listener): void {
    const started = performance.now();
    const finish = (known: Judged | undefined): void => {
      if (known?.whole !== undefined) {
        this.#sendWhole(poll, request, response, known.rate, known.whole);
        return;
      }
      if (known !== undefined) {
        this.#send(poll, request, response, known, started);
        return;
      }
      this.#polls.delete(request.socket);
      otherwise(request, response);
    };
    const now = this.#parts.clock();
    let judged: Soon<Judged | undefined>;
    try {
      judged = this.#judge(poll, now);
    } catch {
      // The framework's way fails in the same manner, and tells of it.
      judged = undefined;
    }
    if (judged instanceof Promise) void judged.catch(() => undefined).then(finish);
    else finish(judged);
  }

  /** What the answer is to say; undefined when the answer would be another one. The request is counted last. */
  #judge(poll: KeptPoll, now: number): Soon<Judged | undefined> {
    const page = poll.find(now);
    const key = this.#parts.store.findKey(poll.keyHash);
    if (page instanceof Promise || key instanceof Promise) {
      return Promise.all([page, key]).then(([found, known]) => this.#count(poll, found, known, now));
    }
    return this.#count(poll, page, key, now);
  }

  #count(
    poll: KeptPoll,
    page: PolledPage,
    key: KeyRecord | undefined,
    now: number,
  ): Soon<Judged | undefined> {
    const { etags, links } = page;
    if (etags[poll.coding] !== poll.etag) return undefined;
    // A key that was looked up anew may be another than it was: its address and tier are to be judged again.
    if (key !== poll.key || (key.expiresAt !== undefined && key.expiresAt <= now)) return undefined;
    const whole = poll.whole?.(page);
    if (poll.whole !== undefined && whole === undefined) return undefined;
    const judge = (rate: RateVerdict): Judged | undefined => {
      if (rate.allowed) return { rate, links, whole };
      whole?.release();
      return undefined;
    };
    const taken = this.#parts.limiter.take(key.id, TIERS[key.tier], now);
    if (!(taken instanceof Promise)) return judge(taken);
    return taken.then(judge, (error: unknown) => {
      whole?.release();
      throw error;
    });
  }

  #sendWhole(
    { key: apiKey, ip, route: url }: KeptPoll,
    raw: IncomingMessage,
    response: ServerResponse,
    rate: RateVerdict,
    { sent, send }: WholeAnswer,
  ): void {
    const id = newRequestId();
    const request = { id, method: 'GET', apiKey, rate, sentPages: sent, ip, raw, routeOptions: { url } };
    logRequest(this.#parts.observers, { ...request, otherRoute: null }, { raw: response });
    send(response, standingHeaders({ id, rate }));
  }

  #send(
    poll: KeptPoll,
    { socket }: IncomingMessage,
    response: ServerResponse,
    { rate, links }: Judged,
    started: number,
  ): void {
    const { log, usage, meter } = this.#parts.observers;
    const sentBefore = socket.bytesWritten;
    const id = newRequestId();
    const head = notModifiedHeaders({ id, rate });
    head.push(...poll.cache, ...links, 'etag', poll.etag);
    response.writeHead(304, head);
    response.end();
    const ms = performance.now() - started;
    const { key: apiKey, ip, route } = poll;
    const entry: RequestEntry = {
      id,
      method: 'GET',
      route,
      status: 304,
      ms: Math.round(ms * 100) / 100,
      bytes: socket.bytesWritten - sentBefore,
      key: apiKey.prefix,
      ip: undefined,
      cut: undefined,
    };
    log.request(entry);
    usage.count(
      { apiKey, rate, sentPages: null, ip, method: 'GET' },
      { route, status: 304, ms, complete: true },
    );
    meter?.begin();
    meter?.end(entry);
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
