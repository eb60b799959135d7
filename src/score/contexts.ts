import { stricterTlp } from '../model/marking.ts';
import type { Context, Derived, Evidence } from '../model/sighting.ts';
import { compare } from './statements.ts';

/** A source keeps so many records of one IOC; the oldest go first. */
const MOST_CONTEXTS = 50;

/**
 * A source's records of an IOC after one more. A record replaces the one of the same id. Records without an id
 * become one that does not depend on the order in which they came, so that to read a file twice changes nothing.
 */
export function withContext(contexts: readonly Context[], added: Context): Context[] {
  const index = contexts.findIndex((context) => context.entry === added.entry);
  if (index < 0) return [...contexts.slice(1 - MOST_CONTEXTS), added];
  const before = contexts[index]!;
  const merged = added.entry === undefined ? combine(before, added) : added;
  return contexts.with(index, withTimes(withTimes(merged, added), before));
}

/** The earliest first and the latest last sighting stay, whatever a newer record says. */
function withTimes(context: Context, before: Context): Context {
  const firstSeen = least(context.firstSeen, before.firstSeen);
  const lastSeen = greatest(context.lastSeen, before.lastSeen);
  return {
    ...context,
    ...(firstSeen !== undefined && { firstSeen }),
    ...(lastSeen !== undefined && { lastSeen }),
  };
}

/**
 * Two records without an id as one: lists are united, and of each word, of the confidence and of the marking
 * the greater stays, so that the sum does not depend on the order.
 */
function combine(a: Context, b: Context): Context {
  const joined = {
    threatType: greatestText(a.threatType, b.threatType),
    family: greatestText(a.family, b.family),
    reference: greatestText(a.reference, b.reference),
    comment: greatestText(a.comment, b.comment),
    confidence: greatest(a.confidence, b.confidence),
    tlp: a.tlp === undefined || b.tlp === undefined ? (a.tlp ?? b.tlp) : stricterTlp(a.tlp, b.tlp),
    tags: union(a.tags, b.tags),
    techniques: union(a.techniques, b.techniques),
    cves: union(a.cves, b.cves),
    sectors: union(a.sectors, b.sectors),
    actors: union(a.actors, b.actors),
    evidence: foremost(a.evidence, b.evidence),
    article: a.article === undefined || (b.article?.id ?? '~') < a.article.id ? b.article : a.article,
    derived: conclusions(a.derived, b.derived),
    revoked: b.revoked === true ? true : undefined,
  };
  return Object.fromEntries(Object.entries(joined).filter(([, value]) => value !== undefined));
}

function greatestText(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

function union<T extends string>(a: readonly T[] | undefined, b: readonly T[] | undefined): T[] | undefined {
  return a === undefined && b === undefined ? undefined : [...new Set([...(a ?? []), ...(b ?? [])])].sort();
}

/** Of two places in a text the first; of two texts that of the lesser sentence. */
function foremost(a: Evidence | undefined, b: Evidence | undefined): Evidence | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return (a.offset - b.offset || compare(a.sentence, b.sentence)) <= 0 ? a : b;
}

/** Each conclusion once, with the lesser of the words that it follows from. */
function conclusions(
  a: readonly Derived[] | undefined,
  b: readonly Derived[] | undefined,
): readonly Derived[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const united = new Map<string, Derived>();
  for (const each of [...a, ...b]) {
    const key = `${each.kind} ${each.value}`;
    const before = united.get(key);
    if (before === undefined || each.from < before.from) united.set(key, each);
  }
  return [...united.keys()].sort(compare).map((key) => united.get(key)!);
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function greatest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}
