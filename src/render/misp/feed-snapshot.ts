import { TLP_MARKINGS } from '../../model/marking.ts';
import type { EventShare, FeedBlock, FeedMoment } from './feed-block.ts';
import { mispEventFacts, type MispEventFacts, type MispEventHead } from './event.ts';
import type { MispFeedEvents } from './feed-events.ts';

/** An event of a feed: how many attributes it has, its newest stamp, and the blocks that they are in. */
export interface FeedEvent {
  readonly number: number;
  readonly head: MispEventHead;
  readonly count: number;
  readonly newest: number;
  readonly facts: MispEventFacts;
  readonly blocks: readonly FeedBlock[];
}

interface Gathered {
  count: number;
  last: number;
  tlp: number;
  readonly blocks: FeedBlock[];
}

/** A native MISP feed at one moment: all that its manifest says, and where the IOCs of each event are. */
export class MispFeedSnapshot {
  /** The newest stamp of the store at that moment. */
  readonly newest: number;
  readonly moment: FeedMoment;
  readonly blocks: readonly FeedBlock[];
  /** Until when it holds, unless something is published. */
  readonly goodUntil: number;
  readonly events: MispFeedEvents;
  #byUuid: ReadonlyMap<string, FeedEvent> | undefined;

  constructor(events: MispFeedEvents, blocks: readonly FeedBlock[], moment: FeedMoment, newest: number) {
    this.events = events;
    this.blocks = blocks;
    this.moment = moment;
    this.newest = newest;
    this.goodUntil = blocks.reduce((least, { goodUntil }) => Math.min(least, goodUntil), Infinity);
  }

  /** The same content, to be read as of a later moment. */
  at(moment: FeedMoment): MispFeedSnapshot {
    const same = new MispFeedSnapshot(this.events, this.blocks, moment, this.newest);
    same.#byUuid = this.#byUuid;
    return same;
  }

  /** Its events by UUID, in the order of UUIDs. */
  get byUuid(): ReadonlyMap<string, FeedEvent> {
    this.#byUuid ??= this.#gather();
    return this.#byUuid;
  }

  /** Names the content of all its events: another content has another name. */
  get contentName(): string {
    return this.blocks.map(({ key }) => key).join(' ');
  }

  /** Names what the manifest says. */
  get manifestName(): string {
    return [...this.byUuid]
      .map(([uuid, { newest, facts }]) => `${uuid} ${newest} ${facts.Tag[0]?.name}`)
      .join('\n');
  }

  /** How many attributes its events have together. */
  get count(): number {
    return this.blocks.reduce((sum, { extent }) => sum + extent.count, 0);
  }

  /** Names the content of one event. */
  eventName({ number, blocks }: FeedEvent): string {
    return blocks.map(({ rows }) => nameOf(rows.of(number)!)).join(' ');
  }

  #gather(): ReadonlyMap<string, FeedEvent> {
    const gathered = new Map<number, Gathered>();
    for (const block of this.blocks) {
      for (const { event, count, last, tlp } of block.rows) {
        const all = gathered.get(event) ?? { count: 0, last, tlp, blocks: [] };
        all.count += count;
        all.last = last;
        all.tlp = Math.max(all.tlp, tlp);
        all.blocks.push(block);
        gathered.set(event, all);
      }
    }
    const events = [...gathered].map(([number, { count, last, tlp, blocks }]): FeedEvent => {
      const head = this.events.headOf(number);
      const facts = mispEventFacts(head, last, TLP_MARKINGS[tlp]);
      return { number, head, count, newest: last, facts, blocks };
    });
    events.sort((a, b) => (a.head.uuid < b.head.uuid ? -1 : 1));
    return new Map(events.map((event) => [event.head.uuid, event]));
  }
}

function nameOf({ count, first, last }: EventShare): string {
  return `${first},${last},${count}`;
}
