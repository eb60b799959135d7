import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { createFetcher, type OpenFetcher } from '../../src/feeds/fetch/create-fetcher.ts';
import type { FetchOutcome, FetchRequest, FetchTrouble } from '../../src/feeds/fetch/fetcher.ts';
import type { FetcherOptions, FetchLimits } from '../../src/feeds/fetch/options.ts';

export const NOW = Date.UTC(2026, 0, 15, 12);

export const LOOPBACK = ['127.0.0.0/8', '::1'];

/** Nobody waits in tests. */
export const SHORT: Partial<FetchLimits> = {
  connectTimeout: 2_000,
  headersTimeout: 2_000,
  idleTimeout: 2_000,
  totalTimeout: 8_000,
  perHost: { atOnce: 2, pause: 0 },
};

export type Fetched = Extract<FetchOutcome, { readonly state: 'fetched' }>;

/** A fetcher that may go to loopback, with a spool of its own. */
export interface Fetching {
  readonly fetcher: OpenFetcher;
  readonly spoolDirectory: string;
  /** Asks for a URL, for at most 10 MB. */
  readonly get: (url: string, more?: Partial<FetchRequest>, signal?: AbortSignal) => Promise<FetchOutcome>;
  /** Names of the files in the spool. */
  readonly spooled: () => readonly string[];
}

export function fetching(context: TestContext, options: Partial<FetcherOptions> = {}): Fetching {
  const directory = mkdtempSync(join(tmpdir(), 'soc-fetch-'));
  const spoolDirectory = join(directory, 'spool');
  const fetcher = createFetcher({
    spoolDirectory,
    version: '1.2.3',
    allowedNetworks: LOOPBACK,
    clock: () => NOW,
    ...options,
    limits: { ...SHORT, ...options.limits },
  });
  context.after(async () => {
    await fetcher.close();
    rmSync(directory, { recursive: true });
  });
  return {
    fetcher,
    spoolDirectory,
    get: (url, more, signal = new AbortController().signal) =>
      fetcher.fetch({ url, maxBytes: 10_000_000, ...more }, signal),
    spooled: () => {
      try {
        return readdirSync(spoolDirectory);
      } catch {
        return [];
      }
    },
  };
}

/** The outcome as a success, or the test fails with its reason. */
export function fetched(outcome: FetchOutcome): Fetched {
  assert.equal(outcome.state, 'fetched', 'reason' in outcome ? outcome.reason : undefined);
  return outcome;
}

export function bodyOf(outcome: FetchOutcome): string {
  return readFileSync(fetched(outcome).path, 'utf8');
}

/** The reason, after checking the state. */
export function troubleOf(outcome: FetchOutcome, state: FetchTrouble): string {
  assert.equal(outcome.state, state, 'reason' in outcome ? outcome.reason : undefined);
  assert.ok('reason' in outcome);
  return outcome.reason;
}
