import type { IndicatorQuery, MarkingChoice } from '../model/indicator-query.ts';
import type { Ioc } from '../model/ioc.ts';
import type { Rejection, RejectionCode, Sighting, Source } from '../model/sighting.ts';
import type { TierName } from '../model/tier.ts';

/**
 * Everything the program keeps. Implementations are interchangeable: they pass `test/store/contract.ts`.
 * Times and stamps are UTC milliseconds. Methods reject with `StoreError` when the store cannot answer;
 * a rejected write has changed nothing.
 */
export interface Store extends IndicatorReads, IndicatorWrites, KeyStore, RequestLedger {
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
  watermark(asOf: number): Promise<number>;
  /** How much a query yields, without its texts. */
  extent(query: IndicatorQuery, asOf: number): Promise<Extent>;
  /**
   * One slice of a query's indicators as STIX JSON, at most `size` of them and at most the query's limit,
   * but perhaps fewer: the caller goes on with `after` set to `last`, and the limit less what it has, until `done`.
   */
  slice(query: IndicatorQuery, markings: MarkingChoice, asOf: number, size: number): Promise<Slice>;
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

export interface IndicatorWrites {
  /** Opens the record of an import or feed run and returns its id. */
  beginRun(source: Source, input: string, now: number): Promise<number>;
  /**
   * Takes in one batch of one source's sightings, all or nothing, and publishes a version of every
   * indicator that changed visibly.
   */
  ingest(run: number, sightings: readonly Sighting[], now: number): Promise<IngestCounts>;
  /** Keeps what a run did not take, with counts for each reason and some samples. */
  quarantine(run: number, rejections: readonly Rejection[]): Promise<void>;
  /** Closes a run. `failure` is why it ended early. */
  endRun(run: number, now: number, failure?: string): Promise<void>;
  /** Takes back IOCs for every source, for false positives: publishes each retraction once. */
  retract(iocs: readonly Ioc[], reason: string, now: number): Promise<number>;
  /**
   * Clears away what no reader sees any more: replaced versions, and expired ones out of what a first
   * download walks through. Returns how many; to be called again while there are some.
   */
  sweep(now: number): Promise<number>;
  /** The newest runs first, with what they took and what they did not. */
  listRuns(limit: number): Promise<readonly RunRecord[]>;
  listQuarantine(run: number): Promise<readonly QuarantineRecord[]>;
  /** One IOC with all that is known of it, or undefined. */
  findIoc(ioc: Ioc): Promise<IocRecord | undefined>;
}

/** What became of a batch. Every sighting is counted once. */
export interface IngestCounts {
  /** IOCs never seen before. */
  readonly added: number;
  /** Known IOCs of which a new version was published. */
  readonly updated: number;
  /** Sightings that changed nothing a consumer acts on. */
  readonly unchanged: number;
  /** Of all these, those whose validity is already over: kept, but in no first download. */
  readonly expired: number;
  /** The stamp of the last version published; 0 when none was. */
  readonly lastStamp: number;
}

export interface RunRecord {
  readonly id: number;
  readonly source: string;
  readonly input: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly failure?: string;
  readonly read: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly quarantined: number;
}

export interface QuarantineRecord {
  readonly code: RejectionCode;
  readonly count: number;
  readonly samples: readonly Rejection[];
}

export interface IocRecord extends Ioc {
  readonly created: number;
  /** The stamp of its newest version, visible or still to come. */
  readonly stamp: number;
  readonly revoked: boolean;
  readonly stix: string;
  readonly sightings: readonly (Sighting & { readonly source: string; readonly reports: number })[];
}

export interface KeyStore {
  /** Adds a key; `hash` is the SHA-256 of the whole key, `prefix` its first 12 characters. */
  createKey(key: NewKey, now: number): Promise<KeyRecord>;
  /** The key of this hash, revoked and expired ones too. Asked on every request. */
  findKey(hash: Uint8Array): Promise<KeyRecord | undefined>;
  listKeys(): Promise<readonly KeyRecord[]>;
  /** Revokes one key by id or unambiguous prefix; in force for every process at once. Undefined when there is none. */
  revokeKey(idOrPrefix: string, now: number): Promise<KeyRecord | undefined>;
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
}

export interface KeyRecord extends Omit<NewKey, 'hash'> {
  readonly id: string;
  readonly createdAt: number;
  readonly revokedAt?: number;
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
    | 'unavailable';

  constructor(code: StoreError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
