import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import type { StoreOpener } from './contract.ts';
import { domain, SOURCE, START, take, TestClock } from './fixtures.ts';

/** What every store tells probes and monitoring. */
export function monitoringContract(name: string, open: StoreOpener): void {
  describe(`monitoring of ${name}`, () => {
    test('a store that is open has no problem, and one that is closed has', async (context) => {
      const opened = await open(context, new TestClock());
      const { store } = opened;
      const checks = await store.probe();
      assert.ok(checks.length > 0);
      assert.deepEqual(
        checks.filter(({ problem }) => problem !== undefined),
        [],
      );
      const next = await opened.reopen();
      assert.ok((await store.probe()).some(({ problem }) => problem !== undefined));
      assert.ok((await next.probe()).every(({ problem }) => problem === undefined));
    });

    test('runs come by their ids, each once, however they are asked for', async (context) => {
      const { store } = await open(context, new TestClock());
      for (let index = 0; index < 7; index += 1) await take(store, [domain(index)], START);
      const open7 = await store.beginRun(SOURCE, 'open', START);
      for (const size of [1, 3, 8, 100]) {
        const ids: number[] = [];
        for (;;) {
          const runs = await store.runsAfter(ids.at(-1) ?? 0, size);
          ids.push(...runs.map(({ id }) => id));
          if (runs.length < size) break;
        }
        assert.equal(ids.length, 8);
        assert.equal(ids.at(-1), open7);
        assert.deepEqual(
          ids,
          ids.toSorted((a, b) => a - b),
        );
      }
      const [first] = await store.runsAfter(0, 1);
      assert.deepEqual(first, await store.findRun(first!.id));
    });
  });
}
