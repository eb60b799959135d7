import assert from 'node:assert/strict';

import type { TierName } from '../../src/model/tier.ts';
import { cheapHash } from '../model/cheap-hash.ts';
import type { Answer, Serving } from './serving.ts';

export const PASSWORD = 'correct horse battery';
export const HOST = 'localhost:8080';

const HASHED = cheapHash(PASSWORD);

/** Makes an account with `PASSWORD`. */
export async function makeAccount(
  { store, clock }: Serving,
  name: string,
  tier: TierName = 'pro',
): Promise<void> {
  await store.createAccount({ name, tier, password: HASHED }, clock.now);
}

export interface Sent {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly from?: string;
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE';

/** Sends a request as a browser does for a page of this server, without a session. */
export async function send({ app }: Serving, method: Method, url: string, sent: Sent = {}): Promise<Answer> {
  const { body, headers = {}, from = '127.0.0.1' } = sent;
  const response = await app.inject({
    method,
    url,
    remoteAddress: from,
    headers: {
      host: HOST,
      ...(method !== 'GET' && { origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return {
    status: response.statusCode,
    headers: response.headers as Record<string, string>,
    body: response.rawPayload,
  };
}

/** The JSON of an answer with this status, taken for what the test expects. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function json<T = Record<string, unknown>>({ status, body }: Answer, expected = 200): T {
  assert.equal(status, expected, body.toString('utf8'));
  return JSON.parse(body.toString('utf8')) as T;
}

/** The cookies that an answer sets, by name; empty for one that it takes away. */
export function cookiesOf({ headers }: Answer): Record<string, string> {
  const lines = [headers['set-cookie'] ?? []].flat();
  return Object.fromEntries(lines.map((line) => line.split(';')[0]!.split('=') as [string, string]));
}

/** A browser that is signed in. */
export interface Browser {
  readonly cookie: string;
  readonly csrf: string;
  readonly send: (method: Method, url: string, body?: unknown, more?: Sent) => Promise<Answer>;
}

/** Signs in; `cookies` are those that the browser has already. */
export async function signIn(
  server: Serving,
  account: string,
  { cookies = {}, password = PASSWORD }: { cookies?: Record<string, string>; password?: string } = {},
): Promise<Browser> {
  const answer = await send(server, 'POST', '/api/v1/session', {
    body: { account, password },
    headers: { cookie: written(cookies) },
  });
  const { csrf_token: csrf } = json<{ csrf_token: string }>(answer);
  const cookie = written({ ...cookies, ...cookiesOf(answer) });
  return {
    cookie,
    csrf,
    send: (method, url, body, more = {}) => {
      const headers = { cookie, 'x-csrf-token': csrf, ...more.headers };
      return send(server, method, url, { ...more, headers, ...(body !== undefined && { body }) });
    },
  };
}

function written(cookies: Readonly<Record<string, string>>): string {
  return Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
}
