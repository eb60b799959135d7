/** Text with the way back to the source that it was taken from. */
export interface SourceText {
  readonly text: string;
  /** The offset in the source of what stands at `offset` of the text; to be asked in rising order. */
  sourceOffset(offset: number): number;
}

const HTML_START = /^\s*<(?:!doctype|!--|\?xml|[a-z][a-z0-9]*[\s/>])/i;
const HTML_TAG = /<(?:!doctype\s{1,8}html|html|head|body)[\s>]/i;
const TAG = /<(?:(!--)|[!?]|(\/?)([a-z][a-z0-9]*))/giy;

/** Elements whose content is no text. */
const UNSEEN: ReadonlySet<string> = new Set(['script', 'style', 'noscript', 'template', 'svg', 'head']);
/** Elements within a line; a value may go on after them. */
const INLINE: ReadonlySet<string> = new Set(
  'b code em font i kbd mark s samp small span strong sub sup tt u var wbr'.split(' '),
);
const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));?/gi;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  period: '.',
  colon: ':',
  sol: '/',
  commat: '@',
  lsqb: '[',
  rsqb: ']',
  lbrack: '[',
  rbrack: ']',
  ndash: '\u2013',
  hellip: '\u2026',
};

/**
 * The text of a document: of HTML without tags, scripts and styles, its entities decoded; else as it is.
 * Linear time.
 */
export function proseText(source: string): SourceText {
  const head = source.slice(0, 4_096);
  if (!HTML_START.test(head) && !HTML_TAG.test(head))
    return { text: source, sourceOffset: (offset) => offset };
  const builder = new TextBuilder(source);
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf('<', at);
    builder.decode(at, open < 0 ? source.length : open);
    if (open < 0) break;
    at = afterTag(source, open, builder);
  }
  return builder.finish();
}

function afterTag(source: string, open: number, builder: TextBuilder): number {
  TAG.lastIndex = open;
  const match = TAG.exec(source);
  if (!match) {
    builder.add('<', open);
    return open + 1;
  }
  const [, comment, slash, name = ''] = match;
  const element = name.toLowerCase();
  if (comment !== undefined) return after(source, '-->', open + 4);
  if (!INLINE.has(element))
    builder.add(element === 'a' || element === 'td' || element === 'th' ? ' ' : '\n', open);
  const end = after(source, '>', open + 1);
  return slash === '' && UNSEEN.has(element) ? elementEnd(source, element, end) : end;
}

function after(source: string, mark: string, from: number): number {
  const at = source.indexOf(mark, from);
  return at < 0 ? source.length : at + mark.length;
}

function elementEnd(source: string, element: string, from: number): number {
  const close = new RegExp(`</${element}[\\s>]`, 'gi');
  close.lastIndex = from;
  return close.exec(source)?.index ?? source.length;
}

/** Puts text together and notes, where the source was left or entered, how far apart they are. */
class TextBuilder {
  readonly #source: string;
  readonly #parts: string[] = [];
  readonly #starts: number[] = [];
  readonly #origins: number[] = [];
  #length = 0;

  constructor(source: string) {
    this.#source = source;
  }

  add(text: string, origin: number): void {
    if (text === '') return;
    this.#parts.push(text);
    this.#starts.push(this.#length);
    this.#origins.push(origin);
    this.#length += text.length;
  }

  decode(from: number, to: number): void {
    let done = from;
    for (const match of this.#source.slice(from, to).matchAll(ENTITY)) {
      const decoded = decodeEntity(match);
      if (decoded === undefined) continue;
      this.add(this.#source.slice(done, from + match.index), done);
      this.add(decoded, from + match.index);
      done = from + match.index + match[0].length;
    }
    this.add(this.#source.slice(done, to), done);
  }

  finish(): SourceText {
    let part = 0;
    const sourceOffset = (offset: number): number => {
      while ((this.#starts[part + 1] ?? Infinity) <= offset) part += 1;
      return (this.#origins[part] ?? 0) + offset - (this.#starts[part] ?? 0);
    };
    return { text: this.#parts.join(''), sourceOffset };
  }
}

function decodeEntity([, decimal, hex, name]: RegExpExecArray): string | undefined {
  if (name !== undefined) return ENTITIES[name.toLowerCase()];
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
