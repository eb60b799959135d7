import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import type { AccessOutcome, FeedDocument } from '../../src/feeds/access/access.ts';
import type { RunnerParts } from '../../src/feeds/attempt.ts';
import { LEASE, runFeed, type Turn } from '../../src/feeds/runner.ts';
import type { Feed } from '../../src/model/feed.ts';
import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { ANY, FIRST_DOWNLOAD, readAll, TestClock } from '../store/fixtures.ts';

/** A feed of plain values whose downloads are the whole of what stands. */
export const LIST: Feed = {
  name: 'list',
  title: 'Example list',
  publisher: 'Example',
  homepage: 'https://feed.example.org/',
  licence: { name: 'CC0', terms: 'none' },
  category: 'community',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'file', url: 'https://feed.example.org/list.txt', format: 'list' },
  interval: 3_600_000,
  confidence: 60,
  reliability: 100,
  absence: 'retracts',
  enabled: true,
};

/** A store, and what a feed answers next. */
export interface FeedBench {
  readonly clock: TestClock;
  readonly directory: string;
  readonly store: Store;
  /** Closes the store and opens it again. */
  reopen(): Promise<void>;
  /** A file of the spool that holds `text`. */
  spool(text: string): string;
  /** One turn of the feed in which its server answers so: with a text, texts, or trouble. */
  turn(answer: Answer, options?: TurnOptions): Promise<Turn>;
  /** The values of a first download, sorted. */
  published(): Promise<string[]>;
  /** Every standing version as `value` or `value revoked`, sorted. */
  states(): Promise<string[]>;
  /** The stamp of the newest version, given or to come. */
  lastStamp(): Promise<number>;
}

export type Answer = string | readonly FeedDocument[] | Exclude<AccessOutcome, { readonly state: 'fetched' }>;

export interface TurnOptions {
  readonly feed?: Feed;
  readonly bookmark?: Readonly<Record<string, unknown>>;
  readonly parts?: Partial<RunnerParts>;
  readonly owner?: string;
}

export async function feedBench(context: TestContext): Promise<FeedBench> {
  const directory = mkdtempSync(join(tmpdir(), 'soc-feeds-'));
  const clock = new TestClock();
  const open = () =>
    openSqliteStore({ directory, producer: SOC_DEFENDERS, clock: clock.read, writer: 'in-thread' });
  let store = await open();
  context.after(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  let files = 0;
  const spool = (text: string): string => {
    files += 1;
    const path = join(directory, `spool-${files}`);
    writeFileSync(path, text);
    return path;
  };
  const settle = async (): Promise<number> => {
    const { lastStamp } = await store.health();
    clock.now = Math.max(clock.now + 1, lastStamp);
    return clock.now;
  };
  return {
    clock,
    directory,
    get store() {
      return store;
    },
    reopen: async () => {
      await store.close();
      store = await open();
    },
    spool,
    turn: async (answer, { feed = LIST, bookmark = {}, parts = {}, owner = 'test' } = {}) => {
      await store.syncFeeds([{ name: feed.name, enabled: true }], clock.now);
      const record = await store.claimFeed(owner, clock.now, LEASE, feed.name);
      if (record === undefined) throw new Error('the feed is held by another');
      const outcome = outcomeOf(answer, feed, bookmark, spool);
      const runner: RunnerParts = {
        store,
        clock: clock.read,
        enrich: (sighting) => sighting,
        gate: async () => ({ check: () => undefined }),
        signal: new AbortController().signal,
        fetcher: { fetch: async () => ({ state: 'unchanged' }) },
        accessFor: () => async () => outcome,
        spool: async (text) => spool(text),
        credential: () => undefined,
        random: () => 0.5,
        ...parts,
      };
      return await runFeed(runner, feed, record, owner);
    },
    published: async () => {
      const indicators = await readAll(store, FIRST_DOWNLOAD, await settle());
      return indicators.map(({ name }) => name).sort();
    },
    states: async () => {
      const indicators = await readAll(store, ANY, await settle());
      return indicators.map(({ name, revoked }) => (revoked === true ? `${name} revoked` : name)).sort();
    },
    lastStamp: async () => (await store.health()).lastStamp,
  };
}

function outcomeOf(
  answer: Answer,
  feed: Feed,
  bookmark: Readonly<Record<string, unknown>>,
  spool: (text: string) => string,
): AccessOutcome {
  if (typeof answer === 'object' && 'state' in answer) return answer;
  const { url } = feed.access;
  const format = feed.access.kind === 'file' ? feed.access.format : undefined;
  const documents =
    typeof answer === 'string'
      ? [{ path: spool(answer), url, ...(format !== undefined && { format }) }]
      : answer;
  return { state: 'fetched', documents, bookmark, complete: true };
}

/** So many addresses of the documentation networks, one a line. */
export function lines(from: number, to: number): string {
  let text = '';
  for (let index = from; index < to; index += 1) text += `host-${index}.example.net\n`;
  return text;
}
