import type { TestContext } from 'node:test';

import { SocDefenders, type TransportOptions } from '../../src/client/client.ts';
import { type Serving, serving } from '../http/serving.ts';

/** A listening server, and clients of it. */
export interface Reading extends Serving {
  readonly url: string;
  /** A client with the Pro key, whose waits move the server's clock. */
  readonly client: SocDefenders;
  readonly clientWith: (options: Partial<TransportOptions>) => SocDefenders;
  /** Waits that the clients were asked for, in milliseconds. */
  readonly waits: number[];
}

export async function reading(
  context: TestContext,
  options: Parameters<typeof serving>[1] = {},
): Promise<Reading> {
  const server = await serving(context, options);
  const url = `http://127.0.0.1:${await server.listen()}`;
  const waits: number[] = [];
  const wait = async (milliseconds: number): Promise<void> => {
    waits.push(milliseconds);
    server.clock.advance(milliseconds);
  };
  const clientWith = (more: Partial<TransportOptions>): SocDefenders =>
    new SocDefenders({ url, key: server.pro, wait, ...more });
  return { ...server, url, client: clientWith({}), clientWith, waits };
}
