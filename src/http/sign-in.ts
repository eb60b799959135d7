import type { FastifyReply, FastifyRequest } from 'fastify';

import { ApiError } from '../errors.ts';
import { clientNetwork } from '../model/network.ts';
import { ParameterError } from '../model/parameters.ts';
import { hashPassword, passwordProblem, verifyPassword } from '../model/password.ts';
import { DEVICE_LIFE, hashCookieSecret } from '../model/session.ts';
import type { Clock } from '../model/time.ts';
import type { Store } from '../store/store.ts';
import { Attempts } from './attempts.ts';
import { isConfidential, readCookie } from './cookies.ts';
import { requireSameSite } from './same-site.ts';
import type { Sessions, SignedIn } from './sessions.ts';

const WINDOW = 15 * 60_000;

/** So many attempts in a window: of a browser that has signed in before, from one network, and for one account by all others. */
const LIMITS = { device: 10, network: 30, account: 20 };

interface Credentials {
  readonly account: string;
  readonly password: string;
}

/**
 * Signs people in. Guesses are counted by network and by account, but a browser that has signed in to the account before is
 * counted by itself, so that others who guess do not keep its owner out. Counts live in this process.
 */
export class SignIn {
  readonly #store: Store;
  readonly #sessions: Sessions;
  readonly #clock: Clock;
  readonly #devices = new Attempts({ limit: LIMITS.device, length: WINDOW });
  readonly #networks = new Attempts({ limit: LIMITS.network, length: WINDOW });
  readonly #accounts = new Attempts({ limit: LIMITS.account, length: WINDOW });
  /** Apart from those that are there: made-up names must not push these out. */
  readonly #strangers = new Attempts({ limit: LIMITS.account, length: WINDOW });

  constructor(store: Store, sessions: Sessions, clock: Clock) {
    this.#store = store;
    this.#sessions = sessions;
    this.#clock = clock;
  }

  /** Throws `ApiError` for a request that no password may be taken from. */
  requireSafe(request: FastifyRequest): void {
    requireSameSite(request);
    if (!isConfidential(request)) throw new ApiError('insecure_transport');
  }

  /** Begins a session, or throws `ApiError`: the same, after the same time, whether the account or the password is wrong. */
  async signIn(
    request: FastifyRequest,
    reply: FastifyReply,
    { account, password }: Credentials,
  ): Promise<SignedIn> {
    const found = await this.#check(request, { account, password });
    const begun = found && (await this.#sessions.begin(request, reply, found));
    if (begun === undefined) throw invalidCredentials();
    return begun;
  }

  /** Sets another password, which ends all sessions, and begins a new one. Throws as `signIn`, or `ParameterError`. */
  async changePassword(
    request: FastifyRequest,
    reply: FastifyReply,
    { current, next }: { readonly current: string; readonly next: string },
  ): Promise<SignedIn> {
    const { account } = request.signedIn!;
    const problem = passwordProblem(next, account);
    if (problem !== undefined) throw new ParameterError([{ parameter: 'new_password', reason: problem }]);
    if ((await this.#check(request, { account, password: current })) === undefined)
      throw invalidCredentials();
    await this.#store.setPassword(account, await hashPassword(next), this.#clock());
    const found = await this.#store.findAccount(account);
    const begun = found && (await this.#sessions.begin(request, reply, found));
    if (begun === undefined) throw invalidCredentials();
    return begun;
  }

  /** The account, when the password is its own. */
  async #check(request: FastifyRequest, { account, password }: Credentials) {
    const now = this.#clock();
    const found = await this.#store.findAccount(account);
    const buckets = await this.#buckets(request, account, found !== undefined, now);
    for (const [attempts, who] of buckets) {
      const next = attempts.take(who, now);
      if (next !== undefined) throw tooMany(next, now);
    }
    if (!(await verifyPassword(password, found?.password))) return undefined;
    for (const [attempts, who] of buckets) attempts.giveBack(who);
    return found;
  }

  async #buckets(
    request: FastifyRequest,
    account: string,
    exists: boolean,
    now: number,
  ): Promise<readonly (readonly [Attempts, string])[]> {
    const device = hashCookieSecret(readCookie(request, 'device') ?? '');
    if (device !== undefined && (await this.#store.knowsDevice(device, account, now - DEVICE_LIFE)))
      return [[this.#devices, device.toString('base64')]];
    return [
      [this.#networks, clientNetwork(request.ip)],
      [exists ? this.#accounts : this.#strangers, account],
    ];
  }
}

function invalidCredentials(): ApiError {
  return new ApiError('invalid_credentials', {
    headers: { 'www-authenticate': 'Session realm="console"' },
  });
}

function tooMany(next: number, now: number): ApiError {
  const seconds = Math.max(1, Math.ceil((next - now) / 1_000));
  return new ApiError('rate_limit_exceeded', {
    message: `Too many attempts to sign in. Try again in ${Math.ceil(seconds / 60)} minutes.`,
    headers: { 'retry-after': String(seconds) },
  });
}
