import assert from 'node:assert/strict';
import test from 'node:test';

import { GateKeeper, type GateLike } from '../../src/feeds/gate-keeper.ts';
import { feedBench, type FeedBench, lines, LIST } from './runs.ts';

/** A gate that holds back exactly what is on the allow list. */
function keeperOf({ store, clock }: FeedBench): GateKeeper {
  return new GateKeeper({
    store,
    clock: clock.read,
    build: async (entries): Promise<GateLike> => ({
      fingerprint: JSON.stringify(entries),
      nextExpiry: undefined,
      check: ({ value }) =>
        entries.some((entry) => entry.value === value)
          ? { rule: 'operator_allow', list: 'operator', entry: value }
          : undefined,
    }),
  });
}

const { signal } = new AbortController();

test('what is allowed while a feed runs by the gate of before is held back soon after', async (t) => {
  const bench = await feedBench(t);
  await bench.turn(lines(0, 3));
  const [server, command] = [keeperOf(bench), keeperOf(bench)];
  await server.recheck(signal);
  const documents = [{ path: bench.spool(lines(0, 4)), url: LIST.access.url, format: 'list' }];
  const accessFor = () => async () => {
    // The run has its gate; now the operator adds an entry, and all IOCs are checked by it.
    await bench.store.putEntry({ list: 'allow', value: 'host-1.example.net', createdAt: bench.clock.now });
    assert.equal((await command.recheck(signal))?.held, 1);
    return { state: 'fetched', documents, bookmark: {}, complete: true } as const;
  };
  await bench.turn('', { parts: { accessFor, gate: () => server.current() } });
  assert.equal((await server.recheck(signal))?.held, 1);
  assert.deepEqual(await bench.published(), [
    'host-0.example.net',
    'host-2.example.net',
    'host-3.example.net',
  ]);
  assert.equal(await server.recheck(signal), undefined, 'once');
});

test('a check that is stopped begins anew', async (t) => {
  const bench = await feedBench(t);
  await bench.turn(lines(0, 3));
  const keeper = keeperOf(bench);
  await assert.rejects(keeper.recheck(AbortSignal.abort()), { name: 'AbortError' });
  assert.equal((await keeper.recheck(signal))?.checked, 3);
});

test('nothing is checked twice by one gate, and all by the next', async (t) => {
  const bench = await feedBench(t);
  const keeper = keeperOf(bench);
  await bench.turn(lines(0, 3), { parts: { gate: () => keeper.current() } });
  assert.equal((await keeper.recheck(signal))?.checked, 3);
  await bench.turn(lines(0, 5), { parts: { gate: () => keeper.current() } });
  assert.equal(await keeper.recheck(signal), undefined);
  await bench.store.putEntry({ list: 'allow', value: 'host-4.example.net', createdAt: bench.clock.now });
  assert.deepEqual(await keeper.recheck(signal), { checked: 5, held: 1, released: 0 });
  await bench.store.removeEntry('allow', 'host-4.example.net');
  assert.deepEqual(await keeper.recheck(signal), { checked: 5, held: 0, released: 1 });
  assert.equal((await bench.published()).length, 5);
});
