import { refangHost, refangPath } from './refang-host.ts';

/** Every defanged text has at least one of these. */
const TRACE = /[[\](){}\\*]|dot|__|%3a|\sat\s|\s@|@\s|^[[({]{0,2}(?:h\w{0,3}x|f\w?x|meow)/i;

/**
 * A scheme with its `://`, whole or defanged: `hxxp://`, `h**ps[:]//`, `[http]://`, `http[s]://`,
 * `hxxp[:][/][/]`.
 */
const SCHEME =
  /^[[({]{0,2}([a-z][a-z0-9+.*_-]{1,31})(?:[[({](s)[\])}])?[\])}]{0,2}[[({]{0,2}:[\])}]{0,2}[[({]{0,2}[/\\][\])}]{0,2}[[({]{0,2}[/\\][\])}]{0,2}/i;
/** `http__host/path`: only with a path, for `http__host` may be a domain name. */
const UNDERLINED_SCHEME = /^((?:h(?:tt|xx)p|f[tx]p)s?)()__(?=[^/]+\/)/i;
const ENCODED_SCHEME = /^[a-z]{2,8}%3a(?:%2f|\/){2}/i;

const BRACKETED_AT = /[ \t]{0,4}[[({][ \t]{0,4}@[ \t]{0,4}[\])}][ \t]{0,4}/;
const AT_WORD = /[ \t]{0,4}[[({][ \t]{0,4}at[ \t]{0,4}[\])}][ \t]{0,4}/i;
const SPACED_AT = /^([^\s@]{1,64})(?:[ \t]{1,4}(?:at|@)[ \t]{1,4}|[ \t]{1,4}@|@[ \t]{1,4})/i;

/**
 * Undoes defanging of one value: `hxxp`, `h**p`, `fxp`, `[://]`, `[.]`, `(dot)`, `{at}`, `\.`, ` dot `,
 * brackets that lack their partner, a percent-encoded whole URL. What is not defanged comes back unchanged:
 * brackets in the path or query of a URL are touched only when its scheme or host is defanged. Linear time.
 */
export function refang(text: string): string {
  if (!TRACE.test(text)) return text;
  const decoded = decodeWhole(text);
  const scheme = SCHEME.exec(decoded) ?? UNDERLINED_SCHEME.exec(decoded);
  if (scheme && hasItsBrackets(scheme[0])) return refangUrl(decoded, scheme);
  return refangEmail(decoded) ?? refangHostAndPath(decoded, false);
}

function decodeWhole(text: string): string {
  if (!ENCODED_SCHEME.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function hasItsBrackets(prefix: string): boolean {
  return !/^[[({]/.test(prefix) || /[\])}]/.test(prefix);
}

function refangUrl(text: string, [prefix, name = '', s = '']: RegExpExecArray): string {
  const scheme = refangScheme(name + s);
  const isDefanged = prefix.replaceAll('\\', '/').toLowerCase() !== `${scheme.toLowerCase()}://`;
  const rest = text.slice(prefix.length);
  const refanged = refangHostAndPath(rest, isDefanged);
  return isDefanged || refanged !== rest ? `${scheme}://${refanged}` : text;
}

function refangScheme(name: string): string {
  const [, http] = /^(?:h[tx*_]{1,2}p|meow)(s?)$/i.exec(name) ?? [];
  if (http !== undefined) return `http${http}`;
  const [, ftp] = /^f[tx*][px*](s?)$/i.exec(name) ?? [];
  return ftp === undefined ? name : `ftp${ftp}`;
}

function refangHostAndPath(text: string, isDefanged: boolean): string {
  const slash = text.search(/[/?#]/);
  const end = slash < 0 ? text.length : slash;
  const given = text.slice(0, end);
  const path = text.slice(end);
  const opened = slash > 0 && /[[({]$/.test(given);
  const host = refangHost(opened ? withoutTrailingOpeners(given) : given);
  if (!isDefanged && host === given) return text;
  return host + refangPath(opened ? path.charAt(0) + path.slice(1).replace(/^[\])}]+/, '') : path);
}

function withoutTrailingOpeners(text: string): string {
  let end = text.length;
  while (end > 0 && '[({ '.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function refangEmail(text: string): string | undefined {
  const plain = text.lastIndexOf('@');
  const bracketed = BRACKETED_AT.exec(text) ?? (plain < 0 ? AT_WORD.exec(text) : null);
  if (bracketed) return atJoined(text, bracketed.index, bracketed[0].length);
  const [whole, local = ''] = SPACED_AT.exec(text) ?? [];
  if (whole !== undefined) {
    const joined = atJoined(text, local.length, whole.length - local.length);
    return joined !== undefined && /^\S+\.\S+$/.test(joined) ? joined : undefined;
  }
  if (plain < 0) return undefined;
  return isPlainEmail(text, plain) ? text : atJoined(text, plain, 1);
}

/** Braces, asterisks and slashes may stand in a local part (RFC 5321 §4.1.2). */
function isPlainEmail(text: string, at: number): boolean {
  return !/[[(]/.test(text) && /^[\w.-]+$/.test(text.slice(at + 1));
}

/** Refangs both sides of the `@` that stands, in some form, `length` characters long at `at`. */
function atJoined(text: string, at: number, length: number): string | undefined {
  const local = text.slice(0, at);
  return local.includes('/') ? undefined : `${refangHost(local)}@${refangHost(text.slice(at + length))}`;
}
