import { findTechnique } from '../model/attack.ts';
import { CONFIDENCE_LEVEL_NAMES } from '../model/confidence.ts';
import { IOC_TYPES } from '../model/ioc.ts';
import { formatTimestamp } from '../model/time.ts';
import type { FeedRecord, Statistics } from '../store/store.ts';
import { generatedAt } from './generated-at.ts';

/** Statistics as JSON; `newest` is the stamp of the newest version, 0 where there is none. Times are RFC 3339, UTC. */
export function renderStatistics(
  statistics: Statistics,
  feeds: readonly FeedRecord[],
  newest: number,
  now: number,
): object {
  const { total, types, levels, categories, techniques, cves, day, week, lists } = statistics;
  return {
    generated_at: generatedAt(newest, now),
    total,
    by_type: Object.fromEntries(IOC_TYPES.map((type) => [type, types.get(type) ?? 0])),
    by_confidence: Object.fromEntries(CONFIDENCE_LEVEL_NAMES.map((level) => [level, levels.get(level) ?? 0])),
    by_category: categories.map(({ name, count }) => ({ category: name, count })),
    by_feed: statistics.feeds.map(({ name, count }) => ({ feed_name: name, count })),
    trend: { last_24_hours: trendOf(day), last_7_days: trendOf(week) },
    top_techniques: techniques.map(({ name, count }) => ({
      id: name,
      name: findTechnique(name)?.name ?? null,
      count,
    })),
    top_cves: cves.map(({ name, count }) => ({ id: name, count })),
    // While what is published is listed for the first time, totals are of what is listed so far.
    ...(!lists.complete && { lists: { complete: false, listed: lists.listed, known: lists.known } }),
    feeds: feeds.filter(({ enabled }) => enabled).map(healthOf),
  };
}

function trendOf({ added, updated, addedBefore }: Statistics['day']): object {
  return { added, updated, added_before: addedBefore };
}

function healthOf({ name, state, goodAt, checkedAt, failures }: FeedRecord): object {
  return {
    feed: name,
    state,
    last_good: goodAt === undefined ? null : formatTimestamp(goodAt),
    last_checked: checkedAt === undefined ? null : formatTimestamp(checkedAt),
    failures,
  };
}
