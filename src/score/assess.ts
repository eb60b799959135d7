import type { Ioc } from '../model/ioc.ts';
import { stricterTlp, type Tlp } from '../model/marking.ts';
import type { Sector } from '../model/sector.ts';
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

/** What all sources together say of an IOC: all that its indicator shows, save ids, stamps and validity. */
export interface Assessment extends Ioc {
  readonly revoked: boolean;
  readonly confidence: number;
  readonly tlp: Tlp;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly threatTypes: readonly string[];
  readonly families: readonly string[];
  readonly tags: readonly string[];
  readonly techniques: readonly string[];
  readonly cves: readonly string[];
  readonly sectors: readonly Sector[];
  readonly reports: readonly SourceNote[];
  /** The first moment at which, without any news, confidence falls into a lower band, or undefined. */
  readonly reviewAt?: number | undefined;
}

/** A source's name with its page or remark about the IOC. */
export interface SourceNote {
  readonly source: string;
  readonly url?: string;
  readonly comment?: string;
}

/** No indicator shows more words of one kind than this: a hostile source must not bloat what others read. */
const MOST_WORDS = 50;

/**
 * Sums up an IOC's reports, in an order that does not depend on theirs. Confidence is the greatest that a
 * standing report gives, the TLP the strictest. An IOC that every source has taken back is revoked,
 * and is then described by what was said of it last. `reports` must not be empty.
 */
export function assess(ioc: Ioc, reports: readonly Report[], _now = 0): Assessment {
  const said = statements(reports);
  const standing = said.filter(({ context }) => context.revoked !== true);
  const revoked = standing.length === 0;
  const heard = revoked ? said : standing;
  return {
    type: ioc.type,
    value: ioc.value,
    revoked,
    confidence: Math.max(...heard.map(({ source, context }) => context.confidence ?? source.confidence)),
    tlp: heard.map(({ source, context }) => context.tlp ?? source.tlp).reduce(stricterTlp),
    firstSeen: Math.min(...heard.map(firstSeenOf)),
    lastSeen: Math.max(...heard.map(lastSeenOf)),
    threatTypes: words(heard.map(({ context }) => context.threatType)),
    families: words(heard.map(({ context }) => context.family)),
    tags: words(heard.flatMap(({ context }) => context.tags)),
    techniques: words(heard.flatMap(({ context }) => context.techniques)),
    cves: words(heard.flatMap(({ context }) => context.cves)),
    sectors: words(heard.flatMap(({ context }) => context.sectors)),
    reports: notes(heard),
  };
}

/** One record of one source. */
interface Statement {
  readonly source: Source;
  readonly context: Context;
  readonly firstReported: number;
  readonly lastReported: number;
}

function statements(reports: readonly Report[]): Statement[] {
  const sorted =
    reports.length > 1 ? [...reports].sort((a, b) => compare(a.source.name, b.source.name)) : reports;
  return sorted.flatMap(({ source, contexts, firstReported, lastReported }) =>
    contexts.map((context) => ({ source, context, firstReported, lastReported })),
  );
}

function firstSeenOf({ context, firstReported }: Statement): number {
  return Math.min(context.firstSeen ?? context.lastSeen ?? firstReported, context.lastSeen ?? Infinity);
}

function lastSeenOf({ context, lastReported }: Statement): number {
  return Math.max(context.lastSeen ?? context.firstSeen ?? lastReported, context.firstSeen ?? 0);
}

/** What each source adds in its own words, without repetition, `MOST_WORDS` at most. */
function notes(heard: readonly Statement[]): SourceNote[] {
  const distinct = new Map<string, SourceNote>();
  for (const { source, context } of heard) {
    const url = context.reference ?? source.url;
    const note: SourceNote = {
      source: source.name,
      ...(url !== undefined && { url }),
      ...(context.comment !== undefined && { comment: context.comment }),
    };
    if (heard.length === 1) return [note];
    distinct.set(`${note.source}\n${note.url ?? ''}\n${note.comment ?? ''}`, note);
  }
  return [...distinct.keys()]
    .sort(compare)
    .slice(0, MOST_WORDS)
    .map((key) => distinct.get(key)!);
}

function words<T extends string>(list: readonly (T | undefined)[]): T[] {
  if (list.length <= 1) return list[0] === undefined ? [] : [list[0]];
  const distinct = new Set<T>();
  for (const word of list) if (word !== undefined) distinct.add(word);
  return [...distinct].sort(compare).slice(0, MOST_WORDS);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
