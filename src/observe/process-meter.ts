import { monitorEventLoopDelay } from 'node:perf_hooks';

import { type MetricFamily, single } from './metric-text.ts';

/** How often the event loop's delay is sampled, and for how long samples count, in milliseconds. */
const RESOLUTION = 20;
const WINDOW = 60_000;

interface Delay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** This process: memory, processor time, and how late its event loop is. Named as Prometheus's own clients do. */
export class ProcessMeter {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  readonly #turn: NodeJS.Timeout;
  /** Of the last whole window; none in the first. */
  #last: Delay | undefined;

  constructor() {
    this.#histogram.enable();
    this.#turn = setInterval(() => {
      this.#last = delayOf(this.#histogram);
      this.#histogram.reset();
    }, WINDOW).unref();
  }

  families(): MetricFamily[] {
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const delay = this.#last ?? delayOf(this.#histogram);
    const started = performance.timeOrigin / 1_000;
    return [
      single('process_start_time_seconds', 'gauge', 'When the process started, since 1970.', started),
      single('process_cpu_seconds_total', 'counter', 'Processor time.', (user + system) / 1e6),
      single('process_resident_memory_bytes', 'gauge', 'Memory, pages of mapped files included.', rss),
      single('nodejs_heap_size_used_bytes', 'gauge', 'Memory of objects.', heapUsed),
      single('nodejs_heap_size_total_bytes', 'gauge', 'Memory set aside for objects.', heapTotal),
      single('nodejs_external_memory_bytes', 'gauge', 'Memory of buffers and the like.', external),
      single('nodejs_eventloop_lag_p50_seconds', 'gauge', `${LATE}: the median.`, delay.p50),
      single('nodejs_eventloop_lag_p99_seconds', 'gauge', `${LATE}: 99 of 100 are no later.`, delay.p99),
      single('nodejs_eventloop_lag_max_seconds', 'gauge', `${LATE}: the latest.`, delay.max),
    ];
  }

  close(): void {
    clearInterval(this.#turn);
    this.#histogram.disable();
  }
}

const LATE = 'How late timers of the serving thread were within a minute';

/** Node tells the time between two samples, in nanoseconds: what is more than the resolution is delay. */
function delayOf(histogram: ReturnType<typeof monitorEventLoopDelay>): Delay {
  const seconds = (nanoseconds: number): number =>
    Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - RESOLUTION / 1e3) : 0;
  if (histogram.count === 0) return { p50: 0, p99: 0, max: 0 };
  return {
    p50: seconds(histogram.percentile(50)),
    p99: seconds(histogram.percentile(99)),
    max: seconds(histogram.max),
  };
}
