import { timingSafeEqual } from 'node:crypto';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { ApiError } from '../errors.ts';
import { csrfTokenOf, hashCookieSecret, makeCookieSecret, sessionEnd } from '../model/session.ts';
import type { TierName } from '../model/tier.ts';
import type { Clock } from '../model/time.ts';
import type { Store } from '../store/store.ts';
import { readCookie, setCookie } from './cookies.ts';
import { requireSameSite } from './same-site.ts';

/** Who is signed in. */
export interface SignedIn {
  readonly account: string;
  readonly tier: TierName;
  readonly hash: Uint8Array;
  /** What a request that changes something has to carry. */
  readonly csrfToken: string;
  /** When the session ends unless it is used, in UTC milliseconds. */
  readonly endsAt: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is signed in; null where nobody was asked for. */
    signedIn: SignedIn | null;
  }
}

/** `session`: the token comes in `X-CSRF-Token`; `session-form`: in a form, which is checked once the body is there. */
export type SessionAuth = 'session' | 'session-form';

/** The use of a session is noted so often, in milliseconds. */
const NOTED = 60_000;

/** Sessions of the console, by a cookie that only its browser knows. */
export class Sessions {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Lets in whoever is signed in, or throws `ApiError`. */
  async admit(request: FastifyRequest, auth: SessionAuth): Promise<void> {
    const safe = request.method === 'GET' || request.method === 'HEAD';
    if (!safe) requireSameSite(request);
    const found = await this.find(request);
    if (found === undefined) {
      throw new ApiError('not_signed_in', { headers: { 'www-authenticate': 'Session realm="console"' } });
    }
    request.signedIn = found;
    if (!safe && auth === 'session') requireToken(request, request.headers['x-csrf-token']);
  }

  /** The session that a request's cookie names, while it lasts. */
  async find(request: FastifyRequest): Promise<SignedIn | undefined> {
    const secret = readCookie(request, 'session');
    const hash = secret === undefined ? undefined : hashCookieSecret(secret);
    if (hash === undefined) return undefined;
    const session = await this.#store.findSession(hash);
    if (session === undefined) return undefined;
    const now = this.#clock();
    if (sessionEnd(session) <= now) {
      // Once ended it stays so, even if the clock is set back.
      await this.#store.endSession(hash);
      return undefined;
    }
    if (now - session.usedAt >= NOTED) await this.#store.touchSession(hash, now);
    const { account, tier, createdAt, usedAt } = session;
    const endsAt = sessionEnd({ createdAt, usedAt: Math.max(now, usedAt) });
    return { account, tier, hash, csrfToken: csrfTokenOf(secret!), endsAt };
  }

  /** Begins a session under a new secret, ends the one that the browser came with, and sets its cookies. False as `beginSession`. */
  async begin(
    request: FastifyRequest,
    reply: FastifyReply,
    account: { readonly name: string; readonly tier: TierName; readonly passwordAt: number },
  ): Promise<SignedIn | undefined> {
    const now = this.#clock();
    const { text, hash } = makeCookieSecret();
    const known = readCookie(request, 'device') ?? '';
    const knownDevice = hashCookieSecret(known);
    const device = knownDevice === undefined ? makeCookieSecret() : { text: known, hash: knownDevice };
    const { name, tier, passwordAt } = account;
    const session = { hash, account: name, passwordAt, device: device.hash };
    if (!(await this.#store.beginSession(session, now))) return undefined;
    await this.#endOld(request);
    setCookie(request, reply, 'session', text);
    setCookie(request, reply, 'device', device.text);
    const endsAt = sessionEnd({ createdAt: now, usedAt: now });
    return { account: name, tier, hash, csrfToken: csrfTokenOf(text), endsAt };
  }

  async end(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.#endOld(request);
    setCookie(request, reply, 'session', undefined);
  }

  async #endOld(request: FastifyRequest): Promise<void> {
    const old = hashCookieSecret(readCookie(request, 'session') ?? '');
    if (old !== undefined) await this.#store.endSession(old);
  }
}

/** Throws `ApiError` unless the token is that of the session. */
export function requireToken(request: FastifyRequest, token: unknown): void {
  const expected = Buffer.from(request.signedIn?.csrfToken ?? '');
  const given = Buffer.from(typeof token === 'string' ? token : '');
  const right = expected.byteLength > 0 && expected.byteLength === given.byteLength;
  if (!right || !timingSafeEqual(expected, given)) throw new ApiError('cross_site_request');
}
