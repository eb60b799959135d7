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

/** Two records without an id as one: lists are united, of single words those of the later or greater record stay. */
function combine(a: Context, b: Context): Context {
  const [lesser, greater] = rank(a, b) <= 0 ? [a, b] : [b, a];
  const { revoked: _lesser, ...low } = lesser;
  const { revoked: _greater, ...high } = greater;
  const tags = union(a.tags, b.tags);
  const techniques = union(a.techniques, b.techniques);
  const cves = union(a.cves, b.cves);
  const sectors = union(a.sectors, b.sectors);
  return {
    ...low,
    ...high,
    ...(tags && { tags }),
    ...(techniques && { techniques }),
    ...(cves && { cves }),
    ...(sectors && { sectors }),
    ...(b.revoked === true && { revoked: true }),
  };
}

const WORDS = ['threatType', 'family', 'reference', 'comment', 'tlp'] as const;

function rank(a: Context, b: Context): number {
  const byTime = (a.lastSeen ?? 0) - (b.lastSeen ?? 0);
  if (byTime !== 0) return byTime;
  const byConfidence = (a.confidence ?? -1) - (b.confidence ?? -1);
  if (byConfidence !== 0) return byConfidence;
  for (const word of WORDS) {
    const [x, y] = [a[word] ?? '', b[word] ?? ''];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
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
