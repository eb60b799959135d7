import type { ConfidenceLevel } from './confidence.ts';
import type { IocType } from './ioc.ts';
import type { Tlp, TlpVersion } from './marking.ts';
import type { Sector } from './sector.ts';

/**
 * Which indicators, in which order: what every endpoint, collection and command filters by. An empty
 * list means any. Stamps are publication stamps in UTC milliseconds.
 */
export interface IndicatorQuery {
  readonly types: readonly IocType[];
  readonly levels: readonly ConfidenceLevel[];
  readonly sectors: readonly Sector[];
  /** Only what is marked so by its sources. */
  readonly tlps?: readonly Tlp[];
  /** Only what a source of one of these categories reports, in lower case. */
  readonly categories?: readonly string[];
  /** `include` also yields retractions and what has expired. */
  readonly revoked: 'include' | 'exclude';
  readonly order: 'oldest-first' | 'newest-first';
  /** Only versions published strictly after this stamp. */
  readonly since?: number;
  /** Only versions published at this stamp or before. */
  readonly until?: number;
  /** Continue strictly past this stamp in the query's order: what a cursor carries. */
  readonly after?: number;
  /** Set for whoever polls: what left the filter is told to them too. */
  readonly left?: Left;
  /** At most so many indicators, 1 or more. */
  readonly limit: number;
}

/**
 * Which IOCs are told of to a poller though the filter does not let them through, since it did once: those of which a version
 * that it let through was published at `by` or before, so that the poller may hold it. None is told that is marked more strictly than
 * all that the filter asks for.
 */
export interface Left {
  /** A stamp. */
  readonly by: number;
  /** `revoked`: only their retractions. `any`: for `LEFT_TOLD` after they left, whatever becomes of them, too. */
  readonly told: 'revoked' | 'any';
}

/**
 * For so long new versions of what has left are told, in milliseconds. The first says that it left; but it may be replaced before
 * a poller that was away has come as far.
 */
export const LEFT_TOLD = 30 * 86_400_000;

/** The `left` of a poll, which goes on after its `since` or, on later pages, its `after`; none where nothing can have left. */
export function leftOf(
  {
    levels,
    sectors,
    tlps = [],
    categories = [],
    revoked,
    order,
    since,
    after,
  }: Omit<IndicatorQuery, 'limit'>,
  told: Left['told'],
): Pick<IndicatorQuery, 'left'> {
  const isNarrow = levels.length + sectors.length + tlps.length + categories.length > 0;
  const isPoll = order === 'oldest-first' && (since !== undefined || after !== undefined);
  if (!isNarrow || !isPoll || revoked === 'exclude') return {};
  return { left: { by: Math.max(since ?? 0, after ?? 0), told } };
}

/** How each indicator is marked on its way out. */
export interface MarkingChoice {
  readonly tlpVersion: TlpVersion;
  /** No indicator is marked more freely than this. */
  readonly atLeast: Tlp;
}
