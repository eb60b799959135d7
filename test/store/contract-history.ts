import assert from 'node:assert/strict';
import { describe } from 'node:test';

import type { PublishedVersion, Store } from '../../src/store/store.ts';
import type { StoreOpener } from './contract.ts';
import { itWith } from './contract-it.ts';
import type { TestClock } from './fixtures.ts';
import { domain, take } from './fixtures.ts';

const LONG = 3_600_000;

/** What every store must know of the past: handed to each like `storeContract`. */
export function historyContract(name: string, open: StoreOpener): void {
  const it = itWith(open, { polled: true });

  /** Publishes a version of the IOC with this confidence, an hour after what came before; returns its stamp. */
  async function publish(store: Store, clock: TestClock, index: number, confidence: number): Promise<number> {
    const { lastStamp } = await take(store, [domain(index, { confidence })], clock.advance(LONG));
    clock.advance(LONG);
    return lastStamp;
  }

  /** Its stamp, whether it is the first, and whether it is the last; what it says to have replaced is the one before it. */
  const line = (
    version: PublishedVersion,
    index: number,
    all: readonly PublishedVersion[],
  ): readonly unknown[] => {
    const before = all.findLast(({ uuid }, place) => place < index && uuid === version.uuid);
    if (before !== undefined) assert.equal(version.replaced, before.stix);
    return [version.stamp, version.replaced === undefined, version.last];
  };
  const uuidOf = async (store: Store, index: number): Promise<string> => {
    const { stix } = (await store.findIoc(domain(index)))!;
    return (JSON.parse(stix) as { id: string }).id.slice('indicator--'.length);
  };

  describe(`${name}: the past`, () => {
    it('tells every version of an IOC, before and after replaced ones are cleared away', async (store, clock) => {
      const first = await publish(store, clock, 1, 20);
      const second = await publish(store, clock, 1, 50);
      const third = await publish(store, clock, 1, 90);
      const uuid = await uuidOf(store, 1);
      const expected = [
        [first, true, false],
        [second, false, false],
        [third, false, true],
      ];
      assert.deepEqual((await store.versionsOf(uuid, clock.now)).map(line), expected);
      while ((await store.sweep(clock.now)) > 0);
      assert.deepEqual((await store.versionsOf(uuid, clock.now)).map(line), expected);
      const [oldest] = await store.versionsOf(uuid, clock.now);
      assert.equal(oldest!.type, 'domain');
      assert.equal((JSON.parse(oldest!.stix) as { confidence: number }).confidence, 20);
    });

    it('tells them as they were at an earlier time', async (store, clock) => {
      const first = await publish(store, clock, 1, 20);
      const second = await publish(store, clock, 1, 50);
      const uuid = await uuidOf(store, 1);
      assert.deepEqual((await store.versionsOf(uuid, second - 1)).map(line), [[first, true, true]]);
      assert.deepEqual(await store.versionsOf(uuid, first - 1), []);
    });

    it('tells no versions of an indicator that it does not know', async (store, clock) => {
      assert.deepEqual(await store.versionsOf('627795c0-1220-4415-8b71-759d8cc0a614', clock.now), []);
    });

    it('walks through all that was ever published in order, a part at a time', async (store, clock) => {
      const stamps = [
        await publish(store, clock, 1, 20),
        await publish(store, clock, 2, 20),
        await publish(store, clock, 1, 50),
        await publish(store, clock, 2, 90),
        await publish(store, clock, 1, 90),
      ];
      const [a, b, c, d, e] = stamps as [number, number, number, number, number];
      const expected = [
        [a, true, false],
        [b, true, false],
        [c, false, false],
        [d, false, true],
        [e, false, true],
      ];
      for (const swept of [false, true]) {
        if (swept) while ((await store.sweep(clock.now)) > 0);
        assert.deepEqual((await store.history(0, clock.now, 100)).map(line), expected);
        assert.deepEqual((await store.history(b, clock.now, 2)).map(line), expected.slice(2, 4));
        assert.deepEqual((await store.history(a - 1, a, 100)).map(line), [[a, true, true]]);
        assert.deepEqual(await store.history(e, clock.now, 100), []);
      }
    });

    it('gives the past after it was opened again', async (store, clock, opened) => {
      await publish(store, clock, 1, 20);
      await publish(store, clock, 1, 50);
      const before = await store.history(0, clock.now, 100);
      const again = await opened.reopen();
      assert.deepEqual(await again.history(0, clock.now, 100), before);
    });
  });
}
