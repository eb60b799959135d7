import type { ByteStream, Format, ReadItem, ReadOptions } from './format.ts';
import { readLines, type Line } from './lines.ts';
import { inBatches, iocItem, rejectionItem, type Said } from './read-item.ts';
import { remark, stated, statedTime } from './stated.ts';

const TITLE = /^#\s*DShield\.org Recommended Block List\b/im;
const UPDATED = /^#\s*updated:\s*(.+)$/i;
const COLUMN_NAMES = /^Start\tEnd\tNet(?:block|mask)\t/i;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** DShield's list of the networks that attack most: start, end, prefix length, targets, name, country, e-mail, by tabs. */
export const dshieldBlock: Format = {
  name: 'dshield-block',
  label: 'DShield block list',
  source: { name: 'DShield', url: 'https://www.dshield.org/', confidence: 50 },
  recognises: (head) =>
    TITLE.test(head) || head.split(/\r\n|\r|\n/, 100).some((line) => COLUMN_NAMES.test(line)),
  read,
};

async function* read(input: ByteStream, { now }: ReadOptions): AsyncGenerator<readonly ReadItem[]> {
  let updated: Said['lastSeen'];
  for await (const lines of readLines(input)) {
    const items: ReadItem[] = [];
    for (const line of lines) {
      const stamp = UPDATED.exec(line.text)?.[1];
      if (stamp !== undefined) updated = timeOf(stamp, now);
      else if (line.oversized === true || isRow(line.text)) items.push(itemOf(line, updated));
    }
    yield* inBatches(items);
  }
}

function isRow(text: string): boolean {
  return text.trim() !== '' && !text.startsWith('#') && !COLUMN_NAMES.test(text);
}

function itemOf({ number, text, oversized }: Line, updated: Said['lastSeen']): ReadItem {
  const place = `line ${number}`;
  if (oversized === true)
    return rejectionItem(place, 'oversized_record', text, 'the line is longer than 1 MiB');
  const [start, , length, targets, name, country] = text.split('\t').map((field) => stated(field));
  if (start === undefined || length === undefined || !/^\d{1,2}$/.test(length)) {
    const detail = 'a row is: start, end, prefix length, targets, name, country, e-mail, parted by tabs';
    return rejectionItem(place, 'malformed_record', text, detail);
  }
  return iocItem(`${start}/${length}`, place, 'ipv4', {
    lastSeen: updated,
    threatType: 'scanner',
    comment: remark(
      targets === undefined ? undefined : `${targets} targets attacked`,
      name === undefined ? undefined : `network ${name}`,
      country === undefined ? undefined : `country ${country}`,
    ),
  });
}

/** `Tue Dec 15 15:33:38 2015 UTC`, or ISO 8601 as in newer lists. */
function timeOf(stamp: string, now: number): Said['lastSeen'] {
  const [, month = '', day = '', time, year] =
    /^[a-z]{3} ([a-z]{3}) +(\d{1,2}) (\d{2}:\d{2}:\d{2}) (\d{4})\b/i.exec(stamp) ?? [];
  if (year === undefined) return statedTime(stamp, now);
  const number = MONTHS.indexOf(month.toLowerCase()) + 1;
  return statedTime(number === 0 ? stamp : `${year}-${number}-${day} ${time}`, now);
}
