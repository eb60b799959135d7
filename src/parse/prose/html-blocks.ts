import type { Block, Link, ProseDocument } from './document.ts';
import type { Region } from './regions.ts';
import { TextBuilder } from './text-builder.ts';
import { columnsOf } from './table.ts';

/** Elements within a line; a value may go on after them. */
const INLINE: ReadonlySet<string> = new Set(
  'a abbr b bdi bdo cite code data del dfn em font i img ins kbd label mark q s samp small span strong time tt u var wbr'.split(
    ' ',
  ),
);
const HEADING = /^h[1-6]$/;
/** A page has many teasers and one article: others that are at most so long beside it are teasers. */
const TEASER_SHARE = 0.25;
/** Class names are not believed when they would make so much more of the page chrome than is left. */
const MOST_HINTED = 3;

interface Draft {
  readonly start: number;
  end: number;
  readonly kind: Block['kind'];
  readonly level: number;
  readonly region: Region;
  columns?: readonly string[];
}

/** Puts the text of a page together, block by block. */
export class Blocks {
  readonly #source: string;
  readonly #text: TextBuilder;
  readonly #drafts: Draft[] = [];
  readonly #links: Link[] = [];
  #draft: Draft | undefined;
  #kind: Block['kind'] = 'text';
  #level = 0;
  #lists = 0;
  #isBlank = true;
  #isRow = false;
  #columns: { labels?: readonly string[] } = {};
  #row = '';
  #link: { readonly start: number; readonly href: string } | undefined;
  #linkEnd = -1;

  constructor(source: string) {
    this.#source = source;
    this.#text = new TextBuilder(source);
  }

  text(start: number, end: number, region: Region): void {
    if (region.isUnseen) return;
    let from = start;
    if (region.isPreformatted && !this.#isRow)
      for (let line = this.#source.indexOf('\n', from); line >= 0 && line < end;) {
        this.#append(from, line, region);
        this.#end(line);
        from = line + 1;
        line = this.#source.indexOf('\n', from);
      }
    this.#append(from, end, region);
  }

  character(character: string, origin: number, region: Region): void {
    if (region.isUnseen) return;
    this.#begin(region, character.trim() === '');
    this.#text.add(character, origin);
    if (this.#isRow && this.#row.length < LONGEST_HEADER) this.#row += character;
  }

  open(element: string, href: string, region: Region): void {
    if (region.isUnseen) return;
    if (element === 'a') {
      this.#endLink();
      if (this.#linkEnd === this.#text.length) this.#text.add(' ', 0);
      if (href !== '') this.#link = { start: this.#text.length, href };
    }
    if (element === 'table') this.#columns = {};
    if (element === 'ul' || element === 'ol') this.#lists += 1;
    if (!INLINE.has(element)) this.#boundary(element, true);
    if (HEADING.test(element)) {
      this.#kind = 'heading';
      this.#level = Number(element.slice(1));
    } else if (element === 'pre') this.#kind = 'code';
    else if (element === 'li' || element === 'dt' || element === 'dd') this.#kind = 'item';
  }

  close(element: string, region: Region): void {
    if (region.isUnseen) return;
    if (element === 'a') this.#endLink();
    if ((element === 'ul' || element === 'ol') && this.#lists > 0) this.#lists -= 1;
    if (!INLINE.has(element)) this.#boundary(element, false);
    if (HEADING.test(element) || element === 'pre' || element === 'li' || element === 'dd') {
      this.#kind = this.#lists > 0 ? 'item' : 'text';
      this.#level = 0;
    }
  }

  finish(ownAddresses: readonly string[]): ProseDocument {
    this.#endLink();
    this.#end(this.#source.length);
    const { text, sourceOffset } = this.#text.finish();
    return { text, sourceOffset, blocks: finished(this.#drafts), links: this.#links, ownAddresses };
  }

  #boundary(element: string, isOpening: boolean): void {
    if (element === 'sup' || element === 'sub') {
      this.#text.add(' ', 0);
    } else if (element === 'td' || element === 'th') {
      if (isOpening && this.#isRow && this.#draft !== undefined) this.#cell('\t');
      else if (isOpening) this.#text.add('\t', 0);
    } else if (element === 'tr' || element === 'table' || element === 'tbody') {
      this.#end(0);
      this.#isRow = element === 'tr' && isOpening;
    } else if (this.#isRow) {
      if (this.#draft !== undefined) this.#cell('\n');
    } else this.#end(0);
  }

  #cell(separator: string): void {
    this.#text.add(separator, 0);
    if (this.#row.length < LONGEST_HEADER) this.#row += separator;
  }

  #append(from: number, to: number, region: Region): void {
    if (to <= from) return;
    const isBlank = this.#isBlank && this.#source.slice(from, to).trim() === '';
    this.#begin(region, isBlank);
    this.#text.copy(from, to);
    if (this.#isRow && this.#row.length < LONGEST_HEADER)
      this.#row += this.#source.slice(from, Math.min(to, from + LONGEST_HEADER));
  }

  #begin(region: Region, isBlank: boolean): void {
    this.#draft ??= {
      start: this.#text.length,
      end: 0,
      kind: this.#isRow ? 'row' : this.#kind,
      level: this.#isRow ? 0 : this.#level,
      region,
    };
    if (this.#isBlank && !isBlank && this.#draft.region !== region) this.#draft = { ...this.#draft, region };
    this.#isBlank &&= isBlank;
  }

  #end(origin: number): void {
    const draft = this.#draft;
    if (draft !== undefined && !this.#isBlank) {
      draft.end = this.#text.length;
      if (draft.kind === 'row') {
        this.#columns.labels ??= columnsOf(this.#row, '\t');
        draft.columns = this.#columns.labels;
      }
      this.#drafts.push(draft);
    }
    if (draft !== undefined) this.#text.add('\n', origin);
    this.#draft = undefined;
    this.#isBlank = true;
    this.#row = '';
  }

  #endLink(): void {
    if (this.#link !== undefined && this.#text.length > this.#link.start) {
      this.#linkEnd = this.#text.length;
      this.#links.push({ ...this.#link, end: this.#linkEnd });
    }
    this.#link = undefined;
  }
}

/** So much of a row may be the labels of its columns. */
const LONGEST_HEADER = 1_000;

function finished(drafts: readonly Draft[]): Block[] {
  const teasers = teasersOf(drafts);
  const areHintsBelieved = lengthOf(drafts, 'hinted') <= MOST_HINTED * lengthOf(drafts, undefined);
  return drafts.map(({ start, end, kind, level, region, columns }) => ({
    start,
    end,
    kind,
    level,
    isChrome:
      region.chrome === 'certain' ||
      (region.chrome === 'hinted' && areHintsBelieved) ||
      teasers.has(region.article),
    ...(kind === 'row' && { delimiter: '\t' as const }),
    ...(columns !== undefined && { columns }),
  }));
}

function lengthOf(drafts: readonly Draft[], chrome: Region['chrome']): number {
  return drafts.reduce(
    (sum, { start, end, region }) => sum + (region.chrome === chrome ? end - start : 0),
    0,
  );
}

/** The articles that only lead to others, by their length beside the longest one. */
function teasersOf(drafts: readonly Draft[]): Set<number> {
  const lengths = new Map<number, number>();
  for (const { start, end, region } of drafts)
    if (region.article > 0) lengths.set(region.article, (lengths.get(region.article) ?? 0) + end - start);
  let longest = 0;
  for (const length of lengths.values()) longest = Math.max(longest, length);
  return new Set(
    [...lengths].filter(([, length]) => length < longest * TEASER_SHARE).map(([article]) => article),
  );
}
