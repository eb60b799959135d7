import type { Config } from '../config.ts';
import { closeAdmin, createAdminServer, listenOn } from '../http/admin.ts';
import type { Clock } from '../model/time.ts';
import { type MetricFamily, metricText, single } from '../observe/metric-text.ts';
import { ProcessMeter } from '../observe/process-meter.ts';
import { RequestMeter } from '../observe/request-meter.ts';
import { StoreMeter } from '../observe/store-meter.ts';
import type { Store, StoreCheck } from '../store/store.ts';
import { describeFeed } from './known-feeds.ts';
import { VERSION } from './version.ts';

/** How far the server is: only while it serves is it ready. */
type Phase = 'starting' | 'serving' | 'stopping';

export interface OperationsParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Whether the thread of feeds runs; undefined where there is none to run. */
  readonly feedsThread: () => boolean | undefined;
}

/** What is told about a server while it runs. */
export interface Operations {
  /** Where it is told. */
  readonly url: string;
  readonly meter: RequestMeter;
  /** Says how far the server is. */
  enter(phase: Phase): void;
  close(): Promise<void>;
}

/**
 * Tells probes and Prometheus about the server, at a port of its own. Rejects with the system's error where it cannot listen;
 * gives undefined where the configuration has no such port.
 */
export async function openOperations(
  { admin }: Pick<Config, 'admin'>,
  { store, clock, feedsThread }: OperationsParts,
): Promise<Operations | undefined> {
  if (admin === undefined) return undefined;
  const meter = new RequestMeter();
  const contents = new StoreMeter({ store, intervalOf: (feed) => describeFeed(feed)?.interval });
  const processMeter = new ProcessMeter();
  let phase: Phase = 'starting';
  const metrics = async (): Promise<string> =>
    metricText([
      BUILD,
      single('soc_ready', 'gauge', 'Whether requests are answered: 1 or 0.', isReady(await checks()) ? 1 : 0),
      single('soc_feeds_thread_up', 'gauge', 'Whether the thread of feeds runs.', numberOf(feedsThread())),
      ...meter.families(),
      ...(await contents.families(clock())),
      ...processMeter.families(),
    ]);
  const checks = async (): Promise<readonly StoreCheck[]> => [
    phase === 'serving' ? { name: 'server' } : { name: 'server', problem: `it is ${phase}` },
    ...(await store.probe()),
  ];
  const server = createAdminServer({ checks, metrics });
  const close = async (): Promise<void> => {
    processMeter.close();
    await closeAdmin(server);
  };
  const url = await listenOn(server, admin.host, admin.port).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  // Whatever ends the server ends this one too.
  server.unref();
  return {
    url,
    meter,
    enter: (next) => {
      phase = next;
    },
    close,
  };
}

const BUILD: MetricFamily = {
  name: 'soc_build_info',
  type: 'gauge',
  help: 'The versions of this program and of what it runs on, as labels: always 1.',
  samples: [
    {
      labels: { version: VERSION, node: process.versions.node, sqlite: process.versions.sqlite ?? '' },
      value: 1,
    },
  ],
};

function isReady(checks: readonly StoreCheck[]): boolean {
  return checks.every(({ problem }) => problem === undefined);
}

function numberOf(flag: boolean | undefined): number | undefined {
  return flag === undefined ? undefined : Number(flag);
}
