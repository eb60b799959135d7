import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';

import { nextAttempt } from '../../src/feeds/backoff.ts';
import type { Turn } from '../../src/feeds/runner.ts';
import { runSchedule, type ScheduleParts } from '../../src/feeds/schedule.ts';
import type { Feed } from '../../src/model/feed.ts';
import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { type Store, StoreError } from '../../src/store/store.ts';
import { START } from '../store/fixtures.ts';
import { LIST } from './runs.ts';
import { SimulatedTime } from './simulated-time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Run {
  readonly feed: string;
  readonly owner: string;
  readonly from: number;
  readonly to: number;
}

interface Simulation {
  readonly store: Store;
  readonly time: SimulatedTime;
  readonly runs: Run[];
  readonly feeds: Map<string, Feed>;
  /** The schedule of one process, until the signal. */
  readonly process: (owner: string, signal: AbortSignal, more?: Partial<ScheduleParts>) => Promise<void>;
  /** How long a run takes, and how it ends. */
  outcome: (feed: Feed, now: number) => { readonly takes: number; readonly fails?: boolean };
}

async function simulation(t: TestContext, feeds: readonly Feed[]): Promise<Simulation> {
  // In memory where there is such a place: a week of runs is committed one by one.
  const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'soc-schedule-'));
  const time = new SimulatedTime(START);
  const store = await openSqliteStore({
    directory,
    producer: SOC_DEFENDERS,
    clock: time.clock,
    writer: 'in-thread',
  });
  t.after(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });
  await store.syncFeeds(feeds, time.now);
  const known = new Map(feeds.map((feed) => [feed.name, feed]));
  const self: Simulation = {
    store,
    time,
    runs: [],
    feeds: known,
    outcome: () => ({ takes: MINUTE }),
    process: (owner, signal, more = {}) =>
      runSchedule(
        {
          store,
          clock: time.clock,
          sleep: time.sleep,
          describe: ({ name }) => known.get(name),
          run: async (feed, record, by): Promise<Turn> => {
            const from = time.now;
            const { takes, fails = false } = self.outcome(feed, from);
            await time.sleep(takes);
            self.runs.push({ feed: feed.name, owner: by, from, to: time.now });
            const failures = fails ? record.failures + 1 : 0;
            const nextAt = nextAttempt({ interval: feed.interval, failures, now: time.now, random: 0.5 });
            const state = fails ? 'unreachable' : 'fine';
            await store.settleFeed(feed.name, by, { state, nextAt, checkedAt: time.now, failures });
            return { state, nextAt };
          },
          onTurn: () => undefined,
          onTrouble: (error) => assert.fail(String(error)),
          owner,
          patience: DAY,
          ...more,
        },
        signal,
      ),
  };
  return self;
}

function feedsNamed(count: number, interval: (index: number) => number): Feed[] {
  return Array.from({ length: count }, (_, index) => ({
    ...LIST,
    name: `feed-${index}`,
    interval: interval(index),
  }));
}

/** Lets a time pass for processes of these names. */
async function pass(simulated: Simulation, duration: number, owners: readonly string[]): Promise<void> {
  const stop = new AbortController();
  const processes = owners.map((owner) => simulated.process(owner, stop.signal));
  await simulated.time.runUntil(simulated.time.now + duration, () => stop.abort());
  await Promise.all(processes);
}

function overlaps(runs: readonly Run[]): Run[] {
  const byFeed = Map.groupBy(
    runs.toSorted((a, b) => a.from - b.from),
    ({ feed }) => feed,
  );
  return [...byFeed.values()].flatMap((list) =>
    list.filter((run, index) => index > 0 && run.from < list[index - 1]!.to),
  );
}

test('200 feeds in a week: each runs when it is due, none twice at once, none is starved', async (t) => {
  const intervals = [2 * HOUR, 6 * HOUR, 12 * HOUR, DAY, DAY, 2 * DAY];
  const simulated = await simulation(
    t,
    feedsNamed(200, (index) => intervals[index % intervals.length]!),
  );
  simulated.outcome = () => ({ takes: 20_000 });
  await pass(simulated, 7 * DAY, ['one', 'two']);
  assert.deepEqual(overlaps(simulated.runs), []);
  assert.deepEqual([...new Set(simulated.runs.map(({ owner }) => owner))].sort(), ['one', 'two']);
  const counts = Map.groupBy(simulated.runs, ({ feed }) => feed);
  for (const [name, { interval }] of simulated.feeds) {
    const runs = counts.get(name)?.length ?? 0;
    const expected = (7 * DAY) / interval;
    assert.ok(runs >= expected * 0.8 && runs <= expected * 1.2 + 1, `${name}: ${runs} of ${expected}`);
  }
});

