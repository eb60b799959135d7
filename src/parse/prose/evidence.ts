import type { Block } from './document.ts';

const LONGEST = 500;
/** So far around a value is looked for where its sentence begins and ends. */
const REACH = 1_000;
const ELLIPSIS = '\u2026';

/** An end of a sentence with what follows; not after `e.g.`, a single letter or a number of a list. */
const SENTENCE_END =
  /(?<!\b(?:e\.g|i\.e|vs|cf|etc|no|fig|al|approx|inc|ltd|corp|mr|dr|\p{L}|\d))[.!?][)"'\u201d\u2019\]]{0,2}\s+(?=[\p{Lu}"'\u201c(])|[\u3002\uff01\uff1f]/giu;

/** What every end of a sentence has: most texts around a value have none. */
const MARK = /[.!?][)"'\u201d\u2019\]]{0,2}\s|[\u3002\uff01\uff1f]/;

/**
 * The sentence, list item, line of code or table row that holds `[start, end)`, on one line: as it stands there, at
 * most 500 characters, cut around the value where it is longer.
 */
export function evidenceOf(text: string, block: Block, start: number, end: number): string {
  const from = Math.max(block.start, start - REACH);
  const to = Math.max(end, Math.min(block.end, end + REACH));
  const isWhole = block.kind === 'row' && block.end - block.start <= LONGEST;
  let before = text.slice(from, start);
  let after = text.slice(end, to);
  if (block.kind !== 'code' && !isWhole) {
    before = before.slice(lastSentenceStart(before));
    after = after.slice(0, firstSentenceEnd(after));
  }
  return fitted(collapsed(before).trimStart(), collapsed(text.slice(start, end)), collapsed(after).trimEnd());
}

/** Where the sentence begins that `before` ends in. */
export function lastSentenceStart(before: string): number {
  let start = 0;
  if (!MARK.test(before)) return start;
  for (const { 0: mark, index } of before.matchAll(SENTENCE_END))
    if (startsUpper(before, index + mark.length)) start = index + mark.length;
  return start;
}

/** Where the sentence ends that `after` begins in. */
export function firstSentenceEnd(after: string): number {
  if (!MARK.test(after)) return after.length;
  for (const { 0: mark, index } of after.matchAll(SENTENCE_END))
    if (startsUpper(after, index + mark.length)) return index + mark.trimEnd().length;
  return after.length;
}

/** The expression ignores case for the sake of abbreviations; a sentence begins with a capital all the same. */
function startsUpper(text: string, at: number): boolean {
  const first = String.fromCodePoint(text.codePointAt(at) ?? 0x41);
  return (
    first.toLowerCase() !== first || !/\p{L}/u.test(first) || /[\u3002\uff01\uff1f]/.test(text.charAt(at - 1))
  );
}

function collapsed(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

function fitted(before: string, value: string, after: string): string {
  if (before.length + value.length + after.length <= LONGEST) return (before + value + after).trim();
  if (value.length > LONGEST - 2) return `${value.slice(0, LONGEST - 1).toWellFormed()}${ELLIPSIS}`;
  const room = LONGEST - value.length - 2;
  const half = Math.floor(room / 2);
  const keptBefore = Math.min(before.length, Math.max(half, room - after.length));
  const keptAfter = Math.min(after.length, room - keptBefore);
  const head =
    keptBefore < before.length ? ELLIPSIS + before.slice(before.length - keptBefore).toWellFormed() : before;
  const tail = keptAfter < after.length ? after.slice(0, keptAfter).toWellFormed() + ELLIPSIS : after;
  return (head + value + tail).trim();
}
