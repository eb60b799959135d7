import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';

/** Elements that are dropped with all that is in them. */
const DROPPED: ReadonlySet<string> = new Set(
  'script style iframe object embed applet frame frameset noscript template svg math link meta base form input button textarea select'.split(
    ' ',
  ),
);
const VOID: ReadonlySet<string> = new Set(
  'area br col hr img source track wbr input link meta base embed frame'.split(' '),
);
/** Attributes that say where text leads and what it is for. */
const KEPT: ReadonlySet<string> = new Set('href class id role'.split(' '));

/**
 * HTML without scripts, styles, frames, forms and all attributes but `href` (to web and mail addresses), `class`, `id`
 * and `role`. It is for extraction; it is not made to be shown in a browser. Linear time.
 */
export function withoutScripts(html: string): string {
  const writer = new Writer(html);
  const tokenizer = new Tokenizer({ decodeEntities: false }, writer);
  tokenizer.write(html);
  tokenizer.end();
  return writer.parts.join('');
}

/** Writes down what is kept. */
class Writer implements TokenizerCallbacks {
  readonly parts: string[] = [];
  readonly #source: string;
  #element = '';
  #attributes = '';
  #name = '';
  #value = '';
  /** The element that is being dropped, and how many of its name are open. */
  #dropped = '';
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  ontext(start: number, end: number): void {
    if (this.#depth === 0) this.parts.push(this.#source.slice(start, end).replaceAll('<', '&lt;'));
  }

  onopentagname(start: number, end: number): void {
    this.#element = this.#source.slice(start, end).toLowerCase();
    this.#attributes = '';
  }

  onattribname(start: number, end: number): void {
    this.#name = this.#source.slice(start, end).toLowerCase();
    this.#value = '';
  }

  onattribdata(start: number, end: number): void {
    if (KEPT.has(this.#name)) this.#value += this.#source.slice(start, end);
  }

  onattribend(): void {
    if (!KEPT.has(this.#name) || this.#value.length > LONGEST_VALUE) return;
    if (this.#name === 'href' && !WEB_ADDRESS.test(this.#value)) return;
    this.#attributes += ` ${this.#name}="${this.#value.replaceAll('"', '&quot;').replaceAll('<', '&lt;')}"`;
  }

  onopentagend(): void {
    const isVoid = VOID.has(this.#element);
    if (this.#depth > 0) {
      if (this.#element === this.#dropped && !isVoid) this.#depth += 1;
    } else if (DROPPED.has(this.#element)) {
      if (isVoid) return;
      this.#dropped = this.#element;
      this.#depth = 1;
    } else if (/^[a-z][a-z0-9]{0,15}$/.test(this.#element))
      this.parts.push(`<${this.#element}${this.#attributes}>`);
  }

  onselfclosingtag(): void {
    this.onopentagend();
  }

  onclosetag(start: number, end: number): void {
    const element = this.#source.slice(start, end).toLowerCase();
    if (this.#depth > 0) {
      if (element === this.#dropped) this.#depth -= 1;
    } else if (!DROPPED.has(element) && /^[a-z][a-z0-9]{0,15}$/.test(element))
      this.parts.push(`</${element}>`);
  }

  ontextentity(): void {}
  onattribentity(): void {}
  oncdata(): void {}
  oncomment(): void {}
  ondeclaration(): void {}
  onprocessinginstruction(): void {}
  onend(): void {}
}

const LONGEST_VALUE = 4_096;
const WEB_ADDRESS = /^\s*(?:https?:|mailto:|\/|#|\.|[\w-]+(?:[/.?#]|$))/i;
