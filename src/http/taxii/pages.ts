import { type Collection, queryOf } from '../../model/collection.ts';
import type { IndicatorQuery } from '../../model/indicator-query.ts';
import type { Producer } from '../../model/producer.ts';
import { canonicalFilters } from '../../model/query-parameters.ts';
import { type TaxiiPlace, writeNext } from '../../model/taxii-cursor.ts';
import type { TaxiiRequest } from '../../model/taxii-parameters.ts';
import { type CommonObject, commonObjects } from '../../render/taxii/common-objects.ts';
import type { EnvelopePlan, PageKind } from '../../render/taxii/envelope.ts';
import { taxiiTimestamp } from '../../render/taxii/timestamp.ts';
import type { Extent, IndicatorReads } from '../../store/store.ts';
import type { AnswerPage } from '../answer-page.ts';
import { entityTags } from '../etag.ts';
import { Fresh } from '../fresh.ts';
import type { HeaderList } from '../standing-headers.ts';

/** A page of a collection, to be rendered, or rendered already. */
export interface TaxiiPage extends AnswerPage {
  readonly plan: AnswerPage['plan'] & (EnvelopePlan | { readonly text: string });
}

/** To be raised when the same content is written in other bytes than before. */
const RENDERING = 1;

/** The indicators of a request, and where the next page goes on. */
interface Found {
  readonly query: IndicatorQuery;
  readonly extent: Extent;
  readonly next: TaxiiPlace | undefined;
}

/** Pages of current versions, in the order in which they were added (TAXII 2.1 §3.3): what pollers ask for. */
export class CollectionPages {
  readonly #store: IndicatorReads;
  readonly #producer: Producer;
  readonly #repeatCommon: boolean;
  readonly #fresh: Fresh<TaxiiPage>;

  constructor(store: IndicatorReads, producer: Producer, repeatCommon: boolean) {
    this.#store = store;
    this.#producer = producer;
    this.#repeatCommon = repeatCommon;
    this.#fresh = new Fresh(store);
  }

  /** What `request` yields of a collection at `now`. Rejects with `StoreError` when the store cannot answer. */
  find(kind: PageKind, collection: Collection, request: TaxiiRequest, now: number): Promise<TaxiiPage> {
    const { scope, place, since, addedAfter, limit } = request;
    const key = [kind, scope, place?.stamp, place?.begun, since, addedAfter, limit].join('|');
    return this.#fresh.find(key, now, (newest) => this.#measure(kind, collection, request, now, newest));
  }

  async #measure(
    kind: PageKind,
    collection: Collection,
    request: TaxiiRequest,
    now: number,
    newest: number,
  ): Promise<TaxiiPage> {
    const around = this.#commonFor(kind, collection, request);
    const limit = request.limit - around.length;
    const { query, extent, next } = await this.#find(collection, { ...request, limit }, now, newest);
    const common = extent.count > 0 ? around : [];
    const plan = {
      kind,
      query,
      asOf: now,
      extent,
      common,
      more: next !== undefined,
      next: next === undefined ? undefined : writeNext(next, request.scope),
      request: { query },
    };
    const { until: _until, ...filters } = query;
    const content = [canonicalFilters(filters, undefined), extent.first, extent.last, extent.count];
    const written = [kind, common.length, plan.next ?? '', this.#producer.uuid, this.#producer.name];
    const modified = new Date(extent.last).toUTCString();
    return {
      plan,
      etags: entityTags(['taxii', RENDERING, ...content, ...written].join('|')),
      links: dateHeaders(extent, request),
      headers: extent.count > 0 ? ['last-modified', modified] : [],
    };
  }

  /**
   * A first download leaves out what was retracted before it began, and no more: of what is retracted while it is under
   * way, earlier pages may have given a version that stands.
   */
  async #find(collection: Collection, request: TaxiiRequest, now: number, newest: number): Promise<Found> {
    const { place, since, addedAfter, limit } = request;
    const filter = { ...queryOf(collection.filter), order: 'oldest-first' as const, limit };
    const all: IndicatorQuery = {
      ...filter,
      revoked: 'include',
      ...(since !== undefined && { since }),
      ...(place !== undefined && { after: place.stamp }),
    };
    const isFirst = place === undefined && addedAfter === undefined;
    const begun = isFirst ? newest : place?.begun;
    if (begun === undefined) return await this.#page(all, now);
    const standing = await this.#page({ ...all, revoked: 'exclude', until: begun }, now, begun);
    const later = { ...all, after: Math.max(begun, place?.stamp ?? 0) };
    if (standing.next !== undefined) return standing;
    if (standing.extent.count === 0) return isFirst ? standing : await this.#page(later, now);
    const { count } = await this.#store.extent({ ...later, limit: 1 }, now);
    return count === 0 ? standing : { ...standing, next: { stamp: standing.extent.last, begun } };
  }

  async #page(query: IndicatorQuery, now: number, begun?: number): Promise<Found> {
    const extent = await this.#store.extent(query, now);
    const place = { stamp: extent.last, ...(begun !== undefined && { begun }) };
    return { query, extent, next: extent.more ? place : undefined };
  }

  /**
   * What the indicators of a page point to, where the request lets it through. It counts towards the limit, and is
   * left out where it would take more than half of the page.
   */
  #commonFor(kind: PageKind, { filter }: Collection, request: TaxiiRequest): readonly CommonObject[] {
    const isFirst = request.place === undefined && request.addedAfter === undefined;
    if (!isFirst && (kind === 'manifest' || !this.#repeatCommon)) return [];
    const { types, limit } = request;
    const common = commonObjects(this.#producer, filter.tlps).filter(
      ({ type }) => types.length === 0 || types.includes(type),
    );
    return limit >= 2 * common.length ? common : [];
  }
}

/**
 * When the first and the last indicator of a page were added; an empty one repeats what was asked for, so that a
 * consumer goes on from there (TAXII 2.1 §3.2).
 */
export function dateHeaders(
  { count, first, last }: Pick<Extent, 'count' | 'first' | 'last'>,
  { addedAfter, place }: Pick<TaxiiRequest, 'addedAfter' | 'place'>,
): HeaderList {
  const asked = Math.max(addedAfter ?? 0, place?.stamp ?? 0);
  return [
    'x-taxii-date-added-first',
    taxiiTimestamp(count > 0 ? first : asked),
    'x-taxii-date-added-last',
    taxiiTimestamp(count > 0 ? last : asked),
  ];
}
