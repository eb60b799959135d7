import type { Block, Link, ProseDocument } from './document.ts';
import { columnsOf } from './table.ts';

/**
 * Plain text, Markdown or AsciiDoc as blocks: headings, paragraphs put together from their lines, list items, rows of
 * tables, lines of code. The text stays as it is. Linear time; blocks are made as they are asked for.
 */
export function textDocument(source: string): ProseDocument {
  return {
    text: source,
    blocks: { [Symbol.iterator]: () => new LineReader(source).blocks() },
    links: linksOf(source),
    ownAddresses: [],
    sourceOffset: (offset) => offset,
  };
}

/** The target of a Markdown link or image, `](…)`, or of its definition, `[name]: …`. */
const TARGET = /\]\([ \t]{0,2}<?(?=\S)|^[ \t]{0,3}\[[^\]\n]{1,200}\]:[ \t]{1,4}<?(?=\S)/gmu;
/** The target of an AsciiDoc link or image. */
const MACRO = /\b(?:link|image|include|xref):{1,2}(?:\+\+)?(?=\S)/gu;
/** A bracket that defangs does not end it. */
const TARGET_END = /[\s)>]|\[(?![.:\]d])/gu;

/** What leads elsewhere by the text's own markup, in order. */
function linksOf(source: string): Link[] {
  return [TARGET, MACRO]
    .flatMap((opening) => [...targets(source, opening)])
    .sort((one, other) => one.start - other.start);
}

function* targets(source: string, opening: RegExp): Generator<Link> {
  let done = 0;
  for (const match of source.matchAll(opening)) {
    const start = match.index + match[0].length;
    if (start < done) continue;
    TARGET_END.lastIndex = start;
    const end = TARGET_END.exec(source)?.index ?? source.length;
    done = end;
    if (end > start && end - start < LONGEST_TARGET) yield { start, end, href: source.slice(start, end) };
  }
}

const LONGEST_TARGET = 4_096;

interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Of a longer line only so much tells what it is. */
const LONGEST_LOOK = 400;
/** A longer paragraph is cut. */
const LONGEST_PARAGRAPH = 8_000;

