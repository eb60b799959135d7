import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { feedParts } from '../../src/cli/feed-parts.ts';
import { gateKeeper } from '../../src/cli/gate-parts.ts';
import { loadConfig } from '../../src/config.ts';
import { parseFeedDefinition, type FeedOptions } from '../../src/feeds/definition.ts';
import { LEASE, runFeed, type Turn } from '../../src/feeds/runner.ts';
import type { Feed } from '../../src/model/feed.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { IocRecord, Store } from '../../src/store/store.ts';
import { ANY, FIRST_DOWNLOAD, type Indicator, readAll, TestClock } from '../store/fixtures.ts';
import { startWorld, type World } from './world.ts';

/** Feeds run as the server runs them, against servers on loopback. */
export interface Live {
  readonly world: World;
  readonly store: Store;
  readonly clock: TestClock;
  /** A feed of the operator's own at a path of the world. */
  readonly feed: (path: string, options?: FeedOptions) => Feed;
  /** One turn of a feed, from the download to publication. */
  readonly turn: (feed: Feed) => Promise<Turn>;
  /** What a first download holds, and everything that stands, by value. */
  readonly published: () => Promise<Map<string, Indicator>>;
  readonly standing: () => Promise<Map<string, Indicator>>;
  readonly find: (type: IocRecord['type'], value: string) => Promise<IocRecord | undefined>;
}

const LIMITS = {
  headersTimeout: 300,
  idleTimeout: 300,
  totalTimeout: 3_000,
  perHost: { atOnce: 2, pause: 0 },
} as const;

/** `now` is where the clock begins: recorded data is read in its own time. */
export async function live(
  context: TestContext,
  now?: number,
  env: Record<string, string> = {},
): Promise<Live> {
  const world = await startWorld(context);
  const directory = mkdtempSync(join(tmpdir(), 'soc-live-'));
  const clock = new TestClock();
  if (now !== undefined) clock.now = now;
  const settings = {
    SOC_DATA_DIR: directory,
    SOC_FEEDS: 'own',
    SOC_WARNINGLISTS: 'off',
    SOC_FETCH_ALLOW_NETWORKS: '127.0.0.0/8',
    ...env,
  };
  const config = loadConfig(settings);
  const store = await openSqliteStore({
    directory,
    producer: config.producer,
    clock: clock.read,
    writer: 'in-thread',
  });
  const gate = gateKeeper(store, config, clock.read, () => undefined);
  const { signal } = new AbortController();
  const parts = await feedParts({
    store,
    config,
    env: settings,
    clock: clock.read,
    gate,
    signal,
    limits: LIMITS,
  });
  context.after(async () => {
    await parts.close();
    await store.close();
    rmSync(directory, { recursive: true });
  });
  const settle = async (): Promise<number> => {
    const { lastStamp } = await store.health();
    clock.now = Math.max(clock.now + 1, lastStamp);
    return clock.now;
  };
  const byName = (indicators: readonly Indicator[]): Map<string, Indicator> =>
    new Map(indicators.map((indicator) => [indicator.name, indicator]));
  const everything = { limit: 1_000_000 };
  return {
    world,
    store,
    clock,
    feed: (path, options = {}) =>
      parseFeedDefinition({ name: 'example', title: 'Example', url: world.origin + path, ...options }),
    turn: async (feed) => {
      const known = (await store.listFeeds()).some(({ name }) => name === feed.name);
      if (!known) await store.putFeed(feed.name, JSON.stringify(feed), clock.now);
      const record = await store.claimFeed('test', clock.now, LEASE, feed.name);
      if (record === undefined) throw new Error('the feed is held by another');
      return await runFeed(parts.runner, feed, record, 'test');
    },
    published: async () =>
      byName(await readAll(store, { ...FIRST_DOWNLOAD, ...everything }, await settle(), { size: 2_000 })),
    standing: async () =>
      byName(await readAll(store, { ...ANY, ...everything }, await settle(), { size: 2_000 })),
    find: (type, value) => store.findIoc({ type, value }),
  };
}