test('one process at work on many slow feeds does not keep quick ones waiting for ever', async (t) => {
  const simulated = await simulation(
    t,
    feedsNamed(40, () => HOUR),
  );
  simulated.outcome = ({ name }) => ({ takes: Number(name.slice(5)) % 2 === 0 ? 4 * MINUTE : 1_000 });
  await pass(simulated, DAY, ['one']);
  const counts = Map.groupBy(simulated.runs, ({ feed }) => feed);
  assert.equal(counts.size, 40);
  for (const [name, runs] of counts) assert.ok(runs.length >= 12, `${name} ran ${runs.length} times`);
});

test('what fails is tried ever more seldom, and is back by itself when its server is', async (t) => {
  const simulated = await simulation(
    t,
    feedsNamed(3, () => HOUR),
  );
  const back = START + 2 * DAY;
  simulated.outcome = (_feed, now) => ({ takes: 1_000, fails: now < back });
  await pass(simulated, 4 * DAY, ['one']);
  const tries = simulated.runs.filter(({ from }) => from < back);
  assert.ok(tries.length / 3 < 12, `${tries.length} tries`);
  for (const { name } of simulated.feeds.values()) {
    const after = simulated.runs.filter(({ feed, from }) => feed === name && from >= back);
    assert.ok(after[0]!.from - back <= DAY, 'within a day');
    assert.ok(after.length > 20, 'then at its own interval');
  }
});

test('a process that dies leaves its feeds to the other once its claims lapse', async (t) => {
  const simulated = await simulation(
    t,
    feedsNamed(4, () => HOUR),
  );
  for (let index = 0; index < 4; index += 1)
    await simulated.store.claimFeed('dead', simulated.time.now, 5 * MINUTE);
  await pass(simulated, HOUR, ['alive']);
  assert.equal(new Set(simulated.runs.map(({ feed }) => feed)).size, 4);
  assert.ok(simulated.runs.every(({ from }) => from >= START + 5 * MINUTE));
});

test('a store that cannot be used for a while is told, and the schedule goes on afterwards', async (t) => {
  const simulated = await simulation(
    t,
    feedsNamed(2, () => HOUR),
  );
  const { store, time } = simulated;
  let troubles = 0;
  const stop = new AbortController();
  const broken = (): boolean => time.now < START + 10 * MINUTE;
  const guard =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      broken() ? Promise.reject(new StoreError('busy', 'locked')) : call(...args);
  const schedule = simulated.process('one', stop.signal, {
    store: {
      claimFeed: guard(store.claimFeed.bind(store)),
      listFeeds: guard(store.listFeeds.bind(store)),
      settleFeed: store.settleFeed.bind(store),
    },
    onTrouble: () => {
      troubles += 1;
    },
    patience: MINUTE,
  });
  await time.runUntil(START + HOUR, () => stop.abort());
  await schedule;
  assert.ok(troubles > 0 && troubles < 100, `${troubles} troubles`);
  assert.equal(new Set(simulated.runs.map(({ feed }) => feed)).size, 2);
});

test('a store that takes no claim while a feed is due is asked now and then, not without pause', async (t) => {
  const simulated = await simulation(
    t,
    feedsNamed(1, () => HOUR),
  );
  const { store, time } = simulated;
  const stop = new AbortController();
  let troubles = 0;
  const schedule = simulated.process('one', stop.signal, {
    store: {
      claimFeed: () => Promise.reject(new StoreError('full', 'the disk is full')),
      listFeeds: store.listFeeds.bind(store),
      settleFeed: store.settleFeed.bind(store),
    },
    onTrouble: () => {
      troubles += 1;
    },
    patience: MINUTE,
  });
  await time.runUntil(START + HOUR, () => stop.abort());
  await schedule;
  assert.ok(troubles >= 50 && troubles <= 62, `${troubles} troubles`);
});

test('a feed that this version cannot read does not stop the others', async (t) => {
  const simulated = await simulation(
    t,
    feedsNamed(3, () => HOUR),
  );
  simulated.feeds.delete('feed-1');
  await pass(simulated, 2 * HOUR, ['one']);
  assert.deepEqual([...new Set(simulated.runs.map(({ feed }) => feed))].sort(), ['feed-0', 'feed-2']);
  const record = (await simulated.store.listFeeds()).find(({ name }) => name === 'feed-1');
  assert.match(record?.reason ?? '', /cannot be read by this version/);
});

test('on stopping it waits for the runs under way', async (t) => {
  const simulated = await simulation(
    t,
    feedsNamed(2, () => HOUR),
  );
  simulated.outcome = () => ({ takes: 4 * MINUTE });
  await pass(simulated, MINUTE, ['one']);
  assert.equal(simulated.runs.length, 2);
});
