import { type Collection, queryOf } from '../../model/collection.ts';
import type { Producer } from '../../model/producer.ts';
import { canonicalFilters } from '../../model/query-parameters.ts';
import { writeNext } from '../../model/taxii-cursor.ts';
import type { TaxiiRequest } from '../../model/taxii-parameters.ts';
import { type CommonObject, commonObjects } from '../../render/taxii/common-objects.ts';
import type { EnvelopePlan, PageKind, PagePart } from '../../render/taxii/envelope.ts';
import { taxiiTimestamp } from '../../render/taxii/timestamp.ts';
import type { IndicatorReads, Soon } from '../../store/store.ts';
import type { AnswerPage } from '../answer-page.ts';
import { entityTags } from '../etag.ts';
import { Fresh } from '../fresh.ts';
import type { HeaderList } from '../standing-headers.ts';
import { begunOf, findParts, type FoundParts } from './page-parts.ts';

/** A page of a collection, to be rendered, or rendered already. */
export interface TaxiiPage extends AnswerPage {
  readonly plan: AnswerPage['plan'] & (EnvelopePlan | { readonly text: string });
}

/** To be raised when the same content is written in other bytes than before. */
const RENDERING = 1;

/** What a page holds: objects that indicators point to, and indicators. */
interface Content extends FoundParts {
  readonly common: readonly CommonObject[];
}

/** Pages of current versions, in the order in which they were added (TAXII 2.1 §3.3): what pollers ask for. */
export class CollectionPages {
  readonly #store: IndicatorReads;
  readonly #producer: Producer;
  readonly #repeatCommon: boolean;
  readonly #fresh: Readonly<Record<PageKind, Fresh<TaxiiPage>>>;
  readonly #common = new WeakMap<Collection['filter'], readonly CommonObject[]>();
  /** Of requests that are made again and again, as `Readings` keeps them. */
  readonly #keys = new WeakMap<TaxiiRequest, string>();

  constructor(store: IndicatorReads, producer: Producer, repeatCommon: boolean) {
    this.#store = store;
    this.#producer = producer;
    this.#repeatCommon = repeatCommon;
    this.#fresh = { objects: new Fresh(store), manifest: new Fresh(store) };
  }

  /** What `request` yields of a collection at `now`. Throws or rejects with `StoreError` when the store cannot answer. */
  find(kind: PageKind, collection: Collection, request: TaxiiRequest, now: number): Soon<TaxiiPage> {
    return this.#fresh[kind].find(this.#keyOf(request), now, async (newest) => {
      const content = await this.#content(kind, collection, request, now, newest);
      return this.#page(kind, content, request, now);
    });
  }

  #keyOf(request: TaxiiRequest): string {
    let key = this.#keys.get(request);
    if (key === undefined) {
      const { scope, place, since, addedAfter, limit } = request;
      key = [scope, place?.stamp, place?.begun, since, addedAfter, limit].join('|');
      this.#keys.set(request, key);
    }
    return key;
  }

  /**
   * The identity and markings are objects of every collection, added before any indicator: they count towards the limit,
   * and come first. Where they are to be repeated, they come once more before indicators, but for pages so
   * small that they would take more than half of them.
   */
  async #content(
    kind: PageKind,
    { filter }: Collection,
    request: TaxiiRequest,
    now: number,
    newest: number,
  ): Promise<Content> {
    const { types, limit } = request;
    const after = Math.max(request.since ?? 0, request.place?.stamp ?? 0);
    const all = this.#commonOf(filter).filter(({ type }) => types.length === 0 || types.includes(type));
    const due = all.filter(({ added }) => added > after);
    const find = (most: number): Promise<FoundParts> =>
      findParts(this.#store, queryOf(filter), request, most, now, newest);
    if (due.length >= limit) {
      const common = due.slice(0, limit);
      const more = due.length > limit || (await find(1)).parts.length > 0;
      const begun = begunOf(request, newest);
      const place = { stamp: common.at(-1)!.added, ...(begun !== undefined && { begun }) };
      return { common, parts: [], next: more ? place : undefined };
    }
    const repeated = kind === 'objects' && this.#repeatCommon && limit >= 2 * all.length ? all : due;
    const found = await find(limit - repeated.length);
    return { ...found, common: found.parts.length > 0 ? repeated : due };
  }

  /** The objects that indicators of a collection point to: made once, as they never change. */
  #commonOf(filter: Collection['filter']): readonly CommonObject[] {
    const known = this.#common.get(filter) ?? commonObjects(this.#producer, filter.tlps);
    this.#common.set(filter, known);
    return known;
  }

  #page(kind: PageKind, content: Content, request: TaxiiRequest, now: number): TaxiiPage {
    const { parts, common } = content;
    const next = content.next && writeNext(content.next, request.scope);
    const count = parts.reduce((sum, { extent }) => sum + extent.count, 0);
    const last = parts.at(-1)?.extent.last;
    const { uuid, name } = this.#producer;
    const named = [kind, common.length, common[0]?.id, uuid, name, next ?? '', ...parts.map(contentOf)];
    const added = [
      ...common.map((object) => object.added),
      ...parts.flatMap(({ extent }) => [extent.first, extent.last]),
    ];
    return {
      plan: { kind, parts, common, next, asOf: now, extent: { count }, request: { query: undefined } },
      sent: kind === 'objects' ? parts.map(({ query, extent }) => ({ query, extent, asOf: now })) : null,
      etags: entityTags(['taxii', RENDERING, ...named].join('|')),
      links: dateHeaders(added, request),
      headers: last === undefined ? [] : ['last-modified', new Date(last).toUTCString()],
    };
  }
}

/** The first and last stamp and the count of a selection name its content. */
function contentOf({ query, extent }: PagePart): string {
  const { until: _until, ...filters } = query;
  return [canonicalFilters(filters, undefined), extent.first, extent.last, extent.count].join('|');
}

/**
 * When the first and the last object of a page were added (TAXII 2.1 §3.2); an empty page repeats what was asked for, so that a
 * consumer goes on from there.
 */
export function dateHeaders(
  added: readonly number[],
  { addedAfter, place }: Pick<TaxiiRequest, 'addedAfter' | 'place'>,
): HeaderList {
  const asked = Math.max(addedAfter ?? 0, place?.stamp ?? 0);
  return [
    'x-taxii-date-added-first',
    taxiiTimestamp(added[0] ?? asked),
    'x-taxii-date-added-last',
    taxiiTimestamp(added.at(-1) ?? asked),
  ];
}
