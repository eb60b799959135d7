import assert from 'node:assert/strict';
import test from 'node:test';

import fc from 'fast-check';

import { takeIn, type TakeInReport } from '../../src/feeds/take-in.ts';
import type { Rejection, Sighting } from '../../src/model/sighting.ts';
import { InputError, type ReadItem } from '../../src/parse/format.ts';
import { type IndicatorWrites, StoreError } from '../../src/store/store.ts';
import { START } from '../store/fixtures.ts';

const clock = (): number => START;

/** Keeps what it is given, and fails from its `failAt`th batch on. */
class RecordingStore {
  readonly batches: (readonly Sighting[])[] = [];
  readonly rejections: Rejection[] = [];
  readonly failAt: number;
  atOnce = 0;
  mostAtOnce = 0;

  constructor(failAt = Infinity) {
    this.failAt = failAt;
  }

  prepare(): void {}

  async ingest(_run: number, sightings: readonly Sighting[]) {
    this.mostAtOnce = Math.max(this.mostAtOnce, (this.atOnce += 1));
    await new Promise((resolve) => setImmediate(resolve));
    this.atOnce -= 1;
    if (this.batches.length + 1 >= this.failAt) throw new StoreError('full', 'the disk is full');
    this.batches.push(sightings);
    return {
      added: sightings.length,
      updated: 0,
      unchanged: 0,
      held: 0,
      expired: 1,
      lastStamp: START + this.batches.length,
    };
  }

  async quarantine(_run: number, rejections: readonly Rejection[]): Promise<void> {
    this.rejections.push(...rejections);
  }

  get seam(): IndicatorWrites {
    return this as unknown as IndicatorWrites;
  }

  get taken(): number {
    return this.batches.flat().length;
  }
}

const good = (index: number): ReadItem => ({
  kind: 'ioc',
  ioc: { value: `2001:db8::${(index + 1).toString(16)}`, place: `line ${index + 1}` },
});
const bad: ReadItem = { kind: 'ioc', ioc: { value: '999.1.1.1', typeHint: 'ipv4', place: 'line 1' } };

/** Batches of a reader, which fails after the last where `failure` says so. */
async function* reading(items: readonly ReadItem[], size = 500, failure?: Error) {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
  if (failure !== undefined) throw failure;
}

const many = (count: number): ReadItem[] => Array.from({ length: count }, (_, index) => good(index));

test('sightings go to the store in batches, one after the other, in their order', async () => {
  const store = new RecordingStore();
  const report = await takeIn(store.seam, 1, reading(many(9_700)), { clock });
  const sizes = store.batches.map(({ length }) => length);
  assert.ok(sizes.length > 3 && Math.max(...sizes) <= 2_500, String(sizes));
  assert.equal(store.mostAtOnce, 1);
  assert.deepEqual(
    store.batches.flat().map(({ value }) => value),
    many(9_700).map((item) => (item.kind === 'ioc' ? item.ioc.value : '')),
  );
  assert.deepEqual(report, {
    read: 9_700,
    added: 9_700,
    updated: 0,
    unchanged: 0,
    held: 0,
    expired: sizes.length,
    quarantined: 0,
    lastStamp: START + sizes.length,
  });
});

test('progress is told after each batch', async () => {
  const store = new RecordingStore();
  const told: TakeInReport[] = [];
  const onProgress = (report: TakeInReport) => void told.push(report);
  const report = await takeIn(store.seam, 1, reading(many(9_700)), { clock, onProgress });
  let sum = 0;
  assert.deepEqual(
    told.map(({ read }) => read),
    store.batches.map(({ length }) => (sum += length)),
  );
  assert.deepEqual(told.at(-1), report);
});

test('a store that fails ends it with that failure; the batches before stay, and no more is read', async () => {
  const store = new RecordingStore(3);
  let read = 0;
  const input = async function* () {
    for await (const batch of reading(many(30_000))) {
      read += batch.length;
      yield batch;
    }
  };
  await assert.rejects(takeIn(store.seam, 1, input(), { clock }), { code: 'full' });
  assert.equal(store.batches.length, 2);
  assert.ok(read < 15_000, `${read} read`);
});

test('a store that fails at the last batch is not passed over', async () => {
  const whole = new RecordingStore();
  await takeIn(whole.seam, 1, reading(many(9_700)), { clock });
  const store = new RecordingStore(whole.batches.length);
  await assert.rejects(takeIn(store.seam, 1, reading(many(9_700)), { clock }), { code: 'full' });
  assert.equal(store.batches.length, whole.batches.length - 1);
});

test('what was read before a fault of the input is kept', async () => {
  const store = new RecordingStore();
  const fault = new InputError('line 1502', 'cut off');
  await assert.rejects(takeIn(store.seam, 1, reading(many(1_501), 500, fault), { clock }), fault);
  assert.equal(store.taken, 1_501);
});

test('when the store fails while the input does, the store is what is told', async () => {
  const store = new RecordingStore(1);
  const fault = new InputError('line 1502', 'cut off');
  await assert.rejects(takeIn(store.seam, 1, reading(many(1_501), 500, fault), { clock }), { code: 'full' });
});

test('as a whole, it is one batch or none', async () => {
  const whole = new RecordingStore();
  await takeIn(whole.seam, 1, reading([...many(3_700), bad]), { clock, atomic: true });
  assert.equal(whole.batches.length, 1);
  const none = new RecordingStore();
  const fault = new InputError('line 9', 'cut off');
  await assert.rejects(
    takeIn(none.seam, 1, reading([...many(3_700), bad], 500, fault), { clock, atomic: true }),
    fault,
  );
  assert.deepEqual([none.batches, none.rejections], [[], []]);
});

test('what a reader rejects is kept without characters that steer a terminal', async () => {
  const store = new RecordingStore();
  const rejection = {
    place: 'objects[3]',
    code: 'malformed_record',
    reason: 'not\u001b[2J so',
    sample: `\u001b]0;owned\u0007${'x'.repeat(5_000)}`,
  } as const;
  await takeIn(store.seam, 1, reading([{ kind: 'rejection', rejection }]), { clock });
  const [kept] = store.rejections;
  assert.equal(kept!.reason, 'not [2J so');
  assert.ok(kept!.sample.startsWith(']0;owned x') && kept!.sample.length <= 200);
});

test('every item is counted once, whatever the order and the size of batches', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.boolean(), { maxLength: 3_000, size: 'max' }),
      fc.integer({ min: 1, max: 700 }),
      fc.boolean(),
      async (kinds, size, atomic) => {
        const store = new RecordingStore();
        const items = kinds.map((isGood, index) => (isGood ? good(index) : bad));
        const report = await takeIn(store.seam, 1, reading(items, size), { clock, atomic });
        const wanted = kinds.filter(Boolean).length;
        assert.deepEqual([store.taken, report.added], [wanted, wanted]);
        assert.equal(store.rejections.length, kinds.length - wanted);
        assert.equal(report.quarantined, kinds.length - wanted);
        assert.equal(report.read, kinds.length);
      },
    ),
    { numRuns: 30 },
  );
});
