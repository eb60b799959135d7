import type { ByteStream, Format, ReadItem, ReadOptions } from './format.ts';
import { readLines } from './lines.ts';
import { inBatches, iocItem, rejectionItem } from './read-item.ts';
import { statedTime } from './stated.ts';

const RELAY = /^ExitNode ([0-9A-F]{40})\s*$/;
const ADDRESS = /^ExitAddress (\S+)(?: (\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}))?\s*$/;
const OTHER = /^(?:Published|LastStatus) |^(?:#|@type\b)/;

/**
 * Tor's exit list (TorDNSEL): entries of `ExitNode`, `Published`, `LastStatus` and one or more `ExitAddress`, each
 * with the time of the test that found it.
 */
export const torExits: Format = {
  name: 'tor-exits',
  label: 'Tor exit list',
  source: {
    name: 'Tor exits',
    url: 'https://metrics.torproject.org/collector.html#exit-lists',
    confidence: 90,
  },
  recognises: (head) => /^ExitNode [0-9A-F]{40}\s*$/m.test(head) && /^ExitAddress /m.test(head),
  read,
};

async function* read(input: ByteStream, { now }: ReadOptions): AsyncGenerator<readonly ReadItem[]> {
  let relay: string | undefined;
  for await (const lines of readLines(input)) {
    const items: ReadItem[] = [];
    for (const { number, text } of lines) {
      const [, address, tested] = ADDRESS.exec(text) ?? [];
      const fingerprint = RELAY.exec(text)?.[1];
      if (fingerprint !== undefined) relay = fingerprint;
      else if (address !== undefined) {
        const comment = relay === undefined ? undefined : `exit of Tor relay ${relay}`;
        const said = { lastSeen: statedTime(tested, now), threatType: 'tor_exit', tags: ['tor'], comment };
        items.push(iocItem(address, `line ${number}`, 'ip', said));
      } else if (text.trim() !== '' && !OTHER.test(text))
        items.push(rejectionItem(`line ${number}`, 'malformed_record', text, 'no line of an exit list'));
    }
    yield* inBatches(items);
  }
}
