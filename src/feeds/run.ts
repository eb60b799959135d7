import { existsSync, rmSync } from 'node:fs';

import type { Feed } from '../model/feed.ts';
import type { Ioc } from '../model/ioc.ts';
import { tlpOfTag } from '../model/marking.ts';
import type { Rejection, Sighting, Source } from '../model/sighting.ts';
import type { Clock } from '../model/time.ts';
import { normaliseContext } from '../normalise/context.ts';
import { InputError, type ReadItem } from '../parse/format.ts';
import type { RunChangeKind, RunRecord, Store } from '../store/store.ts';
import type { Bookmark, FeedDocument } from './access/access.ts';
import { ArticleReading } from './article.ts';
import { trip, type Survey } from './fuse.ts';
import { inputTrouble } from './input-trouble.ts';
import { openDocument } from './open-document.ts';
import type { CheckingGate, Screening } from './screen.ts';
import type { FeedState } from './states.ts';
import { Surveyor, TooManyRecordsError } from './survey.ts';
import { takeIn } from './take-in.ts';

/** What a run needs besides its feed. */
export interface RunParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly enrich: (sighting: Sighting) => Sighting;
  readonly gate: CheckingGate;
  /** Aborted, a run stops between two batches; what it began to publish is completed later. */
  readonly signal: AbortSignal;
  /** How many records a run takes, where it is not as many as usual. */
  readonly mostRecords?: number;
}

/** What a download consists of, as a run that stands still keeps it. */
export interface Download {
  readonly documents: readonly FeedDocument[];
  readonly bookmark: Bookmark;
  /** Whether it is the whole of what the feed says. */
  readonly complete: boolean;
}

/** How a run ended. */
export interface RunOutcome {
  readonly state: FeedState;
  readonly reason?: string;
  readonly run: number;
  readonly survey?: Survey;
}

/** In whose name a run writes. */
export interface Holder {
  readonly owner: string;
}

/**
 * Takes a feed's download through the pipeline. It is read twice: first to compare it with what the feed said before, which
 * publishes nothing; then, if it is in proportion, to publish it, which is completed even after a crash. Throws what the store
 * throws, and when the signal is aborted.
 */
export async function runDownload(
  parts: RunParts,
  feed: Feed,
  { owner }: Holder,
  download: Download,
): Promise<RunOutcome> {
  const { store, clock } = parts;
  const run = await store.beginRun(sourceOf(feed), inputOf(feed), clock(), { feed: feed.name, owner });
  const surveyed = await survey(parts, feed, run, download);
  if ('state' in surveyed) {
    await store.endRun(run, clock(), surveyed.reason);
    return { ...surveyed, run };
  }
  const { surveyor, survey: found } = surveyed;
  const tripped = trip(
    found,
    download.documents.some(({ report }) => report !== undefined),
  );
  if (tripped?.state === 'held') {
    await store.setRunState(run, 'held', JSON.stringify(download), tripped.reason);
    return { ...tripped, run, survey: found };
  }
  if (tripped !== undefined) {
    await store.endRun(run, clock(), tripped.reason);
    return { ...tripped, run, survey: found };
  }
  await publish(parts, feed, run, download, surveyor);
  return { state: 'fine', run, survey: found };
}

/** Publishes the download of a run that was held, or that a crash cut off. */
export async function finishRun(
  parts: RunParts,
  feed: Feed,
  run: number,
  download: Download,
): Promise<RunOutcome> {
  const surveyed = await survey(parts, feed, run, download, 'again');
  if ('state' in surveyed) {
    await parts.store.endRun(run, parts.clock(), surveyed.reason);
    return { ...surveyed, run };
  }
  await publish(parts, feed, run, download, surveyed.surveyor);
  return { state: 'fine', run, survey: surveyed.survey };
}

/** Tells what a download would change, without changing anything. Throws as its readers do. */
export async function compareDownload(
  parts: RunParts,
  feed: Feed,
  download: Download,
  onChange: (kind: RunChangeKind, ioc: Ioc) => Promise<void>,
): Promise<void> {
  const surveyor = new Surveyor(parts.store, feed.title, onChange);
  for (const document of download.documents) {
    const { items, screening } = await screened(parts, feed, document);
    await surveyor.read(items, screening, async () => undefined);
  }
  const { absent } = await surveyor.finish(absenceCounts(feed, download));
  if (absent === 0) return;
  for await (const page of surveyor.absent()) for (const ioc of page) await onChange('withdrawn', ioc);
}

/** What a run that waits or was cut off goes on from; undefined when it keeps nothing, or its files are gone. */
export function downloadOf({ spool }: Pick<RunRecord, 'spool'>): Download | undefined {
  if (spool === undefined) return undefined;
  const download = JSON.parse(spool) as Download;
  return download.documents.every(({ path }) => existsSync(path)) ? download : undefined;
}

