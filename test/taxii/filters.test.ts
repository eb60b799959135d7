import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';

import fc from 'fast-check';

import { SOC_DEFENDERS } from '../../src/model/producer.ts';
import { serving, type Serving, type StixObject } from '../http/serving.ts';
import { domain, take } from '../store/fixtures.ts';
import {
  ask,
  collectionPath,
  type Entry,
  type Envelope,
  indicatorsIn,
  readObjects,
  taxiiBody,
} from './reading.ts';

const HOUR = 3_600_000;
const OBJECTS = `${collectionPath()}objects/`;
const IDENTITY = `identity--${SOC_DEFENDERS.uuid}`;

/** Publishes versions of IOCs by their number, an hour apart, and clears away what they replace. */
async function published(
  context: TestContext,
  versions: readonly (readonly [index: number, confidence: number])[],
): Promise<{ here: Serving; stamps: number[] }> {
  const here = await serving(context);
  await here.store.markPolled(here.clock.now);
  const stamps: number[] = [];
  for (const [index, confidence] of versions) {
    const { lastStamp } = await take(here.store, [domain(index, { confidence })], here.clock.advance(HOUR));
    stamps.push(lastStamp);
    here.clock.advance(HOUR);
  }
  while ((await here.store.sweep(here.clock.now)) > 0);
  return { here, stamps };
}

const FIVE = [
  [1, 20],
  [2, 20],
  [1, 50],
  [3, 90],
  [1, 90],
] as const;

const text = (stamp: number): string => new Date(stamp).toISOString();
const line = ({ name, modified }: StixObject): string =>
  `${name.slice('host-'.length, 'host-'.length + 1)}@${modified}`;
const lines = (envelope: Envelope): string[] => indicatorsIn(envelope).map(line);

test('match[version] takes the last, the first, all, or a certain version of each object, and any of these together', async (context) => {
  const { here, stamps } = await published(context, FIVE);
  const [a, b, c, d, e] = stamps.map(text) as [string, string, string, string, string];
  const cases: readonly [string, readonly string[]][] = [
    ['last', [`2@${b}`, `3@${d}`, `1@${e}`]],
    ['first', [`1@${a}`, `2@${b}`, `3@${d}`]],
    ['all', [`1@${a}`, `2@${b}`, `1@${c}`, `3@${d}`, `1@${e}`]],
    ['first,last', [`1@${a}`, `2@${b}`, `3@${d}`, `1@${e}`]],
    [c, [`1@${c}`]],
    [`${c},${d}`, [`1@${c}`, `3@${d}`]],
    [`${c},last`, [`2@${b}`, `1@${c}`, `3@${d}`, `1@${e}`]],
    ['2020-01-01T00:00:00Z', []],
    [c.replace('Z', '000Z'), [`1@${c}`]],
    // Of a version that is finer than ours there is none: it is not the one whose time it begins with.
    [c.replace('Z', '5Z'), []],
    [`${c.replace('Z', '000001Z')},first`, [`1@${a}`, `2@${b}`, `3@${d}`]],
  ];
  for (const [choice, expected] of cases) {
    assert.deepEqual(lines(await readObjects(here, `?match[version]=${choice}`)), expected, choice);
    const path = `${collectionPath()}manifest/?match[version]=${choice}&match[type]=indicator`;
    const { objects = [] } = taxiiBody(await ask(here, path)) as Partial<Envelope<Entry>>;
    assert.deepEqual(
      objects.map(({ version }) => version),
      expected.map((each) => each.slice(2)),
      choice,
    );
  }
});

test('old versions are filed as they were: a collection has those that its filter let through', async (context) => {
  const { here, stamps } = await published(context, FIVE);
  const [a, b, c, d, e] = stamps.map(text) as [string, string, string, string, string];
  const versions = async (alias: string): Promise<string[]> =>
    lines(await readObjects(here, '?match[version]=all', alias));
  assert.deepEqual(await versions('confidence-low'), [`1@${a}`, `2@${b}`]);
  assert.deepEqual(await versions('confidence-medium'), [`1@${c}`]);
  assert.deepEqual(await versions('confidence-high'), [`3@${d}`, `1@${e}`]);
  assert.deepEqual(await versions('files'), []);
});

