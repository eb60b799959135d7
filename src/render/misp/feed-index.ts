import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Producer } from '../../model/producer.ts';
import type { IndicatorReads } from '../../store/store.ts';
import { blockKey, type FeedBlock, type FeedMoment, joined, readBlock, stretchQuery } from './feed-block.ts';
import { MispFeedEvents } from './feed-events.ts';
import { MispFeedSnapshot } from './feed-snapshot.ts';

const DAY = 86_400_000;
/** What is revoked stays in the feed for so long, so that whoever asks once a month still takes it back. */
const REVOKED_KEPT = 35 * DAY;
/** While IOCs come in, the feed is looked at no more often, in milliseconds. */
const PAUSE = 5_000;
/** So many versions make a block: what has to be read again when one of them is replaced. */
const BLOCK = 2_000;
/** Extents of blocks cost some 0.2 ms each: so many are asked for before other work goes in between. */
const IN_A_ROW = 8;

/**
 * What a native MISP feed says of all its events, kept up to date at the cost of what changed. It keeps, for each block of
 * versions, how many are in which event: memory grows with sources and days, not with IOCs. Versions never change and
 * stamps only rise, so that a block of the same extent holds the same versions and is not read again.
 */
export class MispFeedIndex {
  readonly #store: IndicatorReads;
  readonly #producer: Producer;
  readonly #blockSize: number;
  #events: MispFeedEvents;
  #current: MispFeedSnapshot | undefined;
  #measuring: Promise<MispFeedSnapshot> | undefined;

  constructor(store: IndicatorReads, producer: Producer, blockSize = BLOCK) {
    this.#store = store;
    this.#producer = producer;
    this.#blockSize = blockSize;
    this.#events = new MispFeedEvents(producer);
  }

  /** The feed at `now`, at most `PAUSE` older. Rejects with `StoreError` when the store cannot answer. */
  find(now: number): Promise<MispFeedSnapshot> {
    this.#measuring ??= this.#find(now).finally(() => {
      this.#measuring = undefined;
    });
    return this.#measuring;
  }

  async #find(now: number): Promise<MispFeedSnapshot> {
    await this.#store.markPolled(now);
    // Whole seconds only: MISP compares times in seconds, so that what comes later must have a later second.
    const asOf = Math.floor(now / 1_000) * 1_000 - 1;
    const known = this.#current;
    if (known !== undefined && asOf >= known.moment.asOf && asOf - known.moment.asOf < PAUSE) return known;
    const newest = await this.#store.watermark(asOf);
    const horizon = Math.floor(newest / DAY) * DAY - REVOKED_KEPT;
    const moment = { asOf, horizon, blockSize: this.#blockSize };
    const isSame = known?.newest === newest && asOf < known.goodUntil && asOf >= known.moment.asOf;
    this.#current = isSame ? known.at(moment) : await this.#measure(moment, newest);
    return this.#current;
  }

  async #measure(moment: FeedMoment, newest: number): Promise<MispFeedSnapshot> {
    const known = this.#current;
    const isBack = known !== undefined && moment.asOf < known.moment.asOf;
    if (isBack) this.#events = new MispFeedEvents(this.#producer);
    const blocks: FeedBlock[] = [];
    let past = -1;
    for (const [at, block] of (isBack ? [] : (known?.blocks ?? [])).entries()) {
      if (at % IN_A_ROW === 0) await nextTurn();
      past = block.to;
      const still = await this.#again(block, moment);
      if (still !== undefined) add(blocks, still, moment);
    }
    for (const end of [moment.horizon, moment.asOf]) {
      for (let more = past < end; more;) {
        const query = stretchQuery(past + 1, end, moment);
        const extent = await this.#store.extent(query, moment.asOf);
        const stretch = { from: past + 1, to: extent.more ? extent.last : end };
        if (extent.count > 0) {
          const settled = { ...extent, more: false };
          add(blocks, await readBlock(this.#store, this.#events, stretch, settled, moment), moment);
        }
        past = stretch.to;
        more = extent.more;
      }
    }
    return new MispFeedSnapshot(this.#events, blocks, moment, newest);
  }

  /** A block as it is now: the same while its versions are, undefined when none is left. */
  async #again(block: FeedBlock, moment: FeedMoment): Promise<FeedBlock | undefined> {
    const { from, to } = block;
    const extent = await this.#store.extent(stretchQuery(from, to, moment), moment.asOf);
    if (extent.count === 0) return undefined;
    const isSame = blockKey(from, to, extent, moment) === block.key && moment.asOf < block.goodUntil;
    return isSame ? block : await readBlock(this.#store, this.#events, { from, to }, extent, moment);
  }
}

/** Adds a block to the others, as part of the last one where both are small. */
function add(blocks: FeedBlock[], block: FeedBlock, moment: FeedMoment): void {
  const last = blocks.at(-1);
  const both = last === undefined ? undefined : joined(last, block, moment);
  if (both === undefined) blocks.push(block);
  else blocks[blocks.length - 1] = both;
}
