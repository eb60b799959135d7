import { writeCursor } from '../model/cursor.ts';
import type { IndicatorQuery } from '../model/indicator-query.ts';
import { appliedFilters, type ListRequest } from '../model/list-parameters.ts';
import type { Producer } from '../model/producer.ts';
import { canonicalFilters } from '../model/query-parameters.ts';
import { formatTimestamp } from '../model/time.ts';
import { generatedAt } from '../render/generated-at.ts';
import type { ListPlan } from '../render/list/list.ts';
import type { Extent, IndicatorReads } from '../store/store.ts';
import type { Coding } from './coding.ts';
import type { SentPage } from './delivery.ts';
import { entityTags } from './etag.ts';
import { Fresh } from './fresh.ts';
import type { HeaderList } from './standing-headers.ts';

/** What a request for a list yields at one moment, and the name of its content. */
export interface ListPage {
  readonly plan: ListPlan;
  readonly sent: readonly SentPage[];
  /** Its entity tag in each coding: it names the bytes exactly. */
  readonly etags: Readonly<Record<Coding, string>>;
  /** Headers that tell where to go on; a 304 carries them too. */
  readonly links: HeaderList;
  /** Headers about its content. */
  readonly headers: HeaderList;
  /** The newest stamp of all that was published when it was made. */
  readonly newest: number;
}

/** To be raised when the same content is written in other bytes than before. */
const RENDERING = 3;

/** The pages of lists measured last. */
export class ListPages {
  readonly #store: IndicatorReads;
  readonly #producer: Producer;
  readonly #path: string;
  readonly #fresh: Fresh<ListPage>;

  /** `path` is what links to further pages begin with. */
  constructor(store: IndicatorReads, producer: Producer, path: string) {
    this.#store = store;
    this.#producer = producer;
    this.#path = path;
    this.#fresh = new Fresh(store);
  }

  /**
   * What `request` yields at `now`, written as `rendering` names it, which may say the newest stamp (`rises`). Rejects with `StoreError`
   * when the store cannot answer.
   */
  async find(
    request: ListRequest,
    now: number,
    rendering: string = request.format,
    rises = false,
  ): Promise<ListPage> {
    await this.#store.markPolled(now);
    const made = await this.#store.awaitLists(now);
    const { since, limit } = request.query;
    const place = [since, limit, request.offset, request.cursor];
    const key = [made, rendering, this.#self(request), request.filters, ...place].join('|');
    return await this.#fresh.find(key, now, (newest) => {
      const name = [made, rendering, ...(rises ? [String(newest)] : [])];
      return this.#measure(request, name, now, newest);
    });
  }

  async #measure(
    request: ListRequest,
    name: readonly string[],
    now: number,
    newest: number,
  ): Promise<ListPage> {
    const query = await this.#begin(request, now);
    const extent = query === undefined ? NOTHING : await this.#store.listExtent(query, now);
    const links = this.#links(request, extent);
    const envelope =
      request.format === 'json' ? await this.#envelope(request, extent, now, newest) : undefined;
    const plan: ListPlan = { request, query: query ?? request.query, asOf: now, extent, envelope };
    const modified = new Date(Math.max(extent.first, extent.last)).toUTCString();
    const named = [RENDERING, ...name, this.#producer.uuid, extent.more, contentKey(plan)].join('|');
    return {
      plan,
      sent: [{ query: plan.query, extent, asOf: now }],
      etags: entityTags(named),
      links,
      headers: extent.count > 0 ? ['last-modified', modified] : [],
      newest,
    };
  }

  /** The query from where the request's offset leads to; undefined when it leads past the end. */
  async #begin({ query, offset }: ListRequest, now: number): Promise<IndicatorQuery | undefined> {
    if (offset === 0) return query;
    const passed = await this.#store.listExtent({ ...query, limit: offset }, now);
    return passed.more ? { ...query, after: passed.last } : undefined;
  }

  async #envelope(request: ListRequest, extent: Extent, now: number, newest: number) {
    const { after: _after, limit: _limit, ...whole } = request.query;
    return {
      total: await this.#store.count(whole, now),
      newest,
      generatedAt: generatedAt(newest, now),
      producer: this.#producer.name,
      filters: appliedFilters(request.given, request.query),
      self: this.#self(request),
      next: extent.more ? this.#next(request, extent.last) : undefined,
    };
  }

  #links(request: ListRequest, extent: Extent): HeaderList {
    const last = extent.count > 0 ? extent.last : Math.max(request.since ?? 0, request.query.after ?? 0);
    return [
      ...(extent.more ? ['link', `<${this.#next(request, extent.last)}>; rel="next"`] : []),
      ...(request.query.order === 'oldest-first' ? ['x-next-since', formatTimestamp(last)] : []),
    ];
  }

  /** The request as an absolute path, or URL where it is set: the host that a client says it spoke to is never repeated. */
  #self({ given, cursor, offset }: ListRequest): string {
    const place: [string, string][] = [
      ...(cursor === undefined ? [] : [['cursor', cursor] as [string, string]]),
      ...(offset === 0 ? [] : [['offset', String(offset)] as [string, string]]),
    ];
    return this.#with([...given, ...place]);
  }

  #next({ given, query, filters }: ListRequest, stamp: number): string {
    return this.#with([...given, ['cursor', writeCursor({ order: query.order, stamp }, filters)]]);
  }

  #with(pairs: readonly (readonly [string, string])[]): string {
    const parameters = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value]));
    return parameters.size === 0 ? this.#path : `${this.#path}?${parameters.toString()}`;
  }
}

const NOTHING: Extent = { count: 0, first: 0, last: 0, more: false };

/** What a plan's bytes depend on, as one text: see `contentKey` of the bundle. */
function contentKey({ request, extent, envelope }: ListPlan): string {
  const around = envelope === undefined ? '' : JSON.stringify(envelope);
  const filters = canonicalFilters(request.query, undefined);
  return ['list', request.format, filters, extent.first, extent.last, extent.count, around].join('|');
}
