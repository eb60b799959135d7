import type { ByteStream, Format, ReadItem } from './format.ts';
import { readLines, type Line } from './lines.ts';
import { inBatches, rejectionItem } from './read-item.ts';
import { dropItem, SPAMHAUS_DROP } from './spamhaus-drop.ts';

const ROW = /^([0-9a-f:.]+\/\d{1,3})(?:\s*;\s*(SBL\d+))?\s*$/i;

/** `CIDR ; SBL id` a line below a banner of comments that begin with `;`. */
export const spamhausDropText: Format = {
  name: 'spamhaus-drop',
  label: 'Spamhaus DROP list',
  source: SPAMHAUS_DROP,
  recognises: (head) => /^\s*;\s*Spamhaus E?DROP(?:v6)? List\b/i.test(head),
  read,
};

async function* read(input: ByteStream): AsyncGenerator<readonly ReadItem[]> {
  for await (const lines of readLines(input)) yield* inBatches(lines.flatMap(itemsOf));
}

function itemsOf({ number, text, oversized }: Line): ReadItem[] {
  const place = `line ${number}`;
  if (oversized === true)
    return [rejectionItem(place, 'oversized_record', text, 'the line is longer than 1 MiB')];
  const line = text.trim();
  if (line === '' || line.startsWith(';')) return [];
  const [, network, sbl] = ROW.exec(line) ?? [];
  if (network === undefined)
    return [rejectionItem(place, 'malformed_record', text, 'a network such as 192.0.2.0/24 is expected')];
  return [dropItem(network, place, sbl?.toUpperCase())];
}