/** Removes a download's files. */
export function removeDownload({ documents }: Download): void {
  for (const { path } of documents) rmSync(path, { force: true });
}

/** The source that a feed's sightings are of. */
export function sourceOf(feed: Feed): Source {
  const { title, publisher, homepage, category, tlp, confidence, reliability } = feed;
  return { name: title, url: homepage, category, tlp, confidence, reliability, publisher };
}

function inputOf({ access }: Feed): string {
  return access.url;
}

type Surveyed =
  | { readonly surveyor: Surveyor; readonly survey: Survey }
  | { readonly state: FeedState; readonly reason: string };

async function survey(
  parts: RunParts,
  feed: Feed,
  run: number,
  download: Download,
  turn: 'first' | 'again' = 'first',
): Promise<Surveyed> {
  const { store, mostRecords } = parts;
  const surveyor = new Surveyor(store, feed.title, undefined, mostRecords);
  try {
    for (const document of download.documents) {
      const { items, screening } = await screened(parts, feed, document);
      const keep = (rejections: readonly Rejection[]): Promise<void> =>
        turn === 'first' ? store.quarantine(run, rejections) : Promise.resolve();
      await surveyor.read(items, screening, keep, parts.signal);
    }
    return { surveyor, survey: await surveyor.finish(absenceCounts(feed, download)) };
  } catch (error) {
    if (error instanceof TooManyRecordsError)
      return { state: 'too_large', reason: 'it has more records than a run takes' };
    if (!(error instanceof InputError)) throw error;
    return inputTrouble(error);
  }
}

async function publish(
  parts: RunParts,
  feed: Feed,
  run: number,
  download: Download,
  surveyor: Surveyor,
): Promise<void> {
  const { store, clock } = parts;
  await store.setRunState(run, 'publishing', JSON.stringify(download));
  // Before anything is added: what is new now was not known to the survey, and would count as missing.
  if (absenceCounts(feed, download))
    for await (const absent of surveyor.absent()) {
      parts.signal.throwIfAborted();
      const ids = absent.map(({ id }) => id);
      await store.withdraw(run, ids, clock());
    }
  for (const document of download.documents) {
    const { items, screening } = await screened(parts, feed, document);
    await takeIn(store, run, items, {
      clock,
      screening,
      rejectionsKept: true,
      signal: parts.signal,
    });
  }
  await store.endRun(run, clock());
}

function absenceCounts(feed: Feed, { complete }: Download): boolean {
  return complete && feed.absence === 'retracts';
}

/** A document's records, and what each of them goes through. */
async function screened(
  parts: RunParts,
  feed: Feed,
  document: FeedDocument,
): Promise<{ readonly items: AsyncIterable<readonly ReadItem[]>; readonly screening: Screening }> {
  const reading = readingOf(feed, document);
  const { items } = await openDocument(document, feed, parts.clock(), reading?.onReport);
  const screening = screeningOf(parts, feed, document);
  return { items, screening: reading === undefined ? screening : { ...screening, reading } };
}

/** A report is an article; one without a page of its own is told apart by the feed and its id there. */
function readingOf({ access, tags }: Feed, { url, report }: FeedDocument): ArticleReading | undefined {
  if (report === undefined) return undefined;
  const { id, title, publishedAt, summary } = report;
  return new ArticleReading({
    name: id,
    // Without a title of its own it is called by its address: its page knows better.
    ...(title !== url && { title }),
    ...(url === access.url ? { key: `${access.url} ${id}` } : { url }),
    ...(publishedAt !== undefined && { publishedAt }),
    ...(summary !== undefined && { summary }),
    tags: [...(report.tags ?? []), ...(tags ?? [])],
  });
}

function screeningOf({ enrich, gate }: RunParts, feed: Feed, document: FeedDocument): Screening {
  const { threatType, sectors, homepage, access, tlp: unmarked } = feed;
  const { report } = document;
  const markings = report?.tags?.filter((tag) => tlpOfTag(tag) !== undefined) ?? [];
  const tags = [...(feed.tags ?? []), ...markings];
  const stated = {
    value: '',
    place: '',
    ...(threatType !== undefined && { threatType }),
    ...(tags.length > 0 && { tags }),
    ...(sectors.length > 0 && { sectors }),
    ...(report !== undefined && { entry: report.id, reference: document.url, comment: report.title }),
    ...(report?.publishedAt !== undefined && { firstSeen: report.publishedAt, lastSeen: report.publishedAt }),
  };
  const defaults = normaliseContext(stated, unmarked);
  const addresses = [homepage, access.url, ...(report === undefined ? [] : [document.url])];
  const ownHosts = [...new Set(addresses.flatMap((address) => URL.parse(address)?.hostname ?? []))];
  return { enrich, gate, ownHosts, defaults, unmarked };
}
