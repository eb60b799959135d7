import type { Article, ArticlePage, ArticleQuery, ListedArticle } from '../model/article.ts';
import type { ConfidenceLevel } from '../model/confidence.ts';
import type { ContributionRecord } from '../model/contribution.ts';
import type { Hold } from '../model/hold.ts';
import type { IndicatorQuery, MarkingChoice } from '../model/indicator-query.ts';
import type { Ioc, IocType } from '../model/ioc.ts';
import type { IocItem } from '../model/ioc-item.ts';
import type { OperatorEntry } from '../model/operator-entry.ts';
import type { Context, Evidence, Rejection, RejectionCode, Sighting, Source } from '../model/sighting.ts';
import type { TierName } from '../model/tier.ts';
import type { AccountStore, KeyManagement } from './accounts.ts';
import type { UsageStore } from './usage.ts';

export * from './accounts.ts';
export * from './usage.ts';

/** An answer, at once where it is known: most requests ask what was asked a moment ago, and need not wait. May throw where a promise rejects. */
export type Soon<T> = T | Promise<T>;

/**
 * Everything the program keeps. Implementations are interchangeable: they pass `test/store/contract.ts`.
 * Times and stamps are UTC milliseconds. Methods reject with `StoreError` when the store cannot answer;
 * a rejected write has changed nothing.
 */
export interface Store
  extends
    IndicatorReads,
    IndicatorWrites,
    ArticleStore,
    RunStore,
    GateStore,
    FeedStore,
    KeyStore,
    KeyManagement,
    AccountStore,
    UsageStore,
    ContributionStore,
    RequestLedger,
    StoreMonitoring {
  /** What `doctor` and the start-up look at. */
  health(): Promise<StoreHealth>;
  /** Finishes what is under way and lets go of every file and connection. */
  close(): Promise<void>;
}

/**
 * Reading what is published. `asOf` is the reader's present: versions stamped later are not visible to
 * it, and all calls of one request use one `asOf`, which gives them one consistent view for ten minutes.
 */
export interface IndicatorReads {
  /**
   * Notes that consumers read this store from now on, so that no stamp is ever given that lies behind
   * what they may have seen. To be awaited before the first read; cheap after that.
   */
  markPolled(now: number): Promise<void>;
  /** The stamp of the newest visible version; 0 when there is none. */
  watermark(asOf: number): Soon<number>;
  /** How much a query yields, without its texts. */
  extent(query: IndicatorQuery, asOf: number): Promise<Extent>;
  /**
   * One slice of a query's indicators as STIX JSON, at most `size` of them and at most the query's limit,
   * but perhaps fewer: the caller goes on with `after` set to `last`, and the limit less what it has, until `done`.
   */
  slice(query: IndicatorQuery, markings: MarkingChoice, asOf: number, size: number): Promise<Slice>;
  /**
   * Lists are made beside what is published, and follow it in a moment. Resolves once they have all that is visible at `asOf`, with the
   * name of their making: made anew, the same versions may be written otherwise. Rejects with `StoreError` when they are further
   * behind, as while a large store is listed for the first time. What is told of lists below waits by itself.
   */
  awaitLists(asOf: number): Promise<string>;
  /** The extent of a query, as `extent` has it, for lists: the sooner where much of it is there joined. */
  listExtent(query: IndicatorQuery, asOf: number): Promise<Extent>;
  /** The same as texts of a form, with what stands between two of them: a comma, a line feed, for CSV the RFC's line end. */
  texts(query: IndicatorQuery, form: ItemForm, asOf: number, size: number): Promise<Slice>;
  /** The same as items, for what is written anew for each answer. */
  items(query: IndicatorQuery, asOf: number, size: number): Promise<ItemSlice>;
  /** Visible IOCs that are, or whose values hold, what is asked for. A part needs three characters. */
  search(question: SearchQuestion, asOf: number): Promise<SearchResult>;
  /**
   * How many there are of what is listed so far, and what was published lately; costs the same however many there are.
   */
  statistics(now: number): Promise<Statistics>;
  /** How many indicators a query would yield without a limit. */
  count(query: Omit<IndicatorQuery, 'limit'>, asOf: number): Promise<number>;
  /** Every version ever published after the stamp `after`, replaced ones too, the oldest first, at most `limit`. */
  history(after: number, asOf: number, limit: number): Promise<readonly PublishedVersion[]>;
  /** Every version of the indicator of this UUID, the oldest first; none when it is not known. */
  versionsOf(uuid: string, asOf: number): Promise<readonly PublishedVersion[]>;
}

