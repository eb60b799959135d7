import type { Context, Source } from '../model/sighting.ts';

/** One source's standing report of an IOC, as the store keeps it. */
export interface Report {
  readonly source: Source;
  /** What it says, one for each of its records of the IOC; at least one. */
  readonly contexts: readonly Context[];
  /** When we first and last heard it from this source. */
  readonly firstReported: number;
  readonly lastReported: number;
  /** How often. */
  readonly reports: number;
}

/** One record of one source. */
export interface Statement {
  readonly source: Source;
  readonly context: Context;
  readonly firstReported: number;
  readonly lastReported: number;
}

/** What is to be heard of an IOC, in an order that does not depend on that of its reports. */
export interface Heard {
  /** Whether every record of every source has been taken back. */
  readonly revoked: boolean;
  /** The records that stand; where none does, those that were taken back. */
  readonly statements: readonly Statement[];
}

/** Picks the records that count. `reports` must not be empty. */
export function hear(reports: readonly Report[]): Heard {
  const only = reports.length === 1 ? reports[0]! : undefined;
  if (only !== undefined && only.contexts.length === 1) {
    const context = only.contexts[0]!;
    const { source, firstReported, lastReported } = only;
    return {
      revoked: context.revoked === true,
      statements: [{ source, context, firstReported, lastReported }],
    };
  }
  const said = [...reports]
    .sort((a, b) => compare(a.source.name, b.source.name))
    .flatMap(({ source, contexts, firstReported, lastReported }) =>
      contexts.map((context) => ({ source, context, firstReported, lastReported })),
    );
  const standing = said.filter(({ context }) => context.revoked !== true);
  return standing.length === 0
    ? { revoked: true, statements: said }
    : { revoked: false, statements: standing };
}

/** When a record first saw the IOC: in its own words, else when we heard of it. UTC milliseconds. */
export function firstSeenOf({ context, firstReported }: Statement): number {
  return Math.min(context.firstSeen ?? context.lastSeen ?? firstReported, context.lastSeen ?? Infinity);
}

/** When a record last saw the IOC: in its own words, else when we heard it. UTC milliseconds. */
export function lastSeenOf({ context, lastReported }: Statement): number {
  return Math.max(context.lastSeen ?? context.firstSeen ?? lastReported, context.firstSeen ?? 0);
}

/** Orders texts by their code units, everywhere the same. */
export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
