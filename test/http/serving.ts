import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import type { FastifyInstance } from 'fastify';

import { buildApp } from '../../src/http/app.ts';
import { HTTP_DEFAULTS, type HttpConfig } from '../../src/http/config.ts';
import { makeApiKey } from '../../src/model/api-key.ts';
import type { Contribute } from '../../src/model/contribution.ts';
import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import type { Sighting } from '../../src/model/sighting.ts';
import type { TierName } from '../../src/model/tier.ts';
import { createLog } from '../../src/observe/log.ts';
import type { RequestMeter } from '../../src/observe/request-meter.ts';
import type { UsageMeter } from '../../src/http/usage-meter.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { NewKey, Store } from '../../src/store/store.ts';
import { TestClock } from '../store/fixtures.ts';

export const PATH = '/api/v1/iocs/stix';

/** A server over a store of its own, with a key of each tier. */
export interface Serving {
  readonly app: FastifyInstance;
  readonly store: Store;
  readonly clock: TestClock;
  readonly pro: string;
  readonly free: string;
  readonly usage: UsageMeter;
  /** All that was logged. */
  readonly log: () => string;
  /** Makes one more key. */
  readonly key: (tier: TierName, more?: Partial<NewKey>) => Promise<string>;
  /** Listens on a free port and returns it. */
  readonly listen: () => Promise<number>;
}

export interface ServingOptions {
  readonly config?: Partial<HttpConfig>;
  /** Puts something between the server and its store. */
  readonly wrap?: (store: Store) => Store;
  readonly meter?: RequestMeter;
  /** Takes contributions in. */
  readonly contribute?: (store: Store, clock: TestClock) => Contribute;
}

export async function serving(context: TestContext, options: ServingOptions = {}): Promise<Serving> {
  const directory = mkdtempSync(join(tmpdir(), 'soc-http-'));
  const clock = new TestClock();
  const producer = SOC_DEFENDERS;
  const store = await openSqliteStore({ directory, producer, clock: clock.read, writer: 'in-thread' });
  let lines = '';
  const log = createLog({
    level: 'debug',
    write: (text) => {
      lines += text;
    },
  });
  const config = { ...HTTP_DEFAULTS, ...options.config };
  const { wrap, meter } = options;
  const contribute = options.contribute?.(store, clock);
  const app = buildApp({
    store: wrap?.(store) ?? store,
    config,
    clock: clock.read,
    log,
    ...(meter !== undefined && { meter }),
    ...(contribute !== undefined && { contribute }),
  });
  await app.ready();
  context.after(async () => {
    app.server.closeAllConnections();
    await app.close();
    await store.close();
    rmSync(directory, { recursive: true });
  });
  const key = async (tier: TierName, more: Partial<NewKey> = {}): Promise<string> => {
    const { text, ...kept } = makeApiKey();
    await store.createKey(
      { ...kept, account: 'test', name: tier, tier, allowedNetworks: [], ...more },
      clock.now,
    );
    return text;
  };
  return {
    app,
    store,
    clock,
    usage: app.usage,
    pro: await key('pro'),
    free: await key('free'),
    key,
    log: () => {
      log.flush();
      return lines;
    },
    listen: async () => {
      await app.listen({ host: '127.0.0.1', port: 0 });
      return (app.server.address() as AddressInfo).port;
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Sends a request without a socket. `query` is appended to the path of the export, unless it is a path itself. */
export async function get(
  { app }: Serving,
  query: string,
  headers: Record<string, string> = {},
  method: 'GET' | 'HEAD' | 'POST' = 'GET',
): Promise<Answer> {
  const url = query.startsWith('/') ? query : PATH + query;
  const response = await app.inject({ method, url, headers });
  return {
    status: response.statusCode,
    headers: response.headers as Record<string, string>,
    body: response.rawPayload,
  };
}

export interface StixObject {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly modified: string;
  readonly object_marking_refs: readonly string[];
  readonly [property: string]: unknown;
}

export interface Bundle {
  readonly type: string;
  readonly spec_version?: string;
  readonly id: string;
  readonly objects: readonly StixObject[];
}

export function bundleOf({ status, body }: Answer): Bundle {
  assert.equal(status, 200, body.toString('utf8'));
  return JSON.parse(body.toString('utf8')) as Bundle;
}

export function indicatorsOf(answer: Answer): StixObject[] {
  return bundleOf(answer).objects.filter(({ type }) => type === 'indicator');
}

export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly { parameter: string; value?: string; reason: string; allowed?: unknown }[];
  readonly request_id: string;
}

/** The error of an answer, after checking its shape. */
export function errorOf({ headers, body }: Answer): ErrorBody {
  const { error, ...rest } = JSON.parse(body.toString('utf8')) as { error: ErrorBody };
  assert.deepEqual(rest, {});
  assert.match(headers['content-type'] ?? '', /^application\/json/);
  assert.match(error.request_id, /^req_[0-9a-f-]+$/);
  assert.equal(headers['x-request-id'], error.request_id);
  assert.equal(headers['cache-control'], 'no-store');
  return error;
}

export function bearer(key: string): { authorization: string } {
  return { authorization: `Bearer ${key}` };
}

export const SOURCE_SEEN = Date.UTC(2026, 0, 15, 10);

/** Sightings of documentation addresses. */
export function addresses(count: number, more: Partial<Sighting> = {}): Sighting[] {
  return Array.from({ length: count }, (_, index) => ({
    type: 'ipv6',
    value: `2001:db8::${(index + 1).toString(16)}`,
    lastSeen: SOURCE_SEEN,
    ...more,
  }));
}
