import type { IndicatorQuery, MarkingChoice } from '../../src/model/indicator-query.ts';
import type { Sighting, Source } from '../../src/model/sighting.ts';
import { parseItems } from '../../src/render/list/item-json.ts';
import type { SearchQuestion, Store } from '../../src/store/store.ts';

export const START = Date.UTC(2026, 0, 15, 10);
export const DAY = 86_400_000;

/** A clock that stands still until it is moved. */
export class TestClock {
  now = START;
  readonly read = (): number => this.now;

  advance(milliseconds: number): number {
    this.now += milliseconds;
    return this.now;
  }
}

export const SOURCE: Source = {
  name: 'Example Feed',
  url: 'https://feed.example.com/',
  category: 'community',
  tlp: 'clear',
  confidence: 50,
};

export const ANY: IndicatorQuery = {
  types: [],
  levels: [],
  sectors: [],
  revoked: 'include',
  order: 'oldest-first',
  limit: 10_000,
};

export const FIRST_DOWNLOAD: IndicatorQuery = { ...ANY, revoked: 'exclude', order: 'newest-first' };

export const AS_STORED: MarkingChoice = { tlpVersion: 1, atLeast: 'clear' };

export interface Indicator {
  readonly id: string;
  readonly created: string;
  readonly modified: string;
  readonly name: string;
  readonly description: string;
  readonly revoked?: boolean;
  readonly confidence: number;
  readonly valid_until?: string;
  readonly labels?: readonly string[];
  readonly object_marking_refs: readonly string[];
}

export function domain(index: number, more: Partial<Sighting> = {}): Sighting {
  return { type: 'domain', value: `host-${index}.example.com`, lastSeen: START, ...more };
}

/** A search whose items are read. */
export async function searched(store: Store, question: SearchQuestion, asOf: number) {
  const { items, related, ...rest } = await store.search(question, asOf);
  const read = (texts: readonly string[]) => parseItems(Buffer.from(texts.join()));
  return { ...rest, items: read(items), related: read(related) };
}

/** Takes sightings in as one batch of a run of their own. */
export async function take(store: Store, sightings: readonly Sighting[], now: number, source = SOURCE) {
  const run = await store.beginRun(source, 'test', now);
  const counts = await store.ingest(run, sightings, now);
  await store.endRun(run, now);
  return counts;
}

/** Everything that a query yields, slice by slice. */
export async function readAll(
  store: Store,
  query: IndicatorQuery,
  asOf: number,
  options: { size?: number; markings?: MarkingChoice } = {},
): Promise<Indicator[]> {
  const { size = 500, markings = AS_STORED } = options;
  const indicators: Indicator[] = [];
  let after = query.after;
  for (;;) {
    const left = query.limit - indicators.length;
    const page = { ...query, limit: left, ...(after !== undefined && { after }) };
    const slice = await store.slice(page, markings, asOf, size);
    indicators.push(...parseSlice(slice.bytes));
    if (slice.done) return indicators;
    after = slice.last;
  }
}

export function parseSlice(bytes: Uint8Array): Indicator[] {
  return JSON.parse(`[${Buffer.from(bytes).toString('utf8')}]`) as Indicator[];
}
