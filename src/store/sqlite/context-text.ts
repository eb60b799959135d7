import type { Context } from '../../model/sighting.ts';
import { withContext } from '../../score/contexts.ts';

/**
 * What a record says, as it is stored: JSON, its properties in one order, so that equal ones are equal texts. What stands beside
 * them, such as the value of a sighting, is left out.
 */
export function contextText(context: Context): string {
  return textOf(context, context.firstSeen ?? context.lastSeen);
}

/** A source's records, as they are stored, after one more. */
export function contextsWith(stored: string, added: Context): string {
  // A record of the same id and the same words adds nothing.
  if (added.entry !== undefined && stored === `[${contextText(added)}]`) return stored;
  const firstSeen = added.firstSeen ?? added.lastSeen;
  const contexts = withContext(
    parseContexts(stored),
    firstSeen === undefined ? added : { ...added, firstSeen },
  );
  return `[${contexts.map((context) => textOf(context, context.firstSeen)).join(',')}]`;
}

/** A source's records, as they are stored. */
export function parseContexts(stored: unknown): Context[] {
  return JSON.parse(String(stored)) as Context[];
}

/** The first time seen, where only the last is told, is that one. */
function textOf(context: Context, firstSeen: number | undefined): string {
  const { entry, lastSeen, confidence, threatType, family, tags, techniques, cves, sectors } = context;
  const { reference, comment, tlp, actors, evidence, article, derived, revoked } = context;
  // One shape for all, in which JSON leaves out what is undefined: half of the time that a list of names takes.
  const ordered: { readonly [Name in keyof Context]-?: Context[Name] | undefined } = {
    entry,
    firstSeen,
    lastSeen,
    confidence,
    threatType,
    family,
    tags,
    techniques,
    cves,
    sectors,
    reference,
    comment,
    tlp,
    actors,
    evidence,
    article,
    derived,
    revoked,
  };
  return JSON.stringify(ordered);
}