/** One version of an indicator, as it was published. */
export interface PublishedVersion {
  readonly stamp: number;
  /** Its indicator's, without `indicator--`. */
  readonly uuid: string;
  readonly type: IocType;
  /** Whether none has replaced it yet. */
  readonly last: boolean;
  /** As JSON, marked by TLP 1. */
  readonly stix: string;
  /** The same of the version that it replaced; undefined for an IOC's first. */
  readonly replaced: string | undefined;
}

/** The size of an answer. Its first and last stamp and count name its content exactly (see docs/architecture.md). */
export interface Extent {
  readonly count: number;
  /** Stamps of the first and last indicator in the query's order; 0 when there are none. */
  readonly first: number;
  readonly last: number;
  /** Whether the query has more than its limit. */
  readonly more: boolean;
}

export interface Slice {
  /** Indicators as JSON objects in UTF-8, joined by `,`; empty for none. */
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly last: number;
  readonly done: boolean;
}

/** Counts of what is current, and of what was published; names in the order of their counts, the greatest first. */
export interface Statistics {
  readonly total: number;
  readonly types: ReadonlyMap<IocType, number>;
  readonly levels: ReadonlyMap<ConfidenceLevel, number>;
  readonly feeds: readonly NameCount[];
  readonly categories: readonly NameCount[];
  /** The ten most frequent. */
  readonly techniques: readonly NameCount[];
  readonly cves: readonly NameCount[];
  readonly day: Trend;
  readonly week: Trend;
  readonly lists: ListsProgress;
}

/** Whether lists have all that is published; else how many IOCs they have, of about how many. */
export interface ListsProgress {
  readonly complete: boolean;
  readonly listed: number;
  readonly known: number;
}

export interface NameCount {
  readonly name: string;
  readonly count: number;
}

/** What was published in a span of time, to the full hour. */
interface Trend {
  readonly added: number;
  readonly updated: number;
  /** How much was added in the span of the same length before. */
  readonly addedBefore: number;
}

export interface SearchQuestion {
  /** What values are to hold, whatever the case of its letters. */
  readonly text: string;
  /** The IOC that the text is by itself: when it is there, it is the one answer. */
  readonly exact?: Ioc;
  /** Only these types; empty for any. */
  readonly types: readonly IocType[];
  readonly limit: number;
  /** Goes on where a result ended, by its `next`; then `exact` is not given. */
  readonly before?: number;
  /** At most so many others from the same source documents. */
  readonly related: number;
}

export interface SearchResult {
  readonly match: 'exact' | 'substring';
  /** Items as JSON texts, as lists give them; those known last first. */
  readonly items: readonly string[];
  readonly related: readonly string[];
  /** Where to go on; only when there are more. */
  readonly next?: number;
}

/** As what an IOC's item is written down at publication: an object, an object that ends a line, a CSV record, its value. */
export type ItemForm = 'json' | 'ndjson' | 'csv' | 'value';

export interface ItemSlice {
  readonly items: readonly IocItem[];
  readonly last: number;
  readonly done: boolean;
}

