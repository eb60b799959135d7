import assert from 'node:assert/strict';
import test from 'node:test';

import { Fresh } from '../../src/http/fresh.ts';
import type { IndicatorReads } from '../../src/store/store.ts';

/** A store of which no more is known than what was published last. */
function watched(newest: { stamp: number; failing?: boolean }): IndicatorReads {
  const reads: Pick<IndicatorReads, 'markPolled' | 'watermark'> = {
    markPolled: () => Promise.resolve(),
    watermark: () => (newest.failing === true ? Promise.reject(new Error('broken')) : newest.stamp),
  };
  return reads as IndicatorReads;
}

test('what is known is answered at once, without a wait', async () => {
  const fresh = new Fresh<string>(watched({ stamp: 7 }));
  const measure = (newest: number): Promise<string> => Promise.resolve(`as of ${newest}`);
  assert.equal(await fresh.find('a', 0, measure), 'as of 7');
  assert.equal(fresh.find('a', 999, measure), 'as of 7');
});

test('those who ask while it is found out share one answer', async () => {
  const fresh = new Fresh<number>(watched({ stamp: 7 }));
  let times = 0;
  const measure = async (): Promise<number> => await Promise.resolve((times += 1));
  const ask = async (key: string): Promise<number> => await fresh.find(key, 0, measure);
  assert.deepEqual(await Promise.all(['a', 'a', 'b'].map(ask)), [1, 1, 2]);
});

test('it is found out anew when something was published, after a second, and when the clock went back', async () => {
  const newest = { stamp: 7 };
  const fresh = new Fresh<number>(watched(newest));
  let times = 0;
  const ask = async (now: number): Promise<number> =>
    await fresh.find('a', now, () => Promise.resolve((times += 1)));
  assert.deepEqual([await ask(5_000), await ask(5_999), await ask(6_000)], [1, 1, 2]);
  newest.stamp = 8;
  assert.deepEqual([await ask(6_000), await ask(5_000)], [3, 4]);
});

test('a failure is told to who asked, and is not kept', async () => {
  const newest = { stamp: 7, failing: false };
  const fresh = new Fresh<string>(watched(newest));
  const fails = (): Promise<string> => Promise.reject(new Error('no'));
  const asking = [fresh.find('a', 0, fails), fresh.find('a', 0, fails)];
  for (const each of asking) await assert.rejects(async () => await each, /no/);
  assert.equal(await fresh.find('a', 0, () => Promise.resolve('yes')), 'yes');
  newest.failing = true;
  await assert.rejects(async () => await fresh.find('a', 0, fails), /broken/);
});

test('what has not been asked for longest is forgotten', async () => {
  const fresh = new Fresh<number>(watched({ stamp: 7 }), 2);
  let times = 0;
  const ask = async (key: string): Promise<number> =>
    await fresh.find(key, 0, () => Promise.resolve((times += 1)));
  assert.deepEqual([await ask('a'), await ask('b'), await ask('c'), await ask('b')], [1, 2, 3, 2]);
  assert.equal(await ask('a'), 4);
});
