/** The thread that runs feeds: what a hostile report may cost, it costs here and not where requests are answered. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

import { loadConfig } from '../config.ts';
import { runFeed } from '../feeds/runner.ts';
import { runSchedule } from '../feeds/schedule.ts';
import { GOOD_STATES } from '../feeds/states.ts';
import { createLog } from '../observe/log.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { freeAbandoned } from './feed-owner.ts';
import { feedParts } from './feed-parts.ts';
import type { FeedsThreadData } from './feeds-service.ts';
import { gateKeeper } from './gate-parts.ts';
import { catalogued, describeFeed } from './known-feeds.ts';
import { refreshWarninglists } from './warninglists.ts';

/** How often this thread tells that it is alive, in milliseconds. */
const HEARTBEAT = 2_000;

/** How often the operator's lists are looked at, and the warninglists' age, in milliseconds. */
const GATE = 10_000;

const { env, overrides, owner, pretty } = workerData as FeedsThreadData;
const config = loadConfig(env, overrides);
const log = createLog({ level: config.logLevel, pretty });
const stop = new AbortController();
const { signal } = stop;
parentPort!.on('message', () => stop.abort());
const beating = setInterval(() => parentPort!.postMessage('alive'), HEARTBEAT);

const store = await openSqliteStore({
  directory: config.dataDirectory,
  producer: config.producer,
  clock: Date.now,
  writer: 'thread',
});
const gate = gateKeeper(store, config, Date.now, (problem) => log.warn('gate', { problem }));
const parts = await feedParts({ store, config, env, clock: Date.now, gate, signal });
try {
  await store.syncFeeds(catalogued(config.feeds), Date.now());
  const freed = await freeAbandoned(store, Date.now());
  if (freed.length > 0) log.warn('feeds that were cut off go on', { feeds: freed });
  log.info('feeds', { enabled: (await store.listFeeds()).filter(({ enabled }) => enabled).length });
  await Promise.all([keepGate(), runSchedule(schedule(), signal)]);
} finally {
  clearInterval(beating);
  await parts.close();
  await store.close();
  log.flush();
  parentPort!.close();
}

function schedule() {
  return {
    store,
    clock: Date.now,
    sleep: pause,
    describe: describeFeed,
    run: (...turn: Parameters<typeof runFeed> extends [unknown, ...infer Rest] ? Rest : never) =>
      runFeed(parts.runner, ...turn),
    onTurn: (feed: string, { state, reason, run, nextAt }: Awaited<ReturnType<typeof runFeed>>) => {
      const { added, changed, absent, held } = run?.survey ?? {};
      const next = new Date(nextAt).toISOString();
      const fields = { feed, state, reason, run: run?.run, added, changed, absent, held, next };
      if (GOOD_STATES.has(state)) log.info('feed', fields);
      else log.warn('feed', fields);
    },
    onTrouble: (error: unknown) => log.error('feeds', { error }),
    owner,
  };
}

/** Keeps the gate up to date, and everything in the store checked by it. */
async function keepGate(): Promise<void> {
  while (!signal.aborted) {
    try {
      if (
        await refreshWarninglists(parts.fetcher, config, Date.now(), signal, (problem) =>
          log.warn('gate', { problem }),
        )
      )
        gate.renew();
      const recheck = await gate.recheck(signal);
      if (recheck !== undefined) log.info('gate', { ...recheck });
    } catch (error) {
      if (!signal.aborted) log.error('gate', { error });
    }
    await pause(GATE, signal);
  }
}

function pause(milliseconds: number, until: AbortSignal): Promise<void> {
  return sleep(milliseconds, undefined, { signal: until }).catch(() => undefined);
}