export interface IndicatorWrites {
  /**
   * Opens the record of an import or feed run and returns its id. Under a lease, what the run writes later is refused
   * with `lost_lease` once another process has claimed the feed.
   */
  beginRun(source: Source, input: string, now: number, lease?: RunLease): Promise<number>;
  /** Does what can be done before `ingest` for the sightings that it is given next, while others are being written. */
  prepare(sightings: readonly Sighting[]): void;
  /**
   * Takes in one batch of one source's sightings, all or nothing, and publishes a version of every
   * indicator that changed visibly. What has a hold is kept and not published. `gate` is the fingerprint of the gate that the holds
   * are of: is it not the one by which all IOCs were checked last, that check has to be done again. `articles` are kept first: each
   * belongs to the source that it was first of, and takes in what that source's sightings say that was found in it.
   */
  ingest(
    run: number,
    sightings: readonly Sighting[],
    now: number,
    gate?: string,
    articles?: readonly Article[],
  ): Promise<IngestCounts>;
  /**
   * Takes in that the run's source says nothing any more of these IOCs (ids as in `KnownIoc`), and revokes those of which
   * nobody else does. Returns of how many it withdrew its word.
   */
  withdraw(run: number, iocs: readonly number[], now: number): Promise<number>;
  /** Keeps what a run did not take, or left out of what it took, with counts for each reason and some samples. */
  quarantine(run: number, rejections: readonly Rejection[]): Promise<void>;
  /** Closes a run. `failure` is why it ended early. */
  endRun(run: number, now: number, failure?: string): Promise<void>;
  /** Takes back IOCs for every source, for false positives: publishes each retraction once. */
  retract(iocs: readonly Ioc[], reason: string, now: number): Promise<number>;
  /**
   * Looks again at IOCs whose time has come: publishes what has faded into a lower confidence, and revokes what has
   * expired. Returns how many it looked at, `limit` at most; to be called again while it is as many.
   */
  review(now: number, limit: number): Promise<number>;
  /**
   * Clears away what no reader sees any more: replaced versions, and expired ones out of what a first
   * download walks through. Returns how many; to be called again while there are some.
   */
  sweep(now: number): Promise<number>;
  /**
   * Keeps of versions that were replaced before `whole` only what receipts need, and of those replaced before `facts` nothing. Returns how many;
   * to be called again while there are some.
   */
  forgetVersions(before: { readonly whole: number; readonly facts: number }): Promise<number>;
  /** Brings lists up to what is published now, sooner than it happens by itself. */
  fillLists(): Promise<void>;
  /**
   * Takes values into the search, `limit` at most: until then they are found more slowly. Returns how many; to be called again
   * while there are some.
   */
  indexValues(limit: number): Promise<number>;
  listQuarantine(run: number): Promise<readonly QuarantineRecord[]>;
  /** One IOC with all that is known of it, or undefined. */
  findIoc(ioc: Ioc): Promise<IocRecord | undefined>;
  /** The same by the UUID of its indicator. */
  findIndicator(uuid: string): Promise<IocRecord | undefined>;
}

/** The reports that IOCs were looked for in. An IOC that the gate holds, or that was taken back, is in none. */
export interface ArticleStore {
  /** A page of articles, the newest first; of equal times those read last. */
  listArticles(query: ArticleQuery, asOf: number): Promise<ArticlePage>;
  /** One article with its IOCs, `most` at most, by the UUID that is its id. */
  findArticle(id: string, asOf: number, most: number): Promise<ArticleRecord | undefined>;
}

export interface ArticleRecord extends ListedArticle {
  readonly iocs: readonly ArticleIoc[];
  /** How many there are in all. */
  readonly iocCount: number;
}

export interface ArticleIoc extends Ioc {
  readonly level: ConfidenceLevel;
  /** Whether its validity is over. */
  readonly isExpired: boolean;
  readonly evidence?: Evidence;
}

/** What became of a batch. Every sighting is counted once, as added, updated, unchanged or held. */
export interface IngestCounts {
  /** IOCs never seen before. */
  readonly added: number;
  /** Known IOCs of which a new version was published. */
  readonly updated: number;
  /** Sightings that changed nothing a consumer acts on. */
  readonly unchanged: number;
  /** Sightings of IOCs that the gate holds back: kept, not published. */
  readonly held: number;
  /** Of all these, those whose validity is already over: kept, but in no first download. */
  readonly expired: number;
  /** The stamp of the last version published; 0 when none was. */
  readonly lastStamp: number;
}

