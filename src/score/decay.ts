import { CONFIDENCE_LEVELS, confidenceLevel } from '../model/confidence.ts';
import type { IocType } from '../model/ioc.ts';
import { DECAY_SPEED, TIME_TO_LIVE } from './life.ts';

/** The borders that a score may fall below, the first it comes to first. */
const BORDERS = [CONFIDENCE_LEVELS.high.from, CONFIDENCE_LEVELS.medium.from] as const;

/** A confidence below this is in the lowest band, and stays what it is. */
const LOWEST_TO_FALL = CONFIDENCE_LEVELS.medium.from;

/**
 * The score of MISP's polynomial decaying model, `base × (1 − (t/τ)^(1/δ))`: `base` (0 to 100) at `lastSeen`,
 * 0 when the time to live is over. Times are UTC milliseconds; before `lastSeen` it is `base`.
 */
export function decayScore(base: number, type: IocType, lastSeen: number, now: number): number {
  const life = TIME_TO_LIVE[type];
  const age = now - lastSeen;
  if (life === undefined || age <= 0) return base;
  return age >= life ? 0 : base * (1 - (age / life) ** (1 / (DECAY_SPEED[type] ?? 1)));
}

/**
 * The confidence to publish at `now` of an IOC that deserved `base` (an integer, 0 to 100) when it was last seen: `base`,
 * until its score, rounded, is in a lower band; then the most that this band holds. So it changes twice at most.
 */
export function decayed(base: number, type: IocType, lastSeen: number, now: number): number {
  if (base < LOWEST_TO_FALL || now <= lastSeen) return base;
  return fallen(base, decayScore(base, type, lastSeen, now));
}

/** What is published of `base` when no more than `score` is left of it. */
export function fallen(base: number, score: number): number {
  if (base < LOWEST_TO_FALL) return base;
  return Math.min(base, CONFIDENCE_LEVELS[confidenceLevel(Math.round(score))].to);
}

/** The first millisecond after `now` at which `decayed` gives less than it does at `now`; undefined when none does. */
export function nextDecay(base: number, type: IocType, lastSeen: number, now: number): number | undefined {
  const life = TIME_TO_LIVE[type];
  if (life === undefined) return undefined;
  for (const border of BORDERS) {
    if (base < border) continue;
    const part = (1 - (border - 0.5) / base) ** (DECAY_SPEED[type] ?? 1);
    const isBelow = (time: number): boolean => Math.round(decayScore(base, type, lastSeen, time)) < border;
    // The inverse of the formula, put right by the formula itself.
    let moment = lastSeen + Math.ceil(part * life);
    while (isBelow(moment - 1)) moment -= 1;
    while (!isBelow(moment)) moment += 1;
    if (moment > now) return moment;
  }
  return undefined;
}

/**
 * The first millisecond after `now` at which `fallen(base, scoreAt(time))` is less than at `now`, for a score that
 * only falls and is 0 from `end` on; undefined when there is none.
 */
export function nextFall(
  base: number,
  scoreAt: (time: number) => number,
  now: number,
  end: number,
): number | undefined {
  const border = BORDERS.find((border) => base >= border && Math.round(scoreAt(now)) >= border);
  if (border === undefined) return undefined;
  const isBelow = (score: number): boolean => Math.round(score) < border;
  return fallBetween(scoreAt, isBelow, border - 0.5, now, Math.max(end, now + 1));
}

/**
 * The first millisecond after `before` at which the score is below: the false position method in its Illinois form, and after
 * `MOST_STEPS` by halves, so that no curve makes it long.
 */
function fallBetween(
  scoreAt: (time: number) => number,
  isBelow: (score: number) => boolean,
  target: number,
  before: number,
  after: number,
): number {
  let [low, high] = [before, after];
  let [above, below] = [scoreAt(low) - target, scoreAt(high) - target];
  let last = 0;
  for (let step = 0; high - low > 1; step += 1) {
    const part = step < MOST_STEPS ? above / (above - below) : 0.5;
    const middle = Math.min(high - 1, Math.max(low + 1, Math.round(low + (high - low) * part)));
    const score = scoreAt(middle);
    const side = isBelow(score) ? -1 : 1;
    if (side < 0) [high, below, above] = [middle, score - target, last === side ? above / 2 : above];
    else [low, above, below] = [middle, score - target, last === side ? below / 2 : below];
    last = side;
  }
  return high;
}

/** Most curves take ten. */
const MOST_STEPS = 20;
