import { Agent, type Dispatcher } from 'undici';

import { AddressGuard } from './address-guard.ts';
import { takeBody, takePage, tooLarge } from './body.ts';
import { guardedConnector, systemResolve } from './connector.ts';
import { Deadline } from './deadline.ts';
import { ACCEPT_ENCODING } from './decoding.ts';
import { FetchFailure } from './failure.ts';
import type { Fetcher, FetchOutcome, FetchRequest } from './fetcher.ts';
import { carriesCredential, firstHop, type Hop, isFieldValue, nextHop } from './hop.ts';
import { HostTurns } from './host-turns.ts';
import { isBroken, networkFailure } from './network-failure.ts';
import { FETCH_LIMITS, type FetcherOptions, type FetchLimits, userAgent } from './options.ts';
import { CHALLENGING, refusalFailure } from './refusal.ts';
import { retryTime } from './retry-after.ts';
import { shownUrl } from './shown-url.ts';

/** A fetcher that has connections to let go of. */
export type OpenFetcher = Fetcher & {
  /** Cuts all connections; downloads under way fail. */
  close(): Promise<void>;
};

/** Makes the fetcher. Throws `RangeError` for a contact or a network that cannot be one. */
export function createFetcher(options: FetcherOptions): OpenFetcher {
  return new UndiciFetcher(options);
}

/** What a hop ended with: an outcome, or where to go on. */
type HopResult = { readonly outcome: FetchOutcome } | { readonly next: Hop };

/** An answer whose headers have come. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Dispatcher.ResponseData['body'];
}

/** What the steps of one hop share. */
interface Step {
  readonly hop: Hop;
  readonly request: FetchRequest;
  readonly deadline: Deadline;
  /** The hop's URL for people. */
  readonly from: string;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const DOCUMENTS = new Set([200, 201, 203, 204, 205]);

/** A server's own idea of how long an idle connection is kept counts up to this, in milliseconds. */
const LONGEST_IDLE = 60_000;

/** Longer validators are not kept: they come back in every request. */
const LONGEST_VALIDATOR = 1_024;

class UndiciFetcher implements OpenFetcher {
  readonly #options: FetcherOptions;
  readonly #limits: FetchLimits;
  readonly #userAgent: string;
  readonly #turns: HostTurns;
  /** Hosts that were reached in a network which only the operator's word opens. */
  readonly #internalHosts = new Set<string>();
  readonly #public: Agent;
  readonly #internal: Agent;

  constructor(options: FetcherOptions) {
    this.#options = options;
    this.#limits = { ...FETCH_LIMITS, ...options.limits };
    this.#userAgent = userAgent(options.version, options.contact);
    this.#turns = new HostTurns(this.#limits.perHost);
    this.#public = this.#agent(new AddressGuard());
    this.#internal = this.#agent(new AddressGuard(options.allowedNetworks));
  }

  async fetch(request: FetchRequest, signal: AbortSignal): Promise<FetchOutcome> {
    signal.throwIfAborted();
    try {
      return await this.#follow(request, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof FetchFailure) return error.outcome;
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#public.destroy(), this.#internal.destroy()]);
  }

  async #follow(request: FetchRequest, signal: AbortSignal): Promise<FetchOutcome> {
    let hop = firstHop(request);
    let left = this.#limits.totalTimeout;
    for (let redirects = 0; redirects <= this.#limits.redirects; redirects += 1) {
      const release = await this.#turns.take(hop.url.hostname, signal);
      const from = shownUrl(hop.url);
      const deadline = new Deadline(signal, left, from);
      try {
        const result = await this.#visit({ hop, request, deadline, from });
        if ('outcome' in result) return result.outcome;
        hop = result.next;
      } finally {
        left -= deadline.end();
        release();
      }
    }
    const advice = `more than ${this.#limits.redirects} redirects, the last to ${shownUrl(hop.url)}`;
    throw new FetchFailure('redirect_loop', advice);
  }

  async #visit(step: Step): Promise<HopResult> {
    let answer: Answer | undefined;
    try {
      answer = await this.#ask(step);
      return await this.#judge(step, answer);
    } catch (error) {
      const { signal } = step.deadline;
      const cause: unknown = signal.aborted ? signal.reason : error;
      throw networkFailure(cause, step.from, answer !== undefined);
    } finally {
      answer?.body.on('error', () => undefined).destroy();
    }
  }

