/** With `_`, so that of two keys without anything between them neither is left over. */
const API_KEY = /sk_live_\w+/g;
const KEPT = 12;
const IN_URL = /([?&](?:api[-_]?key|auth[-_]?key|access[-_]?token|key|token|secret|password)=)[^&\s"'\\]+/gi;

/** `text` without what nobody may read in a log: API keys are cut to their prefix, secrets in URLs are blotted out. */
export function redact(text: string): string {
  let safe = text;
  if (safe.includes('sk_live_')) {
    safe = safe.replaceAll(API_KEY, (key) => (key.length > KEPT ? `${key.slice(0, KEPT)}…` : key));
  }
  return /[?&]/.test(safe) ? safe.replaceAll(IN_URL, '$1…') : safe;
}
