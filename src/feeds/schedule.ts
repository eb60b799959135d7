import type { Feed } from '../model/feed.ts';
import type { Clock } from '../model/time.ts';
import type { FeedRecord, Store } from '../store/store.ts';
import { LEASE, type Turn } from './runner.ts';

/** So many feeds run at once: most of a run is waiting for its server. */
const AT_ONCE = 4;

/** A feed that another process may have switched on or finished is noticed after so long, in milliseconds. */
const PATIENCE = 5_000;

/** A feed that is due but held by another is not asked for without pause. */
const LEAST_PAUSE = 250;

export interface ScheduleParts {
  readonly store: Pick<Store, 'claimFeed' | 'listFeeds' | 'settleFeed'>;
  readonly clock: Clock;
  /** Waits so long, in milliseconds, or until the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly describe: (record: FeedRecord) => Feed | undefined;
  readonly run: (feed: Feed, record: FeedRecord, owner: string) => Promise<Turn>;
  /** Told of each turn, and of a store that cannot be used for a while. */
  readonly onTurn: (feed: string, turn: Turn) => void;
  readonly onTrouble: (error: unknown) => void;
  /** Names this process among all that use the store. */
  readonly owner: string;
  /** How long to wait at most before looking what is due; `PATIENCE` unless said otherwise. */
  readonly patience?: number;
}

/**
 * Runs feeds as they fall due, the longest due first, some at once and each by one process only, until the signal is aborted
 * and the runs under way have ended. Does not reject.
 */
export async function runSchedule(parts: ScheduleParts, signal: AbortSignal): Promise<void> {
  const running = new Set<Promise<void>>();
  while (!signal.aborted) {
    if (running.size >= AT_ONCE) {
      await Promise.race(running);
      continue;
    }
    const claimed = await claim(parts);
    if (claimed === undefined || claimed === 'trouble') {
      const pause = parts.sleep(claimed === undefined ? await untilDue(parts) : patienceOf(parts), signal);
      await Promise.race([pause, ...running]);
      continue;
    }
    const turn = takeTurn(parts, claimed).finally(() => running.delete(turn));
    running.add(turn);
  }
  await Promise.all(running);
}

async function claim({
  store,
  owner,
  clock,
  onTrouble,
}: ScheduleParts): Promise<FeedRecord | undefined | 'trouble'> {
  try {
    return await store.claimFeed(owner, clock(), LEASE);
  } catch (error) {
    onTrouble(error);
    return 'trouble';
  }
}

/** A disk that is full fills the log, too, when it is asked without pause. */
function patienceOf({ patience = PATIENCE }: ScheduleParts): number {
  return patience;
}

async function takeTurn(parts: ScheduleParts, record: FeedRecord): Promise<void> {
  const { describe, run, onTurn, onTrouble, owner } = parts;
  try {
    const feed = describe(record);
    if (feed === undefined) return await giveUp(parts, record);
    onTurn(record.name, await run(feed, record, owner));
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return;
    onTrouble(error);
  }
}

/** A feed that this version of the program cannot describe is left to others. */
async function giveUp({ store, clock, owner }: ScheduleParts, record: FeedRecord): Promise<void> {
  const now = clock();
  await store.settleFeed(record.name, owner, {
    state: 'failed',
    reason: 'its definition cannot be read by this version',
    nextAt: now + 3_600_000,
    checkedAt: now,
    failures: record.failures + 1,
  });
}

/** How long until the next feed falls due, in milliseconds; not longer than one is patient. */
async function untilDue(parts: ScheduleParts): Promise<number> {
  const { store, clock, onTrouble } = parts;
  try {
    const feeds = await store.listFeeds();
    const next = Math.min(...feeds.filter(({ enabled }) => enabled).map(freeAt));
    return Math.max(LEAST_PAUSE, Math.min(patienceOf(parts), next - clock()));
  } catch (error) {
    onTrouble(error);
    return patienceOf(parts);
  }
}

/** When a feed can be claimed: one that is being run, when its claim lapses, as its end is told otherwise. */
function freeAt({ nextAt, owner, leaseUntil }: FeedRecord): number {
  return owner === undefined ? nextAt : Math.max(nextAt, leaseUntil);
}
