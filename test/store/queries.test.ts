import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { CONFIDENCE_LEVEL_NAMES, confidenceLevel } from '../../src/model/confidence.ts';
import type { IndicatorQuery } from '../../src/model/indicator-query.ts';
import { IOC_TYPES, type IocType } from '../../src/model/ioc.ts';
import { type Tlp, TLP_MARKINGS, tlpOfMarkingId } from '../../src/model/marking.ts';
import { SECTORS, type Sector } from '../../src/model/sector.ts';
import type { Sighting } from '../../src/model/sighting.ts';
import type { Store } from '../../src/store/store.ts';
import type { TestClock } from './fixtures.ts';
import { ANY, AS_STORED, DAY, type Indicator, parseSlice, readAll, take } from './fixtures.ts';
import { temporaryStore } from './temporary-store.ts';

/** A store whose every answer is compared with what a plain filter over all of its indicators gives. */
interface Opened {
  readonly store: Store;
  readonly clock: TestClock;
}

/** More find more: each builds a store of its own. */
const RUNS = Number(process.env.QUERY_TEST_RUNS ?? 20);

const FEW_SECTORS = SECTORS.slice(5, 9);

/** The value of IOC number `index`: its type follows from it. */
const typeOf = (index: number): IocType => IOC_TYPES[index % IOC_TYPES.length]!;

const sighting = fc.record({
  index: fc.nat({ max: 40 }),
  confidence: fc.constantFrom(0, 10, 29, 30, 50, 69, 70, 100),
  sectors: fc.uniqueArray(fc.constantFrom(...FEW_SECTORS), { maxLength: 3 }),
  tlp: fc.constantFrom(...TLP_MARKINGS),
  age: fc.constantFrom(0, 1, 29, 31, 59, 61, 91, 181, 400),
  revoked: fc.boolean(),
});

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('ingest' as const),
      sightings: fc.array(sighting, { minLength: 1, maxLength: 15 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('retract' as const), index: fc.nat({ max: 40 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      milliseconds: fc.constantFrom(1, 1_000, 700_000, DAY, 40 * DAY),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'sweep' as const }) },
);

const subset = <T>(values: readonly T[]) =>
  fc.oneof(fc.constant<T[]>([]), fc.subarray([...values], { minLength: 1 }));

