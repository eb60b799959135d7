import { findTechnique } from '../model/attack.ts';
import type { Derived } from '../model/sighting.ts';
import { nameKey } from './name-key.ts';
import { namedInText, type NameInText } from './names.ts';
import { SECTOR_PHRASES, SPEAKS_OF_OTHERS, SPEAKS_OF_VICTIMS } from './sector-words.ts';
import { TECHNIQUE_WORDS } from './technique-words.ts';

/** No name is of more words. */
const MOST_WORDS = 4;

/** So much is quoted on either side of what was found, in characters. */
const AROUND = 25;

/** Words that set a name apart from what the text is about: `similar to Emotet`. */
const SETS_APART = new Set(
  (
    'like unlike similar resembles resembling reminiscent not no nor than versus vs formerly previously earlier ' +
    'other others instead such compared except'
  ).split(' '),
);
/** So many words before a name are looked at for those. */
const WORDS_BEFORE = 3;

/** ATT&CK's texts cite reports by titles that name groups. */
const CITATION = /\(Citation: [^)]{0,200}\)/g;

const TECHNIQUE_ID = /\b(?:T\d{4}(?:\.\d{3})?|TA\d{4})\b/g;

/**
 * What follows from a text about an IOC: a comment, or the sentence in which it stands. Where several families or
 * groups are named, the text does not tell which one it is, so none is concluded; nor from a name that it sets apart.
 */
export function concludeFromText(whole: string): Derived[] {
  const text = whole.replaceAll(CITATION, '');
  return [...namesIn(text), ...techniquesIn(text), ...sectorsIn(text)];
}

/** A word of a text: its letters and digits without case, and where it stands. */
interface Word {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  /** Written as names are, with a capital or a digit. */
  readonly isProper: boolean;
  /** A comma, bracket or full stop follows: no name goes on behind it. */
  readonly isLast: boolean;
}

function namesIn(text: string): Derived[] {
  const all = mentionsIn(text);
  return all.filter(({ kind }) => all.filter((each) => each.kind === kind).length === 1);
}

/** Every family and group that a text names, each once; not what it sets apart. Linear time. */
export function mentionsIn(text: string): Derived[] {
  const words = wordsOf(text);
  const found = new Map<string, Derived & { readonly kind: NameInText['kind'] }>();
  for (let index = 0; index < words.length; index += 1) {
    const match = nameAt(words, index);
    if (match === undefined) continue;
    const { kind, name } = match.named;
    if (!isSetApart(words, index)) {
      const from = quote(text, words[index]!.start, words[index + match.length - 1]!.end);
      const key = `${kind} ${name}`;
      if (!found.has(key)) found.set(key, { kind, value: name, from });
    }
    index += match.length - 1;
  }
  return [...found.values()];
}

/** The longest name that begins at a word. Names of several words are written with capitals. */
function nameAt(
  words: readonly Word[],
  index: number,
): { readonly named: NameInText; readonly length: number } | undefined {
  let key = '';
  let longest: { readonly named: NameInText; readonly length: number } | undefined;
  for (let length = 1; length <= MOST_WORDS && index + length <= words.length; length += 1) {
    const word = words[index + length - 1]!;
    key += word.key;
    const isWritten = length === 1 || words[index]!.isProper;
    const named = isWritten ? namedInText(key) : undefined;
    if (named !== undefined) longest = { named, length };
    if (word.isLast) break;
  }
  return longest;
}

function isSetApart(words: readonly Word[], index: number): boolean {
  return words.slice(Math.max(0, index - WORDS_BEFORE), index).some(({ key }) => SETS_APART.has(key));
}

/** A detection's name: `Win32/Emotet.A`, `Trojan.Emotet`. */
const DETECTION =
  /^(?:Win32|Win64|MSIL|Linux|Android|OSX|JS|VBS|VBA|Python|PowerShell)\/([A-Za-z]{4,30})(?:\.[A-Z]{1,4})?$/;

/** The words of a text. Parts of addresses, paths and file names are none. */
function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const { 0: chunk, index } of text.matchAll(/\S+/g)) {
    const open = /^["'“‘([{*_<]+/.exec(chunk)?.[0].length ?? 0;
    const close = /(?:['’]s)?["'”’)\]}*_>.,;:!?]*$/.exec(chunk.slice(open))?.[0] ?? '';
    const bare = chunk.slice(open, chunk.length - close.length);
    const name = DETECTION.exec(bare)?.[1] ?? (/[/\\@=&]|\[|\w\.\w/.test(bare) ? '' : bare);
    words.push({
      key: nameKey(name),
      start: index + open,
      end: index + open + bare.length,
      isProper: /^[A-Z0-9]/.test(name),
      isLast: name === '' || /[)\]}.,;:!?]/.test(close),
    });
  }
  return words;
}

/** The techniques and tactics that a text names by id or by a phrase. */
export function techniquesIn(text: string): Derived[] {
  const found: Derived[] = [];
  for (const { 0: id } of text.matchAll(TECHNIQUE_ID)) {
    if (findTechnique(id) !== undefined) found.push({ kind: 'technique', value: id, from: `text "${id}"` });
  }
  for (const { phrases, id } of TECHNIQUE_WORDS) {
    const match = phrases?.exec(text);
    if (match == null) continue;
    found.push({
      kind: 'technique',
      value: id,
      from: quote(text, match.index, match.index + match[0].length),
    });
  }
  return found;
}

/** The sectors of which a text says that something is done to them. */
export function sectorsIn(text: string): Derived[] {
  return text.split(/(?<=[.;!?])\s+/).flatMap((sentence) => {
    if (!SPEAKS_OF_VICTIMS.test(sentence)) return [];
    return SECTOR_PHRASES.flatMap(([value, phrase]): Derived[] => {
      const match = phrase.exec(sentence);
      if (match === null || SPEAKS_OF_OTHERS.test(sentence.slice(0, match.index).trimEnd())) return [];
      return [{ kind: 'sector', value, from: quote(sentence, match.index, match.index + match[0].length) }];
    });
  });
}

/** What was found with some words around it. */
function quote(text: string, start: number, end: number): string {
  const from = start <= AROUND ? 0 : text.indexOf(' ', start - AROUND - 1) + 1;
  const cut = text.lastIndexOf(' ', end + AROUND);
  const to = text.length <= end + AROUND ? text.length : Math.max(end, cut);
  const first = Math.min(Math.max(from, 0), start);
  return `text "${first > 0 ? '…' : ''}${text.slice(first, to)}${to < text.length ? '…' : ''}"`;
}
