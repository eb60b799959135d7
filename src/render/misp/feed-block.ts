import type { IndicatorQuery } from '../../model/indicator-query.ts';
import type { IocItem } from '../../model/ioc-item.ts';
import { TLP_MARKINGS } from '../../model/marking.ts';
import type { Extent, IndicatorReads } from '../../store/store.ts';
import { walkSlices } from '../walk.ts';
import { isInFeed, type MispFeedEvents } from './feed-events.ts';

/** Items are read so many at a time: some 5 ms. */
const SLICE = 500;
/** What a row of a block holds. */
const COLUMNS = 5;

/** At what moment a feed is read, until which stamp it has forgotten what is revoked, and how large its blocks may be. */
export interface FeedMoment {
  readonly asOf: number;
  readonly horizon: number;
  readonly blockSize: number;
}

/** Versions of a stretch of stamps, and what they are to the feed's events. */
export interface FeedBlock {
  readonly query: IndicatorQuery;
  readonly extent: Extent;
  /** The stretch: stamps from the first to the last, both included. */
  readonly from: number;
  readonly to: number;
  /** Names the versions exactly: see "The publication stamp" in docs/architecture.md. */
  readonly key: string;
  /** When the first of them expires: then it is to be read again. */
  readonly goodUntil: number;
  readonly rows: BlockRows;
}

/** What one event has in a block. */
export interface EventShare {
  readonly event: number;
  readonly count: number;
  /** Stamps. */
  readonly first: number;
  readonly last: number;
  /** The strictest marking, as an index of `TLP_MARKINGS`. */
  readonly tlp: number;
}

/** The shares of events in a block, 40 bytes each. */
export class BlockRows {
  readonly #cells: Float64Array;

  constructor(shares: readonly EventShare[]) {
    const sorted = shares.toSorted((a, b) => a.event - b.event);
    this.#cells = Float64Array.from(
      sorted.flatMap(({ event, count, first, last, tlp }) => [event, count, first, last, tlp]),
    );
  }

  *[Symbol.iterator](): Generator<EventShare> {
    for (let row = 0; row < this.#cells.length / COLUMNS; row += 1) yield this.#at(row);
  }

  /** What an event has here, or undefined. */
  of(event: number): EventShare | undefined {
    let low = 0;
    let high = this.#cells.length / COLUMNS;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#cells[middle * COLUMNS]! < event) low = middle + 1;
      else high = middle;
    }
    return this.#cells[low * COLUMNS] === event ? this.#at(low) : undefined;
  }

  #at(row: number): EventShare {
    const [event, count, first, last, tlp] = this.#cells.subarray(row * COLUMNS, (row + 1) * COLUMNS);
    return { event: event!, count: count!, first: first!, last: last!, tlp: tlp! };
  }
}

/** The query of a stretch: up to the horizon only what stands, after it what is revoked as well. */
export function stretchQuery(from: number, to: number, { horizon, blockSize }: FeedMoment): IndicatorQuery {
  return {
    types: [],
    levels: [],
    sectors: [],
    revoked: to > horizon ? 'include' : 'exclude',
    order: 'oldest-first',
    since: from - 1,
    until: to,
    limit: blockSize,
  };
}

/** What a block of this stretch and extent is named: other versions, or others of them in the feed, have another name. */
export function blockKey(from: number, to: number, extent: Extent, { horizon }: FeedMoment): string {
  const forgotten = to <= horizon ? 'all' : from > horizon ? 'none' : String(horizon);
  return [extent.first, extent.last, extent.count, forgotten].join();
}

/** Reads a block. Rejects with `StalePlanError` when it is not what the extent says. */
export async function readBlock(
  store: IndicatorReads,
  events: MispFeedEvents,
  { from, to }: { readonly from: number; readonly to: number },
  extent: Extent,
  moment: FeedMoment,
): Promise<FeedBlock> {
  const query = stretchQuery(from, to, moment);
  const shares = new Map<number, EventShare>();
  let goodUntil = Infinity;
  for await (const items of blockItems(store, { query, extent }, moment)) {
    for (const item of items) {
      if (!item.revoked) goodUntil = Math.min(goodUntil, item.validUntil ?? Infinity);
      for (const event of events.numbersOf(item)) shares.set(event, withItem(shares.get(event), event, item));
    }
  }
  const key = blockKey(from, to, extent, moment);
  return { query, extent, from, to, key, goodUntil, rows: new BlockRows([...shares.values()]) };
}

/** The items of a block that are in the feed, a slice at a time. */
export async function* blockItems(
  store: IndicatorReads,
  { query, extent }: Pick<FeedBlock, 'query' | 'extent'>,
  { asOf, horizon }: FeedMoment,
): AsyncGenerator<readonly IocItem[]> {
  const slices = walkSlices(query, extent, async (rest) => {
    const slice = await store.items(rest, asOf, SLICE);
    return { ...slice, count: slice.items.length };
  });
  for await (const { items } of slices) yield items.filter((item) => isInFeed(item, asOf, horizon));
}

/** The items of one event in a block, a slice at a time: only the stretch that they lie in is read. */
export async function* eventItems(
  store: IndicatorReads,
  events: MispFeedEvents,
  { event, first, last }: EventShare,
  moment: FeedMoment,
): AsyncGenerator<readonly IocItem[]> {
  const query = stretchQuery(first, last, moment);
  const extent = await store.extent(query, moment.asOf);
  for await (const items of blockItems(store, { query, extent }, moment))
    yield items.filter((item) => events.numbersOf(item).includes(event));
}

/** Two blocks that follow each other as one, or undefined where they are better left apart. */
export function joined(one: FeedBlock, other: FeedBlock, moment: FeedMoment): FeedBlock | undefined {
  const count = one.extent.count + other.extent.count;
  const [from, to] = [one.from, other.to];
  if (count > moment.blockSize || (from <= moment.horizon && to > moment.horizon)) return undefined;
  const extent = { count, first: one.extent.first, last: other.extent.last, more: false };
  const shares = new Map<number, EventShare>([...one.rows].map((share) => [share.event, share]));
  for (const share of other.rows) {
    const before = shares.get(share.event);
    shares.set(share.event, before === undefined ? share : together(before, share));
  }
  return {
    query: stretchQuery(from, to, moment),
    extent,
    from,
    to,
    key: blockKey(from, to, extent, moment),
    goodUntil: Math.min(one.goodUntil, other.goodUntil),
    rows: new BlockRows([...shares.values()]),
  };
}

function withItem(share: EventShare | undefined, event: number, { modified, tlp }: IocItem): EventShare {
  const own = { event, count: 1, first: modified, last: modified, tlp: TLP_MARKINGS.indexOf(tlp) };
  return share === undefined ? own : together(share, own);
}

function together(one: EventShare, later: EventShare): EventShare {
  return {
    event: one.event,
    count: one.count + later.count,
    first: one.first,
    last: later.last,
    tlp: Math.max(one.tlp, later.tlp),
  };
}
