import { parseTimestamp } from '../../model/time.ts';
import { cleanText } from '../../normalise/context.ts';
import type { RawReport } from '../format.ts';
import type { Block, ProseDocument } from './document.ts';

/** So much of a report is looked at for names: the longest have a hundred pages. */
const LONGEST_TEXT = 400_000;
const LONGEST_TITLE = 300;
const LONGEST_SUMMARY = 500;
/** A longer paragraph is cut into such pieces, so that no sentence is without end. */
const LONGEST_PARAGRAPH = 4_000;
/** A shorter paragraph sums up nothing: a date, an author. */
const SHORTEST_SUMMARY = 80;
/** So many paragraphs are looked at for a title and for a summary. */
const OPENING = 50;

/** What a document says of itself: by the page's head, else by its first heading and its first paragraph. */
export function reportOf(document: ProseDocument, now: number): Omit<RawReport, 'digest'> {
  const { head = {} } = document;
  const paragraphs = [...paragraphsOf(document)];
  const title = cleanText(head.title ?? titleOf(paragraphs, head.pageTitle), LONGEST_TITLE);
  const summary = cleanText(head.summary ?? summaryOf(paragraphs), LONGEST_SUMMARY);
  const time = head.published === undefined ? undefined : parseTimestamp(head.published.trim());
  return {
    paragraphs: paragraphs.map(({ text }) => text),
    ...(title !== undefined && { title }),
    ...(head.address !== undefined && { url: head.address }),
    ...(summary !== undefined && { summary }),
    ...(time !== undefined && time > 0 && time <= now && { publishedAt: time }),
  };
}

interface Paragraph extends Pick<Block, 'kind' | 'level'> {
  /** On one line. */
  readonly text: string;
}

/** The parts of a document without the page around it, up to `LONGEST_TEXT`. */
function* paragraphsOf({ text, blocks }: ProseDocument): Generator<Paragraph> {
  let left = LONGEST_TEXT;
  for (const { start, end, kind, level, isChrome } of blocks) {
    if (isChrome) continue;
    const last = Math.min(end, start + left);
    for (let from = start; from < last; from += LONGEST_PARAGRAPH) {
      const part = cleanText(text.slice(from, Math.min(last, from + LONGEST_PARAGRAPH)), LONGEST_PARAGRAPH);
      if (part !== undefined) yield { text: part, kind, level };
    }
    left -= last - start;
    if (left <= 0) return;
  }
}

/** The foremost heading, else the page's title, else how the text begins, where that is words and no value. */
function titleOf(paragraphs: readonly Paragraph[], pageTitle: string | undefined): string | undefined {
  const opening = paragraphs.slice(0, OPENING);
  const headings = opening.filter(({ kind }) => kind === 'heading');
  const foremost =
    headings.find(({ level }) => level === 1) ?? (pageTitle === undefined ? headings[0] : undefined);
  const beginning = opening[0]?.text;
  const words = beginning !== undefined && WORDS.test(beginning) ? beginning : undefined;
  return foremost?.text.replace(MARKS, '') ?? pageTitle ?? words;
}

/** It begins with two words, or two of several letters stand in it with a third behind them. */
const WORDS = /^\p{L}[\p{L}'’-]{0,30}[,:]?\s+\p{L}|(?:\p{L}[\p{L}'’-]{1,30}[,:]?\s){2}/u;

/** What makes a line a heading of Markdown or AsciiDoc. */
const MARKS = /^(?:#{1,6}|={1,6})\s+/;

function summaryOf(paragraphs: readonly Paragraph[]): string | undefined {
  return paragraphs
    .slice(0, OPENING)
    .find(({ kind, text }) => kind === 'text' && text.length >= SHORTEST_SUMMARY)?.text;
}
