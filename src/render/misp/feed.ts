import { hash } from 'node:crypto';
import type { IocItem } from '../../model/ioc-item.ts';
import type { Producer } from '../../model/producer.ts';
import { formatTimestamp } from '../../model/time.ts';
import { uuidBytes, uuidV5 } from '../../model/uuid.ts';
import { admitted } from '../admission.ts';
import { MISP_TYPES, mispAttribute } from './attribute.ts';
import {
  type MispEventFacts,
  type MispEventHead,
  mispEvent,
  MispEventSummary,
  MispEventWriter,
} from './event.ts';

/**
 * A native MISP feed (https://www.misp-project.org/feeds/, PyMISP's feed generator): `manifest.json`, `hashes.csv` and a
 * file `UUID.json` for each event. An event holds what one source first saw on one day (UTC). Its UUID is derived from
 * both, so that it stays the same event while IOCs come and go, and events stay small. An IOC of several sources is in the
 * event of each, so that a source that joins later moves nothing.
 */
export function mispFeedEvents(item: IocItem, producer: Producer): MispEventHead[] {
  const date = formatTimestamp(item.firstSeen).slice(0, 10);
  return [...new Set(item.sources.map((source) => source.name))].map((source) => ({
    uuid: uuidV5(uuidBytes(producer.uuid), `misp-feed:${date}:${source}`),
    info: `${source}, first seen ${date}`,
    date,
    producer,
  }));
}

/** Reads all IOCs once for the feed's table of contents. Memory grows with events, not with IOCs. */
export class MispFeedIndex {
  readonly #producer: Producer;
  readonly #events = new Map<string, MispEventSummary>();

  constructor(producer: Producer) {
    this.#producer = producer;
  }

  /** Takes in one IOC and returns its lines of `hashes.csv`: MD5 of the value, and the event's UUID. */
  add(item: IocItem): string {
    const ready = admitted(item, mispEvent);
    if (ready === undefined || !isAttribute(ready)) return '';
    const digest = hash('md5', ready.value);
    return mispFeedEvents(ready, this.#producer)
      .map((head) => {
        const summary = this.#events.get(head.uuid) ?? new MispEventSummary(head);
        this.#events.set(head.uuid, summary);
        summary.add(ready);
        return `${digest},${head.uuid}\n`;
      })
      .join('');
  }

  /** The text of `manifest.json`: what MISP shows of events and compares, by UUID. */
  manifest(): string {
    const entries = [...this.#events].sort(([a], [b]) => (a < b ? -1 : 1));
    const facts: Record<string, MispEventFacts> = Object.fromEntries(
      entries.map(([uuid, summary]) => [uuid, summary.facts()]),
    );
    return `${JSON.stringify(facts, undefined, 1)}\n`;
  }
}

/** A whole feed as its files by name: for exports to a directory, and for what fits into memory. */
export function mispFeedFiles(items: Iterable<IocItem>, producer: Producer): Map<string, string> {
  const index = new MispFeedIndex(producer);
  const events = new Map<string, { readonly writer: MispEventWriter; text: string }>();
  let hashes = '';
  for (const item of items) {
    const ready = admitted(item, mispEvent);
    if (ready === undefined || !isAttribute(ready)) continue;
    hashes += index.add(ready);
    for (const head of mispFeedEvents(ready, producer)) {
      const event = events.get(head.uuid) ?? { writer: new MispEventWriter(head), text: '' };
      if (!events.has(head.uuid)) event.text = event.writer.begin();
      event.text += event.writer.item(ready) ?? '';
      events.set(head.uuid, event);
    }
  }
  const files = new Map([...events].map(([uuid, { writer, text }]) => [`${uuid}.json`, text + writer.end()]));
  return files.set('manifest.json', index.manifest()).set('hashes.csv', hashes);
}

const NO_NAMESPACE = Buffer.alloc(16);

function isAttribute(item: IocItem): boolean {
  return MISP_TYPES.includes(item.type) && mispAttribute(item, '', NO_NAMESPACE) !== undefined;
}
