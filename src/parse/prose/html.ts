import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';
import { Blocks } from './html-blocks.ts';
import type { DocumentHead, ProseDocument } from './document.ts';
import { Regions } from './regions.ts';

const FRAGMENT = /^\s*<(?:!--|\?xml|[a-z][a-z0-9]*[\s/>])/i;
const PAGE = /<(?:!doctype\s{1,8}html|html|head|body)[\s>]/i;
/** Markdown may begin with HTML too. */
const MARKDOWN = /\]\((?:https?:|\.|#|\/)|^#{1,6} \S|^\s{0,3}(?:```|~~~)|^[-*] \S/m;

/** Whether a source, by its first characters, is HTML and not Markdown or plain text. */
export function looksLikeHtml(source: string): boolean {
  const head = source.slice(0, 4_096);
  return PAGE.test(head) || (FRAGMENT.test(head) && !MARKDOWN.test(head));
}

/** Attributes that are looked at, with the length that is kept of them. */
const ATTRIBUTES: Readonly<Record<string, number>> = {
  href: 4_096,
  class: 512,
  id: 128,
  role: 32,
  hidden: 8,
  style: 256,
  rel: 64,
  property: 64,
  content: 4_096,
};

/**
 * An HTML page as text and blocks, told apart from its navigation, banners and footers. Entities are decoded, scripts
 * and attributes left out; nothing is fetched, nothing executed. Linear time.
 */
export function htmlDocument(source: string): ProseDocument {
  const reader = new PageReader(source);
  const tokenizer = new Tokenizer({ decodeEntities: true }, reader);
  tokenizer.write(source);
  tokenizer.end();
  return { ...reader.blocks.finish(reader.ownAddresses), head: reader.head };
}

/** Takes the tokens of a page. */
class PageReader implements TokenizerCallbacks {
  readonly blocks: Blocks;
  readonly ownAddresses: string[] = [];
  readonly #head: { -readonly [Key in keyof DocumentHead]: DocumentHead[Key] } = {};
  #title = '';
  #isTitle = false;
  readonly #source: string;
  readonly #regions = new Regions();
  /** Where the last token ended: where an entity begins. */
  #position = 0;
  #element = '';
  #attributes: Record<string, string> = {};
  #attribute = '';

  constructor(source: string) {
    this.#source = source;
    this.blocks = new Blocks(source);
  }

  get head(): DocumentHead {
    const pageTitle = this.#title.trim();
    return { ...this.#head, ...(pageTitle !== '' && { pageTitle }) };
  }

  ontext(start: number, end: number): void {
    this.#position = end;
    if (this.#isTitle) this.#titleText(this.#source.slice(start, Math.min(end, start + LONGEST_TITLE)));
    this.blocks.text(start, end, this.#regions.current);
  }

  ontextentity(codePoint: number, end: number): void {
    const start = Math.min(this.#position, end);
    this.#position = end;
    if (this.#isTitle) this.#titleText(String.fromCodePoint(codePoint));
    if (codePoint !== SOFT_HYPHEN && codePoint !== ZERO_WIDTH_SPACE)
      this.blocks.character(String.fromCodePoint(codePoint), start, this.#regions.current);
  }

  onopentagname(start: number, end: number): void {
    this.#element = end - start > LONGEST_NAME ? '' : this.#source.slice(start, end).toLowerCase();
    this.#attributes = {};
  }

  onattribname(start: number, end: number): void {
    const name = end - start > LONGEST_NAME ? '' : this.#source.slice(start, end).toLowerCase();
    this.#attribute = Object.hasOwn(ATTRIBUTES, name) ? name : '';
    if (this.#attribute !== '') this.#attributes[name] ??= '';
  }

  onattribdata(start: number, end: number): void {
    if (this.#attribute === '') return;
    const kept = this.#attributes[this.#attribute] ?? '';
    const room = (ATTRIBUTES[this.#attribute] ?? 0) - kept.length;
    if (room > 0)
      this.#attributes[this.#attribute] = kept + this.#source.slice(start, Math.min(end, start + room));
  }

  onattribentity(codePoint: number): void {
    const kept = this.#attributes[this.#attribute];
    if (kept !== undefined && kept.length < (ATTRIBUTES[this.#attribute] ?? 0))
      this.#attributes[this.#attribute] = kept + String.fromCodePoint(codePoint);
  }

  onattribend(): void {
    this.#attribute = '';
  }

  onopentagend(end: number): void {
    this.#position = end + 1;
    const { href = '', rel = '', property = '', content = '' } = this.#attributes;
    if (/^base$|^link$/.test(this.#element) && href !== '') {
      const isCanonical = rel.toLowerCase() === 'canonical';
      if (this.#element === 'base' || isCanonical) this.ownAddresses.push(href);
      if (this.#element === 'link' && isCanonical) this.#head.address ??= href;
    } else if (this.#element === 'meta' && property !== '') this.#meta(property.toLowerCase(), content);
    // The first one is the page's; drawings have their own.
    this.#isTitle = this.#element === 'title' && this.#title === '';
    this.blocks.open(this.#element, href, this.#regions.current);
    this.#regions.enter(this.#element, this.#traits());
  }

  onselfclosingtag(end: number): void {
    this.onopentagend(end);
    if (!VOID.has(this.#element)) return;
    this.#regions.leave(this.#element);
  }

  onclosetag(start: number, end: number): void {
    this.#position = end + 1;
    this.#isTitle = false;
    if (end - start > LONGEST_NAME) return;
    const element = this.#source.slice(start, end).toLowerCase();
    this.blocks.close(element, this.#regions.current);
    this.#regions.leave(element);
  }

  oncomment(_start: number, end: number, offset: number): void {
    this.#position = end + offset + 1;
  }

  oncdata(start: number, end: number, offset: number): void {
    this.oncomment(start, end, offset);
  }

  ondeclaration(_start: number, end: number): void {
    this.#position = end + 1;
  }

  onprocessinginstruction(_start: number, end: number): void {
    this.#position = end + 1;
  }

  onend(): void {
    this.blocks.close('html', this.#regions.current);
  }

  #meta(property: string, content: string): void {
    if (property === 'og:url') {
      this.ownAddresses.push(content);
      this.#head.address ??= content;
    } else if (property === 'og:title') this.#head.title ??= content;
    else if (property === 'og:description') this.#head.summary ??= content;
    else if (property === 'article:published_time') this.#head.published ??= content;
  }

  #titleText(text: string): void {
    if (this.#title.length < LONGEST_TITLE) this.#title += text;
  }

  #traits(): { readonly role: string; readonly names: string; readonly isHidden: boolean } {
    const { role = '', class: classes = '', id = '', hidden, style = '' } = this.#attributes;
    const isHidden = hidden !== undefined || /display\s{0,3}:\s{0,3}none/i.test(style);
    return { role: role.toLowerCase(), names: id === '' ? classes : `${classes} ${id}`, isHidden };
  }
}

const SOFT_HYPHEN = 0xad;
const ZERO_WIDTH_SPACE = 0x200b;
const LONGEST_NAME = 32;
const LONGEST_TITLE = 1_000;
const VOID: ReadonlySet<string> = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
);