/** What runs changed can be looked at and undone for so long, in milliseconds: 30 days. */
export const CHANGES_KEPT = 30 * 86_400_000;

/** Runs: looking at what they changed, and taking it back. */
export interface RunStore {
  /** The newest runs first, with what they took and what they did not. */
  listRuns(limit: number): Promise<readonly RunRecord[]>;
  findRun(run: number): Promise<RunRecord | undefined>;
  /** What a run changed, for those after the id `after`; kept for `CHANGES_KEPT`. */
  listChanges(run: number, after: number, limit: number): Promise<readonly RunChange[]>;
  /** Says how far a run is, what it needs to go on (`spool`, JSON), and why it stands still. */
  setRunState(run: number, state: RunState, spool?: string, reason?: string): Promise<void>;
  /** The newest run of a feed, or undefined. */
  newestRun(feed: string): Promise<RunRecord | undefined>;
  /** Hands a run that was cut off to whoever holds its feed now. */
  adoptRun(run: number, owner: string): Promise<void>;
  /** Closes a run that is not going to be published. */
  closeRun(run: number, state: 'discarded', reason: string, now: number): Promise<void>;
  /**
   * Puts back what a run changed, as a run of its own, and publishes the reversal. What a later run has changed again is
   * left as it is. Rejects with `StoreError` for a run that there is not.
   */
  undoRun(run: number, now: number): Promise<UndoReport>;
  /** For each sighting, how it differs from what the source says so far. */
  compare(source: string, sightings: readonly Sighting[]): Promise<readonly Comparison[]>;
  /** IOCs that a source stands by, by id, for those after the id `after`. */
  standing(source: string, after: number, limit: number): Promise<readonly KnownIoc[]>;
}

/** How a sighting differs from what its source says; `id` is the IOC's, 0 when it is not known, and when the source has said nothing yet. */
export interface Comparison {
  readonly id: number;
  readonly change: 'new' | 'changed' | 'same';
}

export interface KnownIoc extends Ioc {
  /** The store's own id of it, rising in the order in which IOCs became known. */
  readonly id: number;
  readonly hold?: Hold;
}

/** `reading` changes nothing; `publishing` is completed whatever happens; `held` waits for the operator. */
export type RunState = 'reading' | 'publishing' | 'held' | 'done' | 'failed' | 'discarded';

/** What a run did to what its source says of an IOC; a kind's position is its code in the store. */
export const RUN_CHANGE_KINDS = ['added', 'changed', 'withdrawn'] as const;
export type RunChangeKind = (typeof RUN_CHANGE_KINDS)[number];

export interface RunChange extends Ioc {
  readonly id: number;
  readonly kind: RunChangeKind;
}

export interface UndoReport {
  /** The run that the reversal is recorded as. */
  readonly run: number;
  readonly restored: number;
  /** Changes that a later run has changed again, left as they are. */
  readonly skipped: number;
}

/** In whose name a feed is run. */
export interface RunLease {
  readonly feed: string;
  readonly owner: string;
}

export interface RunRecord {
  readonly id: number;
  readonly source: string;
  readonly input: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly failure?: string;
  readonly feed?: string;
  readonly state: RunState;
  readonly read: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly held: number;
  readonly withdrawn: number;
  readonly quarantined: number;
  readonly spool?: string;
}

