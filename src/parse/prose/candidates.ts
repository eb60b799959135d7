import { urlEnd } from './url-end.ts';

/** A piece of text that may be a value, with its place, `[start, end)`. */
export interface Candidate {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** It began with a scheme and `://`, in some form. */
  readonly isUrl: boolean;
}

/** No URL is longer, and no part of a word between two defanged dots. */
const LONGEST_URL = 131_072;
const LONGEST_WORD = 2_048;

/** A bracketed dot, `at`, colon or slash, with spaces around it or not. */
const MARK = String.raw`[ \t]{0,3}[[({][ \t]{0,2}(?:\.|dot|@|at|::?|/)[ \t]{0,2}[\])}][ \t]{0,3}`;
/** A dot with one bracket or a backslash. */
const HALF_MARK = String.raw`[[({]{1,2}(?:\.|dot)(?=\w)|(?<=\.|dot)[\])}]{1,2}(?=\w)|[ \t]?\\\.[ \t]?(?=\w)`;
/** Scripts that put spaces between words; in the others a name would run together with its sentence. */
const LETTERS = String.raw`\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Arabic}\p{sc=Hebrew}\p{sc=Devanagari}`;
const WORD_CHARACTER = String.raw`[${LETTERS}\p{N}\p{M}\p{Cf}_.:@/%+~*\u2010-\u2013-]`;
const WORD = `${WORD_CHARACTER}{1,${LONGEST_WORD}}`;
const SCHEME = String.raw`(?<![a-z0-9])(?:[a-z][a-z0-9+*_-]{1,20}(?:[[({]s[\])}])?[[({]{0,2}:[\])}]{0,2}[[({]{0,2}[/\\][\])}]{0,2}[[({]{0,2}[/\\][\])}]{0,2}|(?:https?|ftp)%3a%2f%2f)`;
const CANDIDATE = new RegExp(`(${SCHEME})|${WORD}(?:(?:${MARK}|${HALF_MARK})${WORD}){0,200}`, 'giu');
const INNER_SCHEME = new RegExp(SCHEME, 'iu');

const REST_OF_WORD = new RegExp(WORD, 'iuy');

/**
 * The pieces of free text that may be values, in order and without overlap: URLs up to where their sentence
 * goes on, and runs of the characters that names, addresses and ids are made of, defanged dots included.
 * `delimiterAt` tells what parts the fields of the line at an offset, asked in rising order. Linear time.
 */
export function* candidates(
  text: string,
  delimiterAt: (offset: number) => string | undefined = () => undefined,
): Generator<Candidate, void> {
  let at = 0;
  for (;;) {
    CANDIDATE.lastIndex = at;
    const match = CANDIDATE.exec(text);
    if (!match) return;
    const isUrl = match[1] !== undefined;
    const start = match.index;
    const from = start + match[0].length;
    const end = isUrl ? urlEnd(text, start, from, delimiterAt(start)) : wordEnd(text, start, from);
    at = end;
    if (end - start <= (isUrl ? LONGEST_URL : LONGEST_WORD))
      yield { text: text.slice(start, end), start, end, isUrl };
  }
}

/** A word ends where a URL begins within it; of one that is too long the whole is passed over. */
function wordEnd(text: string, start: number, to: number): number {
  const word = text.slice(start, to);
  const scheme = /:\/\/|%3a%2f/i.test(word) ? word.search(INNER_SCHEME) : -1;
  if (scheme > 0) return start + scheme;
  let end = to;
  for (REST_OF_WORD.lastIndex = end; REST_OF_WORD.test(text); REST_OF_WORD.lastIndex = end)
    end = REST_OF_WORD.lastIndex;
  return end;
}
