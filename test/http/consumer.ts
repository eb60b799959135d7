import type { TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';

import type { Receipts } from '../../src/http/receipts.ts';
import type { UsageReport } from '../../src/http/usage-report.ts';
import type { Store } from '../../src/store/store.ts';
import { bearer, PATH, serving, type Serving } from './serving.ts';
import { type Browser, json, makeAccount, signIn } from './signed-in.ts';

export const KEYS = '/api/v1/keys';

/** A key of an account, used over sockets, and what its account is told of it. */
export interface Consumer {
  readonly server: Serving;
  readonly id: string;
  readonly key: string;
  readonly poll: (
    query?: string,
    headers?: Record<string, string>,
  ) => Promise<{ readonly status: number; readonly headers: Record<string, string>; readonly text: string }>;
  readonly usage: (query?: string) => Promise<UsageReport>;
  readonly receipts: (value: string) => Promise<Receipts>;
  readonly browser: () => Promise<Browser>;
}

export async function consumer(context: TestContext, wrap?: (store: Store) => Store): Promise<Consumer> {
  const server = await serving(context, wrap === undefined ? {} : { wrap });
  const port = await server.listen();
  await makeAccount(server, 'acme');
  const browser = () => signIn(server, 'acme');
  const made = await (await browser()).send('POST', KEYS, { name: 'edge' });
  const { id, key } = json<{ id: string; key: string }>(made, 201);
  const ask = async <T>(path: string): Promise<T> => {
    return json<T>(await (await browser()).send('GET', `${KEYS}/${id}/${path}`));
  };
  return {
    server,
    id,
    key,
    browser,
    poll: async (query = '', headers = {}) => {
      const path = query.startsWith('/') ? query : PATH + query;
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        headers: { ...bearer(key), ...headers },
      });
      const text = await answer.text();
      const told = Object.fromEntries(answer.headers);
      // The server learns a little later than its client that all was sent.
      while (!server.log().includes(told['x-request-id']!)) await setImmediate();
      return { status: answer.status, headers: told, text };
    },
    usage: (query = '') => ask(`usage${query}`),
    receipts: (value) => ask(`receipts?value=${encodeURIComponent(value)}`),
  };
}