/** What the gate needs kept: the operator's lists, and which IOCs it holds back. */
export interface GateStore {
  /** The operator's entries, expired ones too. */
  listEntries(): Promise<readonly OperatorEntry[]>;
  /** Adds an entry, or replaces the one of the same list and value. */
  putEntry(entry: OperatorEntry): Promise<void>;
  /** Whether there was such an entry. */
  removeEntry(list: OperatorEntry['list'], value: string): Promise<boolean>;
  /** All IOCs, by id, for those after the id `after`. */
  listIocs(after: number, limit: number): Promise<readonly KnownIoc[]>;
  /**
   * Holds IOCs back, or, without a hold, lets them go; publishes what changes by it. Returns how many versions. `gate` as
   * for `ingest`.
   */
  setHolds(
    holds: readonly { readonly id: number; readonly hold?: Hold }[],
    now: number,
    gate?: string,
  ): Promise<number>;
  /** The fingerprint of the gate by which all IOCs were last checked; empty for none, or while they are being checked. */
  gateFingerprint(): Promise<string>;
  /** Notes that all IOCs begin to be checked by the gate of this fingerprint. */
  beginGateCheck(fingerprint: string): Promise<void>;
  /** Notes that they have been. False when meanwhile another gate's holds came in: they are to be checked again. */
  endGateCheck(fingerprint: string): Promise<boolean>;
}

/** The feeds of the catalogue and the operator's own, with how they fare. Times are UTC milliseconds. */
export interface FeedStore {
  /** Makes known the feeds of the catalogue, so that they can be claimed; forgets those that it has no more. */
  syncFeeds(
    feeds: readonly { readonly name: string; readonly enabled: boolean }[],
    now: number,
  ): Promise<void>;
  /** Adds or replaces a feed of the operator's own; `definition` is JSON. */
  putFeed(name: string, definition: string, now: number): Promise<void>;
  /** Removes a feed of the operator's own. Whether there was one. What it published stays. */
  removeFeed(name: string): Promise<boolean>;
  /** Switches a feed on or off; on also makes it due now. Whether there is one. */
  enableFeed(name: string, enabled: boolean, now: number): Promise<boolean>;
  listFeeds(): Promise<readonly FeedRecord[]>;
  /**
   * Claims the feed that is due for longest, or the named one whether due or not, for `lease` milliseconds; undefined when none
   * is, or when another holds it.
   */
  claimFeed(owner: string, now: number, lease: number, name?: string): Promise<FeedRecord | undefined>;
  /** Prolongs a claim. False when it is lost. */
  renewFeed(name: string, owner: string, until: number): Promise<boolean>;
  /** Notes how a feed fares and gives up the claim. Does nothing when the claim is lost. */
  settleFeed(name: string, owner: string, outcome: FeedSettlement): Promise<void>;
}

/** Every state of a feed besides the troubles of fetching it, with a sentence for people. */
export interface FeedSettlement {
  readonly state: string;
  readonly reason?: string;
  readonly nextAt: number;
  readonly checkedAt: number;
  readonly failures: number;
  /** Set when the run was good, unchanged ones included. */
  readonly goodAt?: number;
  readonly goodRun?: number;
  /** Set when its content was another than before. */
  readonly changedAt?: number;
  readonly bookmark?: string;
}

export interface FeedRecord {
  readonly name: string;
  /** JSON, for the operator's own. */
  readonly definition?: string;
  readonly enabled: boolean;
  readonly nextAt: number;
  readonly owner?: string;
  readonly leaseUntil: number;
  readonly bookmark?: string;
  readonly failures: number;
  readonly state: string;
  readonly reason?: string;
  readonly checkedAt?: number;
  readonly goodAt?: number;
  readonly goodRun?: number;
  readonly changedAt?: number;
}

export interface QuarantineRecord {
  readonly code: RejectionCode;
  readonly count: number;
  readonly samples: readonly Rejection[];
}

export interface IocRecord extends Ioc {
  readonly created: number;
  /** The stamp of its newest version, visible or still to come; 0 when it was never published. */
  readonly stamp: number;
  readonly revoked: boolean;
  /** Its newest version; empty when it was never published. */
  readonly stix: string;
  /** Why the gate keeps it back. */
  readonly hold?: Hold;
  /** Why the operator took it back. */
  readonly retracted?: string;
  readonly validUntil?: number;
  /** What each source says of it. */
  readonly sightings: readonly (Sighting & { readonly source: string; readonly reports: number })[];
  readonly sources: readonly SourceWord[];
}

