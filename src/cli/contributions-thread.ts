/** The thread that takes contributions in: what a hostile envelope may cost, it costs here. */
import { parentPort, workerData } from 'node:worker_threads';

import { loadConfig } from '../config.ts';
import { enrich } from '../enrich/enrich.ts';
import { takeContribution } from '../feeds/contribute.ts';
import { createLog } from '../observe/log.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import type { ContributionAnswer, ContributionCall, ContributionsThreadData } from './contributions.ts';
import { gateKeeper } from './gate-parts.ts';

const { env, overrides, pretty } = workerData as ContributionsThreadData;
const config = loadConfig(env, overrides);
const log = createLog({ level: config.logLevel, pretty });
const store = await openSqliteStore({
  directory: config.dataDirectory,
  producer: config.producer,
  clock: Date.now,
  writer: 'thread',
});
const gate = gateKeeper(store, config, Date.now, (problem) => log.warn('gate', { problem }));

/** One after the other, in the order in which they came. */
let underWay: Promise<void> = Promise.resolve();

parentPort!.on('message', (call: ContributionCall | 'stop') => {
  underWay = underWay.then(() => (call === 'stop' ? stop() : answer(call)));
});

async function answer({ id, contribution }: ContributionCall): Promise<void> {
  let told: ContributionAnswer;
  try {
    const screening = { enrich, gate: await gate.current() };
    told = { id, outcome: await takeContribution(contribution, { store, clock: Date.now, screening }) };
  } catch (error) {
    log.error('contribution', { error });
    told = { id };
  }
  parentPort!.postMessage(told);
}

async function stop(): Promise<void> {
  await store.close();
  log.flush();
  parentPort!.close();
}
