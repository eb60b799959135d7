/** What the gate looks at of a URL. */
export interface UrlParts {
  /** In normal form; IPv6 without brackets. */
  readonly host: string;
  readonly hasPort: boolean;
  /** Whether it leads to one page or file, and not to what everybody sees of the host. */
  readonly isSpecific: boolean;
}

/**
 * Path segments that lead nowhere in particular: every site has them, and a report that names them names the
 * site.
 */
const GENERAL =
  /^(?:(?:index|default|home|main)(?:\.[a-z]{2,5})?|(?:ar|de|en|es|fr|it|ja|ko|nl|pl|pt|ru|tr|zh)(?:[-_][a-z]{2,4})?|about(?:-us)?|contact(?:-us)?|help|support|faq|legal|privacy|terms|log-?in|log-?out|sign-?in|sign-?up|register|account|search|news|blog|robots\.txt|favicon\.ico|sitemap\.xml|sharer?(?:\.php)?)$/i;

const NOTHING = /^[.;,]*$/;
const NUMBER_SIGN = 35;
const SLASH = 47;
const QUESTION_MARK = 63;
const BACKSLASH = 92;

/** Splits a URL in normal form; undefined when it has no host. */
export function urlParts(url: string): UrlParts | undefined {
  const start = url.indexOf('://') + 3;
  if (start < 3) return undefined;
  let end = start;
  while (end < url.length && !isDelimiter(url.charCodeAt(end))) end += 1;
  const { host, hasPort } = hostOf(url.slice(start, end));
  return host === '' ? undefined : { host, hasPort, isSpecific: isSpecificPath(url, end) };
}

/** Whether a character ends the authority: `/`, `\`, `?`, `#`. */
function isDelimiter(code: number): boolean {
  return code === SLASH || code === BACKSLASH || code === QUESTION_MARK || code === NUMBER_SIGN;
}

function hostOf(authority: string): { host: string; hasPort: boolean } {
  const at = authority.lastIndexOf('@');
  const webDav = at < 0 ? undefined : /^([^@]+)@(?:SSL|\d{1,5})(?:@\d{1,5})?$/.exec(authority)?.[1];
  if (webDav !== undefined) return { host: webDav, hasPort: true };
  const rest = authority.slice(at + 1);
  if (rest.startsWith('[')) {
    const close = rest.indexOf(']');
    return { host: rest.slice(1, close), hasPort: rest.length > close + 1 };
  }
  const colon = rest.indexOf(':');
  return colon < 0 ? { host: rest, hasPort: false } : { host: rest.slice(0, colon), hasPort: true };
}

/** Whether some segment of the path that starts at `start` is neither empty, dots nor general. */
function isSpecificPath(url: string, start: number): boolean {
  let from = start;
  for (let at = start; at <= url.length; at += 1) {
    const code = at === url.length ? QUESTION_MARK : url.charCodeAt(at);
    if (!isDelimiter(code)) continue;
    if (at > from && isSpecificSegment(url.slice(from, at))) return true;
    if (code === QUESTION_MARK || code === NUMBER_SIGN) return false;
    from = at + 1;
  }
  return false;
}

/** Encoded dots, separators and spaces make nothing specific either. */
function isSpecificSegment(segment: string): boolean {
  if (!segment.includes('%')) return !NOTHING.test(segment) && !GENERAL.test(segment);
  return segment.split(/%(?:2e|2f|5c|20|00)/i).some((part) => !NOTHING.test(part) && !GENERAL.test(part));
}
