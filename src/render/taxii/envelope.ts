import type { IndicatorQuery, MarkingChoice } from '../../model/indicator-query.ts';
import { formatTimestamp } from '../../model/time.ts';
import type { Extent, IndicatorReads, Slice } from '../../store/store.ts';
import { framed } from '../stix/framed.ts';
import { walkSlices } from '../walk.ts';
import type { CommonObject } from './common-objects.ts';
import { taxiiTimestamp } from './timestamp.ts';

/** What a page of a collection is written as: its objects (TAXII 2.1 §3.7), or an entry for each (§5.3.1). */
export type PageKind = 'objects' | 'manifest';

/** Some of a page's indicators: a query, and what it yields. */
export interface PagePart {
  readonly query: IndicatorQuery;
  readonly extent: Extent;
}

/** A page of a collection whose content is settled. */
export interface EnvelopePlan {
  readonly kind: PageKind;
  /** One after the other; none is empty. */
  readonly parts: readonly PagePart[];
  /** The moment that the extents were taken at, in UTC milliseconds; the content is read as of it. */
  readonly asOf: number;
  /** Set exactly when there is more. */
  readonly next: string | undefined;
  /** What the indicators point to, written before them. */
  readonly common: readonly CommonObject[];
}

/** Indicators leave as they are stored: consumers know the markings of TLP 1. */
const AS_STORED: MarkingChoice = { tlpVersion: 1, atLeast: 'clear' };

/** Writes a plan's bytes, a slice of `size` indicators at a time; always the same bytes. Throws `StalePlanError`. */
export async function* envelopeChunks(
  store: IndicatorReads,
  plan: EnvelopePlan,
  size: number,
): AsyncGenerator<Uint8Array> {
  const { kind, common, next, parts } = plan;
  const texts = common.map((object) => entryOf(kind, object));
  if (parts.length === 0) yield Buffer.from(envelope(kind, texts, next));
  else {
    yield* framed(head(next) + texts.join(), texts.length > 0, slices(store, plan, size));
    yield Buffer.from(TAIL);
  }
}

/**
 * A whole page as one text. An empty list of objects is written all the same, as clients trip over its absence; where
 * the standard wants the list left out, in a manifest, it is (§5.3.1).
 */
export function envelope(kind: PageKind, texts: readonly string[], next: string | undefined): string {
  if (texts.length > 0 || kind === 'objects') return head(next) + texts.join() + TAIL;
  return next === undefined ? '{}' : JSON.stringify({ more: true, next });
}

/** An object as a page of this kind has it. */
export function entryOf(kind: PageKind, { id, added, version, text }: CommonObject): string {
  return kind === 'objects' ? text : manifestEntry(id, added, version);
}

const TAIL = ']}';

function head(next: string | undefined): string {
  return `{"more":${next !== undefined},${next === undefined ? '' : `"next":${JSON.stringify(next)},`}"objects":[`;
}

/** An object's entry in a manifest (TAXII 2.1 §5.3.1). */
function manifestEntry(id: string, added: number, version: string): string {
  return JSON.stringify({
    id,
    date_added: taxiiTimestamp(added),
    version,
    media_type: 'application/stix+json;version=2.1',
  });
}

async function* slices(
  store: IndicatorReads,
  { kind, parts, asOf }: EnvelopePlan,
  size: number,
): AsyncGenerator<Slice> {
  for (const { query, extent } of parts) {
    yield* walkSlices(query, extent, (rest) =>
      kind === 'objects' ? store.slice(rest, AS_STORED, asOf, size) : entries(store, rest, asOf, size),
    );
  }
}

async function entries(
  store: IndicatorReads,
  query: IndicatorQuery,
  asOf: number,
  size: number,
): Promise<Slice> {
  const { items, last, done } = await store.items(query, asOf, size);
  const texts = items.map(({ id, modified }) => manifestEntry(id, modified, formatTimestamp(modified)));
  return { bytes: Buffer.from(texts.join()), count: items.length, last, done };
}
