import { FETCH_TROUBLES } from './fetch/fetcher.ts';

/** Every state that a feed can be in, with a sentence for people. */
export const FEED_STATES = {
  new: 'it has not run yet',
  fine: 'its last run was published',
  unchanged: 'its publisher has nothing new',
  empty: 'it holds no records at all; nothing is taken back for that',
  stale: 'it gives an older state than before; nothing is taken back for that, unless it does so for a day',
  html: 'it gives a web page where data was expected: it may want a key, or have moved',
  drifted: 'its format is not the one that we know',
  held: 'it changed out of proportion and waits for you; the last good state is served',
  undone: 'you undid one of its runs: it is switched off until you enable it again',
  interrupted: 'its last run was cut off, and goes on with the next',
  no_credential: 'it needs a key that is not configured',
  failed: 'its run failed here',
  ...FETCH_TROUBLES,
} as const;

export type FeedState = keyof typeof FEED_STATES;

/** States in which a feed's last word stands. */
export const GOOD_STATES: ReadonlySet<string> = new Set<FeedState>(['fine', 'unchanged']);

/** A feed of which nothing new has come for so long may have been given up by its publisher. In milliseconds. */
const LONGEST_QUIET = 30 * 86_400_000;

/** Since when a feed that answers has had nothing new, UTC milliseconds, where that is too long; else undefined. */
export function quietSince(
  { state, changedAt }: { readonly state: string; readonly changedAt?: number },
  now: number,
): number | undefined {
  return GOOD_STATES.has(state) && changedAt !== undefined && now - changedAt > LONGEST_QUIET
    ? changedAt
    : undefined;
}
