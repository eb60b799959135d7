import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { enrich } from '../src/enrich/enrich.ts';
import { runDownload } from '../src/feeds/run.ts';
import { runSchedule } from '../src/feeds/schedule.ts';
import { buildGate } from '../src/gate/build.ts';
import type { Feed } from '../src/model/feed.ts';
import { SOC_DEFENDERS } from '../src/model/producer.ts';
import { openSqliteStore } from '../src/store/sqlite/open.ts';
import { SimulatedTime } from '../test/feeds/simulated-time.ts';
import { writeUrlhausCsv } from './data.ts';
import { importOnce } from './figures-import.ts';
import { type Figure, median, round } from './report.ts';

const ROUNDS = 3;
const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;

const FEED: Feed = {
  name: 'urlhaus',
  title: 'URLhaus',
  publisher: 'abuse.ch',
  homepage: 'https://urlhaus.example.org/',
  licence: { name: 'CC0', terms: 'none' },
  category: 'community',
  tlp: 'clear',
  sectors: [],
  access: { kind: 'file', url: 'https://urlhaus.example.org/csv' },
  interval: HOUR,
  confidence: 75,
  reliability: 75,
  absence: 'means-nothing',
  enabled: true,
};

/** What a feed's run costs against a plain import, and how long it takes to schedule a week of many. */
export async function feedFigures(
  work: string,
  quick: boolean,
  tell: (text: string) => void,
): Promise<Figure[]> {
  const count = quick ? 30_000 : 100_000;
  const csv = join(work, `urlhaus-${count}.csv`);
  tell(`a feed of ${count.toLocaleString('en')} URLs, from its download to publication, against an import`);
  await writeUrlhausCsv(csv, count);
  const ours: number[] = [];
  const imports: number[] = [];
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    imports.push((await importOnce(work, csv, count)).perSecond);
    ours.push(await feedOnce(work, csv, count));
  }
  tell('a simulated week of 200 feeds');
  return [
    {
      name: 'a feed’s first run with survey, conclusions, gate and scoring, against an import',
      measured: `${round(median(ours))} IOCs/s against ${round(median(imports))}`,
      value: median(ours.map((value, index) => value / imports[index]!)),
      bar: { atLeast: 0.6 },
    },
    await scheduleFigure(work),
  ];
}

async function feedOnce(work: string, csv: string, count: number): Promise<number> {
  const directory = join(work, 'feed');
  rmSync(directory, { recursive: true, force: true });
  const store = await openSqliteStore({
    directory,
    producer: SOC_DEFENDERS,
    clock: Date.now,
    writer: 'thread',
  });
  const gate = buildGate({ now: Date.now(), documentation: 'pass' });
  const path = join(directory, 'download');
  copyFileSync(csv, path);
  await store.syncFeeds([{ name: FEED.name, enabled: true }], Date.now());
  await store.claimFeed('bench', Date.now(), HOUR);
  const began = performance.now();
  const { state, survey } = await runDownload(
    {
      store,
      clock: Date.now,
      enrich,
      gate,
      signal: new AbortController().signal,
    },
    FEED,
    { owner: 'bench' },
    { documents: [{ path, url: FEED.access.url }], bookmark: {}, complete: true },
  );
  const perSecond = (count / (performance.now() - began)) * 1000;
  await store.close();
  if (state !== 'fine' || survey?.added !== count) throw new Error(`the run was ${state}`);
  return perSecond;
}

/** How long a week of 200 feeds takes to schedule when the runs themselves take no time. */
async function scheduleFigure(work: string): Promise<Figure> {
  const directory = join(work, 'schedule');
  rmSync(directory, { recursive: true, force: true });
  const time = new SimulatedTime(Date.UTC(2026, 0, 5));
  const store = await openSqliteStore({
    directory,
    producer: SOC_DEFENDERS,
    clock: time.clock,
    writer: 'in-thread',
  });
  const feeds = Array.from({ length: 200 }, (_, index) => ({
    ...FEED,
    name: `feed-${index}`,
    interval: [2, 6, 12, 24][index % 4]! * HOUR,
  }));
  await store.syncFeeds(feeds, time.now);
  const known = new Map(feeds.map((feed) => [feed.name, feed]));
  const stop = new AbortController();
  let runs = 0;
  const began = performance.now();
  const schedule = runSchedule(
    {
      store,
      clock: time.clock,
      sleep: time.sleep,
      describe: ({ name }) => known.get(name),
      run: async (feed, _record, owner) => {
        runs += 1;
        const nextAt = time.now + feed.interval;
        await store.settleFeed(feed.name, owner, { state: 'fine', nextAt, checkedAt: time.now, failures: 0 });
        return { state: 'fine', nextAt };
      },
      onTurn: () => undefined,
      onTrouble: (error) => {
        throw error;
      },
      owner: 'bench',
      patience: WEEK,
    },
    stop.signal,
  );
  await time.runUntil(time.now + WEEK, () => stop.abort());
  await schedule;
  const seconds = (performance.now() - began) / 1000;
  await store.close();
  return {
    name: 'a simulated week of 200 feeds scheduled, in seconds',
    measured: `${runs} runs`,
    value: seconds,
    bar: { atMost: 30 },
  };
}
