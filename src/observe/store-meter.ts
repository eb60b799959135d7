import type { FeedRecord, Statistics, Store } from '../store/store.ts';
import { type MetricFamily, type Sample, single } from './metric-text.ts';
import { RUN_RESULTS, RunTotals, type SourceTotals } from './run-totals.ts';

export interface StoreMeterParts {
  readonly store: Pick<Store, 'statistics' | 'watermark' | 'listFeeds' | 'runsAfter' | 'findRun'>;
  /** How often a feed is to run, in milliseconds; undefined for one that nobody knows. */
  readonly intervalOf: (feed: FeedRecord) => number | undefined;
}

/** What the store holds, what was published, and how feeds fare. */
export class StoreMeter {
  readonly #parts: StoreMeterParts;
  readonly #runs: RunTotals;

  constructor(parts: StoreMeterParts) {
    this.#parts = parts;
    this.#runs = new RunTotals(parts.store);
  }

  /** As of `now`, UTC milliseconds. Where the store cannot answer, only that is told. Not to be called again before it is done. */
  async families(now: number): Promise<MetricFamily[]> {
    const { store, intervalOf } = this.#parts;
    try {
      const statistics = await store.statistics(now);
      const watermark = await store.watermark(now);
      const runs = await this.#runs.read();
      const feeds = await store.listFeeds();
      return [
        up(1),
        ...contents(statistics),
        single(
          'soc_last_publication_timestamp_seconds',
          'gauge',
          'When the newest visible version was published, since 1970.',
          watermark > 0 ? watermark / 1_000 : undefined,
        ),
        ...work([...runs]),
        ...feedFamilies(feeds, intervalOf, now),
      ];
    } catch {
      return [up(0)];
    }
  }
}

function up(value: number): MetricFamily {
  return single('soc_store_up', 'gauge', 'Whether the store answers: 1 or 0.', value);
}

function contents({ types, levels, feeds }: Statistics): MetricFamily[] {
  const gauge = (name: string, help: string, samples: readonly Sample[]): MetricFamily => ({
    name,
    type: 'gauge',
    help,
    samples,
  });
  return [
    gauge('soc_iocs', 'Current IOCs by type.', labelled('type', types)),
    gauge('soc_iocs_by_confidence', 'Current IOCs by confidence.', labelled('confidence', levels)),
    gauge(
      'soc_iocs_by_source',
      'Current IOCs that a source reports; one of several sources counts for each.',
      labelled(
        'source',
        feeds.map(({ name, count }) => [name, count]),
      ),
    ),
  ];
}

function labelled(label: string, pairs: Iterable<readonly [string, number]>): Sample[] {
  return Array.from(pairs, ([name, value]) => ({ labels: { [label]: name }, value }));
}

function work(runs: readonly (readonly [string, SourceTotals])[]): MetricFamily[] {
  return [
    {
      name: 'soc_sightings_total',
      type: 'counter',
      help: 'What became of what sources reported: added and updated are versions published.',
      samples: runs.flatMap(([source, { results }]) =>
        RUN_RESULTS.map((result) => ({ labels: { source, result }, value: results[result] })),
      ),
    },
    {
      name: 'soc_runs_total',
      type: 'counter',
      help: 'Runs of feeds and imports that have ended, by how.',
      samples: runs.flatMap(([source, { outcomes }]) =>
        [...outcomes].map(([outcome, value]) => ({ labels: { source, outcome }, value })),
      ),
    },
  ];
}

/** Of feeds that are on. */
function feedFamilies(
  all: readonly FeedRecord[],
  intervalOf: StoreMeterParts['intervalOf'],
  now: number,
): MetricFamily[] {
  const feeds = all.filter(({ enabled }) => enabled);
  const gauge = (
    name: string,
    help: string,
    value: (feed: FeedRecord) => number | undefined,
  ): MetricFamily => ({
    name,
    type: 'gauge',
    help,
    samples: feeds.flatMap((feed) => {
      const known = value(feed);
      return known === undefined ? [] : [{ labels: { feed: feed.name }, value: known }];
    }),
  });
  return [
    {
      name: 'soc_feed_state',
      type: 'gauge',
      help: 'The state of each feed that is on, as a label: always 1.',
      samples: feeds.map(({ name, state }) => ({ labels: { feed: name, state }, value: 1 })),
    },
    gauge('soc_feed_seconds_since_good', 'Since the last good run, unchanged ones included.', ({ goodAt }) =>
      goodAt === undefined ? undefined : Math.max(0, now - goodAt) / 1_000,
    ),
    gauge('soc_feed_interval_seconds', 'How often it is to run.', (feed) => {
      const interval = intervalOf(feed);
      return interval === undefined ? undefined : interval / 1_000;
    }),
    gauge('soc_feed_failures', 'How often in a row it has failed.', ({ failures }) => failures),
  ];
}
