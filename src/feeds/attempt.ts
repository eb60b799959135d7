import type { Feed } from '../model/feed.ts';
import { InputError } from '../parse/format.ts';
import type { FeedRecord, RunRecord } from '../store/store.ts';
import type { Access, AccessContext, AccessOutcome, Bookmark } from './access/access.ts';
import { carriedBy } from './access/credential.ts';
import type { Fetcher } from './fetch/fetcher.ts';
import { inputTrouble } from './input-trouble.ts';
import { afterPublishing, asStale, type Remembered, rememberedIn } from './remembered.ts';
import {
  type Download,
  downloadOf,
  finishRun,
  removeDownload,
  runDownload,
  type RunOutcome,
  type RunParts,
} from './run.ts';
import type { FeedState } from './states.ts';

/** What feeds are run with. */
export interface RunnerParts extends Omit<RunParts, 'gate'> {
  readonly fetcher: Fetcher;
  readonly accessFor: (kind: Feed['access']['kind']) => Access;
  /** Keeps a text in a file of its own and tells its path. */
  readonly spool: (text: string) => Promise<string>;
  /** The gate as it is when a run begins. */
  readonly gate: () => Promise<RunParts['gate']>;
  /** The value of a setting that holds a feed's credential. */
  readonly credential: (setting: string) => string | undefined;
  readonly random: () => number;
}

/** What came of an attempt. */
export interface Result {
  readonly state: FeedState;
  readonly reason?: string;
  readonly run?: RunOutcome;
  readonly retryAt?: number;
  readonly bookmark?: Remembered;
  /** Whether the next run is to follow at once. */
  readonly soon?: boolean;
}

/**
 * Goes on with what was cut off, or downloads what is new and takes it through the pipeline. What is wrong with a feed is
 * told; throws `StoreError`, and when the signal is aborted.
 */
export async function attempt(
  parts: RunnerParts,
  feed: Feed,
  record: FeedRecord,
  owner: string,
): Promise<Result> {
  const { store, clock } = parts;
  const runParts: RunParts = { ...parts, gate: await parts.gate() };
  const newest = await store.newestRun(feed.name);
  if (newest?.state === 'reading')
    await store.endRun(newest.id, clock(), 'it was cut off before it published anything');
  if (newest?.state === 'publishing') {
    const resumed = await resume(runParts, feed, record, owner, newest);
    if (resumed !== undefined) return resumed;
  }
  return await download(parts, runParts, feed, record, owner);
}

/** Publishes a run that waited, or goes on with one that was cut off; undefined when its files are gone and it is closed. */
export async function resume(
  parts: RunParts,
  feed: Feed,
  record: FeedRecord,
  owner: string,
  unfinished: RunRecord,
): Promise<Result | undefined> {
  const { store, clock } = parts;
  const left = downloadOf(unfinished);
  if (left === undefined) {
    await store.endRun(unfinished.id, clock(), 'it was cut off, and its download is gone');
    return undefined;
  }
  await store.adoptRun(unfinished.id, owner);
  const run = await finishRun(parts, feed, unfinished.id, left);
  removeDownload(left);
  return resultOf(run, record, left.bookmark);
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
  const remembered = rememberedIn(record);
  const outcome = await accessed(parts, {
    feed,
    fetcher: parts.fetcher,
    ...carried,
    bookmark: remembered.access,
    now: parts.clock(),
    signal: parts.signal,
    spool: parts.spool,
  });
  if (outcome.state === 'unchanged') return await unchanged(parts, feed, record, outcome.bookmark);
  if (outcome.state !== 'fetched') return outcome;
  const found: Download = outcome;
  if (found.complete && feed.absence === 'retracts') {
    const stale = asStale(remembered, found.bookmark, parts.clock());
    if (stale !== undefined) {
      removeDownload(found);
      return { state: 'stale', reason: 'an older state than the one that was published', bookmark: stale };
    }
  }
  const result = await take(runParts, feed, record, owner, found);
  // What a cap left for the next run is not left for long.
  return result.state === 'fine' && outcome.more === true ? { ...result, soon: true } : result;
}

/** Takes a download through the pipeline; unless a run still needs its files, they are removed, whatever happens. */
async function take(
  parts: RunParts,
  feed: Feed,
  record: FeedRecord,
  owner: string,
  found: Download,
): Promise<Result> {
  try {
    const waiting = await heldRun(parts, feed.name);
    if (waiting !== undefined && isSame(waiting, found)) return stillHeld(waiting);
    if (waiting !== undefined) await discardHeld(parts, waiting, 'a newer download took its place');
    return resultOf(await runDownload(parts, feed, { owner }, found), record, found.bookmark);
  } finally {
    if (!(await isNeeded(parts, feed.name, found))) removeDownload(found);
  }
}

/** Whether the newest run goes on from these files later. Where nobody can tell, they are left until the next start. */
async function isNeeded({ store }: RunParts, feed: string, { documents }: Download): Promise<boolean> {
  try {
    const { spool } = (await store.newestRun(feed)) ?? {};
    return spool !== undefined && documents.some(({ path }) => spool.includes(JSON.stringify(path)));
  } catch {
    return true;
  }
}

function resultOf(run: RunOutcome, record: FeedRecord, access: Bookmark): Result {
  const { state, reason } = run;
  return {
    state,
    ...(reason !== undefined && { reason }),
    run,
    ...(state === 'fine' && { bookmark: afterPublishing(rememberedIn(record), access) }),
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

/**
 * What is unchanged is fine. A whole that waits is of no use any more then, as its publisher is back at what is published; what is
 * no whole still waits for the operator.
 */
async function unchanged(
  parts: RunnerParts,
  feed: Feed,
  record: FeedRecord,
  access: Bookmark | undefined,
): Promise<Result> {
  const { stale: _stale, ...remembered } = rememberedIn(record);
  const bookmark = { bookmark: access === undefined ? remembered : { ...remembered, access } };
  const waiting = await heldRun(parts, feed.name);
  if (waiting !== undefined && downloadOf(waiting)?.complete === false)
    return { ...stillHeld(waiting), ...bookmark };
  if (waiting !== undefined)
    await discardHeld(parts, waiting, 'its publisher went back to what is published');
  return { state: 'unchanged', ...bookmark };
}

function stillHeld({ id, failure }: RunRecord): Result {
  const told = { state: 'held', reason: failure ?? 'it waits for you' } as const;
  return { ...told, run: { ...told, run: id } };
}

/** The feed's run that waits for the operator: the newest one, or none. */
async function heldRun({ store }: Pick<RunParts, 'store'>, feed: string): Promise<RunRecord | undefined> {
  const newest = await store.newestRun(feed);
  return newest?.state === 'held' ? newest : undefined;
}

async function discardHeld(
  { store, clock }: Pick<RunParts, 'store' | 'clock'>,
  held: RunRecord,
  reason: string,
): Promise<void> {
  const left = downloadOf(held);
  if (left !== undefined) removeDownload(left);
  await store.closeRun(held.id, 'discarded', reason, clock());
}

/** Whether a feed says once more what waits already. */
function isSame(held: RunRecord, found: Download): boolean {
  const waiting = downloadOf(held);
  const hash = found.bookmark.sha256;
  return found.complete && typeof hash === 'string' && waiting?.bookmark.sha256 === hash;
}