  /** Sends the request; once more where the connection turns out to have been closed since its last use. */
  async #ask({ hop, request, deadline }: Step): Promise<Answer> {
    const agent = hop.mayEnterInternal ? this.#internal : this.#public;
    const send = (): Promise<Dispatcher.ResponseData> =>
      agent.request({
        origin: hop.url.origin,
        path: hop.url.pathname + hop.url.search,
        method: 'GET',
        headers: this.#headers(hop, request),
        headersTimeout: this.#limits.headersTimeout,
        bodyTimeout: this.#limits.idleTimeout,
        signal: deadline.signal,
      });
    const { statusCode, headers, body } = await send().catch((error: unknown) => {
      if (isBroken(error) && !deadline.signal.aborted) return send();
      throw error;
    });
    return { status: statusCode, headers: joined(headers), body };
  }

  #headers(hop: Hop, { etag, lastModified }: FetchRequest): Record<string, string> {
    return {
      accept: '*/*',
      ...hop.headers,
      'user-agent': this.#userAgent,
      'accept-encoding': ACCEPT_ENCODING,
      ...(isValidator(etag) && { 'if-none-match': etag }),
      ...(isValidator(lastModified) && { 'if-modified-since': lastModified }),
    };
  }

  async #judge(step: Step, answer: Answer): Promise<HopResult> {
    const { hop, request, deadline } = step;
    const { status, headers, body } = answer;
    if (REDIRECTS.has(status)) {
      const host = hop.url.hostname.replaceAll(/^\[|\]$/g, '');
      return { next: nextHop(hop, headers['location'], this.#internalHosts.has(host)) };
    }
    if (status === 304 && (isValidator(request.etag) || isValidator(request.lastModified))) {
      await body.dump({ limit: 0, signal: deadline.signal });
      return { outcome: { state: 'unchanged' } };
    }
    deadline.watch(this.#limits.pace);
    if (DOCUMENTS.has(status)) return { outcome: await this.#take(step, answer) };
    const page = CHALLENGING.has(status) ? await takePage(body, headers['content-encoding']) : '';
    throw refusalFailure({
      status,
      from: step.from,
      headers,
      page,
      withKey: carriesCredential(hop),
      retryAt: retryTime(headers['retry-after'], this.#options.clock()),
    });
  }

  async #take({ hop, request, deadline }: Step, { headers, body }: Answer): Promise<FetchOutcome> {
    const { maxBytes } = request;
    if (Number(headers['content-length']) > maxBytes) throw tooLarge(maxBytes);
    const spooled = await takeBody({
      bytes: watched(body, deadline),
      contentEncoding: headers['content-encoding'],
      maxBytes,
      spoolDirectory: this.#options.spoolDirectory,
      signal: deadline.signal,
    });
    const { etag, 'last-modified': lastModified, 'content-type': contentType } = headers;
    return {
      state: 'fetched',
      ...spooled,
      ...(isValidator(etag) && { etag }),
      ...(isValidator(lastModified) && { lastModified }),
      ...(contentType !== undefined && { contentType }),
      headers,
      url: hop.url.href,
    };
  }

  #agent(guard: AddressGuard): Agent {
    const { resolve = systemResolve, ca } = this.#options;
    return new Agent({
      connections: this.#limits.perHost.atOnce,
      allowH2: false,
      keepAliveMaxTimeout: LONGEST_IDLE,
      connect: guardedConnector({
        guard,
        resolve,
        timeout: this.#limits.connectTimeout,
        onInternal: (hostname) => this.#internalHosts.add(hostname),
        ...(ca !== undefined && { ca }),
      }),
    });
  }
}

async function* watched(body: Answer['body'], deadline: Deadline): AsyncGenerator<Uint8Array> {
  for await (const chunk of body as AsyncIterable<Buffer>) {
    deadline.arrived(chunk.length);
    yield chunk;
  }
}

function joined(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]),
  );
}

function isValidator(text: string | undefined): text is string {
  return text !== undefined && text !== '' && text.length <= LONGEST_VALIDATOR && isFieldValue(text);
}
