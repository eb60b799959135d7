/** What a server asks for beyond this is a mistake, or meant to silence a feed. */
const LONGEST = 7 * 86_400_000;

const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * The UTC milliseconds that a Retry-After header means (RFC 9110 §10.2.3), at most a week ahead; undefined for times past
 * and for what cannot be read.
 */
export function retryTime(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  const time = /^\d{1,10}$/.test(text)
    ? now + Number(text) * 1_000
    : HTTP_DATE.test(text)
      ? Date.parse(text)
      : 0;
  return time > now ? Math.min(time, now + LONGEST) : undefined;
}
