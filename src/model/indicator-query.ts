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
  /** At most so many indicators, 1 or more. */
  readonly limit: number;
}

/** How each indicator is marked on its way out. */
export interface MarkingChoice {
  readonly tlpVersion: TlpVersion;
  /** No indicator is marked more freely than this. */
  readonly atLeast: Tlp;
}