test('match[id] gives the objects of these ids, in any collection that has them', async (context) => {
  const { here, stamps } = await published(context, FIVE);
  const all = indicatorsIn(await readObjects(here));
  const [two, three] = all as [StixObject, StixObject];
  const unknown = 'indicator--00000000-0000-4000-8000-000000000000';
  const { objects } = await readObjects(here, `?match[id]=${three.id},${unknown},${two.id},${IDENTITY}`);
  assert.deepEqual(
    objects.map(({ id }) => id),
    [IDENTITY, two.id, three.id],
  );
  assert.deepEqual((await readObjects(here, `?match[id]=${two.id}`, 'files')).objects, []);
  assert.deepEqual((await readObjects(here, `?match[id]=${two.id}`, 'confidence-high')).objects, []);
  const after = await readObjects(here, `?match[id]=${two.id},${three.id}&added_after=${text(stamps[1]!)}`);
  assert.deepEqual(
    after.objects.map(({ id }) => id),
    [three.id],
  );
});

test('match[type] knows indicators, the identity and markings, and finds nothing of another type', async (context) => {
  const { here } = await published(context, FIVE);
  const types = async (choice: string): Promise<string[]> => [
    ...new Set((await readObjects(here, `?match[type]=${choice}`)).objects.map(({ type }) => type)),
  ];
  assert.deepEqual(await types('indicator'), ['indicator']);
  assert.deepEqual(await types('identity'), ['identity']);
  assert.deepEqual(await types('marking-definition'), ['marking-definition']);
  assert.deepEqual(await types('indicator,identity'), ['identity', 'indicator']);
  assert.deepEqual(await types('malware'), []);
  assert.deepEqual(await types('malware,report,vulnerability'), []);
});

test('match[spec_version] finds everything for 2.1, and nothing for others', async (context) => {
  const { here } = await published(context, FIVE);
  const count = async (choice: string): Promise<number> =>
    (await readObjects(here, `?match[spec_version]=${choice}`)).objects.length;
  assert.equal(await count('2.1'), 9);
  assert.equal(await count('2.0,2.1'), 9);
  assert.equal(await count('2.0'), 0);
});

test('markings are paged one at a time, none twice and none left out', async (context) => {
  const { here } = await published(context, FIVE);
  const seen: string[] = [];
  const asked = '?match[type]=marking-definition&limit=1';
  let page = await readObjects(here, asked);
  seen.push(...page.objects.map(({ id }) => id));
  while (page.next !== undefined) {
    page = await readObjects(here, `${asked}&next=${page.next}`);
    seen.push(...page.objects.map(({ id }) => id));
  }
  assert.equal(new Set(seen).size, 5);
  assert.equal(seen.length, 5);
});

test('one object is given by its id, in the version asked for, and 404 where the collection has none', async (context) => {
  const { here, stamps } = await published(context, FIVE);
  const one = indicatorsIn(await readObjects(here)).find(({ name }) => name.startsWith('host-1'));
  const path = (alias: string): string => `${collectionPath(alias)}objects/${one!.id}/`;
  assert.deepEqual(taxiiBody(await ask(here, path('all'))), { more: false, objects: [one] });
  const all = taxiiBody(await ask(here, `${path('all')}?match[version]=all&limit=2`)) as Envelope;
  assert.deepEqual(lines(all), [`1@${text(stamps[0]!)}`, `1@${text(stamps[2]!)}`]);
  const rest = taxiiBody(await ask(here, `${path('all')}?match[version]=all&next=${all.next}`)) as Envelope;
  assert.deepEqual(lines(rest), [`1@${text(stamps[4]!)}`]);
  const first = await ask(here, `${path('confidence-low')}?match[version]=first`);
  assert.deepEqual(lines(taxiiBody(first) as Envelope), [`1@${text(stamps[0]!)}`]);
  assert.deepEqual(taxiiBody(await ask(here, path('confidence-low'))), { more: false, objects: [] });
  for (const missing of [
    path('files'),
    `${OBJECTS}indicator--00000000-0000-4000-8000-000000000000/`,
    `${OBJECTS}malware--00000000-0000-4000-8000-000000000000/`,
    `${OBJECTS}x/`,
  ]) {
    assert.equal((await ask(here, missing)).status, 404, missing);
  }
  const identity = taxiiBody(await ask(here, `${OBJECTS}${IDENTITY}`)) as Envelope;
  assert.equal(identity.objects[0]!.id, IDENTITY);
});

