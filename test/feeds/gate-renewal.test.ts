import assert from 'node:assert/strict';
import test from 'node:test';

import { GateKeeper, type GateLike } from '../../src/feeds/gate-keeper.ts';
import { buildGate } from '../../src/gate/build.ts';
import type { OperatorEntry } from '../../src/model/operator-entry.ts';
import { feedBench, type FeedBench, lines } from './runs.ts';

const { signal } = new AbortController();
const HOUR = 3_600_000;

/** A keeper of gates of a few rules, and at which times it built them. */
function keeper(
  { store, clock }: FeedBench,
  build?: (entries: readonly OperatorEntry[], now: number) => Promise<GateLike>,
) {
  const built: number[] = [];
  const small = async (entries: readonly OperatorEntry[], now: number): Promise<GateLike> => {
    built.push(now);
    const inForce = entries.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
    const times = inForce.flatMap(({ expiresAt }) => expiresAt ?? []);
    return {
      fingerprint: inForce.map(({ value }) => value).join(),
      nextExpiry: times.length === 0 ? undefined : Math.min(...times),
      check: ({ value }) =>
        inForce.some((entry) => entry.value === value)
          ? { rule: 'operator_allow', list: 'operator', entry: value }
          : undefined,
    };
  };
  return { built, gates: new GateKeeper({ store, clock: clock.read, build: build ?? small }) };
}

test('a gate is built once and again when entries change, an entry expires, or its lists are others', async (t) => {
  const bench = await feedBench(t);
  const { built, gates } = keeper(bench);
  const first = await gates.current();
  assert.equal(await gates.current(), first);
  await bench.store.putEntry({
    list: 'allow',
    value: 'host-1.example.net',
    createdAt: bench.clock.now,
    expiresAt: bench.clock.now + HOUR,
  });
  const second = await gates.current();
  assert.notEqual(second, first);
  bench.clock.advance(HOUR - 1);
  assert.equal(await gates.current(), second, 'a millisecond before');
  bench.clock.advance(1);
  const third = await gates.current();
  assert.notEqual(third, second, 'at the very time');
  assert.equal(await gates.current(), third);
  gates.renew();
  assert.notEqual(await gates.current(), third);
  assert.equal(built.length, 4);
});

test('what an entry held is published when the entry expires, without anybody doing anything', async (t) => {
  const bench = await feedBench(t);
  const { gates } = keeper(bench);
  await bench.turn(lines(0, 3));
  await bench.store.putEntry({
    list: 'allow',
    value: 'host-1.example.net',
    createdAt: bench.clock.now,
    expiresAt: bench.clock.now + HOUR,
  });
  assert.deepEqual(await gates.recheck(signal), { checked: 3, held: 1, released: 0 });
  assert.deepEqual(await bench.published(), ['host-0.example.net', 'host-2.example.net']);
  assert.equal(await gates.recheck(signal), undefined);
  bench.clock.advance(2 * HOUR);
  assert.deepEqual(await gates.recheck(signal), { checked: 3, held: 0, released: 1 });
  assert.equal((await bench.published()).length, 3);
});

test('an empty store is checked at once, and then no more', async (t) => {
  const bench = await feedBench(t);
  const { gates } = keeper(bench);
  await bench.store.putEntry({ list: 'allow', value: 'name.example.net', createdAt: bench.clock.now });
  assert.deepEqual(await gates.recheck(signal), { checked: 0, held: 0, released: 0 });
  assert.equal(await gates.recheck(signal), undefined);
});

test('a gate that cannot be built fails that call, and the next one tries again', async (t) => {
  const bench = await feedBench(t);
  let attempts = 0;
  const { gates } = keeper(bench, async (operator, now) => {
    attempts += 1;
    if (attempts === 1) throw new Error('the folder of lists cannot be read');
    return buildGate({ operator, now, documentation: 'pass' });
  });
  await assert.rejects(gates.current(), /cannot be read/);
  assert.equal((await gates.current()).check({ type: 'domain', value: 'example.net' }), undefined);
  assert.equal(attempts, 2);
});

test('a check that stops in its midst leaves nothing half said: the next one does all', async (t) => {
  const bench = await feedBench(t);
  const { gates } = keeper(bench);
  await bench.turn(lines(0, 3));
  await gates.recheck(signal);
  await bench.store.putEntry({ list: 'allow', value: 'host-2.example.net', createdAt: bench.clock.now });
  await assert.rejects(gates.recheck(AbortSignal.abort(new Error('stopped'))), /stopped/);
  assert.equal(await bench.store.gateFingerprint(), '', 'no gate has checked all');
  assert.deepEqual(await gates.recheck(signal), { checked: 3, held: 1, released: 0 });
  assert.equal(await bench.store.gateFingerprint(), 'host-2.example.net');
});
