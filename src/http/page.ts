import { writeCursor } from '../model/cursor.ts';
import type { IndicatorRequest } from '../model/query-parameters.ts';
import type { Producer } from '../model/producer.ts';
import { formatTimestamp } from '../model/time.ts';
import { type BundlePlan, contentKey, presentationKey } from '../render/stix/bundle.ts';
import type { IndicatorReads, Soon } from '../store/store.ts';
import type { Coding } from './coding.ts';
import type { SentPage } from './delivery.ts';
import { entityTags } from './etag.ts';
import { Fresh } from './fresh.ts';
import type { HeaderList } from './standing-headers.ts';

/** What a request yields at one moment, and the name of its content. */
export interface Page {
  readonly plan: BundlePlan;
  readonly sent: readonly SentPage[];
  /** Its entity tag in each coding: it names the bytes exactly. */
  readonly etags: Readonly<Record<Coding, string>>;
  /** Headers that tell where to go on; a 304 carries them too. */
  readonly links: HeaderList;
  /** Headers about its content. */
  readonly headers: HeaderList;
}

/** To be raised when the same content is written in other bytes than before. */
const RENDERING = 2;

/** The pages measured last, by request: while nothing is published, the same request is the same page. */
export class PageIndex {
  readonly #store: IndicatorReads;
  readonly #producer: Producer;
  readonly #path: string;
  readonly #fresh: Fresh<Page>;
  /** Of requests that are made again and again, as `Readings` keeps them. */
  readonly #keys = new WeakMap<IndicatorRequest, string>();

  /** `path` is what links to further pages begin with. */
  constructor(store: IndicatorReads, producer: Producer, path: string, most = 10_000) {
    this.#store = store;
    this.#producer = producer;
    this.#path = path;
    this.#fresh = new Fresh(store, most);
  }

  /** What `request` yields at `now`. Throws or rejects with `StoreError` when the store cannot answer. */
  find(request: IndicatorRequest, now: number): Soon<Page> {
    return this.#fresh.find(this.#keyOf(request), now, () => this.#measure(request, now));
  }

  #keyOf(request: IndicatorRequest): string {
    let key = this.#keys.get(request);
    if (key === undefined) {
      key = requestKey(request);
      this.#keys.set(request, key);
    }
    return key;
  }

  async #measure(request: IndicatorRequest, now: number): Promise<Page> {
    const extent = await this.#store.extent(request.query, now);
    const plan: BundlePlan = { producer: this.#producer, request, asOf: now, extent };
    const content = contentKey(plan);
    const named = [RENDERING, this.#producer.name, this.#producer.uuid, extent.more, content].join('|');
    const { count, first, last } = extent;
    const modified = new Date(Math.max(first, last)).toUTCString();
    return {
      plan,
      sent: [{ query: request.query, extent, asOf: now }],
      etags: entityTags(named),
      links: this.#links(plan),
      headers: count > 0 ? ['last-modified', modified] : [],
    };
  }

  #links(plan: BundlePlan): HeaderList {
    const { request, extent } = plan;
    const links: string[] = [];
    if (extent.more) links.push('link', `<${this.#nextPath(request, extent.last)}>; rel="next"`);
    if (request.query.order === 'oldest-first') links.push('x-next-since', formatTimestamp(nextSince(plan)));
    return links;
  }

  /** The next page as an absolute path, or URL where it is set: the host that a client says it spoke to is never repeated. */
  #nextPath({ given, query, filters }: IndicatorRequest, stamp: number): string {
    const parameters = new URLSearchParams(given.map(([name, value]): [string, string] => [name, value]));
    parameters.set('cursor', writeCursor({ order: query.order, stamp }, filters));
    return `${this.#path}?${parameters.toString()}`;
  }
}

function nextSince({ request, extent }: BundlePlan): number {
  // An empty page repeats what was asked for, so that a client goes on from there; ahead of the clock too, which may have been set back.
  return extent.count > 0 ? extent.last : Math.max(request.since ?? 0, request.query.after ?? 0);
}

function requestKey({ query, presentation, filters }: IndicatorRequest): string {
  const place = [query.since, query.after, query.limit].join();
  return `${filters}|${place}|${presentationKey(presentation)}`;
}
