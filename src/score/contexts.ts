import { stricterTlp } from '../model/marking.ts';
import type { Context } from '../model/sighting.ts';

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

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function greatest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}
