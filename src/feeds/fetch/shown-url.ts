const LONGEST = 200;

/** A run of characters in a path that may be a key, as PhishTank has them: long, with a digit in it. */
const KEY_LIKE = /(?=[a-z_-]*\d)[a-z\d_-]{20,}/gi;

/** A URL for people: without user info, fragment, values of the query, and what looks like a key in the path. */
export function shownUrl(url: URL): string {
  const path = url.pathname.replaceAll(KEY_LIKE, '…');
  const text = `${url.protocol}//${url.host}${path}${shownQuery(url.search)}`;
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function shownQuery(search: string): string {
  if (search === '') return '';
  const parts = search
    .slice(1)
    .split('&')
    .map((part) => (part.includes('=') ? `${part.slice(0, part.indexOf('='))}=…` : '…'));
  return `?${parts.join('&')}`;
}
