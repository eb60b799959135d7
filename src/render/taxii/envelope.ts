import type { IndicatorQuery, MarkingChoice } from '../../model/indicator-query.ts';
import { formatTimestamp } from '../../model/time.ts';
import type { Extent, IndicatorReads } from '../../store/store.ts';
import { framed } from '../stix/framed.ts';
import { walkSlices } from '../walk.ts';
import type { CommonObject } from './common-objects.ts';
import { taxiiTimestamp } from './timestamp.ts';

/** What a page of a collection is written as: its objects, or an entry for each (TAXII 2.1 §5.3, §5.4). */
export type PageKind = 'objects' | 'manifest';

/** A page of a collection whose content is settled. */
export interface EnvelopePlan {
  readonly kind: PageKind;
  readonly query: IndicatorQuery;
  /** The moment that the extent was taken at, in UTC milliseconds; the content is read as of it. */
  readonly asOf: number;
  readonly extent: Extent;
  readonly more: boolean;
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
  const { kind, common, query, extent, asOf } = plan;
  const first = common.map((object) => (kind === 'objects' ? object.text : commonEntry(object)));
  const walk = walkSlices(query, extent, (rest) =>
    kind === 'objects' ? store.slice(rest, AS_STORED, asOf, size) : entries(store, rest, asOf, size),
  );
  yield* framed(envelopeHead(plan) + first.join(), first.length > 0, walk);
  yield Buffer.from(ENVELOPE_TAIL);
}

/** How an envelope begins, up to its first object. */
export function envelopeHead({ more, next }: Pick<EnvelopePlan, 'more' | 'next'>): string {
  return `{"more":${more},${next === undefined ? '' : `"next":${JSON.stringify(next)},`}"objects":[`;
}

export const ENVELOPE_TAIL = ']}';

/** An object's entry in a manifest (TAXII 2.1 §5.3). */
export function manifestEntry(id: string, added: number, version: string): string {
  return JSON.stringify({
    id,
    date_added: taxiiTimestamp(added),
    version,
    media_type: 'application/stix+json;version=2.1',
  });
}

export function commonEntry({ id, added, version }: CommonObject): string {
  return manifestEntry(id, added, version);
}

async function entries(store: IndicatorReads, query: IndicatorQuery, asOf: number, size: number) {
  const { items, last, done } = await store.items(query, asOf, size);
  const texts = items.map(({ id, modified }) => manifestEntry(id, modified, formatTimestamp(modified)));
  return { bytes: Buffer.from(texts.join()), count: items.length, last, done };
}
