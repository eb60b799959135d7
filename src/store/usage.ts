import type { ConfidenceLevel } from '../model/confidence.ts';
import type { IndicatorQuery, Left } from '../model/indicator-query.ts';
import type { Ioc, IocType } from '../model/ioc.ts';
import type { Sector } from '../model/sector.ts';

/** What was counted of keys since the last batch. Days are the first millisecond of a UTC day. */
export interface UsageBatch {
  readonly requests: readonly RequestCounts[];
  readonly marks: readonly RateMark[];
  readonly addresses: readonly AddressUse[];
  readonly deliveries: readonly Delivery[];
}

/** Answers of one endpoint with one status to one key on one day. */
export interface RequestCounts {
  readonly key: string;
  readonly day: number;
  /** The route as it is declared, or `other` for what is no route. */
  readonly endpoint: string;
  readonly status: number;
  readonly count: number;
  /** How many took how long, by the buckets of `latencyBucket`. */
  readonly latencies: readonly number[];
}

/** The most that was used of a rate limit on one day. */
export interface RateMark {
  readonly key: string;
  readonly day: number;
  readonly limit: number;
  readonly used: number;
}

export interface AddressUse {
  readonly key: string;
  readonly address: string;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Which versions a filter lets through, besides where it begins and ends. */
export interface DeliveryFilter extends Pick<IndicatorQuery, 'types' | 'levels' | 'sectors' | 'revoked'> {
  readonly categories?: readonly string[];
  /** Set where but a part of that was sent, and no filter says which: of `current` versions, or of replaced ones too. */
  readonly part?: 'current' | 'any-version';
  /** Set where retractions of what left the filter were sent too, or for a while anything of it: see `Left`. */
  readonly left?: Left['told'];
  /** The format, where it may leave out some of that for what they are. */
  readonly format?: string;
  /** The route that answered. */
  readonly endpoint: string;
}

/**
 * One or more complete answers: all that the filter let through of the versions with stamps from `lower` to `upper`, as they
 * stood when each was asked for.
 */
export interface Delivery {
  readonly key: string;
  readonly filter: DeliveryFilter;
  readonly lower: number;
  readonly upper: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly answers: number;
}

/** A published version, as far as filters look at it. */
export interface VersionFacts {
  readonly stamp: number;
  /** The stamp of the version that replaced it; Infinity for none. */
  readonly until: number;
  /** When its validity ends; Infinity for never. */
  readonly expires: number;
  readonly type: IocType;
  readonly level: ConfidenceLevel;
  readonly sectors: readonly Sector[];
  /** Undefined where it is not known any more. */
  readonly categories?: readonly string[];
  readonly revoked: boolean;
}

export interface KeyUsage {
  readonly requests: readonly Omit<RequestCounts, 'key'>[];
  readonly marks: readonly Omit<RateMark, 'key'>[];
}

/** Usage of keys: counted in memory, written in batches. */
export interface UsageStore {
  /** Adds what was counted. */
  recordUsage(batch: UsageBatch, now: number): Promise<void>;
  /** What a key did on the days from `since` on. */
  usageOf(key: string, since: number): Promise<KeyUsage>;
  /** The addresses that a key was used from, the last first; all that are kept, or so many. */
  addressesOf(key: string, limit?: number): Promise<readonly Omit<AddressUse, 'key'>[]>;
  /** What was sent to a key that may hold one of these stamps. */
  deliveriesOf(key: string, stamps: readonly number[]): Promise<readonly Omit<Delivery, 'key'>[]>;
  /** Every version of an IOC that is still kept, oldest first. */
  versionFacts(ioc: Ioc): Promise<readonly VersionFacts[]>;
}

/** Usage is kept for so long, in milliseconds. */
export const USAGE_KEPT = 400 * 86_400_000;
