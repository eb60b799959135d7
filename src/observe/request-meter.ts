import type { RequestEntry } from './log.ts';
import { type MetricFamily, type Sample, single } from './metric-text.ts';

/** Upper bounds of a duration's buckets, in seconds: a 304 takes a twentieth of a millisecond, a long export minutes. */
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

/** Methods that are told apart; others are one, so that a client cannot make series up. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'other'];
const OTHER = METHODS.length - 1;

/** How requests of paths that are not there are labelled. */
const NO_ROUTE = 'none';

type Ended = Pick<RequestEntry, 'method' | 'route' | 'status' | 'ms' | 'bytes' | 'cut'>;

interface RouteCounts {
  /** By method's position times 1,000, plus status. */
  readonly answers: Map<number, number>;
  readonly buckets: number[];
  seconds: number;
  bytes: number;
  cut: number;
}

/** What is known of the bodies that are kept in memory. */
export interface CacheCounts {
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
}

/**
 * Counts requests by route, method and status. Told of every request, so it does no more than add numbers; texts are made
 * when somebody asks for them.
 */
export class RequestMeter {
  readonly #routes = new Map<string, RouteCounts>();
  readonly #refused = new Map<string, number>();
  readonly #leftOut = new Map<string, number>();
  #begun = 0;
  #ended = 0;
  #cache: (() => CacheCounts) | undefined;

  /** Says where to ask for the counts of the cache. */
  watchCache(counts: () => CacheCounts): void {
    this.#cache = counts;
  }

  begin(): void {
    this.#begun += 1;
  }

  end({ method, route, status, ms, bytes, cut }: Ended): void {
    this.#ended += 1;
    const counts = this.#countsOf(route ?? NO_ROUTE);
    const named = METHODS.indexOf(method);
    const key = (named < 0 ? OTHER : named) * 1_000 + status;
    counts.answers.set(key, (counts.answers.get(key) ?? 0) + 1);
    const seconds = ms / 1_000;
    let bucket = 0;
    while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]!) bucket += 1;
    counts.buckets[bucket]! += 1;
    counts.seconds += seconds;
    counts.bytes += bytes;
    if (cut === true) counts.cut += 1;
  }

  /** Counts an answer that was an error, by the error's code. */
  refuse(code: string): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
  }

  /** Counts IOCs that a format of exports could not carry, each time one is rendered. */
  leaveOut(format: string, count: number): void {
    this.#leftOut.set(format, (this.#leftOut.get(format) ?? 0) + count);
  }

  families(): MetricFamily[] {
    const routes = [...this.#routes];
    const perRoute = (value: (counts: RouteCounts) => number): Sample[] =>
      routes.map(([route, counts]) => ({ labels: { route }, value: value(counts) }));
    const refused = [...this.#refused].map(([code, value]) => ({ labels: { code }, value }));
    const leftOut = [...this.#leftOut].map(([format, value]) => ({ labels: { format }, value }));
    return [
      counter('soc_http_requests_total', 'Requests that have ended.', routes.flatMap(answerSamples)),
      {
        name: 'soc_http_request_duration_seconds',
        type: 'histogram',
        help: 'From the arrival of a request to the end of its answer.',
        samples: routes.flatMap(durationSamples),
      },
      counter(
        'soc_http_sent_bytes_total',
        'Bytes sent, heads included.',
        perRoute(({ bytes }) => bytes),
      ),
      counter(
        'soc_http_answers_cut_total',
        'Answers whose client left or was dropped.',
        perRoute(({ cut }) => cut),
      ),
      single(
        'soc_http_answers_under_way',
        'gauge',
        'Requests that are being answered.',
        this.#begun - this.#ended,
      ),
      counter('soc_http_errors_total', 'Answers that were errors, by the code that they told.', refused),
      counter(
        'soc_export_left_out_total',
        'IOCs that an export could not carry, counted each time it is rendered.',
        leftOut,
      ),
      ...this.#cacheFamilies(),
    ];
  }

  #cacheFamilies(): MetricFamily[] {
    const counts = this.#cache?.();
    return [
      single(
        'soc_http_cache_bytes',
        'gauge',
        'Memory of rendered answers, those under way included.',
        counts?.bytes,
      ),
      single('soc_http_cache_hits_total', 'counter', 'Answers whose body was there already.', counts?.hits),
      single(
        'soc_http_cache_misses_total',
        'counter',
        'Answers whose body had to be rendered.',
        counts?.misses,
      ),
    ];
  }

  #countsOf(route: string): RouteCounts {
    let counts = this.#routes.get(route);
    if (counts === undefined) {
      counts = {
        answers: new Map(),
        buckets: Array<number>(BOUNDS.length + 1).fill(0),
        seconds: 0,
        bytes: 0,
        cut: 0,
      };
      this.#routes.set(route, counts);
    }
    return counts;
  }
}

function counter(name: string, help: string, samples: readonly Sample[]): MetricFamily {
  return { name, type: 'counter', help, samples };
}

function answerSamples([route, { answers }]: readonly [string, RouteCounts]): Sample[] {
  return [...answers].map(([key, value]) => ({
    labels: { route, method: METHODS[Math.floor(key / 1_000)]!, status: String(key % 1_000) },
    value,
  }));
}

function durationSamples([route, { buckets, seconds }]: readonly [string, RouteCounts]): Sample[] {
  let count = 0;
  const cumulative = buckets.map((value, index): Sample => {
    count += value;
    const le = index < BOUNDS.length ? String(BOUNDS[index]) : '+Inf';
    return { suffix: '_bucket', labels: { route, le }, value: count };
  });
  return [
    ...cumulative,
    { suffix: '_sum', labels: { route }, value: seconds },
    { suffix: '_count', labels: { route }, value: count },
  ];
}
