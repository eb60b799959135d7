/** With `_`, so that of two keys without anything between them neither is left over. */
const API_KEY = /sk_live_\w+/g;
const KEPT = 12;

/** `api_key=…`, `client_secret=…`, and the like, where a query's parameter begins. */
const IN_URL =
  /([?&](?:\w{0,40}[-_])?(?:api|auth|access|app)?[-_]?(?:key|token|secret|passw(?:or)?d|pwd|sig|signature)=)[^&\s"'\\]+/gi;

/** `https://user:password@…`; RFC 3986 §3.2.1 lets neither `/` nor a space in. */
const USER_INFO = /(:\/\/)[^/?#@\s"'\\]{1,400}@/g;

/** Headers that hold secrets. */
const NAME = String.raw`(?:(?:proxy-)?authorization|(?:x-)?(?:api|auth|app|access)-(?:key|token)|(?:set-)?cookie)`;
const SECRET_HEADER = new RegExp(`^${NAME}$`, 'i');

/**
 * As headers are written: `Authorization: …` to the end of the line or quotation; and as JSON, as JSON within JSON, and as
 * Node shows objects: `"auth-key":"…"`, `["auth-key","…"]`. What is put in their place has the same quotes, so that JSON stays JSON.
 */
const HEADERS: readonly (readonly [RegExp, string])[] = [
  [
    header(
      String.raw`"\s{0,4}[:,]\s{0,4}`,
      String.raw`"(?:[^"\\]|\\.)*"|\[(?:[^\]"]|"(?:[^"\\]|\\.)*"){0,400}\]`,
    ),
    '$1"…"',
  ],
  [
    header(String.raw`\\"\s{0,4}[:,]\s{0,4}`, String.raw`\\"(?:[^\\"]|\\{3}"|\\[^"])*\\"`),
    String.raw`$1\"…\"`,
  ],
  [header(String.raw`'?\s{0,4}[:=,]\s{0,4}`, String.raw`'(?:[^'"\\]|\\.)*'`), "$1'…'"],
  [header(String.raw`\s{0,4}[:=]`, String.raw`[^"'\\\r\n]+`), '$1 …'],
];

/** Not of a name in the query of a URL: that is not a header. */
function header(between: string, value: string): RegExp {
  return new RegExp(String.raw`(?<![?&][\w-]{0,40})(${NAME}${between})(?:${value})`, 'gis');
}

/** Whether a header or field of this name holds a secret. */
export function holdsSecret(name: string): boolean {
  return SECRET_HEADER.test(name);
}

/**
 * `text` without what nobody may read in a log: API keys are cut to their prefix; secrets in URLs and credentials in
 * headers are blotted out.
 */
export function redact(text: string): string {
  let safe = text;
  if (safe.includes('sk_live_')) {
    safe = safe.replaceAll(API_KEY, (key) => (key.length > KEPT ? `${key.slice(0, KEPT)}…` : key));
  }
  if (/[?&]/.test(safe)) safe = safe.replaceAll(IN_URL, '$1…');
  if (safe.includes('://')) safe = safe.replaceAll(USER_INFO, '$1…@');
  if (!/authorization|-key|-token|cookie/i.test(safe)) return safe;
  for (const [header, blotted] of HEADERS) safe = safe.replaceAll(header, blotted);
  return safe;
}
