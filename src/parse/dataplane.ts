import type { ByteStream, Format, ReadItem, ReadOptions } from './format.ts';
import { readLines, type Line } from './lines.ts';
import { inBatches, iocItem, rejectionItem } from './read-item.ts';
import { remark, stated, statedTime } from './stated.ts';

const TITLE = /^# DataPlane\.org\b/m;

/** A report of DataPlane.org: `ASN | AS name | address | last seen | category`, in columns of spaces. */
export const dataplane: Format = {
  name: 'dataplane',
  label: 'DataPlane.org report',
  source: { name: 'DataPlane.org', url: 'https://dataplane.org/', confidence: 50 },
  recognises: (head) => TITLE.test(head),
  read,
};

async function* read(input: ByteStream, { now }: ReadOptions): AsyncGenerator<readonly ReadItem[]> {
  for await (const lines of readLines(input)) yield* inBatches(lines.flatMap((line) => itemsOf(line, now)));
}

function itemsOf({ number, text, oversized }: Line, now: number): ReadItem[] {
  const place = `line ${number}`;
  if (oversized === true)
    return [rejectionItem(place, 'oversized_record', text, 'the line is longer than 1 MiB')];
  if (text.trim() === '' || text.startsWith('#')) return [];
  const fields = text.split('|').map((field) => stated(field));
  const [system, name, address, seen, category] = fields;
  if (fields.length !== 5 || address === undefined) {
    const detail = `it has ${fields.length} fields where 5 are expected, the third an address`;
    return [rejectionItem(place, 'malformed_record', text, detail)];
  }
  const network = remark(system === undefined ? undefined : `AS${system}`, name);
  return [
    iocItem(address, place, 'ip', {
      lastSeen: statedTime(seen, now),
      threatType: 'scanner',
      tags: category === undefined ? [] : [category],
      comment: network,
    }),
  ];
}