const query = fc.record({
  types: subset(IOC_TYPES),
  levels: subset(CONFIDENCE_LEVEL_NAMES),
  sectors: subset(FEW_SECTORS),
  tlps: fc.option(
    subset(TLP_MARKINGS).filter(({ length }) => length > 0),
    { nil: undefined },
  ),
  revoked: fc.constantFrom('include' as const, 'exclude' as const),
  order: fc.constantFrom('oldest-first' as const, 'newest-first' as const),
  sinceAt: fc.option(fc.double({ min: 0, max: 1.2, noNaN: true }), { nil: undefined }),
  afterAt: fc.option(fc.double({ min: 0, max: 1.2, noNaN: true }), { nil: undefined }),
  limit: fc.constantFrom(1, 2, 5, 10_000),
  size: fc.constantFrom(1, 3, 100),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Asked = typeof query extends fc.Arbitrary<infer T> ? T : never;

async function act({ store, clock }: Opened, action: Step): Promise<void> {
  switch (action.kind) {
    case 'ingest': {
      const sightings = action.sightings.map(
        ({ index, confidence, sectors, tlp, age, revoked }): Sighting => ({
          type: typeOf(index),
          value: `value-${index}`,
          confidence,
          sectors,
          tlp,
          lastSeen: clock.now - age * DAY,
          ...(revoked && { revoked }),
        }),
      );
      await take(store, sightings, clock.now);
      break;
    }
    case 'retract':
      await store.retract(
        [{ type: typeOf(action.index), value: `value-${action.index}` }],
        'test',
        clock.now,
      );
      break;
    case 'wait':
      clock.advance(action.milliseconds);
      break;
    case 'sweep':
      while ((await store.sweep(clock.now)) > 0);
  }
}

const stampOf = ({ modified }: Indicator): number => Date.parse(modified);
const sectorsOf = ({ labels = [] }: Indicator): readonly string[] =>
  labels.flatMap((label) => (label.startsWith('industry:') ? [label.slice('industry:'.length)] : []));
const tlpOf = ({ object_marking_refs: [id = ''] }: Indicator): Tlp => tlpOfMarkingId(id)!;
const indexOf = ({ name }: Indicator): number => Number(name.slice('value-'.length));

/** What a query yields of all indicators, by its definition. */
function expected(all: readonly Indicator[], asked: IndicatorQuery, asOf: number): Indicator[] {
  const found = all.filter((indicator) => {
    const stamp = stampOf(indicator);
    const expired = indicator.valid_until !== undefined && Date.parse(indicator.valid_until) <= asOf;
    const ascending = asked.order === 'oldest-first';
    return (
      (asked.types.length === 0 || asked.types.includes(typeOf(indexOf(indicator)))) &&
      (asked.levels.length === 0 || asked.levels.includes(confidenceLevel(indicator.confidence))) &&
      (asked.sectors.length === 0 ||
        asked.sectors.some((sector: Sector) => sectorsOf(indicator).includes(sector))) &&
      (asked.tlps === undefined || asked.tlps.includes(tlpOf(indicator))) &&
      (asked.revoked === 'include' || (indicator.revoked !== true && !expired)) &&
      (asked.since === undefined || stamp > asked.since) &&
      (asked.after === undefined || (ascending ? stamp > asked.after : stamp < asked.after))
    );
  });
  return asked.order === 'oldest-first' ? found : found.toReversed();
}

/** A stamp at some part of the way through all that is stored; a little beyond it for more than the whole. */
function stampAt(all: readonly Indicator[], part: number | undefined): number | undefined {
  if (part === undefined) return undefined;
  if (all.length === 0) return Math.round(part * 1_000);
  const index = Math.floor(part * all.length);
  return index < all.length ? stampOf(all[index]!) : stampOf(all.at(-1)!) + 1;
}

async function check(
  { store }: Opened,
  all: readonly Indicator[],
  asked: Asked,
  asOf: number,
): Promise<void> {
  const { sinceAt, afterAt, size, tlps, ...rest } = asked;
  const [since, after] = [stampAt(all, sinceAt), stampAt(all, afterAt)];
  const wanted: IndicatorQuery = {
    ...rest,
    ...(tlps !== undefined && { tlps }),
    ...(since !== undefined && { since }),
    ...(after !== undefined && { after }),
  };
  const what = `${JSON.stringify(wanted)} as of ${asOf}`;
  const whole = expected(all, wanted, asOf);
  const page = whole.slice(0, wanted.limit);
  assert.deepEqual(await readAll(store, wanted, asOf, { size }), page, what);
  const extent = await store.extent(wanted, asOf);
  assert.deepEqual(
    extent,
    {
      count: page.length,
      first: page.length > 0 ? stampOf(page[0]!) : 0,
      last: page.length > 0 ? stampOf(page.at(-1)!) : 0,
      more: whole.length > page.length,
    },
    what,
  );
}

test('every query gives what a plain filter over all indicators gives, whatever was published before', async (context) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 3, maxLength: 14 }),
      fc.array(query, { minLength: 8, maxLength: 8 }),
      async (steps, queries) => {
        const here = await temporaryStore(context);
        await here.store.markPolled(here.clock.now);
        for (const action of steps) await act(here, action);
        const { lastStamp } = await here.store.health();
        const asOf = Math.max(here.clock.now, lastStamp);
        const all = await readAll(here.store, ANY, asOf);
        const stamps = all.map(stampOf);
        assert.deepEqual(
          stamps,
          [...new Set(stamps)].toSorted((a, b) => a - b),
        );
        assert.equal(new Set(all.map(({ id }) => id)).size, all.length, 'one current version of each');
        for (const asked of queries) await check(here, all, asked, asOf);
        while ((await here.store.sweep(asOf)) > 0);
        for (const asked of queries) await check(here, all, asked, asOf);
      },
    ),
    { numRuns: RUNS },
  );
});

test('for ten minutes a reader that began before sees what it began with, whatever is published and swept', async (context) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 3, maxLength: 8 }),
      fc.array(step, { minLength: 1, maxLength: 8 }),
      fc.array(query, { minLength: 5, maxLength: 5 }),
      async (before, after, queries) => {
        const here = await temporaryStore(context);
        await here.store.markPolled(here.clock.now);
        for (const action of before) await act(here, action);
        const asOf = here.clock.now;
        const all = await readAll(here.store, ANY, asOf);
        for (const action of after) {
          if (action.kind === 'wait') here.clock.advance(Math.min(action.milliseconds, 60_000));
          else await act(here, action);
        }
        assert.deepEqual(await readAll(here.store, ANY, asOf), all);
        for (const asked of queries) await check(here, all, asked, asOf);
      },
    ),
    { numRuns: RUNS },
  );
});

