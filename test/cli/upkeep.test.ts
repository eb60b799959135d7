import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';

import { keepUp } from '../../src/cli/upkeep.ts';
import { createLog } from '../../src/observe/log.ts';
import type { Store } from '../../src/store/store.ts';
import { ANY, DAY, domain, readAll, take } from '../store/fixtures.ts';
import { temporaryStore } from '../store/temporary-store.ts';

const IOC = { type: 'domain', value: 'host-1.example.com' } as const;

async function opened(context: TestContext) {
  const { store, clock } = await temporaryStore(context);
  const lines: string[] = [];
  const log = createLog({ level: 'info', write: (text) => void lines.push(text) });
  const upkeep = { clock: clock.read, signal: new AbortController().signal, keepVersions: 30 * DAY, log };
  const logged = (): string => {
    log.flush();
    return lines.join('');
  };
  return { store, clock, upkeep, logged };
}

test('upkeep tells what expired, and keeps replaced versions whole for as long as is set, their facts for 400 days', async (context) => {
  const { store, clock, upkeep } = await opened(context);
  await take(store, [domain(1, { lastSeen: clock.now })], clock.now);
  clock.advance(200 * DAY);
  await keepUp(store, upkeep);
  const versions = async (): Promise<number[]> => [
    (await store.history(0, clock.now, 10)).length,
    (await store.versionFacts(IOC)).length,
  ];
  clock.advance(DAY);
  assert.deepEqual(await versions(), [2, 2]);
  const [indicator] = await readAll(store, { ...ANY, since: 0 }, clock.now);
  assert.equal(indicator?.revoked, true);
  await keepUp(store, upkeep);
  clock.advance(20 * DAY);
  await keepUp(store, upkeep);
  assert.deepEqual(await versions(), [2, 2]);
  clock.advance(15 * DAY);
  await keepUp(store, upkeep);
  assert.deepEqual(await versions(), [1, 2]);
  clock.advance(400 * DAY);
  await keepUp(store, upkeep);
  assert.deepEqual(await versions(), [1, 1]);
});

test('upkeep that fails is logged, and does not reject', async (context) => {
  const { upkeep, logged } = await opened(context);
  const failing = { review: () => Promise.reject(new Error('the disk is full')) } as unknown as Store;
  await keepUp(failing, upkeep);
  assert.match(logged(), /upkeep failed.*the disk is full/);
});

test('upkeep that is told to stop begins nothing else', async (context) => {
  const { store, clock, upkeep } = await opened(context);
  const many = Array.from({ length: 600 }, (_, index) => domain(index, { lastSeen: clock.now }));
  await take(store, many, clock.now);
  clock.advance(200 * DAY);
  await keepUp(store, { ...upkeep, signal: AbortSignal.abort() });
  clock.advance(DAY);
  const told = await readAll(store, { ...ANY, since: 0 }, clock.now);
  assert.equal(told.filter(({ revoked }) => revoked === true).length, 500);
});
