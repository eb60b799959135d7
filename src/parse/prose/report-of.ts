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
export function reportOf({ text, blocks, head = {} }: ProseDocument, now: number): Omit<RawReport, 'digest'> {
  const paragraphs: string[] = [];
  const kinds: Block['kind'][] = [];
  let left = LONGEST_TEXT;
  for (const { start, end, kind, isChrome } of blocks) {
    if (left <= 0) break;
    if (isChrome) continue;
    for (let from = start; from < Math.min(end, start + left); from += LONGEST_PARAGRAPH) {
      const paragraph = cleanText(
        text.slice(from, Math.min(end, from + LONGEST_PARAGRAPH)),
        LONGEST_PARAGRAPH,
      );
      if (paragraph === undefined) continue;
      paragraphs.push(paragraph);
      kinds.push(kind);
    }
    left -= end - start;
  }
  const title = cleanText(head.title ?? titleIn(paragraphs, kinds), LONGEST_TITLE);
  const summary = cleanText(head.summary ?? summaryIn(paragraphs, kinds), LONGEST_SUMMARY);
  const time = head.published === undefined ? undefined : parseTimestamp(head.published.trim());
  return {
    paragraphs,
    ...(title !== undefined && { title }),
    ...(head.address !== undefined && { url: head.address }),
    ...(summary !== undefined && { summary }),
    ...(time !== undefined && time > 0 && time <= now && { publishedAt: time }),
  };
}

function titleIn(paragraphs: readonly string[], kinds: readonly Block['kind'][]): string | undefined {
  const index = kinds.slice(0, OPENING).indexOf('heading');
  return (index < 0 ? paragraphs[0] : paragraphs[index])?.replace(/^(?:#{1,6}|={1,6})\s+/, '');
}

function summaryIn(paragraphs: readonly string[], kinds: readonly Block['kind'][]): string | undefined {
  return paragraphs
    .slice(0, OPENING)
    .find((paragraph, index) => kinds[index] === 'text' && paragraph.length >= SHORTEST_SUMMARY);
}
