const STOP = /[\s"<>|`\u201c\u201d\u201e\u00ab\u00bb\u2026\u3001\u3002\uff0c\uff1b\uff09\u300d]/;
const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<': '>' };
/** Spaces that belong to a defanged dot. */
const SPACED_MARK =
  /[ \t]{1,3}[[({][ \t]{0,2}(?:\.|dot|:|\/)[ \t]{0,2}[\])}][ \t]{0,3}(?=\w)|(?<=[[({](?:\.|dot)[\])}])[ \t](?=[a-z])/iy;
/** Scripts without spaces, in which a sentence goes on right after a URL; in one they stand after its own signs. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]/u;
const OWN_SIGN = /[/=?&#%_-]/;
/** Where the next field of a list begins, or a literal ends in code. */
const NEXT_FIELD = /[,;](?=h(?:tt|xx)ps?[[:]|\d{4}-\d\d-\d\d)|'(?=[,;)\]])/iy;
/**
 * The text of a link in AsciiDoc, `https://example.com/[text]`; queries and defanged URLs have brackets of
 * their own.
 */
const LINK_TEXT = /(?<=[/\w])\[(?=[\p{L}\p{N}])(?!dot|at\])/iuy;
const PLAIN = /[\w.:/%~+-]/;
const TRAILING = new Set(".,;:!?'*\u2019\u2018\\");

/**
 * Where a URL in free text ends that starts at `start` and whose host begins at `from`: before white space,
 * quotes, the bracket that closes one opened just before it, the next field of a list, the text of a link;
 * without the punctuation of its sentence. `delimiter` parts the fields of its line.
 */
export function urlEnd(text: string, start: number, from: number, delimiter?: string): number {
  const end = rawEnd(text, text.charAt(start - 1), from, delimiter);
  const emphasis = /([*+_~])\1$/.exec(text.slice(Math.max(0, start - 2), start))?.[0];
  const closing = emphasis === undefined ? -1 : text.slice(from, end).indexOf(emphasis);
  return withoutPunctuation(text, from, closing < 0 ? end : from + closing);
}

function rawEnd(text: string, opener: string, from: number, delimiter: string | undefined): number {
  let end = from;
  let depth = 0;
  let isPlain = true;
  while (end < text.length) {
    const character = text.charAt(end);
    const skipped = STOP.test(character) ? matchAt(SPACED_MARK, text, end) : 1;
    if (skipped === 0 || character === delimiter || goesOnAt(text, end)) break;
    if (character === opener) depth += 1;
    if (character === CLOSERS[opener] && (depth -= 1) < 0) break;
    if (matchAt(NEXT_FIELD, text, end) > 0) break;
    if (isPlain && matchAt(LINK_TEXT, text, end) > 0) break;
    isPlain &&= PLAIN.test(character);
    end += skipped;
  }
  return end;
}

function goesOnAt(text: string, at: number): boolean {
  if (text.charCodeAt(at) < 0x0e00 || !UNSPACED.test(text.charAt(at))) return false;
  const before = text.charAt(at - 1);
  return !OWN_SIGN.test(before) && !UNSPACED.test(before);
}

function matchAt(expression: RegExp, text: string, at: number): number {
  expression.lastIndex = at;
  return expression.exec(text)?.[0].length ?? 0;
}

function withoutPunctuation(text: string, from: number, to: number): number {
  let end = to;
  const open = openBrackets(text, from, to);
  while (end > from) {
    const character = text.charAt(end - 1);
    if (')]}'.includes(character) && (open.get(character) ?? 0) < 0)
      open.set(character, (open.get(character) ?? 0) + 1);
    else if (!TRAILING.has(character)) break;
    end -= 1;
  }
  return end;
}

/** For each closing bracket how many more are opened than closed. */
function openBrackets(text: string, from: number, to: number): Map<string, number> {
  const open = new Map<string, number>();
  for (let at = from; at < to; at += 1) {
    const character = text.charAt(at);
    const closer = CLOSERS[character];
    if (closer !== undefined) open.set(closer, (open.get(closer) ?? 0) + 1);
    else if (')]}'.includes(character)) open.set(character, (open.get(character) ?? 0) - 1);
  }
  return open;
}
