import type { Block, Link } from './document.ts';
import { firstSentenceEnd, lastSentenceStart } from './evidence.ts';
import type { OwnHosts } from './references.ts';
import type { Purpose } from './sections.ts';
import type { Tone } from './tones.ts';

/** So far around a value is looked for what it is meant as, in characters. */
const REACH = 160;
/** A longer line is no list item with dashes between its fields. */
const LONGEST_ITEM = 300;
/** A longer remark beside a value makes its line a sentence. */
const LONGEST_REMARK = 60;

/** What is around a value. */
export interface Setting {
  readonly text: string;
  readonly block: Block;
  readonly purpose: Purpose;
  readonly own: OwnHosts;
  /** The label of the value's column, where it stands in a table that has such. */
  readonly column: string | undefined;
  /** The link that shows it, or that it is the target of. */
  readonly link: Link | undefined;
  /** What stands before and after it in its sentence, line or cell: at most 160 characters. */
  readonly before: string;
  readonly after: string;
  /** What the words of its sentence say of it. */
  readonly tone: Tone;
  /** It has its line, cell or list item for itself, but for a label or a remark. */
  readonly isListed: boolean;
}

/** What stands around `[start, end)` in its line or cell. */
export function surroundings(
  text: string,
  block: Block,
  start: number,
  end: number,
): Pick<Setting, 'before' | 'after' | 'isListed'> {
  const from = Math.max(block.start, start - REACH);
  const to = Math.min(block.end, Math.max(end, end + REACH));
  let before = text.slice(from, start);
  let after = text.slice(end, to);
  if (block.kind === 'row') {
    const separator = block.delimiter ?? '\t';
    before = before.slice(Math.max(before.lastIndexOf(separator), before.lastIndexOf('\n')) + 1);
    const cut = firstOf(after.indexOf(separator), after.indexOf('\n'));
    if (cut >= 0) after = after.slice(0, cut);
  } else {
    before = before.slice(lastSentenceStart(before));
    after = after.slice(0, firstSentenceEnd(after));
    if (block.end - block.start <= LONGEST_ITEM) {
      before = before.slice(lastDash(before));
      const dash = after.search(DASH);
      if (dash >= 0) after = after.slice(0, dash);
    }
  }
  return { before, after, isListed: isLead(before) && isRemark(after) };
}

/** What parts the fields of a list item that people write. */
const DASH = /\s(?:-{1,2}|\u2013|\u2014|->|=>|\u2192)\s/u;

function lastDash(before: string): number {
  let last = 0;
  if (!DASH.test(before)) return last;
  for (const { 0: dash, index } of before.matchAll(DASHES)) last = index + dash.length;
  return last;
}

const DASHES = new RegExp(DASH, 'gu');

function firstOf(one: number, other: number): number {
  return one < 0 || other < 0 ? Math.max(one, other) : Math.min(one, other);
}

/** A word that neither is a value nor joins two. */
const MERE_WORD = /(?:^|\s)(?!(?:and|or|[&,;])(?:\s|$))[^\s\d./[\]]+(?=\s|$)/i;

/** Nothing, a bullet, a label, or other values: what stands before a value in a list. */
function isLead(before: string): boolean {
  const plain = before.replace(/^[\s>*+\-\u2022\u2013|]*(?:\(?\d{1,3}[.)]\s)?/u, '').trim();
  if (plain === '' || /^["'`(<[{*_+\\]+$/.test(plain)) return true;
  if (/[:=|,\u2013\u2192][\s"'`*_+<]*$/.test(before) && !/,\s/.test(before))
    return plain.length <= LONGEST_REMARK && !/[.!?]\s/.test(plain);
  return !MERE_WORD.test(plain);
}

/** Nothing, punctuation and a short remark, or other values. */
function isRemark(after: string): boolean {
  const plain = after.trim();
  if (plain === '' || /^[\s"'`)>\]}*_+.,;]+$/.test(plain)) return true;
  if (/^["'`*_+]*\s*(?:[-\u2013\u2014|:,;#/(<[{\t]|\/\/|->|=>)/u.test(plain))
    return plain.length <= 4 * LONGEST_REMARK;
  if (!MERE_WORD.test(plain)) return true;
  const words = plain.split(/\s+/, 4);
  return (
    words.length <= 3 && !/^(?:is|was|are|and|for|to|over|via|on|in|as|at|by|has|which|that)\b/i.test(plain)
  );
}
