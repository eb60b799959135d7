import { confidenceLevel } from '../model/confidence.ts';
import { HOLD_RULES } from '../model/hold.ts';
import type { Context } from '../model/sighting.ts';
import { formatTimestamp } from '../model/time.ts';
import { explainConfidence } from '../score/confidence.ts';
import type { IocRecord, SourceWord } from '../store/store.ts';

/** Where an IOC stands. */
export type Standing = 'published' | 'held' | 'retracted' | 'expired' | 'withdrawn' | 'upcoming';

/** Why an IOC is in or out, as JSON: who reported it, when, and how its confidence came about. Times are RFC 3339, UTC. */
export interface Why {
  readonly id: string;
  readonly type: string;
  readonly value: string;
  readonly status: Standing;
  /** The status in a sentence. */
  readonly because: string;
  readonly hold?: { readonly rule: string; readonly list: string; readonly entry: string };
  readonly first_published?: string;
  readonly last_published?: string;
  readonly valid_until?: string;
  readonly confidence: {
    readonly value: number;
    readonly level: string;
    /** What it was worth when it was last seen, where it has faded since. */
    readonly faded_from?: number;
    readonly claims: readonly {
      readonly source: string;
      readonly publisher: string;
      readonly claimed: number;
      readonly reliability: number;
      readonly weight: number;
      readonly last_seen: string;
      readonly counts: boolean;
    }[];
  };
  readonly sources: readonly {
    readonly name: string;
    readonly url?: string;
    readonly category?: string;
    /** Whether it still says so. */
    readonly stands: boolean;
    readonly first_reported: string;
    readonly last_reported: string;
    readonly reports: number;
    readonly records: readonly object[];
  }[];
}

/** Explains one IOC as of `now` (UTC milliseconds); `id` is its indicator's. */
export function explainIoc(id: string, record: IocRecord, now: number): Why {
  const { type, value, hold, created, stamp, validUntil, sources } = record;
  const { value: confidence, claims, decayedFrom } = explainConfidence(sources, type, now);
  const [status, because] = standingOf(record, now);
  return {
    id,
    type,
    value,
    status,
    because,
    ...(hold !== undefined && { hold }),
    ...(stamp > 0 && {
      first_published: formatTimestamp(created),
      last_published: formatTimestamp(stamp),
    }),
    ...(validUntil !== undefined && { valid_until: formatTimestamp(validUntil) }),
    confidence: {
      value: confidence,
      level: confidenceLevel(confidence),
      ...(decayedFrom !== undefined && { faded_from: decayedFrom }),
      claims: claims.map(({ lastSeen, ...claim }) => ({ ...claim, last_seen: formatTimestamp(lastSeen) })),
    },
    sources: sources.map(sourceOf),
  };
}

/** Where an IOC stands at `now`, with a sentence. */
export function standingOf(record: IocRecord, now: number): readonly [Standing, string] {
  const { hold, retracted, validUntil, stamp, sources } = record;
  if (retracted !== undefined) return ['retracted', `The operator took it back: ${retracted}.`];
  if (hold !== undefined)
    return ['held', `Not published: ${HOLD_RULES[hold.rule]} (${hold.list}: ${hold.entry}).`];
  if (!sources.some(({ stands }) => stands))
    return ['withdrawn', 'Every source that reported it has taken it back.'];
  if (validUntil !== undefined && validUntil <= now)
    return ['expired', `Its validity ended ${formatTimestamp(validUntil)}: nobody has seen it since.`];
  const names = sources.filter(({ stands }) => stands).map(({ source }) => source.name);
  if (stamp > now)
    return ['upcoming', `It becomes visible ${formatTimestamp(stamp)}. Reported by ${names.join(', ')}.`];
  return ['published', `Reported by ${names.join(', ')}.`];
}

function sourceOf({ source, stands, firstReported, lastReported, reports, contexts }: SourceWord) {
  return {
    name: source.name,
    ...(source.url !== undefined && { url: source.url }),
    ...(source.category !== undefined && { category: source.category }),
    stands,
    first_reported: formatTimestamp(firstReported),
    last_reported: formatTimestamp(lastReported),
    reports,
    records: contexts.map(recordOf),
  };
}

/** A record with its names and times as the API writes them. */
function recordOf({ firstSeen, lastSeen, threatType, entry, ...context }: Context): object {
  return {
    ...(entry !== undefined && { entry }),
    ...(firstSeen !== undefined && { first_seen: formatTimestamp(firstSeen) }),
    ...(lastSeen !== undefined && { last_seen: formatTimestamp(lastSeen) }),
    ...(threatType !== undefined && { threat_type: threatType }),
    ...context,
  };
}