const ATX = /^\s{0,3}(#{1,6}|={1,6})[ \t]+(?=\S)/;
const BLOCK_TITLE = /^\.(?=\p{Lu}[\p{L} -]{2,60}$)/u;
const UNDERLINE = /^\s{0,3}(?:={3,}|-{3,}|~{3,})\s*$/;
const FENCE = /^\s{0,3}(`{3,}|~{3,}|-{4,}$|\.{4,}$)/;
const TABLE_EDGE = /^\s*(?:\|={3,}|[|+]?[-:=+| ]*-{3,}[-:=+| ]*)\s*$/;
const ITEM = /^\s*(?:[-*+\u2022\u25cf\u25e6\u2023\u00b7\u2013]|\(?\d{1,3}[.)]|[a-z][.)]|\*{1,5})[ \t]+(?=\S)/;
const ROW = /^\s*\|/;
const WRAPPED_WORD = /^[("\u201c'*_`]{0,2}\p{L}[\p{L}'\u2019-]*[,;:.)*_`]{0,2}$/u;

class LineReader {
  readonly #source: string;
  #fence = '';
  #columns: readonly string[] | undefined;
  #inTable = false;

  constructor(source: string) {
    this.#source = source;
  }

  *blocks(): Generator<Block> {
    let line = this.#lineAt(0);
    let before: Line | undefined;
    while (line !== undefined) {
      const next = this.#lineAt(line.end + 1);
      if (line.text.trim() === '') this.#leaveTable();
      else if (this.#fence !== '' || FENCE.test(line.text)) yield* this.#fenced(line);
      else {
        const block = this.#block(line, next, before);
        if (block !== undefined && block.kind === 'text') {
          const [paragraph, after] = this.#paragraph(block, line, next);
          yield paragraph;
          before = line;
          line = after;
          continue;
        }
        if (block !== undefined) yield block;
      }
      before = line;
      line = next;
    }
  }

  #lineAt(start: number): Line | undefined {
    if (start >= this.#source.length) return undefined;
    const feed = this.#source.indexOf('\n', start);
    const end = feed < 0 ? this.#source.length : feed;
    return { start, end, text: this.#source.slice(start, Math.min(end, start + LONGEST_LOOK)).trimEnd() };
  }

  *#fenced(line: Line): Generator<Block> {
    const mark = FENCE.exec(line.text)?.[1]?.slice(0, 3) ?? '';
    if (this.#fence !== '' && mark !== this.#fence) yield block(line, 'code');
    else this.#fence = this.#fence === '' ? mark : '';
  }

  #block(line: Line, next: Line | undefined, before: Line | undefined): Block | undefined {
    const { text } = line;
    const level = ATX.exec(text)?.[1]?.length ?? (BLOCK_TITLE.test(text) ? 6 : 0);
    if (level > 0) return { ...block(line, 'heading'), level };
    if (TABLE_EDGE.test(text)) {
      if (/^\s*\|=/.test(text)) this.#leaveTable();
      return undefined;
    }
    if (ROW.test(text)) return this.#row(line, '|');
    if (next !== undefined && UNDERLINE.test(next.text) && text.length < 120 && !ITEM.test(text))
      return { ...block(line, 'heading'), level: next.text.trim().startsWith('=') ? 1 : 2 };
    const delimiter = delimiterOf(text, [before?.text ?? '', next?.text ?? '']);
    if (delimiter !== undefined) return this.#row(line, delimiter);
    this.#leaveTable();
    return block(line, ITEM.test(text) ? 'item' : 'text');
  }

  #row(line: Line, delimiter: '|' | ',' | ';' | '\t'): Block {
    if (!this.#inTable) this.#columns = columnsOf(line.text, delimiter);
    this.#inTable = true;
    return { ...block(line, 'row'), delimiter, columns: this.#columns ?? [] };
  }

  #leaveTable(): void {
    this.#inTable = false;
  }

  /** A line with those after it that its sentence was wrapped into. */
  #paragraph(first: Block, line: Line, next: Line | undefined): [Block, Line | undefined] {
    let last = line;
    let after = next;
    while (after !== undefined && isWrapped(last, after) && after.end - first.start < LONGEST_PARAGRAPH) {
      const beyond = this.#lineAt(after.end + 1);
      if (beyond !== undefined && UNDERLINE.test(beyond.text)) break;
      last = after;
      after = beyond;
    }
    return [{ ...first, end: last.end }, after];
  }
}

function block({ start, end }: Line, kind: Block['kind']): Block {
  return { start, end, kind, level: 0, isChrome: false };
}

/** Whether a sentence goes on from one line to the next: both are words, and the first is nearly full. */
function isWrapped(line: Line, next: Line): boolean {
  if (line.text.length < SHORTEST_WRAPPED || next.text.trim() === '') return false;
  if (ATX.test(next.text) || ITEM.test(next.text) || ROW.test(next.text) || FENCE.test(next.text))
    return false;
  return isWordy(line.text) && (GOES_ON.test(line.text) || WRAPPED_WORD.test(firstWord(next.text)));
}

/** Words that no sentence ends with. */
const GOES_ON =
  /\s(?:and|or|to|at|from|the|an?|via|with|of|in|on|for|as|by|is|are|was|were|into|like|through|including|using|called|named|domain|server|address|url|host)$/i;
const SHORTEST_WRAPPED = 40;

function isWordy(text: string): boolean {
  return text.split(' ', 12).filter((word) => WRAPPED_WORD.test(word)).length >= 4;
}

function firstWord(text: string): string {
  return /^\s*(\S{1,60})/.exec(text)?.[1] ?? '';
}

/** What parts the fields of a line, when a line beside it has as many of them. */
function delimiterOf(text: string, beside: readonly string[]): '\t' | ',' | ';' | undefined {
  for (const delimiter of ['\t', ',', ';'] as const) {
    if (!text.includes(delimiter)) continue;
    const count = countOf(text, delimiter);
    if (count > 0 && beside.some((other) => countOf(other, delimiter) === count)) return delimiter;
  }
  return undefined;
}

/** Delimiters with something right after them, as only lists for machines have them; `1,000` has none. */
function countOf(text: string, delimiter: string): number {
  return (
    text.match(delimiter === '\t' ? /\t/g : delimiter === ',' ? TIGHT_COMMA : TIGHT_SEMICOLON)?.length ?? 0
  );
}

const TIGHT_COMMA = /,(?! |\d{3}(?:\D|$))/g;
const TIGHT_SEMICOLON = /;(?! )/g;