test('pages of any size put together are the whole, in either order, with nothing twice', async (context) => {
  const here = await temporaryStore(context);
  await take(
    here.store,
    Array.from({ length: 60 }, (_, index) => ({
      type: typeOf(index),
      value: `value-${index}`,
      lastSeen: here.clock.now,
    })),
    here.clock.now,
  );
  for (const order of ['oldest-first', 'newest-first'] as const) {
    const whole = await readAll(here.store, { ...ANY, order }, here.clock.now);
    for (const limit of [1, 7, 59, 60, 61]) {
      const pages: Indicator[] = [];
      for (let after: number | undefined; ;) {
        const page = { ...ANY, order, limit, ...(after !== undefined && { after }) };
        const { more, last, count } = await here.store.extent(page, here.clock.now);
        const indicators = await readAll(here.store, page, here.clock.now);
        assert.equal(indicators.length, count);
        pages.push(...indicators);
        if (!more) break;
        after = last;
      }
      assert.deepEqual(pages, whole, `${order} ${limit}`);
    }
  }
});

test('a slice never has more than it was asked for, and says truly whether it was the last', async (context) => {
  const here = await temporaryStore(context);
  await take(
    here.store,
    Array.from({ length: 25 }, (_, index) => ({
      type: typeOf(index),
      value: `value-${index}`,
      lastSeen: here.clock.now,
    })),
    here.clock.now,
  );
  for (const size of [1, 4, 24, 25, 26]) {
    for (const limit of [1, 5, 25, 100]) {
      let count = 0;
      for (let after: number | undefined; ;) {
        const slice = await here.store.slice(
          { ...ANY, limit: limit - count, ...(after !== undefined && { after }) },
          AS_STORED,
          here.clock.now,
          size,
        );
        assert.ok(slice.count <= Math.min(size, limit - count));
        assert.equal(parseSlice(slice.bytes).length, slice.count);
        count += slice.count;
        if (slice.done) break;
        after = slice.last;
      }
      assert.equal(count, Math.min(limit, 25), `size ${size}, limit ${limit}`);
    }
  }
});

test('all sectors are not any: what concerns none is not among them', async (context) => {
  const { store, clock } = await temporaryStore(context);
  await take(
    store,
    [
      { type: 'domain', value: 'none.example.com', lastSeen: clock.now },
      { type: 'domain', value: 'dams.example.com', lastSeen: clock.now, sectors: ['dams'] },
    ],
    clock.now,
  );
  const names = async (query: Partial<IndicatorQuery>): Promise<string[]> =>
    (await readAll(store, { ...ANY, ...query }, clock.now)).map(({ name }) => name);
  assert.deepEqual(await names({ sectors: SECTORS }), ['dams.example.com']);
  assert.deepEqual(await names({ sectors: SECTORS, types: IOC_TYPES, levels: CONFIDENCE_LEVEL_NAMES }), [
    'dams.example.com',
  ]);
  assert.equal((await names({ types: IOC_TYPES, levels: CONFIDENCE_LEVEL_NAMES })).length, 2);
});

test('a store in which there is nothing answers every query with nothing', async (context) => {
  const { store, clock } = await temporaryStore(context);
  assert.equal(await store.watermark(clock.now), 0);
  for (const order of ['oldest-first', 'newest-first'] as const) {
    for (const more of [
      {},
      { since: 5 },
      { after: 5 },
      { types: ['url' as const] },
      { sectors: ['energy' as const] },
    ]) {
      const asked = { ...ANY, order, ...more };
      assert.deepEqual(await store.extent(asked, clock.now), { count: 0, first: 0, last: 0, more: false });
      const slice = await store.slice(asked, AS_STORED, clock.now, 10);
      assert.deepEqual([slice.count, slice.bytes.byteLength, slice.done], [0, 0, true]);
    }
  }
});

test('the watermark is the newest version that is visible, and rises with each publication', async (context) => {
  const { store, clock } = await temporaryStore(context);
  await store.markPolled(clock.now);
  let before = 0;
  for (let index = 0; index < 10; index += 1) {
    await take(store, [{ type: 'domain', value: `value-${index}`, lastSeen: clock.now }], clock.now);
    assert.equal(await store.watermark(clock.now), before, 'not visible yet');
    clock.advance(1_000);
    const watermark = await store.watermark(clock.now);
    assert.ok(watermark > before);
    assert.equal(watermark, (await store.health()).lastStamp);
    before = watermark;
  }
  assert.equal(await store.watermark(0), 0);
});
