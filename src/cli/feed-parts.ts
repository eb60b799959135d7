import { join } from 'node:path';

import { type Config, credentialOf } from '../config.ts';
import { enrich } from '../enrich/enrich.ts';
import { accessFor } from '../feeds/access/index.ts';
import { createFetcher, type OpenFetcher } from '../feeds/fetch/create-fetcher.ts';
import type { FetcherOptions } from '../feeds/fetch/options.ts';
import { cleanSpool, spool } from '../feeds/fetch/spool.ts';
import type { GateKeeper } from '../feeds/gate-keeper.ts';
import type { RunnerParts } from '../feeds/attempt.ts';
import type { Clock } from '../model/time.ts';
import { readReportFeed } from '../parse/report-feed.ts';
import type { Store } from '../store/store.ts';
import { VERSION } from './version.ts';

/** What feeds are run with, put together; `close` lets go of connections. */
export interface FeedParts {
  readonly runner: RunnerParts;
  readonly fetcher: OpenFetcher;
  close(): Promise<void>;
}

export interface FeedPartsOptions {
  readonly store: Store;
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly gate: GateKeeper;
  readonly signal: AbortSignal;
  readonly limits?: FetcherOptions['limits'];
}

/** Where downloads are kept while they are read, and those that wait for the operator. */
export function spoolDirectory({ dataDirectory }: Config): string {
  return join(dataDirectory, 'spool');
}

/** Puts together what runs a feed. Throws `RangeError` for a contact that cannot be sent. */
export async function feedParts({
  store,
  config,
  env,
  clock,
  gate,
  signal,
  limits,
}: FeedPartsOptions): Promise<FeedParts> {
  const directory = spoolDirectory(config);
  await cleanSpool(directory, clock(), await keptDownloads(store));
  const fetcher = createFetcher({
    spoolDirectory: directory,
    version: VERSION,
    contact: config.contact,
    allowedNetworks: config.fetchNetworks,
    clock,
    ...(limits !== undefined && { limits }),
  });
  const runner: RunnerParts = {
    store,
    clock,
    enrich,
    gate: () => gate.current(),
    fetcher,
    accessFor: (kind) => accessFor(kind, readReportFeed),
    spool: async (text) => (await spool(directory, pieces(text))).path,
    credential: (setting) => credentialOf(env, setting),
    random: Math.random,
    signal,
  };
  return { runner, fetcher, close: () => fetcher.close() };
}

async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** Files of runs that wait, or that a crash cut off: the only old ones that are still of use. */
async function keptDownloads(store: Store): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  for (const { name } of await store.listFeeds()) {
    const run = await store.newestRun(name);
    if (run?.spool === undefined) continue;
    const { documents } = JSON.parse(run.spool) as {
      readonly documents: readonly { readonly path: string }[];
    };
    for (const { path } of documents) kept.add(path);
  }
  return kept;
}
