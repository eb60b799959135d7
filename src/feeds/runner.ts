import type { Feed } from '../model/feed.ts';
import type { FeedRecord, FeedSettlement, RunRecord } from '../store/store.ts';
import { StoreError } from '../store/store.ts';
import { InputError } from '../parse/format.ts';
import type { Access, AccessContext, AccessOutcome, Bookmark } from './access/access.ts';
import { carriedBy } from './access/credential.ts';
import { nextAttempt } from './backoff.ts';
import type { Fetcher } from './fetch/fetcher.ts';
import { inputTrouble } from './input-trouble.ts';
import {
  type Download,
  finishRun,
  isWhole,
  removeDownload,
  runDownload,
  type RunOutcome,
  type RunParts,
} from './run.ts';
import { type FeedState, GOOD_STATES } from './states.ts';

/** A claim lasts so long and is prolonged so often, in milliseconds: who has died is replaced within minutes. */
export const LEASE = 5 * 60_000;
const RENEWAL = 60_000;

/** So many earlier contents of a feed are remembered by their hashes, to know an old state when it comes again. */
const MOST_SEEN = 50;

/** A claimed feed that cannot be described, or whose run failed here, is tried again after so long, in milliseconds. */
const DAY = 86_400_000;
const SOON = 60_000;

export interface RunnerParts extends Omit<RunParts, 'check'> {
  readonly fetcher: Fetcher;
  readonly accessFor: (kind: Feed['access']['kind']) => Access;
  /** Keeps a text in a file of its own and tells its path. */
  readonly spool: (text: string) => Promise<string>;
  /** The gate as it is when a run begins. */
  readonly gate: () => Promise<RunParts['check']>;
  /** The value of a setting that holds a feed's credential. */
  readonly credential: (setting: string) => string | undefined;
  readonly random: () => number;
}

/** How a feed's turn went. */
export interface Turn {
  readonly state: FeedState;
  readonly reason?: string;
  readonly run?: RunOutcome;
  readonly nextAt: number;
}

/** What is kept of a feed between runs: what its access left, and the hashes of what it said. */
interface Kept {
  readonly access?: Bookmark;
  readonly seen?: readonly string[];
}

interface Result {
  readonly state: FeedState;
  readonly reason?: string;
  readonly run?: RunOutcome;
  readonly retryAt?: number;
  readonly bookmark?: Kept;
  /** Whether the next run is to follow at once. */
  readonly soon?: boolean;
}

/**
 * Runs a feed that `owner` has claimed, from the download to publication, notes how it fares, and gives up the claim. What is
 * wrong with a feed is told and never thrown; throws `StoreError`, and when the signal is aborted.
 */
export async function runFeed(
  parts: RunnerParts,
  feed: Feed,
  record: FeedRecord,
  owner: string,
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
    const result = await attempt({ ...parts, signal }, feed, record, owner);
    return await settle(parts, feed, record, owner, result);
  } catch (error) {
    if (parts.signal.aborted) {
      await release(parts, feed, record, owner);
      throw error;
    }
    if (error instanceof StoreError && error.code === 'lost_lease') throw error;
    const reason = error instanceof StoreError ? error.message : String(error);
    return await settle(parts, feed, record, owner, { state: 'failed', reason });
  } finally {
    clearInterval(renewing);
  }
}

async function attempt(parts: RunnerParts, feed: Feed, record: FeedRecord, owner: string): Promise<Result> {
  const check = await parts.gate();
  const runParts: RunParts = { ...parts, check };
  const unfinished = await openRun(parts, feed.name, 'publishing');
  if (unfinished !== undefined) {
    const resumed = await resume(runParts, feed, unfinished, owner);
    if (resumed !== undefined) return resumed;
  }
  return await download(parts, runParts, feed, record, owner);
}

/** Goes on with a run that a crash or a shutdown cut off; undefined when its files are gone and it is closed. */
async function resume(
  parts: RunParts,
  feed: Feed,
  unfinished: RunRecord,
  owner: string,
): Promise<Result | undefined> {
  const { store, clock } = parts;
  const left = JSON.parse(unfinished.spool ?? 'null') as Download | null;
  if (left === null || !isWhole(left)) {
    await store.endRun(unfinished.id, clock(), 'it was cut off, and its download is gone');
    return undefined;
  }
  await store.adoptRun(unfinished.id, owner);
  const run = await finishRun(parts, feed, unfinished.id, left);
  removeDownload(left);
  return {
    state: run.state,
    ...(run.reason !== undefined && { reason: run.reason }),
    run,
    bookmark: { access: left.bookmark },
  };
}

