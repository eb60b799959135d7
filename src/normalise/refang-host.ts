const BRACKET = /[[\](){}]/;
const OPENER = /[[({]/;
const CLOSER = /[\])}]/;
const FRINGE = /[[\](){}\\ \t\u00a0]/;

/**
 * Undoes defanging within a host, authority or e-mail domain: dots and `dot` in or beside brackets, after a
 * backslash or (as a word) between spaces, bracketed `:` and `@`. Linear time: the fringes around two dots
 * never overlap.
 */
export function refangHost(text: string): string {
  let result = '';
  let done = 0;
  for (const match of text.matchAll(/\.|dot/gi)) {
    const left = fringeStart(text, match.index, done);
    const end = match.index + match[0].length;
    const right = fringeEnd(text, end);
    if (!isDefangedDot(match[0], text.slice(left, match.index), text.slice(end, right))) continue;
    const isSameDot = left === done && result.endsWith('.');
    result += isSameDot ? '' : `${text.slice(done, left)}.`;
    done = right;
  }
  return refangMarks(result + text.slice(done));
}

function fringeStart(text: string, from: number, stop: number): number {
  let at = from;
  while (at > stop && FRINGE.test(text.charAt(at - 1))) at -= 1;
  return at;
}

function fringeEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && FRINGE.test(text.charAt(at))) at += 1;
  return at;
}

function isDefangedDot(dot: string, left: string, right: string): boolean {
  if (dot === '.') return BRACKET.test(left + right) || left.includes('\\');
  return OPENER.test(left) || CLOSER.test(right) || (left.trim() !== left && right.trim() !== right);
}

function refangMarks(text: string): string {
  if (!BRACKET.test(text)) return text;
  return withoutOuterBrackets(
    text.replaceAll(/[[({]([:@])[\])}]/g, '$1').replaceAll(/(?<=[0-9a-f])\[::\]/gi, '::'),
  );
}

/** `[example.com]` and `[example.com` lose their brackets; an IPv6 address keeps them. */
function withoutOuterBrackets(text: string): string {
  if (!text.startsWith('[') || text.slice(1).includes('[')) return text;
  const end = text.indexOf(']');
  const inner = text.slice(1, end < 0 ? text.length : end);
  return inner.includes(':') && end >= 0 ? text : inner + (end < 0 ? '' : text.slice(end + 1));
}

/** Undoes defanging within the path, query and fragment of a URL whose host or scheme was defanged. */
export function refangPath(text: string): string {
  return text
    .replaceAll(/[[({](\.|:\/\/|[/:@?=])[\])}]|\\(\.)/g, '$1$2')
    .replaceAll(/[[({]dot[\])}]/gi, '.')
    .replaceAll(/(?<=[=/:?&])hxxp(?=s?:)/gi, 'http');
}
