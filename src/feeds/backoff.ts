/** Milliseconds: a failing feed is first tried again after about this, or its own interval where that is shorter. */
const FIRST = 15 * 60_000;
const LONGEST = 24 * 3_600_000;
/** Enough to get from a millisecond to a day; beyond a thousand a number has no room for them. */
const MOST_DOUBLINGS = 32;
/** No feed is asked more often, whatever its interval says. */
const FLOOR = 60_000;

export interface LastAttempt {
  /** Milliseconds between runs while all is well. */
  readonly interval: number;
  /** Failures since the last good run; 0 after a good one. */
  readonly failures: number;
  /** UTC milliseconds before which the server does not want to be asked again. */
  readonly retryAt?: number | undefined;
  /** The longest wait after failures, in milliseconds; a day unless said otherwise. */
  readonly longest?: number;
  /** UTC milliseconds. */
  readonly now: number;
  /** From 0 up to, but not including, 1. */
  readonly random: number;
}

/**
 * When a feed is to be run again, in UTC milliseconds. After a good run that is its interval, a tenth more or less, so that
 * feeds do not come together. With each failure the wait doubles, up to `longest`; the second half of it is left to chance.
 * Never before `retryAt`, nor within a minute.
 */
export function nextAttempt({
  interval,
  failures,
  retryAt = 0,
  longest = LONGEST,
  now,
  random,
}: LastAttempt): number {
  const wait =
    failures === 0 ? interval * (0.9 + 0.2 * random) : backOff(interval, failures, longest, random);
  return Math.round(Math.max(now + Math.max(wait, FLOOR), retryAt));
}

function backOff(interval: number, failures: number, longest: number, random: number): number {
  const most = Math.min(longest, Math.min(interval, FIRST) * 2 ** Math.min(failures, MOST_DOUBLINGS));
  return most * (0.5 + random / 2);
}