/** What one source says of an IOC, and when it was heard. */
export interface SourceWord {
  readonly source: Source;
  readonly firstReported: number;
  readonly lastReported: number;
  readonly reports: number;
  /** Whether it still says so. */
  readonly stands: boolean;
  readonly contexts: readonly Context[];
}

export interface KeyStore {
  /** Adds a key; `hash` is the SHA-256 of the whole key, `prefix` its first 12 characters. */
  createKey(key: NewKey, now: number): Promise<KeyRecord>;
  /** The key of this hash, revoked and expired ones too. Asked on every request. */
  findKey(hash: Uint8Array): Soon<KeyRecord | undefined>;
  listKeys(): Promise<readonly KeyRecord[]>;
  /** Revokes one key by id or unambiguous prefix; in force for every process at once. Undefined when there is none. */
  revokeKey(idOrPrefix: string, now: number): Promise<KeyRecord | undefined>;
}

/** What became of what partners contributed. */
export interface ContributionStore {
  /** Keeps a contribution's status for `STATUS_KEPT`. */
  keepContribution(record: ContributionRecord, now: number): Promise<void>;
  findContribution(id: string, now: number): Promise<ContributionRecord | undefined>;
}

export interface NewKey {
  readonly hash: Uint8Array;
  readonly prefix: string;
  readonly account: string;
  readonly name: string;
  readonly tier: TierName;
  readonly expiresAt?: number;
  /** Addresses and networks (CIDR) that may use the key; empty for any. */
  readonly allowedNetworks: readonly string[];
  /** Whether it may contribute IOCs. */
  readonly canWrite?: boolean;
}

export interface KeyRecord extends Omit<NewKey, 'hash'> {
  readonly id: string;
  readonly createdAt: number;
  readonly revokedAt?: number;
  /** The id of the key that took over at a rotation. */
  readonly successor?: string;
}

/** Counts requests in rolling windows, shared by all processes and kept over restarts. */
export interface RequestLedger {
  /**
   * Takes up to `want` requests out of what the key has left in both windows. `granted` is 0 when a
   * window is exhausted. `unspent` requests, granted at `takenAt`, are put back first.
   */
  takeRequests(
    keyId: string,
    want: number,
    limits: { readonly perMinute: number; readonly perDay: number },
    now: number,
    unspent?: { readonly count: number; readonly takenAt: number },
  ): Promise<RequestGrant>;
}

export interface RequestGrant {
  readonly granted: number;
  readonly minute: WindowState;
  readonly day: WindowState;
}

export interface WindowState {
  readonly limit: number;
  /** What is left after this grant. */
  readonly remaining: number;
  /** When the oldest counted request leaves the window, so that at least one more is possible. */
  readonly resetAt: number;
}

export interface StoreHealth {
  readonly kind: string;
  readonly location: string;
  readonly schemaVersion: number;
  readonly engineVersion: string;
  readonly indicators: number;
  /** The newest stamp given out, visible or not. */
  readonly lastStamp: number;
  readonly lists: ListsProgress;
}

/** What probes and monitoring ask for, every few seconds: costs the same however much the store holds. */
export interface StoreMonitoring {
  /** Whether each part of it can answer now. Does not reject. */
  probe(): Promise<readonly StoreCheck[]>;
  /** Runs by id, for those after the id `after`. */
  runsAfter(after: number, limit: number): Promise<readonly RunRecord[]>;
}

/** A part of the store, and what is wrong with it; without a problem, nothing is. */
export interface StoreCheck {
  readonly name: string;
  readonly problem?: string;
}

/** The store cannot answer. `code` says why. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code:
    | 'busy'
    | 'full'
    | 'stale_schema'
    | 'newer_schema'
    | 'corrupt'
    | 'other_producer'
    | 'limit_reached'
    | 'ambiguous'
    | 'lost_lease'
    | 'conflict'
    | 'unavailable';

  constructor(code: StoreError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
