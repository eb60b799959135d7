import type { Socket } from 'node:net';

import type { FastifyRequest } from 'fastify';

import { ApiError } from '../errors.ts';
import { hashApiKey } from '../model/api-key.ts';
import { TIERS, type TierName, tierSuffices } from '../model/tier.ts';
import { type Clock, formatTimestamp } from '../model/time.ts';
import type { KeyRecord, Soon, Store } from '../store/store.ts';
import { addressAllowed } from './allow-list.ts';
import {
  basicKey,
  type CredentialReader,
  bearerKey,
  challenged,
  headerKey,
  invalidKey,
  presentedKey,
  queryKey,
  requireKeyForm,
  TAXII_CREDENTIALS,
} from './credentials.ts';
import type { Operation } from './operation.ts';
import type { RateLimiter, RateVerdict } from './rate-limit.ts';
import type { SessionAuth, Sessions } from './sessions.ts';
import { isTaxiiRequest } from './taxii/paths.ts';

/**
 * Who may use a route, as the route itself declares it: anybody, whoever is signed in, or keys of a tier. `accepts` names the
 * ways in which a key may be sent, where they are not the usual ones; `basic` adds HTTP Basic to these, for products that can
 * send nothing else.
 */
export type RouteAuth =
  | 'none'
  | SessionAuth
  | { readonly tier: TierName; readonly accepts?: readonly CredentialReader[]; readonly basic?: true };

/** Whether a route is for API keys. */
export function isKeyed(auth: RouteAuth): auth is Exclude<RouteAuth, string> {
  return typeof auth !== 'string';
}

declare module 'fastify' {
  interface FastifyContextConfig {
    auth?: RouteAuth;
    /** `none` for what answers with errors alone, or stands at another path as well, where it is described. */
    operation?: Operation | 'none';
  }
  interface FastifyRequest {
    /** The key that the request was authenticated with; null where it was not. */
    apiKey: KeyRecord | null;
  }
}

export interface GuardOptions {
  readonly store: Pick<Store, 'findKey'>;
  readonly limiter: RateLimiter;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly apiKeyInQuery: boolean;
}

/** Decides who may come in. In this order: key, address, rate limit, tier; parameters are looked at after all of them. */
export class Guard {
  readonly #options: GuardOptions;
  readonly #readers: readonly CredentialReader[];
  readonly #everyReader: readonly CredentialReader[];
  readonly #hashes = new WeakMap<Socket, { readonly text: string; readonly hash: Uint8Array }>();

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#readers = options.apiKeyInQuery ? [bearerKey, headerKey, queryKey] : [bearerKey, headerKey];
    this.#everyReader = [...this.#readers, basicKey];
  }

  /** Lets a request in or throws `ApiError`; the key and what is left of its limit are noted on the request. */
  async admit(request: FastifyRequest, auth: RouteAuth): Promise<void> {
    if (auth === 'none') return;
    if (typeof auth === 'string') return await this.#options.sessions.admit(request, auth);
    const readers = auth.accepts ?? (auth.basic === true ? this.#everyReader : this.#readers);
    const key = await this.#identify(request, readers);
    const now = this.#options.clock();
    const taken = this.#options.limiter.take(key.id, TIERS[key.tier], now);
    // What is known is not waited for: most answers are short, and every wait makes them longer.
    note(request, taken instanceof Promise ? await taken : taken, now);
    if (!tierSuffices(key.tier, auth.tier)) {
      const needed = TIERS[auth.tier].label;
      const message = `This needs a ${needed} key: ${needed} includes it, ${TIERS[key.tier].label} does not.`;
      throw new ApiError('insufficient_tier', { message });
    }
  }

  /** Counts a request that is refused in any case, when it carries a valid key: a storm of them is limited too. */
  async countRefused(request: FastifyRequest): Promise<void> {
    let key: KeyRecord;
    try {
      const readers = isTaxiiRequest(request) ? TAXII_CREDENTIALS : this.#everyReader;
      key = await this.#identify(request, readers);
    } catch (error) {
      if (error instanceof ApiError) return;
      throw error;
    }
    const now = this.#options.clock();
    note(request, await this.#options.limiter.take(key.id, TIERS[key.tier], now), now);
  }

  /** The key that a request carries, valid from where it comes. Rejects with `ApiError`. */
  async #identify(request: FastifyRequest, readers: readonly CredentialReader[]): Promise<KeyRecord> {
    try {
      return this.#accept(request, await this.#find(request, readers));
    } catch (error) {
      throw challenged(error, readers);
    }
  }

  #find(request: FastifyRequest, readers: readonly CredentialReader[]): Soon<KeyRecord | undefined> {
    const text = presentedKey(request, readers);
    return this.#options.store.findKey(this.#hashOf(text, request.raw.socket));
  }

  #accept(request: FastifyRequest, key: KeyRecord | undefined): KeyRecord {
    if (key === undefined || key.revokedAt !== undefined) throw invalidKey();
    if (key.expiresAt !== undefined && key.expiresAt <= this.#options.clock()) {
      throw new ApiError('expired_api_key', {
        headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
      });
    }
    request.apiKey = key;
    if (key.allowedNetworks.length > 0 && !addressAllowed(request.ip, key.allowedNetworks)) {
      throw new ApiError('ip_not_allowed');
    }
    return key;
  }

  /** The hash of the key that was last sent on a connection. */
  hashOn(socket: Socket): Uint8Array | undefined {
    return this.#hashes.get(socket)?.hash;
  }

  /** A connection mostly sends one key: it is checked and hashed once. */
  #hashOf(text: string, socket: Socket): Uint8Array {
    const known = this.#hashes.get(socket);
    if (known?.text === text) return known.hash;
    requireKeyForm(text);
    const hash = hashApiKey(text);
    this.#hashes.set(socket, { text, hash });
    return hash;
  }
}

function note(request: FastifyRequest, verdict: RateVerdict, now: number): void {
  request.rate = verdict;
  if (!verdict.allowed) throw limitExceeded(verdict, now);
}

function limitExceeded({ window, limit, resetAt }: RateVerdict, now: number): ApiError {
  const seconds = Math.max(1, Math.ceil((resetAt - now) / 1_000));
  const count = limit.toLocaleString('en');
  const until = formatTimestamp(Math.ceil(resetAt / 1_000) * 1_000);
  return new ApiError('rate_limit_exceeded', {
    message: `The API key has used up its ${count} requests a ${window}. The next is possible at ${until}, in ${seconds} s.`,
    headers: { 'retry-after': String(seconds) },
  });
}
