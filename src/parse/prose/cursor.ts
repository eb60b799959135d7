import type { Block, Link, ProseDocument } from './document.ts';
import type { OwnHosts } from './references.ts';
import { Sections } from './sections.ts';
import { type Setting, surroundings } from './setting.ts';
import { Tones } from './tones.ts';
import type { ProseValue } from './values.ts';

/** Follows the blocks, headings, links and columns of a document along rising offsets. */
export class Cursor {
  readonly #text: string;
  readonly #blocks: Iterator<Block>;
  readonly #links: readonly Link[];
  readonly #main = new Sections();
  readonly #chrome = new Sections();
  readonly #tones: Tones;
  #block: Block | undefined;
  #nextLink = 0;
  #cell = { at: 0, index: 0 };

  constructor({ text, blocks, links }: ProseDocument) {
    this.#text = text;
    this.#tones = new Tones(text);
    this.#blocks = blocks[Symbol.iterator]();
    this.#links = links;
    this.#advance();
  }

  /** The block that holds `offset`. */
  at(offset: number): Block | undefined {
    while (this.#block !== undefined && this.#block.end <= offset) this.#advance();
    return this.#block !== undefined && this.#block.start <= offset ? this.#block : undefined;
  }

  settingOf({ start, raw }: ProseValue, own: OwnHosts): Setting | undefined {
    const block = this.at(start);
    if (block === undefined) return undefined;
    const end = start + raw.length;
    const around = surroundings(this.#text, block, start, end);
    const tone = this.#tones.at(start - around.before.length, start, end, end + around.after.length);
    return {
      text: this.#text,
      block,
      own,
      purpose: (block.isChrome ? this.#chrome : this.#main).purpose,
      column: this.#columnAt(block, start),
      link: this.#linkAt(start, end),
      tone,
      ...around,
    };
  }

  #advance(): void {
    const next = this.#blocks.next();
    this.#block = next.done === true ? undefined : next.value;
    if (this.#block === undefined) return;
    const { start, end, isChrome } = this.#block;
    const beginning = this.#text.slice(start, Math.min(end, start + LONGEST_LOOK));
    (isChrome ? this.#chrome : this.#main).enter(this.#block, beginning);
    this.#cell = { at: start, index: 0 };
  }

  #columnAt({ columns, delimiter }: Block, start: number): string | undefined {
    if (columns === undefined || delimiter === undefined) return undefined;
    const cell = this.#cell;
    if (cell.index === 0 && delimiter === '|' && this.#text.charAt(cell.at) === '|') cell.at += 1;
    for (let next = this.#text.indexOf(delimiter, cell.at); next >= 0 && next < start;) {
      cell.at = next + 1;
      cell.index += 1;
      next = this.#text.indexOf(delimiter, cell.at);
    }
    return columns[cell.index];
  }

  #linkAt(start: number, end: number): Link | undefined {
    while ((this.#links[this.#nextLink]?.end ?? Infinity) <= start) this.#nextLink += 1;
    const link = this.#links[this.#nextLink];
    return link !== undefined && link.start < end ? link : undefined;
  }
}

const LONGEST_LOOK = 200;
