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
