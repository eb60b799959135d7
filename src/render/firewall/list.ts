import { setImmediate as nextTurn } from 'node:timers/promises';

import { CONFIDENCE_LEVEL_NAMES } from '../../model/confidence.ts';
import type { IndicatorQuery } from '../../model/indicator-query.ts';
import type { IocItem } from '../../model/ioc-item.ts';
import type { IndicatorReads } from '../../store/store.ts';
import { admitted, isInNormalForm } from '../admission.ts';
import type { ExportFormat, ItemWriter } from '../format.ts';
import { walkSlices } from '../walk.ts';
import type { FirewallProfile } from './profiles.ts';
import { Ranking } from './ranking.ts';

/** A level that fills a list leaves nothing to those below it. */
const BEST_FIRST = CONFIDENCE_LEVEL_NAMES.toReversed();

/** The list that a profile describes: the highest ranked IOCs, as many as its consumer takes, best first. */
export function firewallList(profile: FirewallProfile): ExportFormat {
  return {
    name: profile.name,
    label: profile.label,
    mediaType: 'text/plain; charset=utf-8',
    fileExtension: 'txt',
    tier: 'pro',
    types: profile.types,
    tellsRevoked: false,
    open: () => new RankedLines(profile, profile.mostEntries),
  };
}

/** Which list is asked for. */
export interface FirewallRequest {
  readonly profile: FirewallProfile;
  /** A list is made of all that match. */
  readonly query: Omit<IndicatorQuery, 'limit'>;
  /** At most so many entries; no more than the profile's. */
  readonly limit: number;
  /** UTC milliseconds. */
  readonly asOf: number;
}

/**
 * The list of the best of all IOCs that the query matches, how many entries it has, and whether nothing that its consumer can take is
 * missing for want of room. `size` are read at a time.
 */
export async function readFirewallList(
  store: IndicatorReads,
  { profile, query, limit, asOf }: FirewallRequest,
  size: number,
): Promise<{ readonly text: string; readonly entries: number; readonly whole: boolean }> {
  const list = new RankedLines(profile, limit);
  const format = firewallList(profile);
  const levels = BEST_FIRST.filter((level) => query.levels.length === 0 || query.levels.includes(level));
  for (const level of levels) {
    if (list.isFull) break;
    const count = await store.count({ ...query, levels: [level] }, asOf);
    const part = { ...query, levels: [level], limit: Math.max(count, 1) };
    const extent = { count, first: 0, last: 0, more: false };
    const slices = walkSlices(part, extent, async (rest) => {
      const slice = await store.items(rest, asOf, size);
      return { ...slice, count: slice.items.length };
    });
    for await (const { items } of slices) {
      for (const item of items) {
        const ready = admitted(item, format);
        if (ready !== undefined) list.item(ready);
      }
    }
  }
  const texts: string[] = [];
  for (const text of list.texts()) {
    texts.push(text);
    await nextTurn();
  }
  return { text: texts.join(''), entries: list.written, whole: list.isWhole };
}

class RankedLines implements ItemWriter {
  readonly #profile: FirewallProfile;
  readonly #limit: number;
  readonly #ranking: Ranking;
  #taken = 0;
  #written = 0;

  constructor(profile: FirewallProfile, limit: number) {
    this.#profile = profile;
    this.#limit = limit;
    this.#ranking = new Ranking(limit);
  }

  /** Whether nothing of lower confidence than all that it was given can be in it. */
  get isFull(): boolean {
    return this.#ranking.size >= this.#limit;
  }

  /** At its end: whether all different entries that it was given are in it. A full one may have been given more. */
  get isWhole(): boolean {
    return !this.isFull && this.#written === this.#ranking.size;
  }

  /** How many entries it has, at its end. */
  get written(): number {
    return this.#written;
  }

  begin(): string {
    return '';
  }

  item(item: IocItem): string | undefined {
    const line = isInNormalForm(item) ? this.#profile.entry(item) : undefined;
    if (line === undefined) return undefined;
    this.#taken += 1;
    this.#ranking.add(line, item.confidence, item.lastSeen);
    return '';
  }

  end(): string {
    return [...this.texts()].join('');
  }

  /** What `end` writes, in pieces. */
  *texts(): Generator<string> {
    let bytes = 0;
    for (const lines of this.#ranking.best()) {
      const room = lines.findIndex((line) => (bytes += line.length + 1) > this.#profile.mostBytes);
      const taken = room === -1 ? lines : lines.slice(0, room);
      this.#written += taken.length;
      if (taken.length > 0) yield `${taken.join('\n')}\n`;
      if (room !== -1) return;
    }
  }

  dropped(): number {
    return this.#taken - this.#written;
  }
}