async function download(
  parts: RunnerParts,
  runParts: RunParts,
  feed: Feed,
  record: FeedRecord,
  owner: string,
): Promise<Result> {
  const { credential } = feed;
  const carried = carriedBy(feed, credential && parts.credential(credential.setting));
  if (typeof carried === 'string') return { state: 'no_credential', reason: carried };
  const kept = JSON.parse(record.bookmark ?? '{}') as Kept;
  const outcome = await accessed(parts, {
    feed,
    fetcher: parts.fetcher,
    ...carried,
    bookmark: kept.access,
    now: parts.clock(),
    signal: parts.signal,
    spool: parts.spool,
  });
  if (outcome.state === 'unchanged') return await unchanged(parts, feed, record, kept, outcome.bookmark);
  if (outcome.state !== 'fetched') return outcome;
  const found: Download = outcome;
  const age = ageOf(kept, found.bookmark);
  if (age === 'older' && found.complete && feed.absence === 'retracts') {
    removeDownload(found);
    return { state: 'stale', reason: 'an older state than the one that was published' };
  }
  await discardHeld(parts, feed.name);
  const run = await runDownload(runParts, feed, { owner }, found);
  if (run.state !== 'held') removeDownload(found);
  const { state, reason } = run;
  return {
    state,
    ...(reason !== undefined && { reason }),
    run,
    ...(state === 'fine' && { bookmark: bookmarkOf(kept, found.bookmark) }),
    // What a cap left for the next run is not left for long.
    ...(state === 'fine' && outcome.more === true && { soon: true }),
  };
}

/** What comes of a feed's download, a page in its place included. */
async function accessed(
  { accessFor }: RunnerParts,
  context: AccessContext,
): Promise<AccessOutcome | { readonly state: 'html' | 'empty' | 'drifted'; readonly reason: string }> {
  try {
    return await accessFor(context.feed.access.kind)(context);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return inputTrouble(error);
  }
}

/** What is unchanged is fine, but for a feed whose newest state still waits for the operator. */
async function unchanged(
  parts: RunnerParts,
  feed: Feed,
  record: FeedRecord,
  kept: Kept,
  access: Bookmark | undefined,
): Promise<Result> {
  const bookmark = access === undefined ? {} : { bookmark: { ...kept, access } };
  const held = await openRun(parts, feed.name, 'held');
  if (held === undefined) return { state: 'unchanged', ...bookmark };
  return { state: 'held', reason: held.failure ?? record.reason ?? 'it waits for you', ...bookmark };
}

async function openRun(
  { store }: RunnerParts,
  feed: string,
  state: RunRecord['state'],
): Promise<RunRecord | undefined> {
  const newest = await store.newestRun(feed);
  return newest?.state === state ? newest : undefined;
}

/** A newer download takes the place of one that waits. */
async function discardHeld(parts: RunnerParts, feed: string): Promise<void> {
  const held = await openRun(parts, feed, 'held');
  if (held === undefined) return;
  if (held.spool !== undefined) removeDownload(JSON.parse(held.spool) as Download);
  await parts.store.closeRun(held.id, 'discarded', 'a newer download took its place', parts.clock());
}

/** Whether what was downloaded is an earlier state of its feed: by its date, or because it said just that once before. */
function ageOf({ access, seen = [] }: Kept, now: Bookmark): 'older' | 'new' {
  const [before, after] = [access?.lastModified, now.lastModified].map((text) => Date.parse(String(text)));
  if (before! > after!) return 'older';
  return typeof now.sha256 === 'string' && seen.includes(now.sha256) ? 'older' : 'new';
}

function bookmarkOf({ seen = [] }: Kept, access: Bookmark): Kept {
  const hash = access.sha256;
  return { access, seen: typeof hash === 'string' ? [...seen, hash].slice(-MOST_SEEN) : seen };
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
  const waiting = state === 'held' || state === 'empty' || state === 'stale';
  const failures = good || waiting ? 0 : record.failures + 1;
  const nextAt = nextAttempt({
    interval: soon === true ? SOON : state === 'no_credential' ? DAY : feed.interval,
    failures,
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
