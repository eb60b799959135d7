import { detectType } from '../normalise/normalise.ts';
import type { ByteStream, Format, ReadItem } from './format.ts';
import { readLines, type Line } from './lines.ts';
import { inBatches, iocItem, rejectionItem } from './read-item.ts';

const COMMENT_LINE = /^\s*(?:#|;|\/\/)/;
/** A comment after the value; a URL may hold these marks, so white space must come before them. */
const COMMENT = /\s(?:#+|;+|\/\/)(.*)$/s;
/** A line of a hosts file: the address that a name is sent to, then names. */
const HOSTS_LINE = /^(?:0\.0\.0\.0|127\.0\.0\.1|::1?)\s+(\S.*)$/s;
/** What every hosts file says of the machine itself. */
const OWN_NAME = /^(?:localhost|localhost\.localdomain|local|broadcasthost|0\.0\.0\.0|ip6-\w+)$/i;

/** So many lines tell whether a text is a list, and so great a part of them must be IOCs. */
const SAMPLE_LINES = 100;
const IOC_SHARE = 0.6;

/** One value a line, possibly defanged; comments, trailing ones too, and the hosts-file style are understood. */
export const list: Format = {
  name: 'list',
  label: 'Plain list',
  recognises(head) {
    const values = head.split(/\r\n|\r|\n/, SAMPLE_LINES).flatMap((line) => valuesOf(line).values);
    const iocs = values.filter((value) => detectType(value) !== undefined);
    return iocs.length > 0 && iocs.length >= IOC_SHARE * values.length;
  },
  read,
};

async function* read(input: ByteStream): AsyncGenerator<readonly ReadItem[]> {
  for await (const lines of readLines(input)) yield* inBatches(lines.flatMap(itemsOf));
}

function itemsOf({ number, text, oversized }: Line): ReadItem[] {
  const place = `line ${number}`;
  if (oversized === true)
    return [rejectionItem(place, 'oversized_record', text, 'the line is longer than 1 MiB')];
  const { values, comment } = valuesOf(text);
  return values.map((value) => iocItem(value, place, undefined, { comment }));
}

function valuesOf(line: string): { values: string[]; comment?: string | undefined } {
  if (COMMENT_LINE.test(line)) return { values: [] };
  const remark = COMMENT.exec(line);
  const text = (remark === null ? line : line.slice(0, remark.index)).trim().replace(/,$/, '');
  if (text === '') return { values: [] };
  const names = HOSTS_LINE.exec(text)?.[1];
  const comment = remark?.[1]?.trim();
  const values = names === undefined ? [text] : names.split(/\s+/).filter((name) => !OWN_NAME.test(name));
  return { values, ...(comment !== undefined && comment !== '' && { comment }) };
}
