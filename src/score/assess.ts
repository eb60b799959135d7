import type { ArticleRef } from '../model/article.ts';
import type { Ioc } from '../model/ioc.ts';
import { stricterTlp, type Tlp } from '../model/marking.ts';
import type { Sector } from '../model/sector.ts';
import type { Context, Derived } from '../model/sighting.ts';
import { confidenceOf } from './confidence.ts';
import { compare, firstSeenOf, hear, lastSeenOf, type Report, type Statement } from './statements.ts';

export type { Report } from './statements.ts';

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
  /** Groups behind it, as sources name them or as was concluded. */
  readonly actors: readonly string[];
  readonly reports: readonly SourceNote[];
  /**
   * The first moment at which, without any news, confidence is less than now; undefined when there is none.
   * It is no property of the indicator: when to look again.
   */
  readonly reviewAt: number | undefined;
}

/** A source's name with its page or remark about the IOC. */
export interface SourceNote {
  readonly source: string;
  readonly url?: string;
  readonly comment?: string;
  readonly category?: string;
  /** It was found in a report. */
  readonly article?: true;
  /** That report, where it is known as an article. */
  readonly report?: ArticleRef;
}

/** No indicator shows more words of one kind than this: a hostile source must not bloat what others read. */
const MOST_WORDS = 50;

/**
 * Sums up an IOC's reports as of `now` (UTC milliseconds), in an order that does not depend on theirs. Confidence is what
 * standing reports deserve together, less for age (`docs/scoring.md`), the TLP the strictest. Words are what was stated and what was concluded.
 * An IOC that every source has taken back is revoked, is then described by what was said of it last, and does not
 * decay. `reports` must not be empty.
 */
export function assess(ioc: Ioc, reports: readonly Report[], now: number): Assessment {
  const heard = hear(reports);
  const { revoked, statements } = heard;
  const { value: confidence, reviewAt } = confidenceOf(heard, ioc.type, now);
  return {
    type: ioc.type,
    value: ioc.value,
    revoked,
    confidence,
    tlp: statements.map(({ source, context }) => context.tlp ?? source.tlp).reduce(stricterTlp),
    firstSeen: Math.min(...statements.map(firstSeenOf)),
    lastSeen: Math.max(...statements.map(lastSeenOf)),
    threatTypes: words(statements, ({ threatType }) => threatType),
    families: words(statements, ({ family }) => family, 'family'),
    tags: words(statements, ({ tags }) => tags),
    techniques: words(statements, ({ techniques }) => techniques, 'technique'),
    cves: words(statements, ({ cves }) => cves),
    sectors: words(statements, ({ sectors }) => sectors, 'sector') as Sector[],
    actors: words(statements, ({ actors }) => actors, 'actor'),
    reports: notes(statements),
    reviewAt,
  };
}

/** The words that records state and those concluded from them, each once and sorted, `MOST_WORDS` at most. */
function words(
  statements: readonly Statement[],
  stated: (context: Context) => readonly string[] | string | undefined,
  kind?: Derived['kind'],
): string[] {
  const list: string[] = [];
  for (const { context } of statements) {
    const own = stated(context);
    if (typeof own === 'string') list.push(own);
    else if (own !== undefined) list.push(...own);
    if (kind === undefined || context.derived === undefined) continue;
    for (const derived of context.derived) if (derived.kind === kind) list.push(derived.value);
  }
  if (list.length < 2) return list;
  return list.length <= FEW ? fewSorted(list) : [...new Set(list)].sort(compare).slice(0, MOST_WORDS);
}

/** Lists up to this length are sorted by insertion, in a third of the time: most have four words or less. */
const FEW = 8;

/** Each word once, in the order of `compare`. */
function fewSorted(words: readonly string[]): string[] {
  const sorted: string[] = [];
  for (const word of words) {
    let at = sorted.length;
    while (at > 0 && sorted[at - 1]! > word) at -= 1;
    if (at > 0 && sorted[at - 1] === word) continue;
    for (let last = sorted.length; last > at; last -= 1) sorted[last] = sorted[last - 1]!;
    sorted[at] = word;
  }
  return sorted;
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
      ...(source.category !== undefined && { category: source.category }),
      ...(context.evidence !== undefined && { article: true }),
      ...(context.article !== undefined && { article: true, report: context.article }),
    };
    if (heard.length === 1) return [note];
    distinct.set(`${note.source}\n${note.url ?? ''}\n${note.comment ?? ''}`, note);
  }
  return [...distinct.keys()]
    .sort(compare)
    .slice(0, MOST_WORDS)
    .map((key) => distinct.get(key)!);
}
