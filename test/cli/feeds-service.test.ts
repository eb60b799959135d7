import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { FeedsService } from '../../src/cli/feeds-service.ts';
import { createLog } from '../../src/observe/log.ts';
import type { FeedRecord, FeedSettlement } from '../../src/store/store.ts';
import { bench } from './commands.ts';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

/** A thread that notes in whose name it runs, and then fails. */
const FAILING = `
import { writeFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
writeFileSync(workerData.env.MARK, workerData.owner);
throw new Error('a mistake of ours');
`;

test('what a failing thread was running waits, so that it does not end the next thread at once', async (t) => {
  const mark = join(bench(t).directory, 'owner');
  const settled = Promise.withResolvers<void>();
  const settlements: (readonly [string, string, FeedSettlement])[] = [];
  const feed = (name: string, owner: string | undefined, failures: number): FeedRecord => ({
    name,
    enabled: true,
    nextAt: NOW,
    leaseUntil: NOW + MINUTE,
    failures,
    state: 'fine',
    ...(owner !== undefined && { owner }),
  });
  const service = new FeedsService({
    store: {
      listFeeds: async () => [
        feed('idle', undefined, 0),
        feed('run', readFileSync(mark, 'utf8'), 2),
        feed('elsewhere', 'other/1/x', 0),
      ],
      settleFeed: async (...args) => {
        settlements.push(args);
        settled.resolve();
      },
    },
    clock: () => NOW,
    log: createLog({ level: 'silent' }),
    env: { MARK: mark },
    overrides: {},
    pretty: false,
    script: new URL(`data:text/javascript,${encodeURIComponent(FAILING)}`),
  });
  assert.equal(service.running, true);
  await settled.promise;
  await service.stop();
  assert.equal(service.running, false);
  assert.ok(existsSync(mark));
  assert.deepEqual(
    settlements.map(([name, owner, { state, failures }]) => [name, owner, state, failures]),
    [['run', readFileSync(mark, 'utf8'), 'failed', 3]],
  );
  const wait = settlements[0]![2].nextAt - NOW;
  assert.ok(wait >= 60 * MINUTE && wait <= 120 * MINUTE, `${wait / MINUTE} min`);
});
