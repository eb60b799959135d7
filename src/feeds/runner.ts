import type { Feed } from '../model/feed.ts';
import type { FeedRecord, FeedSettlement, RunRecord } from '../store/store.ts';
import { StoreError } from '../store/store.ts';
import { attempt, type Result, resume, type RunnerParts } from './attempt.ts';
import { nextAttempt } from './backoff.ts';
import type { RunOutcome } from './run.ts';
import { type FeedState, GOOD_STATES } from './states.ts';

/** A claim lasts so long and is prolonged so often, in milliseconds: who has died is replaced within minutes. */
export const LEASE = 5 * 60_000;
const RENEWAL = 60_000;

/** What a cap left is taken after so long, in milliseconds. */
const SOON = 60_000;

/**
 * In milliseconds, the longest wait for a server that was not reached, which does not burden it, as most often it is our network that
 * comes back; and for a key that is not there.
 */
const HOUR = 3_600_000;

/** States in which the server did its part: it is asked again as usual. */
const WAITING: ReadonlySet<FeedState> = new Set(['held', 'empty', 'stale', 'no_credential']);

/** How a feed's turn went. */
export interface Turn {
  readonly state: FeedState;
  readonly reason?: string;
  readonly run?: RunOutcome;
  readonly nextAt: number;
}

/**
 * Runs a feed that `owner` has claimed, from the download to publication, notes how it fares, and gives up the claim. What is
 * wrong with a feed is told and never thrown; throws `StoreError`, and when the signal is aborted.
 */
export function runFeed(parts: RunnerParts, feed: Feed, record: FeedRecord, owner: string): Promise<Turn> {
  return holding(parts, feed, record, owner, (held) => attempt(held, feed, record, owner));
}

/** Publishes a run that waits, of a feed that `owner` has claimed; otherwise as `runFeed`. */
export function releaseFeed(
  parts: RunnerParts,
  feed: Feed,
  record: FeedRecord,
  owner: string,
  run: RunRecord,
): Promise<Turn> {
  return holding(parts, feed, record, owner, async (held) => {
    const result = await resume({ ...held, gate: await held.gate() }, feed, record, owner, run);
    return result ?? { state: 'failed', reason: `the download of run ${run.id} is gone` };
  });
}

/** Does a claimed feed's work, prolonging the claim meanwhile, and gives it up with a note of how the feed fares. */
async function holding(
  parts: RunnerParts,
  feed: Feed,
  record: FeedRecord,
  owner: string,
  work: (parts: RunnerParts) => Promise<Result>,
): Promise<Turn> {
  const { store, clock } = parts;
  const lost = new AbortController();
  const renewing = setInterval(() => {
    store
      .renewFeed(feed.name, owner, clock() + LEASE)
      .then((held) => (held ? undefined : lost.abort()))
      .catch(() => undefined);
  }, RENEWAL);
  renewing.unref();
  const signal = AbortSignal.any([parts.signal, lost.signal]);
  try {
    return await settle(parts, feed, record, owner, await work({ ...parts, signal }));
  } catch (error) {
    if (parts.signal.aborted) {
      await release(parts, feed, record, owner);
      throw error;
    }
    if (lost.signal.aborted)
      throw new StoreError('lost_lease', `another process has taken over the feed ${feed.name}`);
    if (error instanceof StoreError && error.code === 'lost_lease') throw error;
    const reason = error instanceof StoreError ? error.message : String(error);
    return await settle(parts, feed, record, owner, { state: 'failed', reason });
  } finally {
    clearInterval(renewing);
  }
}

async function settle(
  { store, clock, random }: RunnerParts,
  feed: Feed,
  record: FeedRecord,
  owner: string,
  { state, reason, run, retryAt, bookmark, soon }: Result,
): Promise<Turn> {
  const now = clock();
  const good = GOOD_STATES.has(state);
  const waiting = WAITING.has(state);
  const failures = good || waiting ? 0 : record.failures + 1;
  const nextAt = nextAttempt({
    interval:
      soon === true ? SOON : state === 'no_credential' ? Math.min(HOUR, feed.interval) : feed.interval,
    failures,
    ...(state === 'unreachable' && { longest: HOUR }),
    retryAt,
    now,
    random: random(),
  });
  const settlement: FeedSettlement = {
    state,
    ...(reason !== undefined && { reason }),
    nextAt,
    checkedAt: now,
    failures,
    ...(good && { goodAt: now }),
    ...(state === 'fine' && run !== undefined && { goodRun: run.run, changedAt: now }),
    ...(bookmark !== undefined && { bookmark: JSON.stringify(bookmark) }),
  };
  await store.settleFeed(feed.name, owner, settlement);
  return { state, nextAt, ...(reason !== undefined && { reason }), ...(run !== undefined && { run }) };
}

/** Gives a feed up in the middle of its turn, for whoever comes next. */
async function release(
  { store, clock }: RunnerParts,
  { name }: Feed,
  { failures }: FeedRecord,
  owner: string,
): Promise<void> {
  const now = clock();
  const reason = 'the server was stopped in the middle of its run';
  await store.settleFeed(name, owner, {
    state: 'interrupted',
    reason,
    nextAt: now,
    checkedAt: now,
    failures,
  });
}
