import type { Bookmark } from './access/access.ts';

/** What is kept of a feed between its runs, in its record as JSON. Times are UTC milliseconds. */
export interface Remembered {
  /** What its access left behind. */
  readonly access?: Bookmark;
  /** SHA-256 of what it said before, the newest last, to know an old state when it comes again. */
  readonly seen?: readonly string[];
  /** The old state that it gives now, and since when. */
  readonly stale?: { readonly of: string; readonly since: number };
}

/** So many earlier contents of a feed are remembered. */
const MOST_SEEN = 50;

/** An old state that a feed gives for so long, in milliseconds, is no slip of a cache: it is what its publisher says. */
const BELIEVED_AFTER = 86_400_000;

/** What a feed's record remembers. */
export function rememberedIn({ bookmark }: { readonly bookmark?: string }): Remembered {
  return JSON.parse(bookmark ?? '{}') as Remembered;
}

/** What is to be remembered once a download has been published. */
export function afterPublishing({ seen = [] }: Remembered, access: Bookmark): Remembered {
  const hash = access.sha256;
  if (typeof hash !== 'string') return { access, seen };
  return { access, seen: [...seen.filter((one) => one !== hash), hash].slice(-MOST_SEEN) };
}

/**
 * What is to be remembered when a download is an earlier state of its feed, which must not take anything back; undefined when
 * it is not, or has been given for a day. Its publisher's dates tell, and where they do not, that it said just this before.
 */
export function asStale(remembered: Remembered, now: Bookmark, time: number): Remembered | undefined {
  const { access, seen = [], stale } = remembered;
  const [before, after] = [access?.lastModified, now.lastModified].map((text) => Date.parse(String(text)));
  const isOlder =
    before! > after! || (!(after! > before!) && typeof now.sha256 === 'string' && seen.includes(now.sha256));
  if (!isOlder) return undefined;
  const of = String(now.sha256 ?? now.lastModified);
  const since = stale?.of === of ? stale.since : time;
  return time - since < BELIEVED_AFTER ? { ...remembered, stale: { of, since } } : undefined;
}
