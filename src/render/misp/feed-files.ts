import { hash } from 'node:crypto';

import type { IndicatorReads } from '../../store/store.ts';
import { wellFormed } from '../admission.ts';
import { MispEventWriter } from './event.ts';
import { blockItems, eventItems } from './feed-block.ts';
import type { FeedEvent, MispFeedSnapshot } from './feed-snapshot.ts';

/**
 * The files of a native MISP feed (https://www.misp-project.org/feeds/, PyMISP's feed generator). The manifest is what
 * MISP shows of events and compares, by UUID.
 */
export function manifestText(snapshot: MispFeedSnapshot): string {
  const entries = [...snapshot.byUuid].map(([uuid, { facts }]) => [uuid, facts]);
  return `${JSON.stringify(Object.fromEntries(entries), undefined, 1)}\n`;
}

/** `hashes.csv`: MD5 of each value, and the UUID of an event that holds it; what is revoked is not in it. */
export async function* hashesChunks(
  store: IndicatorReads,
  snapshot: MispFeedSnapshot,
): AsyncGenerator<string> {
  const { moment, blocks, events } = snapshot;
  for (const block of blocks) {
    for await (const items of blockItems(store, block, moment)) {
      const lines = items.flatMap((item) => {
        if (item.revoked) return [];
        const digest = hash('md5', item.value);
        return events.numbersOf(item).map((number) => `${digest},${events.headOf(number).uuid}\n`);
      });
      if (lines.length > 0) yield lines.join('');
    }
  }
}

/** One event, read from the blocks that have something of it. The same content is always the same bytes. */
export async function* eventChunks(
  store: IndicatorReads,
  { events, moment }: MispFeedSnapshot,
  { number, head, blocks }: FeedEvent,
): AsyncGenerator<string> {
  const writer = new MispEventWriter(head);
  let text = writer.begin();
  for (const { rows } of blocks) {
    for await (const items of eventItems(store, events, rows.of(number)!, moment)) {
      for (const item of items) text += writer.item(wellFormed(item)) ?? '';
      if (text !== '') yield text;
      text = '';
    }
  }
  yield writer.end();
}
