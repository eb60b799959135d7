import { hash } from 'node:crypto';

import { writeCursor } from '../model/cursor.ts';
import type { IndicatorRequest } from '../model/query-parameters.ts';
import type { Producer } from '../model/producer.ts';
import { formatTimestamp } from '../model/time.ts';
import { type BundlePlan, contentKey, presentationKey } from '../render/stix/bundle.ts';
import type { IndicatorReads } from '../store/store.ts';

/** What a request yields at one moment, and the name of its content. */
export interface Page {
  readonly plan: BundlePlan;
  /** Names the content exactly. */
  readonly content: string;
  /** The opaque part of its entity tags. */
  readonly tag: string;
  /** Headers that tell where to go on; a 304 carries them too. */
  readonly links: Readonly<Record<string, string>>;
  /** Headers about its content. */
  readonly headers: Readonly<Record<string, string>>;
}

/** To be raised when the same content is written in other bytes than before. */
const RENDERING = 1;

/** How long a page is believed though nothing was published: indicators expire by themselves. In milliseconds. */
const BELIEVED = 1_000;

interface Entry {
  readonly watermark: number;
  readonly measuredAt: number;
  readonly page: Promise<Page>;
}

/** The pages measured last, by request: while nothing is published, the same request is the same page. */
export class PageIndex {
  readonly #store: IndicatorReads;
  readonly #producer: Producer;
  readonly #path: string;
  readonly #most: number;
  readonly #entries = new Map<string, Entry>();

  /** `path` is what links to further pages begin with. */
  constructor(store: IndicatorReads, producer: Producer, path: string, most = 10_000) {
    this.#store = store;
    this.#producer = producer;
    this.#path = path;
    this.#most = most;
  }

  /** What `request` yields at `now`. Rejects with `StoreError` when the store cannot answer. */
  async find(request: IndicatorRequest, now: number): Promise<Page> {
    await this.#store.markPolled(now);
    const watermark = await this.#store.watermark(now);
    const key = requestKey(request);
    const known = this.#entries.get(key);
    if (known !== undefined && known.watermark === watermark && isBelieved(known, now)) return known.page;
    const page = this.#measure(request, now);
    this.#entries.delete(key);
    this.#entries.set(key, { watermark, measuredAt: now, page });
    if (this.#entries.size > this.#most) this.#entries.delete(this.#entries.keys().next().value!);
    page.catch(() => this.#entries.delete(key));
    return page;
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
      content,
      tag: hash('sha256', named, 'base64url').slice(0, 22),
      links: this.#links(plan),
      headers: count > 0 ? { 'last-modified': modified } : {},
    };
  }

  #links(plan: BundlePlan): Record<string, string> {
    const { request, extent } = plan;
    return {
      ...(extent.more && { link: `<${this.#nextPath(request, extent.last)}>; rel="next"` }),
      ...(request.query.order === 'oldest-first' && { 'x-next-since': formatTimestamp(nextSince(plan)) }),
    };
  }

  /** The next page as an absolute path: the host that a client says it spoke to is never repeated. */
  #nextPath({ given, query, filters }: IndicatorRequest, stamp: number): string {
    const parameters = new URLSearchParams(given.map(([name, value]): [string, string] => [name, value]));
    parameters.set('cursor', writeCursor({ order: query.order, stamp }, filters));
    return `${this.#path}?${parameters.toString()}`;
  }
}

function nextSince({ request, extent }: BundlePlan): number {
  // An empty page repeats what was asked for, so that a client goes on from there.
  return extent.count > 0 ? extent.last : Math.max(request.since ?? 0, request.query.after ?? 0);
}

function isBelieved({ measuredAt }: Entry, now: number): boolean {
  return now >= measuredAt && now - measuredAt < BELIEVED;
}

function requestKey({ query, presentation, filters }: IndicatorRequest): string {
  const place = [query.since, query.after, query.limit].join();
  return `${filters}|${place}|${presentationKey(presentation)}`;
}