test('the versions of an object are listed oldest first, and paged', async (context) => {
  const { here, stamps } = await published(context, FIVE);
  const one = indicatorsIn(await readObjects(here)).find(({ name }) => name.startsWith('host-1'));
  const path = `${OBJECTS}${one!.id}/versions/`;
  const mine = [stamps[0]!, stamps[2]!, stamps[4]!].map(text);
  const whole = await ask(here, path);
  assert.deepEqual(taxiiBody(whole), { versions: mine });
  assert.equal(whole.headers['x-taxii-date-added-first'], mine[0]!.replace('Z', '000Z'));
  assert.equal(whole.headers['x-taxii-date-added-last'], mine[2]!.replace('Z', '000Z'));
  const { next, ...page } = taxiiBody(await ask(here, `${path}?limit=2`)) as {
    more: boolean;
    next: string;
    versions: string[];
  };
  assert.deepEqual(page, { more: true, versions: mine.slice(0, 2) });
  assert.deepEqual(taxiiBody(await ask(here, `${path}?limit=2&next=${next}`)), {
    versions: mine.slice(2),
  });
  assert.deepEqual(taxiiBody(await ask(here, `${path}?added_after=${mine[0]}`)), {
    versions: mine.slice(1),
  });
  assert.deepEqual(taxiiBody(await ask(here, `${path}?added_after=${mine[2]}`)), {});
});

test('whatever is combined, pages make up what a plain filter over every version gives', async (context) => {
  const { here, stamps } = await published(context, [...FIVE, [4, 20], [2, 90], [3, 50], [5, 90], [2, 20]]);
  const everything = indicatorsIn(await readObjects(here, '?match[version]=all'));
  const last = new Set(indicatorsIn(await readObjects(here)).map(line));
  const first = new Set<string>();
  const known = new Set<string>();
  for (const object of everything) {
    if (!known.has(object.id)) first.add(line(object));
    known.add(object.id);
  }
  const choice = fc.oneof(fc.constantFrom('first', 'last', 'all'), fc.constantFrom(...stamps.map(text)));
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        choices: fc
          .uniqueArray(choice, { minLength: 1, maxLength: 3 })
          .map((all) => (all.includes('all') ? ['all'] : all)),
        ids: fc.option(fc.subarray([...known], { minLength: 1 }), { nil: undefined }),
        after: fc.option(fc.constantFrom(...stamps), { nil: undefined }),
        limit: fc.integer({ min: 1, max: 12 }),
      }),
      async ({ choices, ids, after, limit }) => {
        const expected = everything.filter(
          (object) =>
            (ids === undefined || ids.includes(object.id)) &&
            (after === undefined || Date.parse(object.modified) > after) &&
            choices.some(
              (each) =>
                each === 'all' ||
                each === object.modified ||
                (each === 'first' && first.has(line(object))) ||
                (each === 'last' && last.has(line(object))),
            ),
        );
        const asked =
          `?match[type]=indicator&match[version]=${choices.join()}&limit=${limit}` +
          (ids === undefined ? '' : `&match[id]=${ids.join()}`) +
          (after === undefined ? '' : `&added_after=${text(after)}`);
        const seen: string[] = [];
        let page = await readObjects(here, asked);
        seen.push(...lines(page));
        while (page.next !== undefined) {
          page = await readObjects(here, `${asked}&next=${page.next}`);
          seen.push(...lines(page));
        }
        assert.deepEqual(seen, expected.map(line), asked);
      },
    ),
    { numRuns: 60 },
  );
});
